"""Several label maps, on grids of their own, as one that is drawn in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.plane import Plane
from core.volume import Volume
from imaging.reslice import reslice
from render.label_layer import LabelColour

_MOST_VOXELS = 200_000_000  # of the common grid; coarser where the bodies are far apart
_Labels = NDArray[np.uint8 | np.uint16]


@dataclass(frozen=True, eq=False)
class Bodies:
    """A label map with the colours of what is visible of it.

    Parameters
    ----------
    labels : Volume
        uint8 or uint16, 0 outside.
    colours : dict of int to LabelColour
        By label.
    """

    labels: Volume
    colours: dict[int, LabelColour]


def merged(bodies: Sequence[Bodies]) -> Bodies:
    """Put label maps into one, each of their visible labels under a number of its own; later ones lie above.

    The grid is that of the finest of them. Others keep their voxels where theirs fall on those of this grid;
    else a label fills what is at least half within it, trilinearly (each label for itself).
    """
    finest = min((one.labels for one in bodies), key=lambda volume: float(np.prod(volume.spacing_mm)))
    grid = _Grid.around([one.labels for one in bodies], finest.lps_from_ijk)
    seen = [_present(one) for one in bodies]
    count = sum(map(len, seen))
    voxels: _Labels = np.zeros(grid.shape, np.uint8 if count < 256 else np.uint16)
    colours: dict[int, LabelColour] = {}
    for one, labels in zip(bodies, seen, strict=True):
        numbers = {label: len(colours) + place for place, label in enumerate(labels, start=1)}
        colours.update({numbers[label]: one.colours[label] for label in labels})
        offset = _offset(one.labels, grid.lps_from_ijk)
        if offset is not None:
            _paste(voxels, one.labels, offset, numbers)
        else:
            for label, number in numbers.items():
                _resample(voxels, grid, one.labels, label, number)
    return Bodies(Volume(voxels, grid.lps_from_ijk), colours)


def _present(body: Bodies) -> list[int]:
    """Give the coloured labels that a voxel has."""
    found = np.zeros(int(np.iinfo(body.labels.voxels.dtype).max) + 1, np.bool_)
    for plane in body.labels.voxels:
        found[plane] = True
    return [label for label in body.colours if found[label]]


@dataclass(frozen=True, eq=False)
class _Grid:
    """Where the common voxels lie: (k, j, i) many, along the axes of `lps_from_ijk`."""

    shape: tuple[int, int, int]
    lps_from_ijk: NDArray[np.float64]

    @staticmethod
    def around(volumes: Sequence[Volume], lps_from_ijk: NDArray[np.float64]) -> "_Grid":
        """Give the grid with these steps that holds all of the volumes."""
        corners = np.concatenate([volume.corners_lps_mm for volume in volumes])
        ijk = (corners - lps_from_ijk[:3, 3]) @ np.linalg.inv(lps_from_ijk[:3, :3]).T
        low, high = np.floor(ijk.min(axis=0) + 0.5 + 1e-6), np.ceil(ijk.max(axis=0) - 0.5 - 1e-6)
        counts = high - low + 1
        coarser = max(1.0, float(np.cbrt(np.prod(counts) / _MOST_VOXELS)))
        affine = lps_from_ijk.copy()
        affine[:3, 3] = (affine @ [*(low + (coarser - 1) / 2), 1.0])[:3]
        affine[:3, :3] *= coarser
        ni, nj, nk = (int(np.ceil(count / coarser)) for count in counts)
        return _Grid((nk, nj, ni), affine)

    def box(self, volume: Volume) -> tuple[slice, slice, slice] | None:
        """Give the voxels (k, j, i) around a volume; None where there are none."""
        ijk = (volume.corners_lps_mm - self.lps_from_ijk[:3, 3]) @ np.linalg.inv(self.lps_from_ijk[:3, :3]).T
        low = np.maximum(np.floor(ijk.min(axis=0)), 0).astype(int)[::-1]
        high = np.minimum(np.ceil(ijk.max(axis=0)) + 1, self.shape[::-1]).astype(int)[::-1]
        if (low >= high).any():
            return None
        k, j, i = (slice(int(start), int(stop)) for start, stop in zip(low, high, strict=True))
        return k, j, i

    def plane(self, k: int, rows: slice, columns: slice) -> Plane:
        """Give a part of a slice."""
        steps = np.linalg.norm(self.lps_from_ijk[:3, :3], axis=0)
        origin = (self.lps_from_ijk @ [columns.start, rows.start, k, 1.0])[:3]
        return Plane(
            origin,
            self.lps_from_ijk[:3, 0] / steps[0],
            self.lps_from_ijk[:3, 1] / steps[1],
            (float(steps[0]), float(steps[1])),
            (columns.stop - columns.start, rows.stop - rows.start),
        )


def _paste(voxels: _Labels, labels: Volume, offset: NDArray[np.int64], numbers: dict[int, int]) -> None:
    table = np.zeros(int(np.iinfo(labels.voxels.dtype).max) + 1, voxels.dtype)
    for label, number in numbers.items():
        table[label] = number
    k, j, i = offset
    nk, nj, ni = labels.voxels.shape
    renumbered = table[labels.voxels]
    np.copyto(voxels[k : k + nk, j : j + nj, i : i + ni], renumbered, where=renumbered > 0)


def _resample(voxels: _Labels, grid: _Grid, labels: Volume, label: int, number: int) -> None:
    mask = _mask_of(labels, label)
    place = None if mask is None else grid.box(mask)
    if mask is None or place is None:
        return
    for k in range(place[0].start, place[0].stop):
        share: NDArray[Any] = reslice(mask, grid.plane(k, place[1], place[2]))
        voxels[k, place[1], place[2]][share >= 0.5] = number  # NaN, outside, is not


def _mask_of(labels: Volume, label: int) -> Volume | None:
    """Give what has a label as 0 and 1, with a border of 0 in which it fades out."""
    inside = labels.voxels == label
    if not inside.any():
        return None
    spans: list[tuple[int, int]] = []
    for axis in range(3):
        filled = np.flatnonzero(inside.any(axis=tuple(other for other in range(3) if other != axis)))
        spans.append((int(filled[0]), int(filled[-1]) + 1))
    part = inside[tuple(slice(*span) for span in spans)]
    affine = labels.lps_from_ijk.copy()
    affine[:3, 3] = (affine @ [*(first - 1 for first, _ in reversed(spans)), 1.0])[:3]
    return replace(labels, voxels=np.pad(part, 1).astype(np.uint8), lps_from_ijk=affine)


def _offset(volume: Volume, lps_from_ijk: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Give where a label map begins in a grid, (k, j, i); None where it lies between voxels."""
    if not np.allclose(volume.lps_from_ijk[:3, :3], lps_from_ijk[:3, :3], atol=1e-4):
        return None
    ijk = np.linalg.solve(lps_from_ijk[:3, :3], volume.lps_from_ijk[:3, 3] - lps_from_ijk[:3, 3])
    whole = np.rint(ijk)
    return whole[::-1].astype(np.int64) if np.abs(ijk - whole).max() < 0.05 else None
