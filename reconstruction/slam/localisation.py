"""Where a picture was taken in a map, how surely, or that it is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from core.visual_map import VisualMap
from reconstruction.slam.map_building import sight_sigmas
from reconstruction.slam.map_tracks import camera_rays, nearest_pairs, unit_descriptors
from reconstruction.slam.place_features import PlaceFeatures, find_place_features
from reconstruction.slam.place_words import place_vector
from reconstruction.stoppable import run_stoppable

Floats = NDArray[np.float64]
_KEPT = 64


@dataclass(frozen=True)
class LocalisationOptions:
    """How a picture is looked for.

    Parameters
    ----------
    candidates : int
        Keyframes that look most alike and are matched.
    near : int
        Keyframes near the place that the pictures before tell.
    ratio : float
        Largest ratio of the distances to the nearest and the next descriptor of a keyframe (Lowe, IJCV 2004).
    least_inliers : int
        With fewer, the place is not known.
    least_inliers_expected : int
        The same where the pictures before tell the same place.
    largest_sigma_share : float
        With a larger standard deviation, as a share of the distance to what is seen, it is not known.
    seed : int
        Of the random samples.
    """

    candidates: int = 10
    near: int = 3
    ratio: float = 0.8
    least_inliers: int = 18
    least_inliers_expected: int = 12
    largest_sigma_share: float = 0.05
    seed: int = 0


@dataclass(frozen=True, eq=False)
class FoundPlace:
    """Where a picture was taken.

    Parameters
    ----------
    rotation_world_from_camera : (3, 3) float64
        In the map.
    centre_m : (3,) float64
        In the map.
    inliers : int
        Features of the picture that agree.
    position_sigma_m : float
        Standard deviation of the centre, root of the sum over the three axes.
    """

    rotation_world_from_camera: Floats
    centre_m: Floats
    inliers: int
    position_sigma_m: float


class Localiser:
    """Finds pictures in one map; what depends on the map alone is made once.

    Parameters
    ----------
    world : VisualMap
        The map.
    options : LocalisationOptions
        How.
    """

    def __init__(self, world: VisualMap, options: LocalisationOptions | None = None) -> None:
        self.world = world
        self.options = options or LocalisationOptions()
        features, count = world.features, len(world.keyframes)
        self._starts = np.searchsorted(features.keyframe, np.arange(count + 1))
        self._vectors = np.array([place_vector(features.descriptors[self._rows(i)]) for i in range(count)])
        self._centres, self._rotations = world.centres, world.rotations
        self._descriptors = lru_cache(maxsize=_KEPT)(self._make_descriptors)

    def find(
        self,
        grey: NDArray[np.uint8],
        camera: PosedCamera,
        *,
        expected: FoundPlace | None = None,
        progress: Progress = SILENT,
    ) -> FoundPlace | None:
        """Find where a grey picture (h, w) was taken; None when it is not known.

        Parameters
        ----------
        camera : PosedCamera
            Its lens; a pose is not looked at.
        expected : FoundPlace, optional
            Where it should be by the pictures before; looked at first, and no more than that.
        """
        features = find_place_features(grey)
        return self.find_features(features, camera, expected=expected, progress=progress)

    def find_features(
        self,
        features: PlaceFeatures,
        camera: PosedCamera,
        *,
        expected: FoundPlace | None = None,
        progress: Progress = SILENT,
    ) -> FoundPlace | None:
        """Find where the picture with these features was taken, as `find`."""
        if len(features) < self.options.least_inliers_expected or not len(self.world.keyframes):
            return None
        seen, points = self._matches(features, self._alike(features, expected))
        if len(points) < self.options.least_inliers_expected:
            return None
        return self._placed(features, camera, points, seen, expected, progress)

    def _rows(self, keyframe: int) -> slice:
        return slice(int(self._starts[keyframe]), int(self._starts[keyframe + 1]))

    def _alike(self, features: PlaceFeatures, expected: FoundPlace | None) -> tuple[int, ...]:
        alike = self._vectors @ place_vector(features.descriptors)
        chosen = set(np.argsort(-alike, kind="stable")[: self.options.candidates].tolist())
        if expected is not None:
            away = np.linalg.norm(self._centres - expected.centre_m, axis=1)
            ahead = self._rotations[:, :, 2] @ expected.rotation_world_from_camera[:, 2]
            # A metre away is as far as a radian of turn; what looks elsewhere sees other things.
            cost = away / max(float(np.median(away)), 1e-9) + np.arccos(np.clip(ahead, -1, 1))
            chosen |= set(np.argsort(cost, kind="stable")[: self.options.near].tolist())
        return tuple(sorted(int(one) for one in chosen))

    def _make_descriptors(self, keyframe: int) -> NDArray[np.float32]:
        return unit_descriptors(self.world.features.descriptors[self._rows(keyframe)])

    def _matches(
        self, features: PlaceFeatures, keyframes: tuple[int, ...]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Give features and the points that they match, both (n,), each once.

        The next nearest is looked for in the same keyframe: others show the same things again.
        """
        own = unit_descriptors(features.descriptors)
        pairs: list[NDArray[np.int64]] = []
        for keyframe in keyframes:
            rows = self._rows(keyframe)
            mine = nearest_pairs(own, self._descriptors(keyframe), self.options.ratio)
            points = self.world.features.point[rows][mine[:, 1]].astype(np.int64)
            pairs.append(np.column_stack([mine[:, 0], points]))
        both = np.unique(np.concatenate(pairs), axis=0)
        return both[:, 0], both[:, 1].astype(np.int32)

    def _placed(
        self,
        features: PlaceFeatures,
        camera: PosedCamera,
        points: NDArray[np.int32],
        seen: NDArray[np.int64],
        expected: FoundPlace | None,
        progress: Progress,
    ) -> FoundPlace | None:
        from native import _core

        places = self.world.points[points]
        rays = camera_rays(camera, features.places[seen])
        sigmas = sight_sigmas(features, float(camera.intrinsics[0, 0]))[seen]
        # A feature that matches several points has seen only one of them.
        weights = 1 / np.bincount(seen)[seen]
        found: Any = run_stoppable(
            lambda stop: _core.find_absolute_pose(
                places, rays, sigmas, weights, 3.0, 3000, self.options.seed, stop
            ),
            progress,
        )
        if found is None:
            return None
        rotation, shift, is_inlier, _, covariance = found
        centre = -rotation.T @ shift
        inliers = len(np.unique(seen[is_inlier > 0]))
        sigma = float(np.sqrt(np.trace(covariance[3:, 3:])))
        away = float(np.median(np.linalg.norm(places[is_inlier > 0] - centre, axis=1)))
        place = FoundPlace(rotation.T.copy(), centre, inliers, sigma)
        least = self.options.least_inliers
        if expected is not None and _agrees(place, expected, away):
            least = self.options.least_inliers_expected
        known = inliers >= least and sigma < self.options.largest_sigma_share * away
        return place if known else None


def _agrees(place: FoundPlace, expected: FoundPlace, away: float) -> bool:
    turn = place.rotation_world_from_camera.T @ expected.rotation_world_from_camera
    angle = np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))
    shift = np.linalg.norm(place.centre_m - expected.centre_m)
    return bool(angle < 0.2 and shift < 0.15 * away)


def continued(found: Sequence[FoundPlace | None]) -> FoundPlace | None:
    """Give where the next picture of a sequence should be, from those before at constant speed."""
    known = [place for place in found[-3:] if place is not None]
    if not known or found[-1] is None:
        return known[-1] if known else None
    if len(found) < 2 or found[-2] is None:
        return found[-1]
    before, last = found[-2], found[-1]
    turn = last.rotation_world_from_camera @ before.rotation_world_from_camera.T
    return FoundPlace(
        turn @ last.rotation_world_from_camera,
        2 * last.centre_m - before.centre_m,
        last.inliers,
        last.position_sigma_m,
    )
