import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.volume import Volume
from render.camera import Camera
from render.clip_plane import ClipPlane, section_plane
from viewers import clip_planes
from viewers.camera_projection import CameraProjection

_AFFINE = np.array([[0.0, 0.5, 0.1, -10], [0.9, 0.0, 0.0, 5], [0.0, -0.2, 2.0, 7], [0, 0, 0, 1]])
_VOLUME = Volume(np.zeros((20, 30, 40), np.int16), _AFFINE)
_SIZE = (400, 300)


def _projection(turn=(25.0, 15.0)):
    return CameraProjection(Camera.looking(_VOLUME, "A").orbit(*turn), _SIZE)


def _plane(normal):
    x, y, z = _VOLUME.centre_lps_mm.tolist()
    return ClipPlane((x, y, z), normal)


def test_a_plane_that_faces_the_viewer_keeps_the_far_half():
    camera = Camera.looking(_VOLUME, "L")
    plane = clip_planes.facing(camera, _VOLUME)
    assert np.dot(plane.normal, camera.position_lps_mm) < plane.offset
    assert plane.offset == pytest.approx(float(np.dot(plane.normal, _VOLUME.centre_lps_mm)))


@pytest.mark.parametrize(("section", "letter"), [("coronal", "A"), ("sagittal", "L"), ("axial", "S")])
def test_a_section_cuts_away_the_side_it_is_looked_at_from(section, letter):
    plane = section_plane(section, _VOLUME)
    assert np.dot(plane.normal, Camera.looking(_VOLUME, letter).position_lps_mm) < plane.offset


_normals = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda normal: np.linalg.norm(normal) > 0.1)


@given(_normals, st.floats(-1e4, 1e4))
def test_a_plane_stays_in_the_volume_and_its_outline_lies_on_it(normal, mm):
    plane = clip_planes.moved(_plane(normal), mm, _VOLUME)
    points = clip_planes.outline(plane, _VOLUME)
    assert 3 <= len(points) <= 6
    assert points @ np.array(normal) == pytest.approx(plane.offset, abs=1e-6)
    ijk = (points - _VOLUME.lps_from_ijk[:3, 3]) @ _VOLUME.ijk_from_lps[:3, :3].T
    assert (ijk > -0.5 - 1e-6).all()
    assert (ijk < np.array(_VOLUME.shape_ijk) - 0.5 + 1e-6).all()


@given(_normals)
def test_an_outline_goes_around_without_crossing_itself(normal):
    points = clip_planes.outline(_plane(normal), _VOLUME)
    steps = np.roll(points, -1, axis=0) - points
    turns = np.cross(steps, np.roll(steps, -1, axis=0)) @ (np.array(normal) / np.linalg.norm(normal))
    assert (turns > -1e-6).all() or (turns < 1e-6).all()


def test_a_plane_beside_the_volume_has_no_outline():
    far = ClipPlane((1e4, 0.0, 0.0), (1.0, 0.0, 0.0))
    assert clip_planes.outline(far, _VOLUME).shape == (0, 3)


@given(_normals, st.floats(-30, 30), st.floats(-30, 30))
def test_the_middle_follows_a_drag_along_the_normal(normal, dx, dy):
    plane, projection = _plane(normal), _projection()
    unit = np.array(normal) / np.linalg.norm(normal)
    start = clip_planes.middle(plane, _VOLUME)
    first, last = projection.pixels(np.array([start, start + unit]))
    if np.hypot(*(last - first)) < 0.2 * projection.pixels_per_mm(start):
        return
    mm = clip_planes.drag_mm(plane, _VOLUME, projection, (dx, dy))
    axis = (last - first) / np.hypot(*(last - first))
    assert mm * np.hypot(*(last - first)) == pytest.approx(axis @ np.array([dx, dy]), abs=1e-6)


def test_a_normal_towards_the_viewer_follows_the_vertical_part():
    camera = Camera.looking(_VOLUME, "A", parallel=True)
    projection = CameraProjection(camera, _SIZE)
    away = _plane(tuple(camera.axes[2]))
    assert clip_planes.drag_mm(away, _VOLUME, projection, (50.0, -10.0)) > 0
    towards = clip_planes.flipped(away)
    assert clip_planes.drag_mm(towards, _VOLUME, projection, (50.0, -10.0)) < 0


@given(_normals, st.floats(-40, 40), st.floats(-40, 40))
def test_the_tip_of_a_turned_plane_points_where_it_was_dragged(normal, dx, dy):
    plane, projection = _plane(normal), _projection()
    start, tip = clip_planes.middle(plane, _VOLUME), clip_planes.tip(plane, _VOLUME, projection)
    scale = projection.pixels_per_mm(start)
    right, down, _ = projection.axes
    wanted = tip - start + (right * dx + down * dy) / scale
    if np.linalg.norm(wanted) < 1e-3:
        return
    turned = clip_planes.turned(plane, _VOLUME, projection, (dx, dy))
    assert np.array(turned.normal) == pytest.approx(-wanted / np.linalg.norm(wanted), abs=1e-6)
    assert turned.point_lps_mm == pytest.approx(start)


def test_flipping_twice_is_the_same_plane():
    plane = _plane((0.2, -0.5, 0.7))
    assert clip_planes.flipped(clip_planes.flipped(plane)) == plane
    assert clip_planes.flipped(plane).offset == pytest.approx(-plane.offset)
