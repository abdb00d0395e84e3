"""What drags and fingers do to a camera."""

import math

import numpy as np
import pytest

from render.camera import Camera
from render.camera_motion import Motion, dragged_camera, pinched_camera
from render.pinhole_camera import PinholeCamera

SIZE = (300, 200)
CAMERA = Camera((0.0, -500.0, 20.0), (0.0, 0.0, 20.0), (0.0, 0.0, 1.0))


def seen(camera, point):
    """Pixel, counted from the corner of the view, that shows a point."""
    return PinholeCamera.of_view(camera, SIZE).project(np.array(point, float)) + 0.5


def test_panning_carries_what_is_seen_with_the_pointer():
    moved = dragged_camera(CAMERA, Motion.PAN, (30, -12), SIZE)
    assert np.allclose(seen(moved, CAMERA.focal_point_lps_mm), (150 + 30, 100 - 12))


def test_a_drag_over_the_shorter_side_turns_by_half_a_turn():
    turned = dragged_camera(CAMERA, Motion.ROTATE, (200, 0), SIZE)
    assert np.allclose(turned.axes[2], (0, -1, 0))
    assert np.allclose(turned.focal_point_lps_mm, CAMERA.focal_point_lps_mm)


def test_zooming_there_and_back_changes_nothing():
    nearer = dragged_camera(CAMERA, Motion.ZOOM, (0, -80), SIZE)
    assert nearer.distance_mm < CAMERA.distance_mm
    back = dragged_camera(nearer, Motion.ZOOM, (0, 80), SIZE)
    assert back.distance_mm == pytest.approx(CAMERA.distance_mm)


def test_the_drag_of_the_owner_leaves_the_camera_alone():
    assert dragged_camera(CAMERA, Motion.OWNER, (50, 50), SIZE) is CAMERA


@pytest.mark.parametrize("turn_deg", [0, 35, -120])
@pytest.mark.parametrize("scale", [0.7, 1.0, 1.8])
def test_points_stay_under_two_fingers(turn_deg, scale):
    """Fingers about the focal point: what they held is where they went, also turned and spread."""
    before = ((120.0, 100.0), (180.0, 100.0))
    angle = math.radians(turn_deg)
    half = np.array([math.cos(angle), math.sin(angle)]) * 30 * scale
    middle = np.array([150.0, 100.0])
    now = (tuple(middle - half), tuple(middle + half))
    moved = pinched_camera(CAMERA, before, now, SIZE[1])
    mm = CAMERA.height_mm / SIZE[1]
    for start, end in zip(before, now, strict=True):
        held = np.array(CAMERA.focal_point_lps_mm) + CAMERA.axes[0] * (start[0] - 150) * mm
        assert np.allclose(seen(moved, held), end, atol=0.3 if scale == 1 else 0.6)


def test_fingers_that_move_alike_only_pan():
    moved = pinched_camera(CAMERA, ((100, 50), (140, 90)), ((110, 70), (150, 110)), SIZE[1])
    assert np.allclose(seen(moved, CAMERA.focal_point_lps_mm), (160, 120))
    assert moved.distance_mm == pytest.approx(CAMERA.distance_mm)
    assert np.allclose(moved.axes, CAMERA.axes)


def test_fingers_on_one_place_do_not_zoom():
    moved = pinched_camera(CAMERA, ((100, 50), (100, 50)), ((110, 50), (180, 50)), SIZE[1])
    assert moved.distance_mm == pytest.approx(CAMERA.distance_mm)
