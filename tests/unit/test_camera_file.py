"""Camera files, and cameras that show everything."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.slice_geometry import RAS_FROM_LPS
from render.camera import Camera
from render.camera_file import camera_json, read_camera
from render.pinhole_camera import PinholeCamera
from render.view_fitting import fitted

LPS_FROM_RAS = np.linalg.inv(RAS_FROM_LPS)


def write(path, **values):
    path.write_text(
        json.dumps({"position": [1, 2, 300], "focal_point": [1, 2, 3], "view_up": [0, 1, 0]} | values)
    )
    return path


def test_a_camera_is_turned_from_the_files_frame_and_back(tmp_path):
    path = write(tmp_path / "camera.json", view_angle_deg=25)
    camera = read_camera(path, LPS_FROM_RAS)
    assert camera == Camera((-1, -2, 300), (-1, -2, 3), (0, -1, 0), 25)
    assert camera_json(camera, RAS_FROM_LPS) == json.loads(path.read_text())


@pytest.mark.parametrize(
    "broken",
    [
        {"position": [1, 2]},
        {"position": [1, 2, "3"]},
        {"position": [1, 2, float("nan")]},
        {"position": [1, 2, 3]},
        {"view_up": [0, 0, 1]},
        {"view_angle_deg": 180},
        {"view_angle_deg": "wide"},
        {"focal_point": None},
    ],
)
def test_what_is_no_camera_is_refused_by_name(tmp_path, broken):
    with pytest.raises(BadInput, match=r"camera\.json"):
        read_camera(write(tmp_path / "camera.json", **broken), np.eye(4))


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff\xfe", b"null", b"[" * 100000])
def test_what_is_no_json_of_a_camera_is_refused(tmp_path, content):
    path = tmp_path / "camera.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"camera\.json"):
        read_camera(path, np.eye(4))


def test_a_missing_camera_file_is_named(tmp_path):
    with pytest.raises(BadInput, match="none"):
        read_camera(tmp_path / "none.json", np.eye(4))


@given(
    st.integers(0, 2**32 - 1),
    st.floats(-180, 180),
    st.floats(-89, 89),
    st.floats(10, 100),
    st.sampled_from([(100, 100), (300, 50), (40, 200)]),
)
def test_a_fitted_camera_shows_every_point_and_is_no_farther_than_need_be(seed, turn, tilt, angle, size):
    points = np.random.default_rng(seed).normal(5, 40, (8, 3))
    camera = Camera((0, -1, 0), (0, 0, 0), (0, 0, 1), angle).orbit(turn, tilt)
    close = fitted(camera, points, size)
    np.testing.assert_allclose(close.axes, camera.axes, atol=1e-9)
    seen = PinholeCamera.of_view(close, size).project(points)
    assert (seen >= -0.5).all()
    assert (seen <= np.array(size) - 0.5).all()
    edge = np.abs(seen - (np.array(size) - 1) / 2) / (np.array(size) / 2)
    assert edge.max() > 0.9
