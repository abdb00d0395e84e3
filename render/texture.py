"""Pictures on surfaces."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

AS_IT_IS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class TextureWrap(StrEnum):
    """What is beyond the edge of a texture."""

    REPEAT = "repeat"
    MIRROR = "mirror"
    CLAMP = "clamp"


class TextureFilter(StrEnum):
    """How a colour between texels is found."""

    NEAREST = "nearest"
    LINEAR = "linear"
    MIPMAPPED = "mipmapped"


@dataclass(frozen=True, eq=False)
class Texture:
    """A picture for a material.

    Parameters
    ----------
    pixels : (height, width, 4) uint8
        RGBA, colours not multiplied by alpha, at most 16384 in each direction. Colours of base and emissive
        textures are sRGB, all others (normals, roughness, occlusion) linear, as in glTF.
    wrap_u, wrap_v : TextureWrap
        Beyond the edges.
    filter : TextureFilter
        Between texels; "mipmapped" (trilinear) shows distant textures without aliasing.
    uv_set : int
        Which texture coordinates of a mesh are used: 0 for `uv`, 1 for `second_uv`.
    uv_map : tuple of float
        Rows of the affine map (2 x 3) from these to the coordinates of the picture.
    """

    pixels: NDArray[np.uint8]
    wrap_u: TextureWrap = TextureWrap.REPEAT
    wrap_v: TextureWrap = TextureWrap.REPEAT
    filter: TextureFilter = TextureFilter.MIPMAPPED
    uv_set: int = 0
    uv_map: tuple[float, float, float, float, float, float] = AS_IT_IS

    def __post_init__(self) -> None:
        """Check the picture."""
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 4:
            raise ValueError("pixels: (height, width, 4) uint8")
        if not (0 < shape[0] <= 1 << 14 and 0 < shape[1] <= 1 << 14):
            raise ValueError(f"pixels: {shape}")
        if self.uv_set not in (0, 1) or not np.isfinite(self.uv_map).all() or len(self.uv_map) != 6:
            raise ValueError("uv_set is 0 or 1, and uv_map six finite numbers")

    @staticmethod
    def of_rgb(pixels: NDArray[np.uint8]) -> "Texture":
        """Take an opaque picture, (height, width, 3)."""
        opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
        return Texture(np.concatenate([pixels, opaque], axis=2))
