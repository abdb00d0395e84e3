"""Cameras as JSON: position, focal point, view up and view angle, in the frame of the file that is seen."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from render.camera import Camera, Vector

_DEFAULT_ANGLE_DEG = 30.0


def read_camera(path: Path, world_from_frame: NDArray[np.float64]) -> Camera:
    """Read a camera file.

    Parameters
    ----------
    world_from_frame : (4, 4) float64
        From the frame of the file to that of the picture's world; keeps lengths and angles.

    Raises
    ------
    BadInput
        When it is no camera.
    """
    try:
        values: Any = json.loads(path.read_bytes())
        position, focal, up = (
            _vector(values[name], world_from_frame, place)
            for name, place in (("position", 1.0), ("focal_point", 1.0), ("view_up", 0.0))
        )
        return Camera(position, focal, up, float(values.get("view_angle_deg", _DEFAULT_ANGLE_DEG)))
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(
            message(text, path=str(path), reason=error.strerror or type(error).__name__)
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is no camera file.")
        hint = QT_TRANSLATE_NOOP(
            "Message",
            "It holds position, focal_point and view_up as [x, y, z], not on one line, and view_angle_deg.",
        )
        raise BadInput(message(text, path=str(path)), message(hint)) from error


def camera_json(camera: Camera, frame_from_world: NDArray[np.float64]) -> dict[str, Any]:
    """Give what a camera file holds."""
    places = (("position", camera.position_lps_mm), ("focal_point", camera.focal_point_lps_mm))
    return {
        **{name: list(_vector(place, frame_from_world, 1.0)) for name, place in places},
        "view_up": list(_vector(camera.view_up, frame_from_world, 0.0)),
        "view_angle_deg": camera.view_angle_deg,
    }


def _vector(values: Any, to: NDArray[np.float64], place: float) -> Vector:
    """Turn a point (`place` 1) or a direction (0)."""
    if len(values) != 3 or any(isinstance(value, str | bool) for value in values):
        raise ValueError("three numbers")
    x, y, z, _ = (to @ np.array([*values, place], np.float64)).tolist()
    return x, y, z
