"""A map on the Earth: its axes become east, north and up, its unit the metre."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.visual_map import GeoOrigin, VisualMap
from reconstruction.alignment import robust_similarity, similarity
from reconstruction.geodesy import east_north_up
from reconstruction.ground_control import GroundPoint
from reconstruction.photograph import GeoPosition
from reconstruction.pixel_rays import pixel_rays, triangulated
from reconstruction.similarity import Similarity
from reconstruction.slam.map_placing import placed_map

Floats = NDArray[np.float64]

_FEWEST = 3
_LEAST_WIDTH_SHARE = 0.02
_MOST_BYTES = 50_000_000


@dataclass(frozen=True, eq=False)
class Georeference:
    """A map on the Earth, and how well it lies there.

    Parameters
    ----------
    world : VisualMap
        The map there.
    scale : float
        Metres for one of its units before.
    residuals_m : mapping
        By the name of what fixed it, how far the map has it from its place.
    """

    world: VisualMap
    scale: float
    residuals_m: Mapping[str, float]


def read_positions(path: Path) -> dict[str, GeoPosition]:
    """Read lines `NAME,LATITUDE,LONGITUDE,ALTITUDE` in degrees and metres, after a heading or without one.

    Raises
    ------
    BadInput
        When the file cannot be read, or a line is wrong.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("size")
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error
    except (ValueError, csv.Error) as error:
        raise _wrong_line(path, 1) from error
    found: dict[str, GeoPosition] = {}
    for number, row in enumerate(rows, 1):
        if not any(cell.strip() for cell in row):
            continue
        try:
            found[row[0].strip()] = _position(row[1:])
        except (ValueError, IndexError) as error:
            if number > 1:
                raise _wrong_line(path, number) from error
    if not found:
        raise _wrong_line(path, 1)
    return found


def _position(cells: Sequence[str]) -> GeoPosition:
    north, east = float(cells[0]), float(cells[1])
    height = float(cells[2]) if len(cells) > 2 and cells[2].strip() else None
    if not (abs(north) <= 90 and abs(east) <= 180) or not np.isfinite(height or 0.0):
        raise ValueError("position")
    return GeoPosition(north, east, height)


def _wrong_line(path: Path, number: int) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path}, line {number}: no name, latitude, longitude and altitude.")
    return BadInput(message(text, path=str(path), number=number))


def placed_by_cameras(
    world: VisualMap, positions: Mapping[str, GeoPosition], *, keep_scale: bool, seed: int = 0
) -> Georeference:
    """Put a map where positions of its keyframes say, by their names.

    Raises
    ------
    BadInput
        When fewer than three of them are known, or all lie on one line.
    """
    known = {one.name: one for one in world.keyframes if one.name in positions}
    places = {name: one.camera.pose[1] for name, one in known.items()}
    return _placed(world, places, positions, keep_scale, seed)


def placed_by_points(
    world: VisualMap, points: Sequence[GroundPoint], *, keep_scale: bool, seed: int = 0
) -> Georeference:
    """Put a map where ground control points say that its keyframes show.

    Raises
    ------
    BadInput
        When fewer than three are seen by two keyframes each, or all lie on one line.
    """
    cameras = {one.name: one.camera for one in world.keyframes}
    places: dict[str, Floats] = {}
    positions: dict[str, GeoPosition] = {}
    for point in points:
        seen = sorted(name for name in point.pixels if name in cameras)
        if point.position is None or len(seen) < 2:
            continue
        rays = [pixel_rays(cameras[name], np.array([point.pixels[name]]))[0] for name in seen]
        found = triangulated([cameras[name] for name in seen], np.array(rays))
        if found is not None:
            places[point.name], positions[point.name] = found[0], point.position
    return _placed(world, places, positions, keep_scale, seed)


def _placed(
    world: VisualMap,
    places: Mapping[str, Floats],
    positions: Mapping[str, GeoPosition],
    keep_scale: bool,
    seed: int,
) -> Georeference:
    names = sorted(places)
    if len(names) < _FEWEST:
        text = QT_TRANSLATE_NOOP(
            "Message", "{count} places of the map are known on the Earth; three or more are needed."
        )
        raise BadInput(message(text, count=len(names)))
    source = np.array([places[name] for name in names])
    start = positions[names[0]]
    origin = GeoPosition(start.latitude_deg, start.longitude_deg, start.altitude_m or 0.0)
    target = east_north_up([positions[name] for name in names], origin)
    for cloud in (source, target):
        spreads = np.linalg.svd(cloud - cloud.mean(axis=0), compute_uv=False)
        if not spreads[1] > _LEAST_WIDTH_SHARE * spreads[0]:
            text = QT_TRANSLATE_NOOP(
                "Message", "The known places lie on one line, about which the map could turn."
            )
            raise BadInput(message(text))
    to = _fitted(source, target, keep_scale and world.is_metric, seed)
    off = np.linalg.norm(to.apply(source) - target, axis=1)
    at = GeoOrigin(origin.latitude_deg, origin.longitude_deg, origin.altitude_m or 0.0)
    return Georeference(
        placed_map(world, to, is_metric=True, origin=at),
        to.scale,
        dict(zip(names, off.tolist(), strict=True)),
    )


def _fitted(source: Floats, target: Floats, fixed: bool, seed: int) -> Similarity:
    """Give where most places agree; a scale that is kept changes only the shift and what counts as near."""
    scale, rotation, shift = robust_similarity(source, target, seed)
    if not fixed:
        return Similarity(scale, rotation, shift)
    weights = np.ones(len(source))
    for _ in range(20):
        _, rotation, _ = similarity(source, target, weights)
        middle, goal = np.average(source, 0, weights), np.average(target, 0, weights)
        shift = goal - rotation @ middle
        off = np.linalg.norm(source @ rotation.T + shift - target, axis=1)
        weights = 1 / (1 + (off / max(2 * float(np.median(off)), 1e-9)) ** 2) ** 2
    return Similarity(1.0, rotation, shift)
