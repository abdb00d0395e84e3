"""Which features of posed pictures show the same point: matching that the poses check, and tracks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.pixel_rays import pixel_rays
from reconstruction.slam.place_features import PlaceFeatures
from reconstruction.slam.place_words import place_vector

Floats = NDArray[np.float64]
_NEIGHBOURS = 6
_BEFORE = 2
_RATIO = 0.8
_LARGEST_TURN_DEG = 75.0
_EPIPOLAR_PX = 4.0
_DEPTHS_AGREE = 0.05


@dataclass(frozen=True, eq=False)
class Sightings:
    """The features of one picture with their rays in the world.

    Parameters
    ----------
    camera : PosedCamera
        With its pose.
    features : PlaceFeatures
        n of them.
    rays : (n, 3) float64
        Of length 1, in the world.
    depths : (n,) float64
        Distance along the ray; NaN where it was not measured.
    """

    camera: PosedCamera
    features: PlaceFeatures
    rays: Floats
    depths: Floats

    @property
    def focal_px(self) -> float:
        """Pixels a radian in the middle."""
        return float(self.camera.intrinsics[0, 0])


def camera_rays(camera: PosedCamera, places: NDArray[np.float32]) -> Floats:
    """Give the rays (n, 3) of length 1 of pixels (n, 2) in the camera's axes."""
    if not len(places):
        return np.zeros((0, 3))
    flat = pixel_rays(camera, places.astype(np.float64))
    rays = np.column_stack([flat, np.ones(len(flat))])
    return rays / np.linalg.norm(rays, axis=1, keepdims=True)


def nearest_pairs(
    first: NDArray[np.float32], second: NDArray[np.float32], ratio: float = _RATIO
) -> NDArray[np.int64]:
    """Give pairs (n, 2) of descriptors of length 1 that are each other's nearest, and near."""
    if len(first) < 2 or len(second) < 2:
        return np.zeros((0, 2), np.int64)
    alike = first @ second.T
    rows = np.arange(len(first))
    nearest = alike.argmax(axis=1)
    best = alike[rows, nearest]
    alike[rows, nearest] = -1
    clear = np.flatnonzero(1 - best < ratio**2 * (1 - alike.max(axis=1)))
    alike[rows, nearest] = best
    # Only what is clear is looked at from the other side: a look at every column takes longest.
    kept = clear[alike[:, nearest[clear]].argmax(axis=0) == clear]
    return np.column_stack([kept, nearest[kept]])


def unit_descriptors(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give descriptors (n, 128) with a length of 1."""
    values = descriptors.astype(np.float32)
    return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), np.float32(1e-9))


def tracks_of(views: Sequence[Sightings]) -> list[NDArray[np.int64]]:
    """Give for every view the track of each of its features, numbered from 0 over all views."""
    starts = np.cumsum([0, *(len(view.features) for view in views)])
    pairs: list[NDArray[np.int64]] = []
    units = [unit_descriptors(view.features.descriptors) for view in views]
    for first, second in _pairs(views):
        found = nearest_pairs(units[first], units[second])
        found = found[_agree(views[first], views[second], found)]
        pairs.append(found + np.array([starts[first], starts[second]]))
    joined = _joined(int(starts[-1]), np.concatenate(pairs) if pairs else np.zeros((0, 2), np.int64))
    return [joined[starts[i] : starts[i + 1]] for i in range(len(views))]


def _pairs(views: Sequence[Sightings]) -> list[tuple[int, int]]:
    """Each view with the two before it and with those that look most alike, if they look the same way."""
    if len(views) < 2:
        return []
    vectors = np.array([place_vector(view.features.descriptors) for view in views])
    ahead = np.array([view.camera.pose[0][:, 2] for view in views])
    alike = vectors @ vectors.T
    alike[ahead @ ahead.T < np.cos(np.radians(_LARGEST_TURN_DEG))] = -1
    np.fill_diagonal(alike, -1)
    pairs: set[tuple[int, int]] = set()
    for view in range(len(views)):
        pairs |= {(other, view) for other in range(max(0, view - _BEFORE), view)}
        for other in np.argsort(-alike[view], kind="stable")[:_NEIGHBOURS]:
            if alike[view, other] > 0:
                pairs.add((min(int(other), view), max(int(other), view)))
    return sorted(pairs)


def _agree(first: Sightings, second: Sightings, pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the rays of pairs (n, 2) meet, and at about the depths that were measured."""
    a, b = first.rays[pairs[:, 0]], second.rays[pairs[:, 1]]
    shift = second.camera.pose[1] - first.camera.pose[1]
    focal = min(first.focal_px, second.focal_px)
    plane = np.cross(shift, a)
    length = np.linalg.norm(plane, axis=1)
    # Without a shift the rays themselves are one.
    apart = np.linalg.norm(a - b, axis=1)
    off = np.where(length > 1e-9, np.abs((plane * b).sum(1)) / np.maximum(length, 1e-12), apart)
    scale = max(first.features.scale, second.features.scale)
    meet = off * focal < _EPIPOLAR_PX * scale
    deep, other = first.depths[pairs[:, 0]], second.depths[pairs[:, 1]]
    between = np.linalg.norm(a * deep[:, None] - shift - b * other[:, None], axis=1)
    known = np.isfinite(between)
    return meet & (~known | (between < _DEPTHS_AGREE * np.where(known, np.minimum(deep, other), 1)))


def _joined(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give numbers, from 0, to the connected parts of `count` things that pairs (n, 2) join."""
    label = np.arange(count)
    while len(pairs):
        least = np.minimum(label[pairs[:, 0]], label[pairs[:, 1]])
        before = label.copy()
        np.minimum.at(label, pairs[:, 0], least)
        np.minimum.at(label, pairs[:, 1], least)
        label = label[label]
        if (label == before).all():
            break
    return np.unique(label, return_inverse=True)[1].reshape(-1).astype(np.int64)
