"""Points of a map from the rays, and the depths, at which keyframes see them.

Every sighting holds its point across its ray by the size of a pixel and, where depth was measured, along it;
the least squares have a closed form when the distances are known, so a few rounds with weights that fall with
the residual find them all at once (iteratively reweighted midpoint, as in Hartley and Sturm, CVIU 68, 1997).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDS = 6
_DEPTH_SHARE = 0.01
_LEAST_DEPTH_SIGMA = 0.005
_LARGEST_OFF = 4.0
_LARGEST_SIGMA_SHARE = 0.05


@dataclass(frozen=True, eq=False)
class RayBundle:
    """Sightings of many points.

    Parameters
    ----------
    track : (n,) int64
        Which point each is of.
    origins, rays : (n, 3) float64
        Where from and, of length 1, whither.
    sigmas : (n,) float64
        Radians.
    depths : (n,) float64
        Distance along the ray; NaN where it is not known.
    """

    track: NDArray[np.int64]
    origins: Floats
    rays: Floats
    sigmas: Floats
    depths: Floats


@dataclass(frozen=True, eq=False)
class FoundPoints:
    """Where the points are.

    Parameters
    ----------
    points : (m, 3) float64
        NaN where a track gives none.
    sigmas : (m,) float64
        Along one axis, root mean square of the three.
    is_kept : (n,) bool
        Sightings that agree with their point.
    """

    points: Floats
    sigmas: Floats
    is_kept: NDArray[np.bool_]


def find_points(bundle: RayBundle) -> FoundPoints:
    """Find the points of all tracks, and which sightings agree with them."""
    count = int(bundle.track.max()) + 1 if len(bundle.track) else 0
    distance = np.where(np.isfinite(bundle.depths), bundle.depths, 1.0)
    weight = np.ones(len(bundle.track))
    points, spread = np.zeros((count, 3)), np.zeros((count, 3, 3))
    off = np.zeros(len(bundle.track))
    for _ in range(_ROUNDS):
        points, spread = _solved(bundle, weight, distance, count)
        off, distance = _off(bundle, points)
        weight = 1 / (1 + (off / 2) ** 2) ** 2
    # What parallel rays leave open may come out below nothing.
    squares = np.einsum("nii->n", spread) / 3
    sigmas = np.sqrt(np.where(squares > 0, squares, np.inf))
    kept = (off < _LARGEST_OFF) & (distance > 0)
    seen = np.bincount(bundle.track[kept], minlength=count)
    with_depth = np.bincount(bundle.track[kept & np.isfinite(bundle.depths)], minlength=count) > 0
    far = np.zeros(count)
    np.maximum.at(far, bundle.track[kept], distance[kept])
    good = ((seen >= 2) | with_depth) & (sigmas < _LARGEST_SIGMA_SHARE * far)
    return FoundPoints(np.where(good[:, None], points, np.nan), sigmas, kept & good[bundle.track])


def _depth_sigmas(bundle: RayBundle) -> Floats:
    return np.maximum(_LEAST_DEPTH_SIGMA, _DEPTH_SHARE * np.nan_to_num(bundle.depths))


def _solved(bundle: RayBundle, weight: Floats, distance: Floats, count: int) -> tuple[Floats, Floats]:
    along = np.einsum("ni,nj->nij", bundle.rays, bundle.rays)
    across = weight / np.maximum(bundle.sigmas * np.abs(distance), 1e-9) ** 2
    measured = np.isfinite(bundle.depths)
    deep = np.where(measured, weight / _depth_sigmas(bundle) ** 2, 0.0)
    matrices = across[:, None, None] * (np.eye(3) - along) + deep[:, None, None] * along
    there = bundle.origins + np.nan_to_num(bundle.depths)[:, None] * bundle.rays
    total, right = np.zeros((count, 3, 3)), np.zeros((count, 3))
    np.add.at(total, bundle.track, matrices)
    np.add.at(right, bundle.track, np.einsum("nij,nj->ni", matrices, there))
    scale = np.einsum("nii->n", total)[:, None, None]
    total += 1e-9 * np.maximum(scale, 1e-12) * np.eye(3)
    return np.linalg.solve(total, right[..., None])[..., 0], np.linalg.inv(total)


def _off(bundle: RayBundle, points: Floats) -> tuple[Floats, Floats]:
    """Distance of every sighting from its point in sigmas, and how far along the ray the point is."""
    ahead = points[bundle.track] - bundle.origins
    distance = (ahead * bundle.rays).sum(axis=1)
    across = np.linalg.norm(ahead - distance[:, None] * bundle.rays, axis=1)
    off = across / np.maximum(np.abs(distance) * bundle.sigmas, 1e-12)
    deep = np.abs(distance - bundle.depths) / _depth_sigmas(bundle)
    return np.fmax(off, np.nan_to_num(deep)), distance
