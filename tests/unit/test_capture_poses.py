"""Head, gaze, metres and smoothing, against made-up truth."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import asset_path
from capture.body import refine
from capture.canonical_face import canonical_face
from capture.found import Found, Hand, HeadPose
from capture.hands import turned
from capture.head_pose import (
    IRIS_RADIUS_M,
    LEFT_EYE,
    LEFT_IRIS,
    RIGHT_EYE,
    RIGHT_IRIS,
    eye_centre,
    gaze_of,
    head_pose,
    points_in_metres,
)
from capture.intrinsics import Intrinsics
from capture.one_euro import OneEuroFilter
from capture.tracker import placed
from core.errors import BadInput

LENS = Intrinsics(800.0, 790.0, 330.0, 235.0, (640, 480))


def pose_of(yaw: float, pitch: float, roll: float, shift: tuple[float, float, float]) -> np.ndarray:
    """Camera from head, for a head turned to its left, up, and towards its left shoulder (degrees)."""
    y, x, z = np.radians([yaw, pitch, roll])
    turn = (
        cv2.Rodrigues(np.array([0, y, 0.0]))[0]
        @ cv2.Rodrigues(np.array([-x, 0, 0.0]))[0]
        @ cv2.Rodrigues(np.array([0, 0, -z]))[0]
    )
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = np.diag([1.0, -1, -1]) @ turn, shift
    return pose


def seen(points: np.ndarray, pose: np.ndarray) -> np.ndarray:
    """Pixels of points in the head's frame, with the depth of a weak perspective."""
    placed_points = points @ pose[:3, :3].T + pose[:3, 3]
    pixels = placed_points[:, :2] / placed_points[:, 2:] * [LENS.fx, LENS.fy] + [LENS.cx, LENS.cy]
    depth = (placed_points[:, 2] - pose[2, 3]) * LENS.fx / pose[2, 3]
    return np.column_stack([pixels, depth])


def face_points(pose: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """All 478 landmarks of the canonical face whose eyes look along two directions in the head's frame."""
    points = np.zeros((478, 3))
    points[:468] = canonical_face().points
    points[LEFT_IRIS:] = eye_centre(LEFT_EYE) + IRIS_RADIUS_M * left
    points[RIGHT_IRIS:LEFT_IRIS] = eye_centre(RIGHT_EYE) + IRIS_RADIUS_M * right
    return seen(points, pose)


def direction(yaw: float, pitch: float) -> np.ndarray:
    y, p = math.radians(yaw), math.radians(pitch)
    return np.array([math.sin(y) * math.cos(p), math.sin(p), math.cos(y) * math.cos(p)])


@given(
    st.floats(-50, 50),
    st.floats(-35, 35),
    st.floats(-40, 40),
    st.tuples(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(0.3, 1.5)),
)
def test_the_head_is_where_it_was_put(
    yaw: float, pitch: float, roll: float, shift: tuple[float, float, float]
) -> None:
    truth = pose_of(yaw, pitch, roll, shift)
    found = head_pose(face_points(truth, direction(0, 0), direction(0, 0)), LENS)
    assert found is not None
    # The network's depth is of a weak perspective, which is never quite true near the camera.
    assert found.angles_deg == pytest.approx((yaw, pitch, roll), abs=3.0)
    assert found.camera_from_head[:3, 3] == pytest.approx(truth[:3, 3], abs=0.04 * shift[2])


def test_a_head_without_a_pose_has_none() -> None:
    assert head_pose(np.zeros((478, 3)), LENS) is None


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (20, 0), (-15, 10), (5, -20)])
def test_eyes_look_where_they_were_turned(yaw: float, pitch: float) -> None:
    truth = pose_of(15, -5, 8, (0.02, -0.03, 0.6))
    left, right = direction(yaw, pitch), direction(yaw - 6, pitch)  # both eyes on something near
    gaze = gaze_of(face_points(truth, left, right), HeadPose(truth, 0.0), LENS)
    assert math.degrees(math.acos(min(gaze.left @ left, 1.0))) < 0.5
    assert math.degrees(math.acos(min(gaze.right @ right, 1.0))) < 0.5
    assert gaze.both @ direction(yaw - 3, pitch) > 0.9999


