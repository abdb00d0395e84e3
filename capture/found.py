"""What capture finds in one picture.

Pixels count from the picture's upper left, x to the right and y down. The camera's frame has x to the right,
y down and z forward, in metres. Left and right are the person's own.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from capture.region import Floats


@dataclass(frozen=True, eq=False)
class HeadPose:
    """Where the head is.

    Parameters
    ----------
    camera_from_head : (4, 4) float64
        From the head's frame (x to the person's left, y up, z out of the face, metres) to the camera's.
    error_px : float
        Root mean square distance of the model's points from the landmarks.
    """

    camera_from_head: Floats
    error_px: float

    @property
    def angles_deg(self) -> tuple[float, float, float]:
        """Yaw (positive to the person's left), pitch (up) and roll (towards the person's left shoulder)."""
        # Seen with y up and z towards the viewer, a head that looks into the camera is not turned at all.
        turn = np.diag([1.0, -1.0, -1.0]) @ self.camera_from_head[:3, :3]
        yaw, roll = np.arctan2(turn[0, 2], turn[2, 2]), np.arctan2(turn[1, 0], turn[1, 1])
        pitch = np.arcsin(np.clip(turn[1, 2], -1.0, 1.0))
        return float(np.degrees(yaw)), float(np.degrees(pitch)), float(-np.degrees(roll))


@dataclass(frozen=True, eq=False)
class Gaze:
    """Where the eyes look.

    Parameters
    ----------
    left, right : (3,) float64
        Unit vectors in the head's frame, of the person's left and right eye.
    """

    left: Floats
    right: Floats

    @property
    def both(self) -> Floats:
        """The middle of both directions."""
        middle = self.left + self.right
        return middle / max(float(np.linalg.norm(middle)), 1e-9)


@dataclass(frozen=True, eq=False)
class Face:
    """A face.

    Parameters
    ----------
    score : float
        Probability that it is one.
    points : (478, 3) float64
        Landmarks; x and y in pixels, z in pixels of the same scale from the middle of the head. The last ten
        are the irises: centre, then four of the rim, of the person's right and left eye.
    coefficients : (52,) float64, optional
        Expression, 0 to 1, in the order of `capture.expressions.EXPRESSIONS`.
    pose : HeadPose, optional
        From the intrinsics of the camera.
    gaze : Gaze, optional
        From the irises and the pose.
    points_m : (478, 3) float64, optional
        Landmarks in the camera's frame.
    """

    score: float
    points: Floats
    coefficients: Floats | None = None
    pose: HeadPose | None = None
    gaze: Gaze | None = None
    points_m: Floats | None = None

    @property
    def size_px(self) -> float:
        """Diagonal of the box around the landmarks."""
        return float(np.linalg.norm(np.ptp(self.points[:, :2], axis=0)))


@dataclass(frozen=True, eq=False)
class Hand:
    """A hand.

    Parameters
    ----------
    score : float
        Probability that it is one.
    side : str
        "left" or "right", in a picture that is not mirrored.
    side_score : float
        Probability of that side.
    points : (21, 3) float64
        Joints; x and y in pixels, z in pixels from the wrist.
    world : (21, 3) float64
        Joints in metres from the hand's centre, axes as the camera's.
    position : (3,) float64, optional
        The hand's centre in the camera's frame.
    """

    score: float
    side: str
    side_score: float
    points: Floats
    world: Floats
    position: Floats | None = None


@dataclass(frozen=True, eq=False)
class Body:
    """A person.

    Parameters
    ----------
    score : float
        Probability that it is one.
    points : (33, 3) float64
        Joints; x and y in pixels, z in pixels from the middle of the hips.
    world : (33, 3) float64
        Joints in metres from the middle of the hips, axes as the camera's.
    visibility, presence : (33,) float64
        Probability that a joint is seen, and that it is within the picture.
    """

    score: float
    points: Floats
    world: Floats
    visibility: Floats
    presence: Floats


@dataclass(frozen=True, eq=False)
class Found:
    """Everything that was found in one picture.

    Parameters
    ----------
    size : tuple of int
        Width and height of the picture.
    faces, hands, bodies
        In no order that means anything.
    mask : ndarray of float32, (height, width), optional
        Probability of a person for every pixel.
    """

    size: tuple[int, int]
    faces: tuple[Face, ...] = ()
    hands: tuple[Hand, ...] = ()
    bodies: tuple[Body, ...] = ()
    mask: NDArray[np.float32] | None = field(default=None)
