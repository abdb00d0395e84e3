"""One volume that can be shown."""

from dataclasses import dataclass
from typing import Any

from core.message import Message
from core.slice_geometry import SliceGeometry


@dataclass(frozen=True, eq=False)
class Series:
    """A series, or one part of it where it holds several volumes, as the library lists it.

    Parameters
    ----------
    series_uid, study_uid : str
        Instance UIDs.
    part : str
        "" where the series is one volume, else a short name of the part: "orientation 2", "echo 1".
    modality, description, number : str
        As stored, decoded; "" where absent.
    instances : int
        Files of this part.
    geometry : SliceGeometry, optional
        None where there is nothing to show (SR, RT, no pixels).
    frames : int
        Length of the fourth axis (time), 1 for a plain volume.
    value_range : tuple of float, optional
        Rescaled minimum and maximum over all voxels; None until known.
    unit : str
        "HU" for CT.
    window : tuple of float, optional
        Centre and width that the file asks for.
    inverted : bool
        MONOCHROME1: the lowest value is to be shown white (PS3.3 C.7.6.3.1.2).
    warnings : tuple of Message
        What is odd about it; shown with the series and on its views.
    """

    series_uid: str
    study_uid: str
    part: str
    modality: str
    description: str
    number: str
    instances: int
    geometry: SliceGeometry | None
    frames: int = 1
    value_range: tuple[float, float] | None = None
    unit: str = ""
    window: tuple[float, float] | None = None
    inverted: bool = False
    warnings: tuple[Message, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the series as `sense import --json` prints it (affine to RAS millimetres)."""
        geometry = self.geometry
        shape = (
            None if geometry is None else [*geometry.shape_ijk, *([self.frames] if self.frames > 1 else [])]
        )
        affine = None if geometry is None else geometry.ras_from_ijk
        return {
            "series_uid": self.series_uid,
            "study_uid": self.study_uid,
            "modality": self.modality,
            "description": self.description,
            "instances": self.instances,
            "shape": shape,
            "spacing_mm": None if geometry is None else list(geometry.spacing_mm),
            "affine": None if affine is None else affine.tolist(),
            "geometry": "none" if geometry is None else geometry.kind.value,
            "warnings": [str(warning) for warning in self.warnings],
            "value_range": None if self.value_range is None else list(self.value_range),
            "unit": self.unit,
            **({"part": self.part} if self.part else {}),
        }