def test_landmarks_lie_in_metres_where_they_are() -> None:
    truth = pose_of(10, 5, 0, (0.05, -0.02, 0.8))
    points = face_points(truth, direction(0, 0), direction(0, 0))
    found = points_in_metres(points, HeadPose(truth, 0.0), LENS)
    expected = canonical_face().points @ truth[:3, :3].T + truth[:3, 3]
    assert np.linalg.norm(found[:468] - expected, axis=1).max() < 2.5e-3  # depth is of a weak perspective


def test_a_hand_is_placed_where_its_joints_are_seen() -> None:
    rng = np.random.default_rng(5)
    world, place = rng.uniform(-0.08, 0.08, (21, 3)), np.array([0.1, -0.05, 0.7])
    there = world + place
    pixels = there[:, :2] / there[:, 2:] * [LENS.fx, LENS.fy] + [LENS.cx, LENS.cy]
    hand = Hand(1.0, "left", 1.0, np.column_stack([pixels, world[:, 2]]), world)
    found = placed(Found((640, 480), hands=(hand,)), LENS)
    assert found.hands[0].position == pytest.approx(place, abs=1e-6)


def test_joints_turn_with_the_region() -> None:
    # In a region whose x axis points down, the way along x leads down in the picture.
    assert turned(np.array([[1.0, 0.0, 5.0]]), math.pi / 2)[0] == pytest.approx([0.0, 1.0, 5.0], abs=1e-12)


def test_joints_move_to_the_heat_around_them_where_it_is_sure() -> None:
    heat = np.full((64, 64, 3), -20.0, np.float32)
    heat[20, 32, 0], heat[40, 10, 1] = 8.0, -1.0
    unit = np.array([[30.5 / 64, 19.5 / 64, 0.0], [10.5 / 64, 40.5 / 64, 0.0], [2.0, 0.5, 0.0]])
    before = unit.copy()
    refine(unit, heat)
    assert unit[0, :2] == pytest.approx([32 / 64, 20 / 64], abs=1e-6)
    assert (unit[1:] == before[1:]).all()


def test_a_still_point_stops_trembling_and_a_fast_one_is_not_late() -> None:
    rng = np.random.default_rng(1)
    still, moving = OneEuroFilter(), OneEuroFilter()
    trembling = [still.smooth(np.array([rng.normal(0, 0.002)]), k / 30)[0] for k in range(300)]
    assert np.std(trembling[100:]) < 0.001
    followed = [moving.smooth(np.array([k / 30]), k / 30)[0] for k in range(60)]
    assert abs(followed[-1] - 59 / 30) < 0.005  # a third of the way of one picture


def test_the_filter_starts_anew_when_time_goes_back() -> None:
    once = OneEuroFilter()
    once.smooth(np.zeros(2), 5.0)
    assert (once.smooth(np.ones(2), 1.0) == 1.0).all()


def test_a_guessed_lens_sees_63_degrees_and_scales() -> None:
    lens = Intrinsics.guess((640, 480))
    assert 2 * math.degrees(math.atan2(240, lens.fy)) == pytest.approx(63.0)
    assert lens.assumed
    assert lens.scaled_to((1280, 960)).fx == pytest.approx(2 * lens.fx)


def test_a_lens_is_read_from_a_set_of_cameras(tmp_path: Path) -> None:
    path = tmp_path / "cameras.json"
    path.write_text('{"a.jpg": {"K": [[700, 0, 320], [0, 710, 240], [0, 0, 1]], "size": [640, 480]}}')
    assert Intrinsics.read(path) == Intrinsics(700, 710, 320, 240, (640, 480))
    for text in ("{}", "[1]", '{"a": {"K": [1], "size": [1, 1]}}', "no json"):
        path.write_text(text)
        with pytest.raises(BadInput, match="holds no camera"):
            Intrinsics.read(path)
    path.write_text('{"a.jpg": {"K": [[0, 0, 320], [0, 710, 240], [0, 0, 1]], "size": [640, 480]}}')
    with pytest.raises(BadInput, match="without a focal length"):
        Intrinsics.read(path)


def test_the_canonical_face_is_whole_and_its_licence_beside_it() -> None:
    model = canonical_face()
    assert (model.points.shape, model.triangles.shape) == ((468, 3), (898, 3))
    assert 0.14 < np.ptp(model.points[:, 0]) < 0.17  # as wide as a face, in metres
    assert model.edges.max() < 468
    assert "Apache License" in asset_path("capture", "LICENSE-canonical_face.txt").read_text("utf-8")
