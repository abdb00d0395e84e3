"""How drawn figures look."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from render.texture import Texture

Triple = tuple[float, float, float]


class OutlineUnit(StrEnum):
    """What the width of an outline is measured in."""

    WORLD = "world"
    SCREEN = "screen"


@dataclass(frozen=True, eq=False)
class ToonLook:
    """Cel shading as in the glTF extension VRMC_materials_mtoon 1.0; colours are linear.

    Parameters
    ----------
    shade_colour : tuple of float
        Colour where no light comes, multiplied with `shade_texture` (sRGB).
    shift : float
        Moves the border of light, -1 to 1; red of `shift_texture` (linear) times `shift_scale` is added.
    toony : float
        How hard the border is, 0 to 1.
    equalised : float
        How far the light from around comes from no direction, 0 to 1.
    rim_colour : tuple of float
        Of the edge that is seen at a grazing angle; `rim_power` makes it thinner, `rim_lift` wider, and
        `rim_lighting` (0 to 1) makes it depend on light.
    rim_texture : Texture, optional
        Multiplied into rim and matcap (sRGB).
    matcap_texture, matcap_colour : Texture, optional, and tuple of float
        Picture of a ball (sRGB) that adds the colour which the ball has where its normal is the surface's.
    outline_width : float
        Of the line around the figure, in the scene's unit or in heights of the picture; 0 for none.
    outline_unit : OutlineUnit
        "world" or "screen".
    outline_colour : tuple of float
        Of that line; `outline_lighting` (0 to 1) makes it depend on light.
    """

    shade_colour: Triple = (0.0, 0.0, 0.0)
    shade_texture: Texture | None = None
    shift: float = 0.0
    shift_texture: Texture | None = None
    shift_scale: float = 1.0
    toony: float = 0.9
    equalised: float = 0.9
    rim_colour: Triple = (0.0, 0.0, 0.0)
    rim_power: float = 5.0
    rim_lift: float = 0.0
    rim_lighting: float = 1.0
    rim_texture: Texture | None = None
    matcap_texture: Texture | None = None
    matcap_colour: Triple = (1.0, 1.0, 1.0)
    outline_width: float = 0.0
    outline_unit: OutlineUnit = OutlineUnit.WORLD
    outline_colour: Triple = (0.0, 0.0, 0.0)
    outline_lighting: float = 1.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        unit = (self.toony, self.equalised, self.rim_lighting, self.outline_lighting)
        if not all(0 <= value <= 1 for value in unit) or not -1 <= self.shift <= 1:
            raise ValueError("toony, equalised and lighting are 0 to 1, shift is -1 to 1")
        colours = (self.shade_colour, self.rim_colour, self.matcap_colour, self.outline_colour)
        positive = [*sum(colours, ()), self.rim_power, self.outline_width]
        finite = np.isfinite((self.rim_lift, self.shift_scale)).all()
        if not all(0 <= value < np.inf for value in positive) or not finite:
            raise ValueError("colours, powers and widths are finite and not negative")
