"""What may differ between the frames of one file (PS3.3 C.7.6.16)."""

from dataclasses import dataclass

Vector3 = tuple[float, float, float]


@dataclass(frozen=True)
class FrameValues:
    """Values that a group of frames shares; None, or "", where the functional groups do not say.

    Parameters
    ----------
    row_direction, column_direction : tuple of float, optional
        The halves of ImageOrientationPatient.
    spacing_ij_mm : tuple of float, optional
        PixelSpacing reversed.
    slice_thickness_mm : float, optional
        As stored.
    slope, intercept : float, optional
        Of the pixel value transformation.
    rescale_type : str
        Unit of what it gives.
    window : tuple of float, optional
        Centre and width of the frame's VOI LUT.
    parts : tuple of (str, str)
        As `Instance.parts`: what sets the frames of one volume apart from those of another.
    """

    row_direction: Vector3 | None = None
    column_direction: Vector3 | None = None
    spacing_ij_mm: tuple[float, float] | None = None
    slice_thickness_mm: float | None = None
    slope: float | None = None
    intercept: float | None = None
    rescale_type: str = ""
    window: tuple[float, float] | None = None
    parts: tuple[tuple[str, str], ...] = ()
