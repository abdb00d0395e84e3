"""Where the head is and where the eyes look, from landmarks and the camera's intrinsics."""

import math

import numpy as np

from capture.canonical_face import canonical_face
from capture.found import Gaze, HeadPose
from capture.intrinsics import Intrinsics
from capture.region import Floats

RIGHT_IRIS, LEFT_IRIS = 468, 473
RIGHT_EYE, LEFT_EYE = (33, 133), (362, 263)
# Of a grown person (Bekerman et al., 2014: axial length 24 mm): the eye's centre lies behind the corners of
# the lids and further out than their middle, as the inner corner holds the tear duct.
_CENTRE_BEHIND_M, _CENTRE_OUT_M, IRIS_RADIUS_M = 0.0070, 0.0018, 0.0105


def head_pose(points: Floats, intrinsics: Intrinsics) -> HeadPose | None:
    """Find the pose in which the canonical face lies on the landmarks.

    The landmarks give a shape, the intrinsics the rays on which it lies; its distance is that at which its
    steady points are as far apart as those of a grown person's face. Pixels alone would leave the tilt of so
    flat a thing open. The weighted fit is that of Umeyama (1991).

    Parameters
    ----------
    points : (478, 3) float64
        Landmarks in pixels.
    intrinsics : Intrinsics
        Of the picture.

    Returns
    -------
    HeadPose or None
        None where no pose before the camera fits.
    """
    model = canonical_face()
    pixels, target = points[model.basis], model.points[model.basis]
    if np.ptp(pixels[:, :2], axis=0).min() < 1.0:
        return None
    focal = math.sqrt(intrinsics.fx * intrinsics.fy)
    rays, relief = intrinsics.rays(pixels[:, :2]), (pixels[:, 2] - pixels[:, 2].mean()) / focal
    shape = rays * (1.0 + relief)[:, None]
    distance = 1.0 / _spread_ratio(shape, target, model.weights)
    turn, shift = _fit(shape * distance, target, model.weights)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = turn, shift
    if not np.isfinite(pose).all() or shift[2] <= 0:
        return None
    seen = target @ turn.T + shift
    projected = seen[:, :2] / seen[:, 2:] * [intrinsics.fx, intrinsics.fy] + [intrinsics.cx, intrinsics.cy]
    return HeadPose(pose, float(np.sqrt(((projected - pixels[:, :2]) ** 2).sum(axis=1).mean())))


def _spread_ratio(shape: Floats, target: Floats, weights: Floats) -> float:
    """Give how many times as far apart the points of `shape` are as those of `target`."""
    spreads = [(weights @ ((one - weights @ one / weights.sum()) ** 2)).sum() for one in (shape, target)]
    return math.sqrt(spreads[0] / spreads[1])


def _fit(shape: Floats, target: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Give the rotation and the shift that bring `target` onto `shape`."""
    share = weights / weights.sum()
    middles = share @ shape, share @ target
    left, _, right = np.linalg.svd((shape - middles[0]).T @ ((target - middles[1]) * share[:, None]))
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = left @ flip @ right
    return turn, middles[0] - turn @ middles[1]


def points_in_metres(points: Floats, pose: HeadPose, intrinsics: Intrinsics) -> Floats:
    """Place landmarks, (n, 3) in pixels, in the camera's frame, in metres.

    The network's depth is of a weak perspective: its scale and its origin are those at which the steady
    points lie as far away as the pose says.
    """
    model = canonical_face()
    placed = model.points[model.basis] @ pose.camera_from_head[2, :3] + pose.camera_from_head[2, 3]
    metres = float(placed.mean()) / math.sqrt(intrinsics.fx * intrinsics.fy)
    depth = (points[:, 2] - points[model.basis, 2].mean()) * metres + placed.mean()
    return intrinsics.rays(points[:, :2]) * depth[:, None]


def gaze_of(points: Floats, pose: HeadPose, intrinsics: Intrinsics) -> Gaze:
    """Find the directions in which the eyes look: from each eye's centre to its iris on a sphere."""
    return Gaze(
        _direction(points[LEFT_IRIS, :2], eye_centre(LEFT_EYE), pose, intrinsics),
        _direction(points[RIGHT_IRIS, :2], eye_centre(RIGHT_EYE), pose, intrinsics),
    )


def eye_centre(corners: tuple[int, int]) -> Floats:
    """Give the centre of the eye between two corners of the lids, (3,) in the head's frame."""
    middle = canonical_face().points[list(corners)].mean(axis=0)
    outwards = np.copysign(_CENTRE_OUT_M, middle[0])
    return middle + np.array([outwards, 0.0, -_CENTRE_BEHIND_M])


def _direction(pixel: Floats, centre: Floats, pose: HeadPose, intrinsics: Intrinsics) -> Floats:
    turn, shift = pose.camera_from_head[:3, :3], pose.camera_from_head[:3, 3]
    ray = intrinsics.rays(pixel[None])[0] @ turn
    ray = ray / np.linalg.norm(ray)
    start = -shift @ turn - centre
    nearest = -float(start @ ray)
    beside = start + nearest * ray
    inside = max(IRIS_RADIUS_M**2 - float(beside @ beside), 0.0)
    iris = beside - math.sqrt(inside) * ray
    return iris / max(float(np.linalg.norm(iris)), 1e-9)
