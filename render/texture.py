"""Pictures on surfaces."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


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
    """

    pixels: NDArray[np.uint8]
    wrap_u: TextureWrap = TextureWrap.REPEAT
    wrap_v: TextureWrap = TextureWrap.REPEAT
    filter: TextureFilter = TextureFilter.MIPMAPPED

    def __post_init__(self) -> None:
        """Check the picture."""
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 4:
            raise ValueError("pixels: (height, width, 4) uint8")
        if not (0 < shape[0] <= 1 << 14 and 0 < shape[1] <= 1 << 14):
            raise ValueError(f"pixels: {shape}")

    @staticmethod
    def of_rgb(pixels: NDArray[np.uint8]) -> "Texture":
        """Take an opaque picture, (height, width, 3)."""
        opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
        return Texture(np.concatenate([pixels, opaque], axis=2))
