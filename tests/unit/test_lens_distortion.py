"""Lenses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.lens_distortion import LensDistortion
from render.sample_places import sample_offsets, sample_places
from tests.render_scenes import LENS, pinhole

FISHEYE = LensDistortion((0.03, -0.01, 0.004, -0.001), fisheye=True)
RATIONAL = LensDistortion((-0.3, 0.09, 0.001, -0.002, 0.01, 0.02, -0.01, 0.003, 0.001, -0.002, 0.002, 0.001))
LENSES = [LENS, FISHEYE, RATIONAL, LensDistortion((0.1, -0.05, 0.0, 0.0))]


@pytest.mark.parametrize("lens", LENSES)
def test_distortion_is_that_of_opencv(lens):
    cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")
    places = np.random.default_rng(0).uniform(-0.7, 0.7, (50, 2))
    ahead = np.concatenate([places, np.ones((50, 1))], 1)[:, None]
    matrix, coefficients = np.eye(3), np.array(lens.coefficients)
    if lens.fisheye:
        expected, _ = cv2.fisheye.projectPoints(ahead, np.zeros(3), np.zeros(3), matrix, coefficients)
    else:
        expected, _ = cv2.projectPoints(ahead, np.zeros(3), np.zeros(3), matrix, coefficients)
    np.testing.assert_allclose(lens.distort(places), expected[:, 0], atol=1e-9)


@pytest.mark.parametrize("lens", LENSES)
@settings(max_examples=30, deadline=None)
@given(x=st.floats(-0.6, 0.6), y=st.floats(-0.6, 0.6))
def test_undistortion_goes_back(lens, x, y):
    place = np.array([x, y])
    np.testing.assert_allclose(lens.undistort(lens.distort(place)), place, atol=1e-10)


@pytest.mark.parametrize("lens", LENSES)
def test_the_places_of_a_picture_are_those_of_its_pixels(lens):
    camera = pinhole((90, 70), 80.0, distortion=lens)
    places = sample_places(camera, 4)
    x, y = np.meshgrid(np.arange(90.0), np.arange(70.0))
    for offset, plane in zip(sample_offsets(4), places, strict=True):
        expected = camera.undistorted_pixels(np.stack([x, y], -1) + offset)
        np.testing.assert_allclose(plane, expected, atol=1e-8)


def test_nothing_is_seen_beyond_the_lens():
    """With k1 = -0.5 nothing is shown further out than 0.544 focal lengths."""
    lens = LensDistortion((-0.5, 0.0, 0.0, 0.0))
    assert np.isnan(lens.undistort(np.array([0.6, 0.0]))).all()
    camera = pinhole((160, 120), 100.0, distortion=lens)
    places = sample_places(camera, 1)[0]
    x, y = np.meshgrid(np.arange(160) - 79.5, np.arange(120) - 59.5)
    beyond = np.hypot(x, y) > 54.5
    assert np.isnan(places[beyond]).all()
    assert np.isfinite(places[np.hypot(x, y) < 54.0]).all()


def test_wrong_coefficients_are_refused():
    with pytest.raises(ValueError, match="coefficients"):
        LensDistortion((0.1,))
    with pytest.raises(ValueError, match="coefficients"):
        LensDistortion((0.1, 0, 0, 0, 0), fisheye=True)
    with pytest.raises(ValueError, match="lens"):
        pinhole(parallel=True, distortion=LENS)
