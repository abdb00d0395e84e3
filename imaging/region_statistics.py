"""Size, shape and values of the segments of a label map."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.segmentation import Segment, Segmentation
from core.slice_geometry import SliceGeometry
from imaging.stack_coordinates import ijk_from_lps, lps_from_ijk
from imaging.surface import surface_of

_DIRECTIONS = 1500
_LPS_TO_RAS = np.array([-1.0, -1.0, 1.0])


@dataclass(frozen=True)
class RegionStatistics:
    """What is measured of one segment.

    Parameters
    ----------
    number, label : int and str
        The segment.
    voxels : int
        Their count.
    volume_ml : float
        Sum of the voxels' volumes; of unevenly spaced slices each reaches half way to its neighbours.
    bounding_box_mm : tuple of two (x, y, z)
        Lowest and highest corner in RAS, around the voxels' borders.
    centroid_ras_mm : (x, y, z)
        Mean of the voxels' centres, weighted by their volumes.
    mean, sd, min, max, p5, p95 : float, optional
        Of the image's values (sd over all voxels, not of a sample; percentiles by linear interpolation); None
        where no voxel lies in the image.
    long_axis_mm : float
        Largest distance between two voxel centres (Feret diameter).
    surface_mm2 : float
        Area of the surface that surface nets give.
    """

    number: int
    label: str
    voxels: int
    volume_ml: float
    bounding_box_mm: tuple[tuple[float, ...], tuple[float, ...]]
    centroid_ras_mm: tuple[float, ...]
    mean: float | None
    sd: float | None
    min: float | None
    max: float | None
    p5: float | None
    p95: float | None
    long_axis_mm: float
    surface_mm2: float

    def to_json(self) -> dict[str, Any]:
        """Give a plain dictionary."""
        return asdict(self)


def region_statistics(
    segmentation: Segmentation, segment: Segment, image: NDArray[Any], image_geometry: SliceGeometry
) -> RegionStatistics | None:
    """Measure one segment on an image; None where it has no voxels.

    Parameters
    ----------
    image : (k, j, i) array
        Rescaled values on `image_geometry`. Where its grid is another than the labels', every label voxel
        takes the value of the image voxel that its centre lies in.
    """
    mask = segmentation.mask(segment.number)
    kji = np.argwhere(mask)
    if not len(kji):
        return None
    geometry = segmentation.geometry
    ijk = kji[:, ::-1].astype(np.float64)
    points = lps_from_ijk(geometry, ijk)
    widths = _slice_widths(geometry)[kji[:, 0]]
    volumes = widths * (geometry.spacing_mm[0] * geometry.spacing_mm[1])
    low, high = _corners(geometry, kji)
    return RegionStatistics(
        number=segment.number,
        label=segment.label,
        voxels=len(kji),
        volume_ml=float(volumes.sum()) / 1000.0,
        bounding_box_mm=(low, high),
        centroid_ras_mm=_numbers(np.average(points, axis=0, weights=volumes) * _LPS_TO_RAS),
        long_axis_mm=_long_axis(points),
        surface_mm2=surface_of(mask, geometry, segment).area_mm2,
        **_values(points, image, image_geometry),
    )


def _numbers(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _slice_widths(geometry: SliceGeometry) -> NDArray[np.float64]:
    """How much along the normal each slice stands for."""
    depths = geometry.positions_lps_mm @ geometry.normal
    if geometry.lps_from_ijk is not None or len(depths) < 2:
        return np.full(len(depths), geometry.spacing_mm[2])
    borders = (depths[1:] + depths[:-1]) / 2.0
    first, last = 2 * depths[0] - borders[0], 2 * depths[-1] - borders[-1]
    return np.diff(np.concatenate([[first], borders, [last]]))


def _corners(geometry: SliceGeometry, kji: NDArray[np.int64]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give the box around the voxels' borders: that of the eight corners of the outermost of each slice."""
    edges: list[list[float]] = []
    for k in np.unique(kji[:, 0]):
        inside = kji[kji[:, 0] == k]
        low, high = inside.min(axis=0) - 0.5, inside.max(axis=0) + 0.5
        edges += [
            [i, j, depth] for i in (low[2], high[2]) for j in (low[1], high[1]) for depth in (low[0], high[0])
        ]
    ras = lps_from_ijk(geometry, np.array(edges)) * _LPS_TO_RAS
    return _numbers(ras.min(axis=0)), _numbers(ras.max(axis=0))


def _long_axis(points: NDArray[np.float64]) -> float:
    """Find the two points farthest apart among those that are outermost in directions all over the sphere."""
    steps = np.arange(_DIRECTIONS) + 0.5
    heights = 1.0 - steps / _DIRECTIONS  # one half of a Fibonacci sphere: each direction serves both ways
    turns = np.pi * (1.0 + np.sqrt(5.0)) * steps
    radii = np.sqrt(1.0 - heights**2)
    directions = np.stack([radii * np.cos(turns), radii * np.sin(turns), heights], axis=1)
    found: set[int] = set()
    for part in np.array_split(directions, 30):
        along = points @ part.T
        found.update(along.argmin(axis=0).tolist(), along.argmax(axis=0).tolist())
    outer = points[sorted(found)]
    apart = np.linalg.norm(outer[:, None] - outer[None], axis=2) if len(outer) > 1 else np.zeros(1)
    return float(apart.max())


def _values(
    points: NDArray[np.float64], image: NDArray[Any], geometry: SliceGeometry
) -> dict[str, float | None]:
    index = np.rint(ijk_from_lps(geometry, points)).astype(np.int64)
    inside = ((index >= 0) & (index < geometry.shape_ijk)).all(axis=1)
    i, j, k = index[inside].T
    values = image[k, j, i].astype(np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return dict.fromkeys(("mean", "sd", "min", "max", "p5", "p95"))
    p5, p95 = np.percentile(values, [5, 95])
    return {
        "mean": float(values.mean()),
        "sd": float(values.std()),
        "min": float(values.min()),
        "max": float(values.max()),
        "p5": float(p5),
        "p95": float(p95),
    }


def same_grid(one: SliceGeometry, other: SliceGeometry) -> bool:
    """Tell whether the voxels of the first lie on voxels of the second, within a hundredth of a voxel."""
    corners = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)], np.float64)
    index = ijk_from_lps(other, lps_from_ijk(one, corners * (np.array(one.shape_ijk) - 1)))
    return bool(np.abs(index - np.rint(index)).max() < 0.01)
