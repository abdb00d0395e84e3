"""What surfaces are made of."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from render.texture import Texture
from render.toon_look import ToonLook


class Shading(StrEnum):
    """How light and a surface make a colour."""

    UNLIT = "unlit"
    PHYSICAL = "physical"
    TOON = "toon"


class AlphaMode(StrEnum):
    """What alpha means, as in glTF."""

    OPAQUE = "opaque"
    MASK = "mask"
    BLEND = "blend"


@dataclass(frozen=True, eq=False)
class Material:
    """A metallic-roughness material, as in glTF 2.0; colours are linear.

    Parameters
    ----------
    base_colour : tuple of float
        RGBA, 0 to 1, multiplied with the texture and the vertices' colours.
    metallic, roughness : float
        0 to 1, multiplied with blue and green of `metallic_roughness_texture`.
    emissive : tuple of float
        RGB of its own light.
    base_colour_texture, metallic_roughness_texture, normal_texture : Texture, optional
        As in glTF.
    occlusion_texture, emissive_texture : Texture, optional
        As in glTF.
    normal_scale, occlusion_strength : float
        Of the normal and the occlusion texture.
    shading : Shading
        "physical", "unlit" for the base colour as it is, or "toon" for that of `toon`.
    alpha_mode : AlphaMode
        Whether surfaces are opaque, cut out where alpha is below `alpha_cutoff`, or blended.
    double_sided : bool
        Whether the back is seen too.
    flat : bool
        Whether triangles are faces of their own, without smooth normals.
    toon : ToonLook
        Used by the toon shading.
    """

    base_colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 0.0
    roughness: float = 0.5
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    base_colour_texture: Texture | None = None
    metallic_roughness_texture: Texture | None = None
    normal_texture: Texture | None = None
    occlusion_texture: Texture | None = None
    emissive_texture: Texture | None = None
    normal_scale: float = 1.0
    occlusion_strength: float = 1.0
    shading: Shading = Shading.PHYSICAL
    alpha_mode: AlphaMode = AlphaMode.OPAQUE
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    flat: bool = False
    toon: ToonLook = field(default_factory=ToonLook)

    def __post_init__(self) -> None:
        """Check the ranges."""
        unit = (*self.base_colour, self.metallic, self.roughness, self.occlusion_strength, self.alpha_cutoff)
        if not all(0 <= value <= 1 for value in unit):
            raise ValueError("colours, metallic, roughness, strengths and the cutoff are 0 to 1")
        if not all(0 <= value < np.inf for value in self.emissive):
            raise ValueError(f"emissive: {self.emissive}")
        if not np.isfinite(self.normal_scale):
            raise ValueError(f"normal_scale: {self.normal_scale}")

    @property
    def textures(self) -> tuple[Texture, ...]:
        """The textures of its physically based look."""
        slots = (
            self.base_colour_texture,
            self.metallic_roughness_texture,
            self.normal_texture,
            self.occlusion_texture,
            self.emissive_texture,
        )
        return tuple(texture for texture in slots if texture is not None)

    @property
    def has_outline(self) -> bool:
        """Whether a line is drawn around what is made of it."""
        return self.shading is Shading.TOON and self.toon.outline_width > 0
