"""What a person's face is like at rest, so that it counts as no expression and a gaze straight ahead."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from capture.found import Face, Found, Gaze
from capture.region import Floats

FEWEST_FACES = 10
_MOST_NEUTRAL = 0.9


@dataclass(frozen=True, eq=False)
class Calibration:
    """A face at rest that looks into the camera.

    Parameters
    ----------
    coefficients : (52,) float64
        The expression that is measured at rest.
    gaze_deg : tuple of float
        Yaw and pitch of the gaze that is measured, by which it is off the camera.
    """

    SETTING: ClassVar[str] = "capture.calibration"

    coefficients: Floats
    gaze_deg: tuple[float, float]

    @staticmethod
    def of(faces: Sequence[Face]) -> "Calibration | None":
        """Take the medians over faces at rest, None where too few of them have coefficients and a gaze."""
        values = [face.coefficients for face in faces if face.coefficients is not None]
        offsets: list[tuple[float, float]] = []
        for face in faces:
            if face.gaze is not None and face.pose is not None:
                camera = -face.pose.camera_from_head[:3, 3] @ face.pose.camera_from_head[:3, :3]
                seen, wanted = _angles(face.gaze.both), _angles(camera)
                offsets.append((seen[0] - wanted[0], seen[1] - wanted[1]))
        if min(len(values), len(offsets)) < FEWEST_FACES:
            return None
        yaw, pitch = np.median(np.array(offsets), axis=0)
        return Calibration(np.median(np.array(values), axis=0), (float(yaw), float(pitch)))

    def apply(self, found: Found) -> Found:
        """Give the same with faces relative to the rest."""
        return replace(found, faces=tuple(self._applied(face) for face in found.faces))

    def to_json(self) -> dict[str, Any]:
        """Give plain values that `from_json` reads back."""
        return {"coefficients": self.coefficients.tolist(), "gaze_deg": list(self.gaze_deg)}

    @staticmethod
    def from_json(data: Any) -> "Calibration | None":
        """Read what `to_json` gave, None where it is nothing of the kind."""
        try:
            values = np.array(data["coefficients"], np.float64)
            yaw, pitch = (float(angle) for angle in data["gaze_deg"])
        except (KeyError, TypeError, ValueError):
            return None
        fits = values.shape == (52,) and bool(np.isfinite([*values, yaw, pitch]).all())
        return Calibration(values, (yaw, pitch)) if fits else None

    def _applied(self, face: Face) -> Face:
        coefficients, gaze = face.coefficients, face.gaze
        if coefficients is not None:
            # What is there at rest becomes 0, and what is full stays 1.
            rest = np.minimum(self.coefficients, _MOST_NEUTRAL)
            coefficients = np.clip((coefficients - rest) / (1 - rest), 0.0, 1.0)
        if gaze is not None:
            gaze = Gaze(self._straightened(gaze.left), self._straightened(gaze.right))
        return replace(face, coefficients=coefficients, gaze=gaze)

    def _straightened(self, direction: Floats) -> Floats:
        yaw, pitch = _angles(direction)
        yaw, pitch = math.radians(yaw - self.gaze_deg[0]), math.radians(pitch - self.gaze_deg[1])
        return np.array([math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch)])


def _angles(direction: Floats) -> tuple[float, float]:
    """Give yaw and pitch, in degrees, of a direction in the head's frame."""
    x, y, z = direction / max(float(np.linalg.norm(direction)), 1e-9)
    return math.degrees(math.atan2(x, z)), math.degrees(math.asin(min(max(y, -1.0), 1.0)))
