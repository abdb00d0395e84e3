"""Brings clouds of points onto each other.

Generalized ICP (Segal, Haehnel and Thrun, RSS 2009) over surfels of several sizes; where nothing is known of
how they lie, guesses by fast point feature histograms (Rusu et al., ICRA 2009) come first.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.point_cloud import PointCloud
from core.progress import SILENT, Progress
from native import _core
from reconstruction.clouds.registration_method import Method
from reconstruction.stoppable import run_stoppable

Floats = NDArray[np.float64]
_FEWEST_POINTS = 50
_LEVELS = 4
# Of the diagonal of the middle 90 % of the points: 0.3 m for a street, 10 cm for a room, 5 mm for a statue.
_CELLS_ACROSS = 64
_LEAST_OVERLAP = 0.15


@dataclass(frozen=True)
class RegistrationOptions:
    """How clouds are brought together.

    Parameters
    ----------
    cell_m : float, optional
        Size of the smallest surfels; from the target's size where it is not given.
    method : Method
        What is made small.
    coarse : bool
        Search everywhere at once; else only where nothing certain is found near the start.
    seed : int
        Of the search.
    """

    cell_m: float | None = None
    method: Method = Method.GICP
    coarse: bool = False
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Registration:
    """How a source lies on a target.

    Parameters
    ----------
    target_from_source : (4, 4) float64
        A turn and a shift.
    overlap : float
        Share of the source's surfels that lie on the target.
    residual_m : float
        Median distance between the surfaces there.
    information : (6, 6) float64
        Inverse covariance of a turn (radians, about the target's middle) and a shift (metres), as far as
        residuals of different surfels are independent.
    converged : bool
        Whether the last steps were small.
    rival : float
        Overlap of the best other place that a search found.
    """

    target_from_source: Floats
    overlap: float
    residual_m: float
    information: Floats
    converged: bool
    rival: float = 0.0

    @property
    def certain(self) -> bool:
        """Whether the clouds overlap enough, and nowhere else nearly as much."""
        return self.converged and self.overlap >= _LEAST_OVERLAP and self.rival < 0.8 * self.overlap


def register(
    source: PointCloud,
    target: PointCloud,
    options: RegistrationOptions | None = None,
    *,
    start: Floats | None = None,
    progress: Progress = SILENT,
) -> Registration:
    """Find how a cloud lies on another.

    Parameters
    ----------
    source, target : PointCloud
        Of 50 points or more, of the same scale.
    options : RegistrationOptions, optional
        Effort.
    start : (4, 4) float64, optional
        About how the source lies; as it is, where it is not given. Not used by a coarse search.
    progress : Progress
        Cancels.

    Raises
    ------
    BadInput
        When a cloud has too few points.
    Cancelled
        When the progress was cancelled.
    """
    options = options or RegistrationOptions()
    cell = options.cell_m or cell_size(target)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(surfels_of, target, cell)
        one, two = surfels_of(source, cell), other.result()
    near = register_surfels(one, two, options, start=start, progress=progress)
    if near.certain or options.coarse:
        return near
    far = _searched(one, two, options, progress)
    return far if far.overlap > near.overlap else near


def cell_size(cloud: PointCloud) -> float:
    """Give the size of the smallest surfels that suits a cloud."""
    return max(cloud.spread_m / _CELLS_ACROSS, 1e-9) if len(cloud) else 1.0


def middle_of(cloud: PointCloud) -> Floats:
    """Give about the median point of a cloud, which its information is about."""
    return np.median(cloud.points_m[:: max(1, len(cloud) // 4000)], axis=0)


def surfels_of(cloud: PointCloud, cell_m: float) -> _core.SurfelCloud:
    """Prepare a cloud to be registered; `BadInput` where it has too few points."""
    if len(cloud) < _FEWEST_POINTS:
        text = QT_TRANSLATE_NOOP("Message", "A cloud of {count} points is too small to be registered.")
        raise BadInput(message(text, count=len(cloud)))
    return _core.SurfelCloud(np.ascontiguousarray(cloud.points_m), cell_m, _LEVELS, middle_of(cloud))


def register_surfels(
    source: _core.SurfelCloud,
    target: _core.SurfelCloud,
    options: RegistrationOptions,
    *,
    start: Floats | None = None,
    progress: Progress = SILENT,
) -> Registration:
    """Find how a prepared cloud lies on another: near the start, or with a coarse search anywhere."""
    if options.coarse:
        return _searched(source, target, options, progress)
    return _from_start(source, target, options, np.eye(4) if start is None else start, progress)


def _from_start(
    source: _core.SurfelCloud,
    target: _core.SurfelCloud,
    options: RegistrationOptions,
    start: Floats,
    progress: Progress,
) -> Registration:
    progress.check()
    pose, information = np.eye(4), np.zeros((6, 6))
    plane, first = options.method is Method.PLANE, np.ascontiguousarray(start, np.float64)
    found = _core.register_clouds(source, target, first, plane, pose, information, None)
    overlap, residual, converged = found
    return Registration(pose, overlap, residual, information, converged)


def _searched(
    source: _core.SurfelCloud, target: _core.SurfelCloud, options: RegistrationOptions, progress: Progress
) -> Registration:
    pose, information = np.eye(4), np.zeros((6, 6))
    plane = options.method is Method.PLANE
    found = run_stoppable(
        lambda stop: _core.align_clouds(source, target, plane, options.seed, pose, information, stop),
        progress,
    )
    overlap, residual, converged, rival = found[:4]
    return Registration(pose, overlap, residual, information, converged, rival)
