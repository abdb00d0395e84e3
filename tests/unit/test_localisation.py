"""Finding pictures in a map of a rendered room: where they are, how surely, and when it is not known."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import numpy as np

from core.posed_camera import PosedCamera
from core.visual_map import Keyframe, VisualMap
from native import _core
from reconstruction.slam.found_place import FoundPlace, continued
from reconstruction.slam.localisation import LocalisationOptions, Localiser
from reconstruction.slam.map_building import PosedPicture, build_map, map_of_sightings, sightings_of
from reconstruction.slam.map_consistency import pose_sigma_of
from reconstruction.slam.place_features import find_place_features
from reconstruction.slam.place_words import place_vector
from tests.truth.sensors import ImageSensor
from tests.truth.sequence import Frame, camera_of, sequence

SIZE = (320, 240)


@cache
def frames(seed: int = 1, count: int = 24) -> tuple[Frame, ...]:
    return tuple(sequence("room", seed, count, camera=camera_of(SIZE), sensor=ImageSensor()))


def picture_of(frame: Frame, *, with_depth: bool) -> PosedPicture:
    depth = frame.depth.astype(np.float32) if with_depth else None
    return PosedPicture(f"{frame.index}", posed(frame), grey(frame), depth, frame.time_s)


def grey(frame: Frame) -> np.ndarray:
    return (frame.picture @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)


def posed(frame: Frame) -> PosedCamera:
    camera = frame.camera
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    pose = np.linalg.inv(camera.camera_from_world)
    return PosedCamera(SIZE, matrix, rotation_world_from_camera=pose[:3, :3], centre_m=pose[:3, 3])


@cache
def room_map(with_depth: bool) -> VisualMap:
    return build_map(picture_of(one, with_depth=with_depth) for one in frames()[::2])


def test_places_pictures_between_those_of_the_map() -> None:
    localiser = Localiser(room_map(True))
    errors, scaled, known = [], [], 0
    for frame in frames()[1::4]:
        found = localiser.find(grey(frame), posed(frame))
        if found is None:
            continue
        known += 1
        rotation, centre = posed(frame).pose
        errors.append(np.linalg.norm(found.centre_m - centre))
        scaled.append(errors[-1] / found.position_sigma_m)
        turn = found.rotation_world_from_camera.T @ rotation
        assert np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))) < 1
    assert known >= 5
    assert np.max(errors) < 0.03
    assert np.median(scaled) < 3


def test_points_without_depth_agree_with_the_surfaces() -> None:
    made = room_map(False)
    points = made.points[made.features.point]
    off = []
    for number, frame in enumerate(frames()[::2]):
        mine = made.features.keyframe == number
        rotation, centre = posed(frame).pose
        x, y = np.rint(made.features.places[mine]).astype(int).T
        depth = frame.depth[np.clip(y, 0, SIZE[1] - 1), np.clip(x, 0, SIZE[0] - 1)]
        off.append(((points[mine] - centre) @ rotation)[:, 2] / depth - 1)
    assert len(made.points) > 300
    assert np.median(np.abs(np.concatenate(off))) < 0.01


def test_another_place_is_not_known() -> None:
    localiser = Localiser(room_map(True))
    for place in ("corridor", "facade"):
        for frame in sequence(place, 2, 2, camera=camera_of(SIZE), sensor=ImageSensor()):
            assert localiser.find(grey(frame), posed(frame)) is None
    assert localiser.find(np.zeros(SIZE[::-1], np.uint8), posed(frames()[0])) is None


def test_what_comes_before_is_continued() -> None:
    localiser = Localiser(room_map(True))
    first = localiser.find(grey(frames()[0]), posed(frames()[0]))
    second = localiser.find(grey(frames()[2]), posed(frames()[2]))
    assert first is not None
    assert second is not None
    following = continued([first, second])
    assert following is not None
    np.testing.assert_allclose(following.centre_m, 2 * second.centre_m - first.centre_m)
    assert continued([first, None]) is first
    assert continued([]) is None
    again = localiser.find(grey(frames()[2]), posed(frames()[2]), expected=second)
    assert again is not None
    assert np.linalg.norm(again.centre_m - second.centre_m) < 0.01


def test_a_sequence_is_followed_without_a_search() -> None:
    localiser = Localiser(room_map(True), LocalisationOptions(candidates=0, first_candidates=0, near=0))
    rotation, centre = posed(frames()[1]).pose
    assert localiser.find(grey(frames()[1]), posed(frames()[1])) is None
    expected = FoundPlace(rotation, centre + np.array([0.03, 0.02, 0.0]), 50, 0.01)
    found = localiser.find(grey(frames()[1]), posed(frames()[1]), expected=expected)
    assert found is not None
    assert np.linalg.norm(found.centre_m - centre) < 0.01


def test_what_is_expected_is_matched_where_it_is_and_looks_alike() -> None:
    rng = np.random.default_rng(3)
    looks = rng.integers(0, 120, (40, 128), np.uint8)
    places = rng.uniform(-0.5, 0.5, (40, 2))
    # Two sightings of every point; those of the last ten look like nothing, and ten are elsewhere.
    expected = np.concatenate([places, places + 0.002])
    expected[10:20] += 0.3
    expected[50:60] += 0.3
    seen = np.concatenate([looks, looks])
    seen[30:40] = seen[70:80] = 255 * (np.arange(128) % 8 == 0)
    points = np.tile(np.arange(40, dtype=np.int32), 2)
    pairs = _core.match_guided(places, looks, expected, seen, points, 0.01, 0.95)
    assert pairs[:, 0].tolist() == [*range(10), *range(20, 30)]
    assert (points[pairs[:, 1]] == pairs[:, 0]).all()


def test_a_map_knows_how_far_its_halves_disagree() -> None:
    keyframes, views = [], []
    for number, frame in enumerate(frames()):
        # The second half of the way is 6 cm beside the first.
        rotation, centre = posed(frame).pose
        beside = np.array([0.06, 0.0, 0.0]) * (number >= 12)
        camera = replace(posed(frame), rotation_world_from_camera=rotation, centre_m=centre + beside)
        features = find_place_features(grey(frame))
        keyframes.append(Keyframe(f"{number}", camera))
        views.append(sightings_of(camera, features, frame.depth.astype(np.float32)))

    def mapped(rows: Iterable[int]) -> VisualMap:
        own = [int(row) for row in rows]
        return map_of_sightings(
            [keyframes[row] for row in own], [views[row] for row in own], is_metric=True, command="x"
        )

    sigma = pose_sigma_of(keyframes, [view.features for view in views], mapped)
    assert 0.04 < sigma < 0.09
    assert room_map(True).pose_sigma < 0.005


def test_a_place_looks_like_itself() -> None:
    vectors = np.array([place_vector(find_place_features(grey(one)).descriptors) for one in frames()[:4]])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    alike = vectors @ vectors.T
    assert alike[0, 1] > alike[0, 3]
