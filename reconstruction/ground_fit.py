"""Puts a model where ground control points and GPS say.

One similarity is fitted to all that is known at once: the pixels at which points of known place are seen,
which are worth most, the places that GPS gives the cameras, and that photographers hold cameras level (least
squares with a robust loss, from several starts). Its covariance tells how certain the scale is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.geodesy import east_north_up
from reconstruction.ground_control import GroundPoint
from reconstruction.level_axes import level_axes
from reconstruction.photograph import GeoPosition
from reconstruction.pixel_rays import pixel_rays
from reconstruction.sparse_model import SparseModel

Floats = NDArray[np.float64]

# Standard deviations of what is fitted to.
_PIXEL, _GPS_M, _GPS_HEIGHT_M, _LEVEL = 2.0, 5.0, 12.0, np.radians(10.0)
_TURNS = 24
_FARTHEST, _LARGEST_LOG = 1e6, 30.0
_PARALLEL = 1e8
_LEAST_CERTAIN_SCALE = 0.2


@dataclass(frozen=True)
class GroundResidual:
    """How far a point is from where it should be.

    Parameters
    ----------
    name : str
        Of the point.
    pixels : float
        Root mean square distance from where photographs show it.
    metres : float, optional
        Distance of the place that two or more photographs give it; None where one alone shows it.
    photographs : tuple of str
        That show it.
    """

    name: str
    pixels: float
    metres: float | None
    photographs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GroundFit:
    """A similarity, world = scale * rotation @ model + shift, and what is known of it.

    Parameters
    ----------
    scale : float
    rotation : (3, 3) float64
    shift : (3,) float64
        The world is that of `origin`: x east, y up, z south, in metres.
    scale_sigma : float
        Standard deviation of the scale, relative to it.
    residuals : tuple of GroundResidual
        Of the points that were used.
    """

    scale: float
    rotation: Floats
    shift: Floats
    scale_sigma: float
    residuals: tuple[GroundResidual, ...]


def fit_ground(
    model: SparseModel,
    points: Sequence[GroundPoint],
    positions: Mapping[str, GeoPosition],
    origin: GeoPosition,
    world_from_enu: Floats,
    turns: Mapping[str, int] | None = None,
) -> GroundFit | None:
    """Fit the world to a model that stands upright already.

    Parameters
    ----------
    model : SparseModel
        Its y axis is about up.
    points : sequence of GroundPoint
        Those without a place, or that no registered photograph shows, are left out.
    positions : mapping
        GPS of photographs by name; none is needed where the points suffice.
    origin : GeoPosition
        Becomes (0, 0, 0).
    world_from_enu : (3, 3) float64
        From east, north, up to the axes of the world.
    turns : mapping, optional
        Quarter turns clockwise of photographs by name, after which they are upright.

    Returns
    -------
    GroundFit, optional
        None where all of it together does not fix the scale to a fifth.
    """
    problem = _Problem(model, points, positions, origin, world_from_enu, turns or {})
    if not problem.rays:
        return None
    # Of two points and three places some starts end in minima of their own: none is left out.
    solved = [problem.solved(problem.start(turn)) for turn in range(_TURNS)]
    best = min(solved, key=lambda one: float(one.cost))
    sigma = problem.scale_sigma(best)
    if not sigma < _LEAST_CERTAIN_SCALE:
        return None
    scale, rotation, shift = problem.similarity(best.x)
    return GroundFit(scale, rotation, shift, sigma, problem.residuals(best.x))


class _Problem:
    """The unknowns are the logarithm of the scale, a rotation vector, and the shift of the middle."""

    def __init__(
        self,
        model: SparseModel,
        points: Sequence[GroundPoint],
        positions: Mapping[str, GeoPosition],
        origin: GeoPosition,
        world_from_enu: Floats,
        turns: Mapping[str, int],
    ) -> None:
        cameras = model.cameras
        self._cameras = cameras
        self._points = [
            (point, {name: pixel for name, pixel in point.pixels.items() if name in cameras})
            for point in points
            if point.position is not None
        ]
        self._points = [(point, seen) for point, seen in self._points if seen]
        known = [point.position for point, _ in self._points if point.position is not None]
        self._places = self._to_world(known, origin, world_from_enu)
        self.rays = [
            (at, cameras[name], pixel_rays(cameras[name], np.array([pixel]))[0])
            for at, (_, seen) in enumerate(self._points)
            for name, pixel in seen.items()
        ]
        names = [name for name in model.names if name in positions]
        self._gps = self._to_world([positions[name] for name in names], origin, world_from_enu)
        self._centres = np.array([cameras[name].pose[1] for name in names]).reshape(-1, 3)
        self._heights = np.array([positions[name].altitude_m is not None for name in names], np.bool_)
        self._sideways, _ = level_axes(cameras, turns)
        self._middle = np.array([camera.pose[1] for camera in cameras.values()]).mean(axis=0)

    @staticmethod
    def _to_world(positions: Sequence[GeoPosition], origin: GeoPosition, world_from_enu: Floats) -> Floats:
        if not positions:
            return np.zeros((0, 3))
        return east_north_up(positions, origin) @ world_from_enu.T

    def similarity(self, unknowns: Floats) -> tuple[float, Floats, Floats]:
        from scipy.spatial.transform import Rotation

        scale = float(np.exp(np.clip(unknowns[0], -_LARGEST_LOG, _LARGEST_LOG)))
        rotation = np.asarray(Rotation.from_rotvec(unknowns[1:4]).as_matrix(), np.float64)
        return scale, rotation, unknowns[4:7] - scale * rotation @ self._middle

    def start(self, turn: int) -> Floats:
        """Give unknowns with the model turned about its upright axis, sized and put by GPS or the points."""
        from scipy.spatial.transform import Rotation

        angle = 2 * np.pi * turn / _TURNS
        source, target = self._matched()
        spread = float(np.linalg.norm(source - source.mean(axis=0)))
        scale = float(np.linalg.norm(target - target.mean(axis=0))) / spread if spread > 1e-9 else 1.0
        rotation = Rotation.from_rotvec([0.0, angle, 0.0]).as_matrix()
        middle = target.mean(axis=0) - scale * rotation @ (source.mean(axis=0) - self._middle)
        return np.array([np.log(max(scale, 1e-9)), 0.0, angle, 0.0, *middle])

    def _matched(self) -> tuple[Floats, Floats]:
        """Give places in the model and in the world that belong together, about."""
        found = [(at, self._triangulated(at)) for at in range(len(self._points))]
        pairs = [(place, self._places[at]) for at, place in found if place is not None]
        pairs += list(zip(self._centres, self._gps, strict=True))
        if len(pairs) < 2:
            return self._middle[None], self._places[:1]
        return np.array([one for one, _ in pairs]), np.array([other for _, other in pairs])

    def _triangulated(self, at: int) -> Floats | None:
        """Give where rays to a point come nearest to one another, in the model."""
        rays = [(camera, ray) for point, camera, ray in self.rays if point == at]
        if len(rays) < 2:
            return None
        normal, right = np.zeros((3, 3)), np.zeros(3)
        for camera, ray in rays:
            rotation, centre = camera.pose
            direction = rotation @ np.array([*ray, 1.0])
            direction /= np.linalg.norm(direction)
            across = np.eye(3) - np.outer(direction, direction)
            normal, right = normal + across, right + across @ centre
        if np.linalg.cond(normal) > _PARALLEL:
            return None
        return np.asarray(np.linalg.solve(normal, right), np.float64)

    def solved(self, start: Floats) -> Any:
        from scipy.optimize import least_squares

        return least_squares(self._deviations, start, loss="cauchy", x_scale="jac", max_nfev=400)

    def _deviations(self, unknowns: Floats) -> Floats:
        scale, rotation, shift = self.similarity(unknowns)
        seen = [self._pixels_off(at, camera, ray, (scale, rotation, shift)) for at, camera, ray in self.rays]
        off = scale * self._centres @ rotation.T + shift - self._gps
        off /= (_GPS_M, _GPS_HEIGHT_M, _GPS_M)
        off[~self._heights, 1] = 0.0
        level = (self._sideways @ rotation.T)[:, 1] / _LEVEL / np.sqrt(len(self._sideways))
        deviations = np.concatenate([np.concatenate(seen) / _PIXEL, off.ravel(), level])
        return np.clip(deviations, -_FARTHEST, _FARTHEST)  # a start that leads nowhere must end there

    def _pixels_off(
        self, at: int, camera: PosedCamera, ray: Floats, found: tuple[float, Floats, Floats]
    ) -> Floats:
        scale, rotation, shift = found
        turned, centre = camera.pose
        x, y, z = ((self._places[at] - shift) @ rotation / scale - centre) @ turned
        focal = (camera.intrinsics[0, 0], camera.intrinsics[1, 1])
        # Behind the camera a point is as wrong as can be, and wronger the further behind it is.
        ahead = z if z > 1e-6 else 1e-6
        return np.clip((np.array([x, y]) / ahead - ray) * focal, -1e5, 1e5)

    def scale_sigma(self, solved: Any) -> float:
        information = solved.jac.T @ solved.jac
        if np.linalg.cond(information) > 1e14:
            return float("inf")
        return float(np.sqrt(np.linalg.inv(information)[0, 0]))

    def residuals(self, unknowns: Floats) -> tuple[GroundResidual, ...]:
        found = self.similarity(unknowns)
        scale, rotation, shift = found
        told: list[GroundResidual] = []
        for at, (point, seen) in enumerate(self._points):
            off = [self._pixels_off(at, camera, ray, found) for one, camera, ray in self.rays if one == at]
            place = self._triangulated(at)
            metres = None
            if place is not None:
                metres = float(np.linalg.norm(scale * rotation @ place + shift - self._places[at]))
            pixels = float(np.sqrt((np.array(off) ** 2).sum(axis=1).mean()))
            told.append(GroundResidual(point.name, pixels, metres, tuple(sorted(seen))))
        return tuple(told)
