"""Bodies: found once, then followed by the region that two points of the network give.

The constants are those of MediaPipe's pose_landmarker, whose networks these are.
"""

import math

import numpy as np
from numpy.typing import NDArray

from capture.detector import Detector
from capture.face import points_of
from capture.found import Body
from capture.hands import turned
from capture.networks import CaptureNetworks
from capture.region import Floats, Picture, Region, upright_angle

_DETECTOR = Detector("person-detector", 224, (8, 16, 32, 32, 32), low=-1.0)
_LEAST_PRESENCE = 0.5
_SIZE, _MARGIN = 256, 1.25
_JOINTS, _CENTRE, _RIM = 33, 33, 34
_REACH, _LEAST_HEAT = 3, 0.5


def find_bodies(networks: CaptureNetworks, picture: Picture) -> list[Region]:
    """Find persons anywhere in the picture, the surest first; give where to look for their joints."""
    return [
        _region_of(detection.points[0], detection.points[1])
        for detection in _DETECTOR.find(networks, picture)
    ]


def _region_of(centre: Floats, rim: Floats) -> Region:
    """Give the region around a circle of which the centre and one point are known."""
    side = 2 * float(np.linalg.norm(rim - centre))
    angle = upright_angle(centre, rim, math.pi / 2)
    return Region(float(centre[0]), float(centre[1]), side, side, angle).grown(_MARGIN)


def read_body(networks: CaptureNetworks, picture: Picture, region: Region) -> tuple[Body, Region] | None:
    """Give the person in the region and where it will be a picture later, None where there is none."""
    landmarks, presence, heat, world = networks.run_on("pose-landmarks", picture, region, size=_SIZE)
    score = float(presence.ravel()[0])
    if score < _LEAST_PRESENCE:
        return None
    raw = landmarks.reshape(-1, 5).astype(np.float64)
    unit = raw[:, :3] / _SIZE
    refine(unit, heat[0])
    points = points_of(unit, region)
    seen = 1 / (1 + np.exp(-raw[:_JOINTS, 3:]))
    joints = turned(world.reshape(-1, 3)[:_JOINTS].astype(np.float64), region.angle)
    body = Body(score, points[:_JOINTS], joints, seen[:, 0], seen[:, 1])
    return body, _region_of(points[_CENTRE, :2], points[_RIM, :2])


def refine(unit: Floats, heat: NDArray[np.float32]) -> None:
    """Move x and y of landmarks, (n, 3) in the unit square, to the middle of the heat around each.

    Parameters
    ----------
    unit : (n, 3) float64
        Changed in place where the heat is sure.
    heat : ndarray of float32, (height, width, n)
        Logits.
    """
    height, width, _ = heat.shape
    columns, rows = (unit[:, 0] * width).astype(int), (unit[:, 1] * height).astype(int)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    for index in np.flatnonzero(inside):
        left, top = max(columns[index] - _REACH, 0), max(rows[index] - _REACH, 0)
        patch = heat[top : rows[index] + _REACH + 1, left : columns[index] + _REACH + 1, index]
        sure = 1 / (1 + np.exp(-patch.astype(np.float64)))
        if sure.max() < _LEAST_HEAT:
            continue
        total = sure.sum()
        unit[index, 0] = (left + sure.sum(axis=0) @ np.arange(patch.shape[1]) / total) / width
        unit[index, 1] = (top + sure.sum(axis=1) @ np.arange(patch.shape[0]) / total) / height
