"""What capture found in the pictures of a film, as one JSON file."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from capture.expressions import EXPRESSIONS
from capture.found import Body, Face, Found, Hand
from capture.intrinsics import Intrinsics
from capture.region import Floats
from core.atomic_write import write_bytes


class Recording:
    """Gathers the pictures of one source; one face, one body and a hand of each side are kept.

    Parameters
    ----------
    source : str
        Name of the file, folder or camera.
    backend : str
        What found everything.
    """

    def __init__(self, source: str, backend: str) -> None:
        self._source, self._backend = source, backend
        self._frames: list[dict[str, Any]] = []
        self._size: tuple[int, int] | None = None
        self._lens: Intrinsics | None = None

    def __len__(self) -> int:
        """How many pictures were added."""
        return len(self._frames)

    def add(self, name: str, time_s: float, found: Found, lens: Intrinsics | None = None) -> None:
        """Add what was found in a picture."""
        self._size = self._size or found.size
        self._lens = self._lens or lens or Intrinsics.guess(found.size)
        self._frames.append(frame_to_json(name, time_s, found))

    def count(self, part: str) -> int:
        """Give in how many pictures a "face", a "body" or the "left" or "right" hand was found."""
        hands = part in ("left", "right")
        return sum((frame["hands"] if hands else frame)[part] is not None for frame in self._frames)

    def to_json(self) -> dict[str, Any]:
        """Give everything as plain values."""
        lens = self._lens
        return {
            "source": self._source,
            "backend": self._backend,
            "size": self._size,
            "intrinsics": None
            if lens is None
            else {"K": lens.matrix.tolist(), "size": list(lens.size), "assumed": lens.assumed},
            "axes": "camera: x right, y down, z forward; head: x to the person's left, y up, z forward; m",
            "frames": self._frames,
        }

    def write(self, path: Path) -> None:
        """Write the file, complete or not at all."""
        write_bytes(path, json.dumps(self.to_json(), allow_nan=False).encode())


def frame_to_json(name: str, time_s: float, found: Found) -> dict[str, Any]:
    """Give what was found in one picture as plain values."""
    hands: dict[str, Any] = {"left": None, "right": None}
    # Two hands that look alike: the surer one keeps its side.
    for hand in sorted(found.hands, key=lambda one: one.side_score):
        hands[hand.side] = _hand(hand)
    face = max(found.faces, key=lambda one: one.size_px, default=None)
    body = max(found.bodies, key=lambda one: one.score, default=None)
    return {
        "name": name,
        "time_s": round(time_s, 6),
        "face": None if face is None else _face(face),
        "body": None if body is None else _body(body),
        "hands": hands,
    }


def _face(face: Face) -> dict[str, Any]:
    values = face.coefficients
    return {
        "confidence": round(face.score, 4),
        "coefficients": None if values is None else dict(zip(EXPRESSIONS, _rounded(values, 4), strict=True)),
        "head_pose": _pose(face),
        "gaze": None
        if face.gaze is None
        else {"left": _rounded(face.gaze.left, 5), "right": _rounded(face.gaze.right, 5)},
        "points_px": _rounded(face.points, 2),
    }


def _pose(face: Face) -> dict[str, Any] | None:
    if face.pose is None:
        return None
    yaw, pitch, roll = face.pose.angles_deg
    return {
        "rotation_camera_from_head": _rounded(face.pose.camera_from_head[:3, :3], 6),
        "translation_m": _rounded(face.pose.camera_from_head[:3, 3], 5),
        "yaw_pitch_roll_deg": [round(yaw, 3), round(pitch, 3), round(roll, 3)],
        "error_px": round(face.pose.error_px, 3),
    }


def _body(body: Body) -> dict[str, Any]:
    return {
        "confidence": round(body.score, 4),
        "points_px": _rounded(body.points, 2),
        "points_m": _rounded(body.world, 5),
        "visibility": _rounded(body.visibility, 4),
        "presence": _rounded(body.presence, 4),
    }


def _hand(hand: Hand) -> dict[str, Any]:
    return {
        "confidence": round(hand.score, 4),
        "side_confidence": round(hand.side_score, 4),
        "points_px": _rounded(hand.points, 2),
        "points_m": _rounded(hand.world, 5),
        "position_m": None if hand.position is None else _rounded(hand.position, 5),
    }


def _rounded(values: Floats, digits: int) -> Any:
    return np.round(values, digits).tolist()
