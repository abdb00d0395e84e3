"""Faces: found once, then followed by the region that their landmarks give.

The constants are those of MediaPipe's face_landmarker, whose networks these are.
"""

import numpy as np

from capture.detection import Detection
from capture.detector import Detector
from capture.found import Face
from capture.networks import CaptureNetworks
from capture.region import Floats, Picture, Region, upright_angle

_DETECTOR = Detector("face-detector", 128, (8, 16, 16, 16), low=-1.0)
_LEAST_PRESENCE = 0.5
_SIZE, _MARGIN = 256, 1.5
_RIGHT_EYE, _LEFT_EYE = 33, 263  # outer corners


def find_faces(networks: CaptureNetworks, picture: Picture) -> list[Region]:
    """Find faces anywhere in the picture, the surest first; give where to look for their landmarks."""
    return [_region_of(detection) for detection in _DETECTOR.find(networks, picture)]


def _region_of(detection: Detection) -> Region:
    left, top, right, bottom = detection.box
    angle = upright_angle(detection.points[0], detection.points[1], 0.0)
    return Region((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, angle).grown(_MARGIN)


def read_face(networks: CaptureNetworks, picture: Picture, region: Region) -> Face | None:
    """Give the face in the region, None where there is none."""
    landmarks, presence = networks.run_on("face-landmarks", picture, region, size=_SIZE)
    score = 1 / (1 + float(np.exp(-presence.ravel()[0])))
    if score < _LEAST_PRESENCE:
        return None
    return Face(score, points_of(landmarks.reshape(-1, 3).astype(np.float64) / _SIZE, region))


def next_face_region(points: Floats) -> Region:
    """Give where the face of these landmarks will be a picture later."""
    angle = upright_angle(points[_RIGHT_EYE, :2], points[_LEFT_EYE, :2], 0.0)
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    (x, y), (width, height) = (low + high) / 2, high - low
    region = Region(float(x), float(y), float(width), float(height), angle)
    return region.squared().grown(_MARGIN)


def points_of(unit: Floats, region: Region) -> Floats:
    """Map x, y and z of a region's unit square to pixels of the picture."""
    return np.column_stack([region.to_picture(unit[:, :2]), unit[:, 2] * region.width])
