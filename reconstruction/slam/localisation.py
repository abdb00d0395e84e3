"""Where a picture was taken in a map, how surely, or that it is not known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from core.visual_map import VisualMap
from native import _core
from reconstruction.slam.found_place import FoundPlace, places_agree
from reconstruction.slam.map_tracks import nearest_pairs, unit_descriptors
from reconstruction.slam.place_features import PlaceFeatures, find_place_features
from reconstruction.slam.place_query import PlaceQuery
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
    first_candidates : int
        Of them, those that are matched first; the others only where these do not tell the place surely.
    searched : int
        The strongest features that are matched with whole keyframes.
    near : int
        Keyframes near the place that the pictures before tell.
    guiding : int
        Keyframes of which everything is looked for where it should be, once the place is about known.
    ratio : float
        Largest ratio of the distances to the nearest and the next descriptor of a keyframe (Lowe, IJCV 2004).
    least_inliers : int
        With fewer, the place is not known.
    least_inliers_expected : int
        The same where the pictures before tell the same place.
    largest_sigma_share : float
        With a larger standard deviation, as a share of the distance to what is seen, it is not known.
    surely : int
        With so many features that agree nothing else is searched.
    surely_share : float
        The least share of matches that agree, where only the surroundings of a place were searched.
    followed_rad : float
        How far off things may be in a picture whose place those before it tell.
    radii_px : tuple of float
        How far off things may be in a picture whose place was found, round by round.
    least_alike : float
        Cosine between descriptors of things that are where they should be.
    seed : int
        Of the random samples.
    """

    candidates: int = 10
    first_candidates: int = 4
    searched: int = 700
    near: int = 3
    guiding: int = 24
    ratio: float = 0.8
    least_inliers: int = 18
    least_inliers_expected: int = 12
    largest_sigma_share: float = 0.05
    surely: int = 45
    surely_share: float = 0.5
    followed_rad: float = 0.05
    radii_px: tuple[float, ...] = (10.0, 5.0)
    least_alike: float = 0.8
    seed: int = 0


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
        query = PlaceQuery.of(features, camera)
        place = None if expected is None else self._followed(query, expected)
        if place is None:
            place = self._searched(query, expected, progress)
        return None if place is None else self._refined(query, place)

    def _rows(self, keyframe: int) -> slice:
        return slice(int(self._starts[keyframe]), int(self._starts[keyframe + 1]))

    def _followed(self, query: PlaceQuery, expected: FoundPlace) -> "_Placed | None":
        """Where a picture was taken that shows, about where expected, what is seen from there."""
        matches = self._guided(query, expected, self._near(expected), self.options.followed_rad)
        if len(matches) < self.options.least_inliers:
            return None
        placed = self._sampled(query, matches, SILENT)
        if placed is None or placed.inliers < self.options.surely_share * len(matches):
            return None
        away = self._away(placed)
        sure = placed.inliers >= self.options.surely and places_agree(placed.place, expected, away)
        return placed if sure else None

    def _searched(
        self, query: PlaceQuery, expected: FoundPlace | None, progress: Progress
    ) -> "_Placed | None":
        alike = self._vectors @ place_vector(query.features.descriptors)
        ranked = np.argsort(-alike, kind="stable")[: self.options.candidates].tolist()
        if expected is not None:
            near = self._near(expected)[: self.options.near]
            ranked = [*near, *(one for one in ranked if one not in near)]
        matches, placed = np.zeros((0, 2), np.int64), None
        begun = 0
        for end in (self.options.first_candidates, len(ranked)):
            found = [self._matches(query, int(one)) for one in ranked[begun:end]]
            matches = np.unique(np.concatenate([matches, *found]), axis=0)
            begun = end
            placed = self._sampled(query, matches, progress)
            if placed is not None and placed.inliers >= self.options.surely:
                return placed
        return placed if placed is not None and self._is_known(placed, expected) else None

    def _is_known(self, placed: "_Placed", expected: FoundPlace | None) -> bool:
        least, away = self.options.least_inliers, self._away(placed)
        if expected is not None and places_agree(placed.place, expected, away):
            least = self.options.least_inliers_expected
        return (
            placed.inliers >= least
            and placed.place.position_sigma_m < self.options.largest_sigma_share * away
        )

    def _near(self, expected: FoundPlace) -> list[int]:
        """Keyframes by how near they are to a place and how they look the same way."""
        away = np.linalg.norm(self._centres - expected.centre_m, axis=1)
        ahead = self._rotations[:, :, 2] @ expected.rotation_world_from_camera[:, 2]
        # A metre away is as far as a radian of turn; what looks elsewhere sees other things.
        cost = away / max(float(np.median(away)), 1e-9) + np.arccos(np.clip(ahead, -1, 1))
        return [int(one) for one in np.argsort(cost, kind="stable")[: self.options.guiding]]

    def _away(self, placed: "_Placed") -> float:
        points = self.world.points[placed.points]
        return float(np.median(np.linalg.norm(points - placed.place.centre_m, axis=1)))

    def _make_descriptors(self, keyframe: int) -> NDArray[np.float32]:
        return unit_descriptors(self.world.features.descriptors[self._rows(keyframe)])

    def _matches(self, query: PlaceQuery, keyframe: int) -> NDArray[np.int64]:
        """Give features and the points that they match in a keyframe, (n, 2).

        The next nearest is looked for in the same keyframe: others show the same things again.
        """
        strongest = query.looks[: self.options.searched]
        found = nearest_pairs(strongest, self._descriptors(keyframe), self.options.ratio)
        points = self.world.features.point[self._rows(keyframe)][found[:, 1]].astype(np.int64)
        return np.column_stack([found[:, 0], points])

    def _guided(
        self, query: PlaceQuery, place: FoundPlace, keyframes: Sequence[int], radius: float
    ) -> NDArray[np.int64]:
        """Give features and points, (n, 2), that are where they should be in a picture from a place."""
        features = self.world.features
        rows = np.concatenate([np.arange(self._starts[one], self._starts[one + 1]) for one in keyframes])
        seen = (self.world.points[features.point[rows]] - place.centre_m) @ place.rotation_world_from_camera
        ahead = seen[:, 2] > 1e-6 * np.abs(seen[:, :2]).max(axis=1)
        rows, seen = rows[ahead], seen[ahead]
        points = features.point[rows]
        pairs: Any = _core.match_guided(
            query.flat,
            query.features.descriptors,
            seen[:, :2] / seen[:, 2:],
            features.descriptors[rows],
            points,
            radius,
            self.options.least_alike,
        )
        return np.column_stack([pairs[:, 0], points[pairs[:, 1]].astype(np.int64)])

    def _sampled(self, query: PlaceQuery, matches: NDArray[np.int64], progress: Progress) -> "_Placed | None":
        """Where most of the matches are seen from."""
        if len(matches) < self.options.least_inliers_expected:
            return None
        points, rays, sigmas, weights = self._sights(query, matches)
        seed = self.options.seed
        found: Any = run_stoppable(
            lambda stop: _core.find_absolute_pose(points, rays, sigmas, weights, 3.0, 3000, seed, stop),
            progress,
        )
        return None if found is None else _placed(found, matches)

    def _refined(self, query: PlaceQuery, placed: "_Placed") -> FoundPlace:
        """Take in all that is seen from the place that was found."""
        features = self.world.features
        for radius_px in self.options.radii_px:
            is_seen = np.zeros(len(self.world.points), np.bool_)
            is_seen[placed.points] = True
            shared = np.bincount(features.keyframe[is_seen[features.point]], minlength=len(self._centres))
            best = np.argsort(-shared, kind="stable")[: self.options.guiding]
            keyframes = [int(one) for one in best if shared[one]]
            radius = radius_px * query.features.scale / query.focal_px
            matches = self._guided(query, placed.place, keyframes, radius)
            points, rays, sigmas, weights = self._sights(query, matches)
            rotation = placed.place.rotation_world_from_camera.T.copy()
            found = _core.refine_absolute_pose(
                points, rays, sigmas, weights, rotation, -rotation @ placed.place.centre_m, 3.0
            )
            better = None if found is None else _placed(found, matches)
            if better is None or better.inliers < placed.inliers:
                break
            placed = better
        sigma = float(np.hypot(placed.place.position_sigma_m, self.world.pose_sigma))
        return replace(placed.place, position_sigma_m=sigma)

    def _sights(self, query: PlaceQuery, matches: NDArray[np.int64]) -> tuple[Floats, Floats, Floats, Floats]:
        # A feature that matches several points has seen only one of them.
        weights = 1 / np.bincount(matches[:, 0])[matches[:, 0]] if len(matches) else np.zeros(0)
        seen = matches[:, 0]
        return self.world.points[matches[:, 1]], query.rays[seen], query.sigmas[seen], weights


@dataclass(frozen=True, eq=False)
class _Placed:
    """A place, how many features agree, and the points that they see."""

    place: FoundPlace
    points: NDArray[np.int64]

    @property
    def inliers(self) -> int:
        return self.place.inliers


def _placed(found: Any, matches: NDArray[np.int64]) -> _Placed:
    rotation, shift, is_inlier, _, covariance = found
    agree = matches[is_inlier > 0]
    sigma = float(np.sqrt(np.trace(covariance[3:, 3:])))
    place = FoundPlace(rotation.T.copy(), -rotation.T @ shift, len(np.unique(agree[:, 0])), sigma)
    return _Placed(place, agree[:, 1])
