import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.volume import Volume
from render.camera import Camera
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook
from viewers.camera_projection import CameraProjection
from viewers.crop_box import CropBox, drag_voxels, edge_lines, handle_at, handle_pixels, lps

_LOOK = VolumeLook(TransferFunction((ControlPoint(0, 0, 0, 0, 0), ControlPoint(1, 1, 1, 1, 1))))
_AFFINE = np.array([[0.0, 0.5, 0.1, -10], [0.9, 0.0, 0.0, 5], [0.0, -0.2, 2.0, 7], [0, 0, 0, 1]])
_VOLUME = Volume(np.zeros((20, 30, 40), np.int16), _AFFINE)
_SIZE = (400, 300)


def _projection(turn=(25.0, 15.0)):
    return CameraProjection(Camera.looking(_VOLUME, "A").orbit(*turn), _SIZE)


def test_the_projection_is_the_renderers():
    projection = _projection()
    rays = projection.camera.rays(_SIZE)
    for x, y in [(0, 0), (399, 0), (123, 250)]:
        along = rays[3] + x * rays[4] + y * rays[5]
        point = rays[0] + x * rays[1] + y * rays[2] + 0.8 * along
        # the renderer counts from pixel centres, the screen from the border of the first pixel
        assert np.allclose(projection.pixels(point)[0], (x + 0.5, y + 0.5))


def test_a_parallel_projection_is_the_renderers_too():
    camera = Camera.looking(_VOLUME, "L", parallel=True)
    rays = camera.rays(_SIZE)
    point = rays[0] + 40 * rays[1] + 70 * rays[2] + 33 * rays[3]
    assert np.allclose(CameraProjection(camera, _SIZE).pixels(point)[0], (40.5, 70.5))


def test_what_is_behind_the_camera_has_no_pixel():
    camera = Camera.looking(_VOLUME, "A")
    behind = 2 * np.array(camera.position_lps_mm) - camera.focal_point_lps_mm
    assert np.isnan(CameraProjection(camera, _SIZE).pixels(behind)).all()


@given(
    face=st.integers(0, 5),
    values=st.lists(st.tuples(st.integers(0, 5), st.floats(-100, 100)), max_size=8),
    last=st.floats(-100, 100),
)
def test_a_box_never_turns_inside_out_or_leaves_the_volume(face, values, last):
    box = CropBox.whole(_VOLUME)
    for moved, value in [*values, (face, last)]:
        box = box.with_face(moved, value, _VOLUME)
    assert np.all(np.array(box.low_ijk) < box.high_ijk)
    assert min(box.low_ijk) >= -0.5
    assert np.all(np.array(box.high_ijk) <= np.array(_VOLUME.shape_ijk) - 0.5)


def test_a_box_goes_into_a_look_and_comes_back():
    box = CropBox.whole(_VOLUME).with_face(2, 7.0, _VOLUME)
    look = box.applied(_LOOK, _VOLUME)
    assert look.crop == ((-0.5, 7.0, -0.5), (39.5, 29.5, 19.5))
    assert CropBox.of(look, _VOLUME) == box
    assert CropBox.whole(_VOLUME).applied(look, _VOLUME).crop is None


@pytest.mark.parametrize("face", range(6))
def test_a_dragged_handle_follows_the_mouse(face):
    box = CropBox((5.0, 5.0, 5.0), (30.0, 22.0, 15.0))
    projection = _projection()
    handle = box.handles_ijk()[face]
    step = np.zeros(3)
    step[face // 2] = 0.7
    start, end = projection.pixels(lps(_VOLUME, np.array([handle, handle + step])))
    assert drag_voxels(box, face, _VOLUME, projection, tuple(end - start)) == pytest.approx(0.7, rel=0.02)


def test_a_face_towards_the_viewer_is_dragged_up_and_down():
    box = CropBox.whole(_VOLUME)
    projection = CameraProjection(Camera.looking(Volume(_VOLUME.voxels, np.eye(4)), "S"), _SIZE)
    volume = Volume(_VOLUME.voxels, np.eye(4))
    assert drag_voxels(box, 5, volume, projection, (0.0, -10.0)) > 0  # up is outwards
    assert drag_voxels(box, 4, volume, projection, (0.0, -10.0)) < 0


def test_the_nearest_handle_within_reach_is_taken():
    box, projection = CropBox.whole(_VOLUME), _projection()
    handles = handle_pixels(box, _VOLUME, projection)
    for face, (x, y) in enumerate(handles):
        assert handle_at(handles, x + 2, y - 1) == face
    assert handle_at(handles, -500.0, -500.0) is None


def test_twelve_edges_join_corners_that_differ_along_one_axis():
    box = CropBox.whole(_VOLUME)
    corners = {tuple(np.round(p, 6)) for p in _projection().pixels(lps(_VOLUME, box.corners_ijk()))}
    lines = edge_lines(box, _VOLUME, _projection())
    assert lines.shape == (12, 2, 2)
    ends = [tuple(np.round(p, 6)) for line in lines for p in line]
    assert set(ends) == corners
    assert all(ends.count(corner) == 3 for corner in corners)
