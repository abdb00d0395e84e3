"""Views are what a pinhole camera sees, whatever lens took the photograph."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.posed_camera import PosedCamera
from core.textured_mesh import TexturedMesh
from reconstruction.depth_map import DepthMap
from reconstruction.photograph import read_photograph
from reconstruction.view import View, resized_camera, undistorted_view

_K = np.array([[300.0, 0.0, 159.5], [0.0, 310.0, 119.5], [0.0, 0.0, 1.0]])


def _camera(**changes: object) -> PosedCamera:
    turned = np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]])
    camera = PosedCamera((320, 240), _K, {}, False, turned, np.array([1.0, 2.0, 3.0]))
    return replace(camera, **changes)  # type: ignore[arg-type]


@given(st.integers(16, 800), st.integers(16, 800))
def test_a_resized_camera_sees_the_corners_of_the_picture_where_they_are(width: int, height: int) -> None:
    small = resized_camera(_camera(), (width, height))
    for x, y in ((-0.5, -0.5), (319.5, 239.5), (100.0, 60.0)):
        ray = np.linalg.solve(_K, (x, y, 1.0))
        seen = small.intrinsics @ ray
        expected = ((x + 0.5) * width / 320 - 0.5, (y + 0.5) * height / 240 - 0.5)
        np.testing.assert_allclose(seen[:2] / seen[2], expected, atol=1e-9)


def test_the_distortion_is_taken_out(tmp_path: Path) -> None:
    """A dot that the lens moved is where a pinhole would see it; beyond the photograph nothing is usable."""
    camera = _camera(distortion={"k1": 0.3})
    ray = np.array([0.3, -0.2])
    bent = ray * (1 + 0.3 * (ray @ ray))
    x, y = _K[:2, :2] @ bent + _K[:2, 2]
    down, across = np.indices((240, 320))
    dot = np.exp(-((across - x) ** 2 + (down - y) ** 2) / 18.0) * 255
    Image.fromarray(np.repeat(dot[..., None], 3, -1).astype(np.uint8)).save(tmp_path / "dot.png")
    view = undistorted_view(read_photograph(tmp_path / "dot.png"), camera, 320)
    weights = view.colours[..., 0].astype(float)
    centre = [(weights * one).sum() / weights.sum() for one in (across, down)]
    np.testing.assert_allclose(centre, _K[:2, :2] @ ray + _K[:2, 2], atol=0.1)
    assert not view.camera.distortion
    assert view.usable is not None
    assert not view.usable[0, 0]
    assert view.usable[120, 160]


def test_points_of_a_depth_map_project_to_their_pixels() -> None:
    camera = _camera()
    depth = np.random.default_rng(1).uniform(1, 5, (240, 320)).astype(np.float32)
    flat = np.zeros((240, 320, 3), np.float32)
    found = DepthMap("a", camera, depth, flat, np.ones((240, 320), np.uint8)).points_in_world()
    view = View("a", np.zeros((240, 320, 3), np.uint8), camera)
    seen = found @ view.projection[:, :3].T + view.projection[:, 3]
    down, across = np.indices((240, 320))
    np.testing.assert_allclose(seen[..., 2], depth, rtol=1e-6)
    np.testing.assert_allclose(seen[..., 0] / seen[..., 2], across, atol=1e-3)
    np.testing.assert_allclose(seen[..., 1] / seen[..., 2], down, atol=1e-3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("positions", np.full((3, 3), np.nan, np.float32)),
        ("triangles", np.array([[0, 1, 3]], np.int32)),
        ("colours", np.zeros((2, 3), np.uint8)),
        ("uv", np.zeros((3, 3), np.float32)),
        ("pages", (np.zeros((4, 4, 3), np.uint8),)),
    ],
)
def test_a_mesh_that_does_not_fit_together_is_refused(field: str, value: object) -> None:
    mesh = TexturedMesh(np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32))
    with pytest.raises(ValueError, match=field):
        replace(mesh, **{field: value})  # type: ignore[arg-type]
