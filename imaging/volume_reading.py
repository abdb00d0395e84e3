"""Reading volumes from NIfTI, NRRD and MetaImage files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.slice_geometry import RAS_FROM_LPS
from core.volume import Volume
from imaging.label_map_files import LPS_FROM_SPACE, read_metaimage, read_nifti, read_nrrd
from imaging.object_file import refusing_damage

VOLUME_SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")
_KEPT = ("uint8", "int16", "uint16", "float32")


@dataclass(frozen=True, eq=False)
class VolumeFile:
    """A volume and the frame in which its file gives places.

    Parameters
    ----------
    volume : Volume
        In LPS millimetres, as all volumes.
    frame_from_lps : (4, 4) float64
        To the file's own frame: RAS for NIfTI, what an NRRD names, LPS for MetaImage.
    notes : tuple of Message
        What was left out.
    """

    volume: Volume
    frame_from_lps: NDArray[np.float64]
    notes: tuple[Message, ...] = ()


def read_volume(path: Path, suffix: str) -> VolumeFile:
    """Read a volume; of several (a fourth axis) the first.

    Values that are none of uint8, int16, uint16 and float32 become one of them; those that are no numbers
    become the lowest value.

    Raises
    ------
    BadInput
        When the file is damaged, or holds no volume.
    """
    with refusing_damage(path):
        if suffix == ".nrrd":
            voxels, affine, _ = read_nrrd(path)
            frame = _space(path)
        elif suffix in (".mha", ".mhd"):
            voxels, affine = read_metaimage(path)
            frame = np.eye(4)
        else:
            voxels, affine, _ = read_nifti(path)
            frame = RAS_FROM_LPS
        voxels, count = _single(path, voxels)
        volume = Volume(_plain(voxels), affine)
    text = QT_TRANSLATE_NOOP("Message", "{path} holds {count} volumes: the first is shown.")
    notes = (message(text, path=str(path), count=count),) if count > 1 else ()
    return VolumeFile(volume, frame, notes)


def _space(path: Path) -> NDArray[np.float64]:
    """Give the map from LPS to the space that an NRRD names; LPS where it names none."""
    import nrrd

    name = str(nrrd.read_header(str(path)).get("space", "lps")).lower()
    return np.diag([*LPS_FROM_SPACE[name], 1.0])


def _single(path: Path, voxels: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Give the first volume, (k, j, i) or (k, j, i, 3), and how many there are."""
    if voxels.dtype.names is not None:  # NIfTI's RGB
        voxels = np.stack([voxels[name] for name in voxels.dtype.names[:3]], axis=-1)
    colour = voxels.ndim == 4 and voxels.shape[-1] == 3 and voxels.dtype == np.uint8
    count = 1
    while voxels.ndim > 3 and not colour:
        count *= voxels.shape[0]
        voxels = voxels[0] if len(voxels) else voxels
    if voxels.ndim not in (3, 4) or not voxels.size:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no single volume.")
        raise BadInput(message(text, path=str(path)))
    return voxels, count


def _plain(voxels: NDArray[Any]) -> NDArray[Any]:
    """Give the voxels in a type that the kernels take, in the machine's byte order, without NaN."""
    if voxels.dtype.kind not in "iufb":
        raise ValueError(f"values of type {voxels.dtype}")
    kind = np.dtype(np.uint8) if voxels.dtype.kind == "b" else voxels.dtype.newbyteorder("=")
    if kind.name == "int8":
        kind = np.dtype(np.int16)
    plain = np.ascontiguousarray(voxels, kind if kind.name in _KEPT else np.float32)
    if plain.dtype.kind == "f" and not np.isfinite(plain).all():
        finite = plain[np.isfinite(plain)]
        lowest, highest = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        plain = np.nan_to_num(plain, nan=lowest, posinf=highest, neginf=lowest)
    return plain
