"""Ground control points: places of known coordinates, and the pixels at which photographs show them.

Two formats are read: OpenSfM's `ground_control_points.json`, and the `gcp_list.txt` of OpenDroneMap and
OpenSfM. The first line of the latter names the coordinates (`WGS84`, `WGS84 UTM 32N`, `EPSG:25832` or PROJ's
`+proj=…`), the others are `x y z pixel_x pixel_y photograph [name]`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from reconstruction.photograph import GeoPosition

Size = tuple[int, int]
_MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class GroundPoint:
    """One point.

    Parameters
    ----------
    name : str
        As its file calls it.
    position : GeoPosition, optional
        Where it is; a point of unknown place fixes nothing.
    pixels : mapping
        Where photographs show it, by their names: x and y, the middle of the first pixel at (0, 0).
    """

    name: str
    position: GeoPosition | None
    pixels: Mapping[str, tuple[float, float]]


def read_ground_points(path: Path, sizes: Mapping[str, Size]) -> tuple[GroundPoint, ...]:
    """Read ground control points.

    Parameters
    ----------
    path : Path
        `.json`, or text in OpenDroneMap's format.
    sizes : mapping
        Width and height of the photographs by name; what is seen in others is left out.

    Raises
    ------
    BadInput
        When the file cannot be read, names unknown coordinates, or is damaged; the message names the place.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("size")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        reason = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(reason, path=str(path), reason=error.strerror or str(error))) from error
    except ValueError as error:
        raise _not_points(path) from error
    points = _of_json(path, text, sizes) if text.lstrip().startswith("{") else _of_list(path, text, sizes)
    if not points:
        raise _not_points(path)
    return points


def _not_points(path: Path) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} holds no ground control points.")
    hint = QT_TRANSLATE_NOOP("Message", "Use OpenSfM's JSON or the gcp_list.txt of OpenDroneMap.")
    return BadInput(message(text, path=str(path)), message(hint))


def _of_json(path: Path, text: str, sizes: Mapping[str, Size]) -> tuple[GroundPoint, ...]:
    try:
        entries = json.loads(text)["points"]
        return tuple(_entry(number, entry, sizes) for number, entry in enumerate(entries))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _not_points(path) from error


def _entry(number: int, entry: dict[str, Any], sizes: Mapping[str, Size]) -> GroundPoint:
    pixels: dict[str, tuple[float, float]] = {}
    for seen in entry.get("observations", ()):
        name = str(seen["shot_id"])
        if name in sizes:
            width, height = sizes[name]
            # OpenSfM counts from the middle of the picture, in its longer side.
            x, y = (float(value) * max(width, height) for value in seen["projection"])
            pixels[name] = x + (width - 1) / 2, y + (height - 1) / 2
    place = entry.get("position")
    position = None
    if place is not None:
        position = _position(place["latitude"], place["longitude"], place["altitude"])
    return GroundPoint(str(entry.get("id", number)), position, pixels)


def _position(latitude: Any, longitude: Any, altitude: Any) -> GeoPosition:
    north, east, height = float(latitude), float(longitude), float(altitude)
    if not (-90 <= north <= 90 and -180 <= east <= 180 and abs(height) < 1e5):
        raise ValueError("position")
    return GeoPosition(north, east, height)


def _of_list(path: Path, text: str, sizes: Mapping[str, Size]) -> tuple[GroundPoint, ...]:
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    told = [(number, line) for number, line in enumerate(lines, start=1) if line]
    if not told:
        return ()
    (_, header), *rows = told
    to_geographic = _transform(path, header)
    found: dict[str, tuple[GeoPosition, dict[str, tuple[float, float]]]] = {}
    for number, line in rows:
        fields = line.split()
        try:
            x, y, z, across, down = (float(field) for field in fields[:5])
            longitude, latitude = to_geographic(x, y)
            position, photograph = _position(latitude, longitude, z), fields[5]
        except (ValueError, IndexError) as error:
            problem = QT_TRANSLATE_NOOP("Message", "{path}: line {line} is no ground control point.")
            raise BadInput(message(problem, path=str(path), line=number)) from error
        # Without names the same place is the same point.
        name = fields[6] if len(fields) > 6 else f"{fields[0]} {fields[1]} {fields[2]}"
        _, pixels = found.setdefault(name, (position, {}))
        if photograph in sizes:
            pixels[photograph] = across, down
    return tuple(GroundPoint(name, place, pixels) for name, (place, pixels) in found.items())


def _transform(path: Path, header: str) -> Any:
    """Give a function from a list's coordinates to longitude and latitude (PROJ)."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    words = header.upper().split()
    if words in (["WGS84"], ["EPSG:4326"]):
        return lambda x, y: (x, y)
    chosen = header
    if words[:2] == ["WGS84", "UTM"] and len(words) == 3 and words[2][:-1].isdigit():
        south = words[2].endswith("S")
        chosen = f"EPSG:{(32700 if south else 32600) + int(words[2][:-1])}"
    try:
        return Transformer.from_crs(chosen, "EPSG:4326", always_xy=True).transform
    except ProjError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path}: the coordinates “{header}” are not known.")
        hint = QT_TRANSLATE_NOOP("Message", "Begin the file with WGS84, WGS84 UTM 32N or an EPSG code.")
        raise BadInput(message(text, path=str(path), header=header[:60]), message(hint)) from error
