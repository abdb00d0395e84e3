"""Several volumes on the same voxels as the channels of one: T1, T2 and FLAIR of a head, say."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import PartProgress, Progress
from core.slice_geometry import SliceGeometry
from core.volume_files import FoundVolume, VolumeFiles

_NEAR = 0.05  # of a voxel


def read_channels(
    volumes: VolumeFiles,
    library: Library,
    given: str,
    further: Sequence[str],
    *,
    part: str | None,
    progress: Progress,
) -> FoundVolume:
    """Read a volume with further ones as its channels, in the order in which they are named.

    Raises
    ------
    BadInput
        When one cannot be read, or its voxels do not lie on those of the first.
    """
    share = 1.0 / (1 + len(further))
    first = volumes.read(library, given, part=part, progress=PartProgress(progress, 0.0, share))
    if not further:
        return first
    found = [first]
    for number, name in enumerate(further, 1):
        reading = PartProgress(progress, number * share, (number + 1) * share)
        other = volumes.read(library, name, progress=reading)
        if other.voxels.ndim != 3 or not _on_the_same_voxels(first.geometry, other.geometry):
            text = QT_TRANSLATE_NOOP("Message", "{path} does not lie on the voxels of {other}.")
            raise BadInput(message(text, path=name, other=given))
        found.append(other)
    # Rows must have one direction: files may count their slices the other way.
    voxels = np.stack([_along(first.geometry, one) for one in found])
    return replace(
        first,
        voxels=voxels,
        notes=tuple(note for one in found for note in one.notes),
        further=tuple(one.identifier for one in found[1:]),
    )


def _along(geometry: SliceGeometry, found: FoundVolume) -> NDArray[np.float32]:
    """Give the voxels with the slices in the order of `geometry`."""
    voxels = np.asarray(found.voxels, np.float32)
    return voxels[::-1] if _is_reversed(geometry, found.geometry) else voxels


def _is_reversed(one: SliceGeometry, other: SliceGeometry) -> bool:
    along = one.positions_lps_mm[-1] - one.positions_lps_mm[0]
    return float(along @ (other.positions_lps_mm[-1] - other.positions_lps_mm[0])) < 0


def _on_the_same_voxels(one: SliceGeometry, other: SliceGeometry) -> bool:
    if one.shape_ijk != other.shape_ijk:
        return False
    positions = other.positions_lps_mm[::-1] if _is_reversed(one, other) else other.positions_lps_mm
    apart = [np.abs(one.positions_lps_mm - positions).max()]
    for axis in range(2):
        ways = [
            (geometry.row_direction, geometry.column_direction)[axis] * geometry.spacing_mm[axis]
            for geometry in (one, other)
        ]
        apart.append(np.abs(ways[0] - ways[1]).max() * one.shape_ijk[axis])
    return bool(max(apart) < _NEAR * min(one.spacing_mm))
