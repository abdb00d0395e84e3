"""Which points of two maps are the same: keyframes of one are found in the other and compared there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.progress import SILENT, PartProgress, Progress
from core.visual_map import VisualMap
from reconstruction.slam.localisation import Localiser
from reconstruction.slam.map_pixels import seen_at
from reconstruction.slam.map_tracks import nearest_pairs, unit_descriptors
from reconstruction.slam.place_features import LONGEST_SIDE, PlaceFeatures

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_TRIED = 48
_NEIGHBOURS = 6
_LARGEST_OFF_PX = 4.0
_RATIO = 0.9


@dataclass(frozen=True, eq=False)
class SharedPoints:
    """Points of two maps that may be the same, each pair once.

    Parameters
    ----------
    first, second : (n,) int64
        Their numbers.
    keyframe : (n,) int64
        The keyframe of the second map by which they were matched.
    found : int
        How many of its keyframes were found in the first map.
    tried : int
        How many were looked for.
    """

    first: Numbers
    second: Numbers
    keyframe: Numbers
    found: int
    tried: int


def shared_points(first: VisualMap, second: VisualMap, *, progress: Progress = SILENT) -> SharedPoints:
    """Find points that two maps share."""
    localiser = Localiser(first)
    count = len(second.keyframes)
    tried = np.unique(np.linspace(0, max(count - 1, 0), min(count, _TRIED)).round().astype(int))
    pairs: list[Numbers] = []
    for step, keyframe in enumerate(tried.tolist()):
        part = PartProgress(progress, step / len(tried), (step + 1) / len(tried))
        part.report(0.0)
        features, points = features_of(second, keyframe)
        lens = second.keyframes[keyframe].camera
        place = localiser.find_features(features, lens, progress=part)
        if place is None:
            continue
        camera = replace(
            lens, rotation_world_from_camera=place.rotation_world_from_camera, centre_m=place.centre_m
        )
        for rows, numbers in _matched(first, camera, features):
            mine = np.full(len(rows), keyframe, np.int64)
            pairs.append(np.column_stack([numbers, points[rows], mine]))
    every = np.concatenate(pairs) if pairs else np.zeros((0, 3), np.int64)
    _, once = np.unique(every[:, :2], axis=0, return_index=True)
    kept = every[once]
    found = len(np.unique(every[:, 2]))
    return SharedPoints(kept[:, 0], kept[:, 1], kept[:, 2], found, len(tried))


def features_of(world: VisualMap, keyframe: int) -> tuple[PlaceFeatures, Numbers]:
    """Give what a keyframe saw, and of which points."""
    features = world.features
    low, high = np.searchsorted(features.keyframe, (keyframe, keyframe + 1))
    rows = slice(int(low), int(high))
    scale = max(1.0, max(world.keyframes[keyframe].camera.size) / LONGEST_SIDE)
    seen = PlaceFeatures(features.places[rows], features.sizes[rows], features.descriptors[rows], scale)
    return seen, features.point[rows].astype(np.int64)


def _matched(
    world: VisualMap, camera: PosedCamera, features: PlaceFeatures
) -> Iterator[tuple[Numbers, Numbers]]:
    """Give rows of features and numbers of points that look alike and are seen where these are."""
    pixels, ahead = seen_at(camera, world.points)
    width, height = camera.size
    visible = ahead & (pixels >= 0).all(axis=1) & (pixels < (width, height)).all(axis=1)
    own = unit_descriptors(features.descriptors)
    for keyframe in _seeing_most(world, visible, camera):
        theirs, points = features_of(world, keyframe)
        pairs = nearest_pairs(own, unit_descriptors(theirs.descriptors), _RATIO)
        numbers = points[pairs[:, 1]]
        off = np.linalg.norm(pixels[numbers] - features.places[pairs[:, 0]], axis=1)
        good = visible[numbers] & (off < _LARGEST_OFF_PX * features.scale)
        yield pairs[good, 0], numbers[good]


def _seeing_most(world: VisualMap, visible: NDArray[np.bool_], camera: PosedCamera) -> list[int]:
    """Give the keyframes that see most of the visible points, from about the same side."""
    features = world.features
    seen = np.bincount(features.keyframe[visible[features.point]], minlength=len(world.keyframes))
    alike = np.maximum(world.rotations[:, :, 2] @ camera.pose[0][:, 2], 0.0)
    order = np.argsort(-(seen * alike), kind="stable")[:_NEIGHBOURS]
    return [int(one) for one in order if seen[one] > 0 and alike[one] > 0]
