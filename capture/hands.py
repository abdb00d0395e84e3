"""Hands: found once by their palms, then followed by the region that their joints give.

The constants are those of MediaPipe's hand_landmarker, whose networks these are.
"""

import math

import numpy as np

from capture.detection import Detection
from capture.detector import Detector
from capture.face import points_of
from capture.found import Hand
from capture.networks import CaptureNetworks
from capture.region import Floats, Picture, Region, upright_angle

_DETECTOR = Detector("palm-detector", 192, (8, 16, 16, 16), most_overlap=0.3)
_LEAST_PRESENCE = 0.5
_SIZE, _DEPTH_SCALE = 224, 0.4
# 90 degrees are meant, but MediaPipe says radians: its hands lie 27 degrees askew in the first picture. Ours
# do as well, so that both agree; in the pictures after it they are upright in both.
_PALM_TARGET = 90.0
_WRIST, _INDEX, _MIDDLE, _RING = 0, 5, 9, 13
# Without the fingers' ends: they move most, and the region shall not follow them.
_STEADY = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)


def find_hands(networks: CaptureNetworks, picture: Picture) -> list[Region]:
    """Find hands anywhere in the picture, the surest first; give where to look for their joints."""
    return [_region_of(detection) for detection in _DETECTOR.find(networks, picture)]


def _region_of(palm: Detection) -> Region:
    left, top, right, bottom = palm.box
    angle = upright_angle(palm.points[0], palm.points[2], _PALM_TARGET)
    box = Region((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, angle)
    return box.shifted(0.0, -0.5).squared().grown(2.6)


def read_hand(networks: CaptureNetworks, picture: Picture, region: Region) -> Hand | None:
    """Give the hand in the region, None where there is none."""
    landmarks, presence, handedness, world = networks.run_on("hand-landmarks", picture, region, size=_SIZE)
    score = float(presence.ravel()[0])
    if score < _LEAST_PRESENCE:
        return None
    unit = landmarks.reshape(-1, 3).astype(np.float64) / _SIZE
    unit[:, 2] /= _DEPTH_SCALE
    right = float(handedness.ravel()[0])
    side, side_score = ("right", right) if right > 0.5 else ("left", 1 - right)
    joints = turned(world.reshape(-1, 3).astype(np.float64), region.angle)
    return Hand(score, side, side_score, points_of(unit, region), joints)


def next_hand_region(points: Floats) -> Region:
    """Give where the hand of these joints will be a picture later."""
    flat = points[:, :2]
    knuckles = (flat[_INDEX] + flat[_RING]) / 4 + flat[_MIDDLE] / 2
    angle = upright_angle(flat[_WRIST], knuckles, math.pi / 2)
    return Region.around(flat[list(_STEADY)], angle).shifted(0.0, -0.1).squared().grown(2.0)


def turned(world: Floats, angle: float) -> Floats:
    """Turn joints in metres, (n, 3), from the axes of a region to those of the picture."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return world @ np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
