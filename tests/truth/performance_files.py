"""A filmed performer in files."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.pinhole_camera import PinholeCamera
from tests.truth.landmarks import body_landmarks, hand_landmarks
from tests.truth.layouts import write_photographs
from tests.truth.performer import Stage


def write_performance(film: Stage, folder: Path) -> Path:
    """Pictures, `cameras.json` and `trajectory.txt` as photographs have them, and `performance.json`.

    That has `"frames"`, each with `time_s`, `coefficients` (ARKit's 52 by name), `head_pose` (4 x 4) and
    `gaze` (left and right unit vector) in the world, and `body` (33), `left_hand` and `right_hand` (21 each):
    `world_m` and `pixel` of every point, `in_frame` where its pixel is in the picture.
    """
    write_photographs(film.sequence, folder)
    frames = [frame_truth(film, index) for index in range(len(film.sequence))]
    (folder / "performance.json").write_text(json.dumps({"frames": frames}))
    return folder


def frame_truth(film: Stage, index: int) -> dict[str, Any]:
    """What is true of a frame, as `performance.json` has it."""
    time = float(film.sequence.times_s[index])
    camera, who = film.sequence.camera_at(time), film.performer
    body = body_landmarks(who, time)
    return {
        "time_s": time,
        "coefficients": who.coefficients(time),
        "head_pose": who.head_pose(time).tolist(),
        "gaze": [way.tolist() for way in who.gaze(time)],
        "body": dict(zip(body, _points(camera, np.array(list(body.values()))), strict=True)),
        **{f"{side}_hand": _points(camera, hand_landmarks(who, time, side)) for side in ("left", "right")},
    }


def _points(camera: PinholeCamera, places: NDArray[np.float64]) -> list[dict[str, Any]]:
    pixels = camera.project(places)
    inside = ((pixels >= 0) & (pixels <= np.array(camera.size) - 1)).all(-1)
    return [
        {
            "world_m": place.tolist(),
            "pixel": pixel.tolist() if np.isfinite(pixel).all() else None,
            "in_frame": bool(within),
        }
        for place, pixel, within in zip(places, pixels, inside, strict=True)
    ]
