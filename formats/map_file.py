"""`.smap`: a map as one file, the same on every machine.

Eight bytes `SENSEMAP`, the version and the length of the header as little-endian 32-bit numbers, SHA-256 of
all that follows, the header in JSON, and the arrays that it lists one after another, little-endian, C order.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import write_bytes
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from core.visual_map import DESCRIPTOR, GeoOrigin, Keyframe, MapFeatures, VisualMap
from formats.camera_set import camera_entry, camera_of_entry

VERSION = 1
_MAGIC = b"SENSEMAP"
_FIXED = struct.Struct("<8sII32s")
_ARRAYS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "keyframe": ("<i4", ()),
    "point": ("<i4", ()),
    "places": ("<f4", (2,)),
    "sizes": ("<f4", ()),
    "descriptors": ("|u1", (DESCRIPTOR,)),
    "points": ("<f8", (3,)),
    "point_sigmas": ("<f4", ()),
}


def write_map(path: Path, made: VisualMap) -> None:
    """Write a map atomically.

    Raises
    ------
    SenseError
        When the file cannot be written.
    """
    write_bytes(path, map_bytes(made))


def read_map(path: Path) -> VisualMap:
    """Read a map.

    Raises
    ------
    BadInput
        When the file cannot be read, is no map, is cut off or changed, or of another version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error
    return map_of_bytes(data, path)


def map_bytes(made: VisualMap) -> bytes:
    """Give the content of the file."""
    arrays = {name: np.ascontiguousarray(_array(made, name), dtype) for name, (dtype, _) in _ARRAYS.items()}
    header = {
        "keyframes": [
            {"name": one.name, "time_s": one.time_s, "camera": camera_entry(one.camera)}
            for one in made.keyframes
        ],
        "is_metric": made.is_metric,
        "origin": None if made.origin is None else asdict(made.origin),
        "provenance": dict(made.provenance),
        "pose_sigma": made.pose_sigma,
        "rows": {name: len(array) for name, array in arrays.items()},
    }
    text = json.dumps(header, ensure_ascii=False, allow_nan=False).encode()
    body = b"".join([text, *(array.tobytes() for array in arrays.values())])
    return _FIXED.pack(_MAGIC, VERSION, len(text), hashlib.sha256(body).digest()) + body


def map_of_bytes(data: bytes, path: Path) -> VisualMap:
    """Read the content of a file; `path` names it in errors.

    Raises
    ------
    BadInput
        As `read_map`.
    """
    if len(data) < _FIXED.size or data[: len(_MAGIC)] != _MAGIC:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "{path} is no map."), path=str(path)))
    _, version, length, digest = _FIXED.unpack_from(data)
    if version != VERSION:
        text = QT_TRANSLATE_NOOP("Message", "{path} is a map of version {version}; this program reads {own}.")
        hint = QT_TRANSLATE_NOOP("Message", "Open it with the program that wrote it, or make the map again.")
        raise BadInput(message(text, path=str(path), version=version, own=VERSION), message(hint))
    body = memoryview(data)[_FIXED.size :]
    if hashlib.sha256(body).digest() != digest:
        raise _damaged(path)
    try:
        header = json.loads(bytes(body[:length]))
        return _map(header, _arrays(header["rows"], body[length:]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise _damaged(path) from error


def _array(made: VisualMap, name: str) -> NDArray[Any]:
    return getattr(made if name in ("points", "point_sigmas") else made.features, name)


def _arrays(rows: Mapping[str, Any], data: memoryview) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    at = 0
    for name, (dtype, shape) in _ARRAYS.items():
        count = int(rows[name])
        kind = np.dtype((dtype, shape))
        if count < 0 or at + count * kind.itemsize > len(data):
            raise ValueError(name)
        flat = np.frombuffer(data, dtype, count * int(np.prod(shape, dtype=int)), at)
        arrays[name] = flat.reshape(count, *shape).astype(np.dtype(dtype).newbyteorder("="))
        at += count * kind.itemsize
    if at != len(data):
        raise ValueError("rows")
    return arrays


def _map(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> VisualMap:
    features = {name: arrays[name] for name in _ARRAYS if name not in ("points", "point_sigmas")}
    origin = header["origin"]
    return VisualMap(
        tuple(_keyframe(entry) for entry in header["keyframes"]),
        MapFeatures(**features),
        arrays["points"],
        arrays["point_sigmas"],
        bool(header["is_metric"]),
        None if origin is None else GeoOrigin(**{name: float(value) for name, value in origin.items()}),
        dict(header["provenance"]),
        float(header.get("pose_sigma", 0.0)),  # Older maps do not tell.
    )


def _keyframe(entry: Mapping[str, Any]) -> Keyframe:
    time_s = entry["time_s"]
    camera: PosedCamera = camera_of_entry(entry["camera"])
    return Keyframe(str(entry["name"]), camera, None if time_s is None else float(time_s))


def _damaged(path: Path) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} is cut off or was changed: its checksum is wrong.")
    return BadInput(message(text, path=str(path)))
