"""NIfTI, NRRD and MetaImage files as series that are looked at without being in the library."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume import Volume
from imaging.object_file import refusing_damage
from imaging.resample import is_sheared
from imaging.volume_reading import VOLUME_SUFFIXES, read_volume

_PERPENDICULAR = 1e-3


@dataclass(frozen=True, eq=False)
class FileSeries:
    """A volume of a file.

    Parameters
    ----------
    volume : Volume
        In LPS millimetres, slices counted along row x column direction.
    series : Series
        Its name is that of the file; its UIDs are "", since it is in no library.
    warnings : tuple of Message
        That it is no DICOM, and what that leaves open.
    """

    volume: Volume
    series: Series
    warnings: tuple[Message, ...]


def volume_suffix(path: Path) -> str | None:
    """Give the suffix of a volume file, ".nii.gz" as one; None for any other file."""
    name = path.name.lower()
    return next((suffix for suffix in VOLUME_SUFFIXES if name.endswith(suffix)), None)


def read_file_series(path: Path) -> FileSeries:
    """Read a volume file.

    Raises
    ------
    BadInput
        When it is damaged, holds no volume, or has rows and columns that are not perpendicular.
    """
    suffix = volume_suffix(path) or ""
    file = read_volume(path, suffix)
    with refusing_damage(path):
        placed = _names_place(path, suffix)
    volume = replace(_right_handed(file.volume), lps_known=placed)
    text = QT_TRANSLATE_NOOP(
        "Message", "{path} is not DICOM: it names no patient, no modality and no unit of its values."
    )
    notes = [message(text, path=path.name), *file.notes]
    if not placed:
        text = QT_TRANSLATE_NOOP("Message", "The file does not say how the patient lies: sides are unknown.")
        notes.append(message(text))
    series = Series(
        "",
        "",
        "",
        "",
        path.name,
        "",
        1,
        _geometry(path, volume),
        value_range=_range(volume.voxels),
        warnings=tuple(notes),
    )
    return FileSeries(volume, series, series.warnings)


def _range(voxels: NDArray[Any]) -> tuple[float, float]:
    return float(voxels.min()), float(voxels.max())


def _right_handed(volume: Volume) -> Volume:
    """Count slices the other way where they run against row x column direction."""
    if np.linalg.det(volume.lps_from_ijk[:3, :3]) > 0:
        return volume
    affine = volume.lps_from_ijk.copy()
    affine[:3, 3] += affine[:3, 2] * (volume.shape_ijk[2] - 1)
    affine[:3, 2] = -affine[:3, 2]
    return replace(volume, voxels=np.ascontiguousarray(volume.voxels[::-1]), lps_from_ijk=affine)


def _geometry(path: Path, volume: Volume) -> SliceGeometry:
    affine, count = volume.lps_from_ijk, volume.shape_ijk[2]
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    row, column = affine[:3, 0] / lengths[0], affine[:3, 1] / lengths[1]
    if abs(float(row @ column)) > _PERPENDICULAR:
        text = QT_TRANSLATE_NOOP(
            "Message", "{path}: rows and columns that are not perpendicular cannot be shown."
        )
        raise BadInput(message(text, path=str(path)))
    kind = GeometryKind.SHEARED if is_sheared(volume) else GeometryKind.UNIFORM
    kind = GeometryKind.FLAT if count == 1 else kind
    return SliceGeometry(
        kind if volume.lps_known else GeometryKind.NONE,
        volume.shape_ijk,
        (float(lengths[0]), float(lengths[1]), float(affine[:3, 2] @ np.cross(row, column))),
        row,
        column,
        affine[:3, 3] + np.arange(count)[:, None] * affine[:3, 2],
        affine,
        lps_known=volume.lps_known,
    )


def _names_place(path: Path, suffix: str) -> bool:
    """Tell whether the file says how its axes lie in the patient."""
    if suffix == ".nrrd":
        import nrrd

        return "space" in nrrd.read_header(str(path))
    if suffix in (".mha", ".mhd"):
        with path.open("rb") as file:
            head = file.read(4096)
        return b"AnatomicalOrientation = ???" not in head
    import nibabel as nib

    header: Any = nib.load(path).header
    return int(header["sform_code"]) > 0 or int(header["qform_code"]) > 0
