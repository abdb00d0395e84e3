"""Gives a model of no known scale a world: metres from known points, markers or GPS, an upright y axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP
from reconstruction.alignment import robust_similarity, turning
from reconstruction.geodesy import east_north_up
from reconstruction.ground_control import GroundPoint
from reconstruction.ground_fit import GroundFit, fit_ground
from reconstruction.level_axes import level_up
from reconstruction.marker_fit import MarkerFit, fit_markers
from reconstruction.markers import MarkerSightings
from reconstruction.measured_distance import DistanceFit, MeasuredDistance, fit_distances
from reconstruction.photograph import GeoPosition
from reconstruction.sparse_model import SparseModel
from reconstruction.vertical_lines import upright_direction

Floats = NDArray[np.float64]

_FEWEST_PLACES = 4
_LEAST_SPREAD_M = 3.0  # less is within what GPS errs by
_LEAST_WIDTH_SHARE = 0.05
# East, north, up to a world with y up: x east, y up, z south.
_Y_UP_FROM_ENU = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


class ScaleSource(Enum):
    """Where metres come from."""

    GIVEN = QT_TRANSLATE_NOOP("Message", "the given cameras")
    GROUND = QT_TRANSLATE_NOOP("Message", "ground control points")
    MEASURED = QT_TRANSLATE_NOOP("Message", "measured distances")
    MARKERS = QT_TRANSLATE_NOOP("Message", "printed markers")
    GPS = QT_TRANSLATE_NOOP("Message", "GPS of the photographs")
    NONE = QT_TRANSLATE_NOOP("Message", "no scale")


@dataclass(frozen=True, eq=False)
class World:
    """A model in its world.

    Parameters
    ----------
    model : SparseModel
        Cameras and points there; y is up unless cameras were given.
    scale : ScaleSource
        What its lengths stand on; without a scale the cameras' mean distance from their middle is 1.
    origin : GeoPosition, optional
        Where (0, 0, 0) lies on the earth.
    residuals_m : mapping
        Distance of each camera from where GPS puts it.
    ground : GroundFit, optional
        How well ground control points agree, where these fix the world.
    markers : MarkerFit, optional
        How well printed markers agree, where these fix the scale.
    distances : DistanceFit, optional
        How well measured distances agree, where these fix the scale.
    """

    model: SparseModel
    scale: ScaleSource
    origin: GeoPosition | None
    residuals_m: Mapping[str, float]
    ground: GroundFit | None = None
    markers: MarkerFit | None = None
    distances: DistanceFit | None = None


def place(
    model: SparseModel,
    positions: Mapping[str, GeoPosition],
    seed: int,
    ground: Sequence[GroundPoint] = (),
    markers: MarkerSightings | None = None,
    turns: Mapping[str, int] | None = None,
    *,
    distances: Sequence[MeasuredDistance] = (),
    lines: Mapping[str, Floats] | None = None,
) -> World:
    """Put a model of no known scale where ground control points, printed markers or GPS say, in this order.

    Measured distances scale what these give, but not what ground control points do. `lines` are straight
    edges in the photographs, of which the upright ones tell where up is more precisely than the cameras.

    Without any of them it stands upright as cameras were held; `turns` tells how many quarter turns clockwise
    these were from lying. Ground control points that do not fix the
    scale, together with GPS, are left out; so are markers that contradict one another.
    """
    known = [point.position for point in ground if point.position is not None]
    if known:
        upright, origin = _upright(model, turns or {}, lines or {}), known[0]
        fit = fit_ground(upright, ground, positions, origin, _Y_UP_FROM_ENU, turns or {})
        if fit is not None:
            moved = upright.moved(fit.scale, fit.rotation, fit.shift)
            return World(moved, ScaleSource.GROUND, origin, _gps_residuals(moved, positions, origin), fit)
    world = _without_ground(model, positions, seed, markers, turns or {}, lines or {})
    fitted = fit_distances(world.model.cameras, distances) if distances else None
    if fitted is None:
        return world
    # Where the world is stays known, where GPS said it: the origin is a place, whatever the scale.
    resized = world.model.moved(fitted.scale, np.eye(3), np.zeros(3))
    residuals = {} if world.origin is None else _gps_residuals(resized, positions, world.origin)
    return replace(
        world,
        model=resized,
        scale=ScaleSource.MEASURED,
        residuals_m=residuals,
        markers=None,
        distances=fitted,
    )


def _without_ground(
    model: SparseModel,
    positions: Mapping[str, GeoPosition],
    seed: int,
    markers: MarkerSightings | None,
    turns: Mapping[str, int],
    lines: Mapping[str, Floats],
) -> World:
    if markers is not None and markers.photographs:
        upright = _upright(model, turns, lines)
        found = fit_markers(upright, markers)
        if found is not None:
            moved = upright.moved(found.scale, found.rotation, found.shift)
            return World(moved, ScaleSource.MARKERS, None, {}, markers=found)
    return _placed_by_gps(model, positions, seed, turns, lines)


def _placed_by_gps(
    model: SparseModel,
    positions: Mapping[str, GeoPosition],
    seed: int,
    turns: Mapping[str, int],
    lines: Mapping[str, Floats],
) -> World:
    names = [name for name in model.names if name in positions]
    if len(names) >= _FEWEST_PLACES:
        origin = positions[names[0]]
        places = east_north_up([positions[name] for name in names], origin) @ _Y_UP_FROM_ENU.T
        centres = np.array([model.cameras[name].pose[1] for name in names])
        if _fixes_a_world(places):
            scale, rotation, shift = robust_similarity(centres, places, seed)
            moved = model.moved(scale, rotation, shift)
            return World(moved, ScaleSource.GPS, origin, _gps_residuals(moved, positions, origin))
    return World(_upright(model, turns, lines), ScaleSource.NONE, None, {})


def _gps_residuals(
    model: SparseModel, positions: Mapping[str, GeoPosition], origin: GeoPosition
) -> dict[str, float]:
    """Give the distance of each camera from where GPS puts it."""
    names = [name for name in model.names if name in positions]
    if not names:
        return {}
    places = east_north_up([positions[name] for name in names], origin) @ _Y_UP_FROM_ENU.T
    centres = np.array([model.cameras[name].pose[1] for name in names])
    return dict(zip(names, np.linalg.norm(centres - places, axis=1).tolist(), strict=True))


def _fixes_a_world(places: Floats) -> bool:
    """Tell whether places are far enough apart, and not on one line, about which a model could turn."""
    spreads = np.linalg.svd(places - places.mean(axis=0), compute_uv=False) / np.sqrt(len(places))
    return bool(spreads[0] >= _LEAST_SPREAD_M and spreads[1] >= _LEAST_WIDTH_SHARE * spreads[0])


def _upright(model: SparseModel, turns: Mapping[str, int], lines: Mapping[str, Floats]) -> SparseModel:
    cameras = list(model.cameras.values())
    centres = np.array([camera.pose[1] for camera in cameras])
    middle = centres.mean(axis=0)
    distance = float(np.linalg.norm(centres - middle, axis=1).mean())
    scale = 1.0 / distance if distance > 0 else 1.0
    up = level_up(model.cameras, turns).direction
    found = upright_direction(model.cameras, lines, up)
    rotation = turning(up if found is None else found, np.array([0.0, 1.0, 0.0]))
    return model.moved(scale, rotation, -scale * rotation @ middle)
