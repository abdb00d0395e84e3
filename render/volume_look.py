"""How a volume is shown."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from render.clip_plane import ClipPlane
from render.transfer_function import TransferFunction

CropBox = tuple[tuple[float, float, float], tuple[float, float, float]]


class VolumeMode(StrEnum):
    """What becomes of the samples along a ray."""

    COMPOSITE = "composite"
    MIP = "mip"
    MINIP = "minip"
    MEAN = "mean"
    ISOSURFACE = "isosurface"


@dataclass(frozen=True)
class VolumeLook:
    """Everything about the picture of a volume but the camera.

    Parameters
    ----------
    mode : VolumeMode
        Composite (colour and opacity), a projection of the values through `window`, or the surface where they
        reach `surface_value`.
    transfer : TransferFunction
        Used by the composite mode; gives the surface its colour.
    shaded : bool
        Whether surfaces are lit (Blinn-Phong) by a light beside the camera.
    ambient, diffuse, specular, specular_power : float
        Strengths and sharpness of the light; 0 to 1, the power at least 1.
    crop : pair of (i, j, k), optional
        Low and high corner of the part that is shown, in voxel indices (-0.5 to n - 0.5 is everything).
    window : tuple of float, optional
        Centre and width for the projections; None for the volume's whole range.
    surface_value : float, optional
        Value of the isosurface, the outside being lower; None for `TransferFunction.surface_value`.
    clip_planes : tuple of ClipPlane
        Only what is on the right side of all of them is shown.
    """

    transfer: TransferFunction
    mode: VolumeMode = VolumeMode.COMPOSITE
    shaded: bool = True
    ambient: float = 0.25
    diffuse: float = 0.75
    specular: float = 0.2
    specular_power: float = 24.0
    crop: CropBox | None = None
    window: tuple[float, float] | None = None
    surface_value: float | None = None
    clip_planes: tuple[ClipPlane, ...] = ()

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not all(0 <= strength <= 1 for strength in (self.ambient, self.diffuse, self.specular)):
            raise ValueError("ambient, diffuse and specular are 0 to 1")
        if not 1 <= self.specular_power <= 1000:
            raise ValueError(f"specular_power: {self.specular_power}")
        if self.crop is not None and np.isnan(self.crop).any():
            raise ValueError("crop: not a number")
        if self.window is not None and not 0 < self.window[1] < float("inf"):
            raise ValueError(f"window: {self.window}")
        if self.surface_value is not None and not np.isfinite(self.surface_value):
            raise ValueError(f"surface_value: {self.surface_value}")
