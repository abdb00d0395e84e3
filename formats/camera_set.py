"""`cameras.json`: the cameras of a set of photographs by the names of their files.

`{name: {"K": 3x3, "rotation_world_from_camera": 3x3, "centre_m": [3], "size": [w, h], "distortion"?:
{"model": "opencv" or "opencv_fisheye", "k1": …}}}`; a camera of unknown pose
lacks rotation and centre.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.atomic_write import write_bytes
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera

_MODELS = {"opencv": False, "opencv_fisheye": True}


def read_camera_set(path: Path) -> dict[str, PosedCamera]:
    """Read a camera set.

    Raises
    ------
    BadInput
        When the file cannot be read, or a camera in it is impossible; the message names camera and field.
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error
    except (ValueError, RecursionError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is not JSON.")
        raise BadInput(message(text, path=str(path))) from error
    if not isinstance(content, dict) or not content:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "{path} holds no cameras."), path=str(path)))
    cameras: dict[str, PosedCamera] = {}
    for name, entry in content.items():
        try:
            cameras[name] = camera_of_entry(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            text = QT_TRANSLATE_NOOP("Message", "{path}: the camera {name} is wrong: {reason}.")
            reason = str(error.args[0]) if error.args else type(error).__name__
            raise BadInput(message(text, path=str(path), name=name, reason=reason)) from error
    return cameras


def write_camera_set(path: Path, cameras: Mapping[str, PosedCamera]) -> None:
    """Write a camera set atomically."""
    write_bytes(
        path, json.dumps({name: camera_entry(one) for name, one in cameras.items()}, indent=1).encode()
    )


def camera_of_entry(entry: Mapping[str, Any]) -> PosedCamera:
    """Read one camera; a KeyError, TypeError or ValueError tells what is wrong."""
    width, height = (int(number) for number in entry["size"])
    lens = dict(entry.get("distortion") or {})
    rotation, centre = entry.get("rotation_world_from_camera"), entry.get("centre_m")
    return PosedCamera(
        size=(width, height),
        intrinsics=np.array(entry["K"], np.float64),
        fisheye=_MODELS[lens.pop("model", "opencv")],
        distortion={name: float(value) for name, value in lens.items()},
        rotation_world_from_camera=None if rotation is None else np.array(rotation, np.float64),
        centre_m=None if centre is None else np.array(centre, np.float64),
    )


def camera_entry(camera: PosedCamera) -> dict[str, Any]:
    """Give what stands for one camera in the file."""
    entry: dict[str, Any] = {"K": camera.intrinsics.tolist(), "size": list(camera.size)}
    if camera.rotation_world_from_camera is not None and camera.centre_m is not None:
        entry["rotation_world_from_camera"] = camera.rotation_world_from_camera.tolist()
        entry["centre_m"] = camera.centre_m.tolist()
    if camera.fisheye or any(camera.distortion.values()):
        model = "opencv_fisheye" if camera.fisheye else "opencv"
        entry["distortion"] = {"model": model, **camera.distortion}
    return entry
