"""What is changed on a reconstruction by hand, without windows."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.posed_camera import PosedCamera
from formats.mesh_export import MESH_SUFFIXES
from reconstruction.camera_frusta import make_frusta
from reconstruction.comparison import compare, pinhole_of
from reconstruction.edited_scene import EditedScene
from reconstruction.measuring import lengths, polygon_area
from reconstruction.mesh_of_nodes import mesh_of_nodes
from reconstruction.picking import nearest_point
from reconstruction.result_edits import CropBox, Dab, ResultEdits, on_floor
from reconstruction.result_export import export_result
from reconstruction.result_views import first_view, framing, same_cameras, side_view
from reconstruction.shown_result import Layer, ShownResult
from reconstruction.similarity import Similarity
from render.gltf_scene import read_gltf
from render.material import Material, Shading
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.point_set import PointSet
from render.scene import PointNode, RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh

NUMBERS = st.floats(-10, 10).filter(lambda value: abs(value) > 1e-3)


def rotation_about(axis: list[float], angle: float) -> np.ndarray:
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


@given(st.floats(0.01, 100), st.lists(NUMBERS, min_size=3, max_size=3), NUMBERS)
def test_a_similarity_and_its_inverse_undo_each_other(scale: float, axis: list[float], angle: float) -> None:
    there = Similarity(scale, rotation_about(axis, angle), np.array(axis))
    points = np.random.default_rng(0).normal(size=(5, 3))
    assert np.allclose(there.inverse().apply(there.apply(points)), points)
    assert np.allclose(there.after(there).apply(points), there.apply(there.apply(points)), rtol=1e-6)
    assert np.allclose(there.matrix[:3, :3] @ points[0] + there.matrix[:3, 3], there.apply(points[:1])[0])
    stored = Similarity.of_json(json.loads(json.dumps(there.to_json())))
    assert np.array_equal(stored.matrix, there.matrix)


def test_what_is_no_similarity_is_refused() -> None:
    for wrong in (
        lambda: Similarity(0.0),
        lambda: Similarity(1.0, np.diag([1.0, 1.0, -1.0])),
        lambda: Similarity(1.0, 2 * np.eye(3)),
        lambda: Similarity(1.0, np.eye(3), np.full(3, np.nan)),
    ):
        with pytest.raises(ValueError, match=r"scale|rotation|shift"):
            wrong()


@given(st.lists(NUMBERS, min_size=9, max_size=9))
def test_the_floor_is_level_at_height_0_with_the_cameras_above(numbers: list[float]) -> None:
    picked = np.array(numbers).reshape(3, 3)
    normal = np.cross(picked[1] - picked[0], picked[2] - picked[0])
    if np.linalg.norm(normal) < 0.5:
        return
    above = picked[0] + normal
    edits = on_floor(ResultEdits(), picked, above)
    assert np.allclose(edits.transform.apply(picked)[:, 1], 0, atol=1e-6)
    assert edits.transform.apply(above[None])[0, 1] > 0
    assert edits.transform.scale == pytest.approx(1)


def test_points_on_a_line_make_no_floor() -> None:
    with pytest.raises(ValueError, match="picked"):
        on_floor(ResultEdits(), np.array([[0.0, 0, 0], [1, 1, 1], [2, 2, 2]]), np.ones(3))


def test_a_floor_that_faces_down_is_turned_over() -> None:
    square = np.array([[0.0, 2, 0], [1, 2, 0], [0, 2, 1]])
    edits = on_floor(ResultEdits(), square, np.array([0.0, 0.0, 0.0]))
    assert edits.transform.apply(np.zeros((1, 3)))[0] == pytest.approx([0, 2, 0])


def test_lengths_and_areas() -> None:
    square = np.array([[0.0, 0, 0], [2, 0, 0], [2, 3, 0], [0, 3, 0]])
    assert lengths(square).tolist() == [2, 3, 2]
    assert polygon_area(square) == pytest.approx(6)
    assert polygon_area(square @ rotation_about([1, 2, 3], 0.7).T + 5) == pytest.approx(6)
    bent_in = np.array([[0.0, 0, 0], [4, 0, 0], [4, 4, 0], [2, 1, 0], [0, 4, 0]])
    assert polygon_area(bent_in) == pytest.approx(10)
    assert polygon_area(square[:2]) == 0


def test_edits_are_stored_and_damaged_ones_are_none() -> None:
    box = CropBox(Similarity(2.0), np.zeros(3), np.ones(3))
    edits = ResultEdits(crop=box, dabs=(Dab((1, 2, 3), 0.5),)).scaled(3.0)
    stored = ResultEdits.of_json(json.loads(json.dumps(edits.to_json())))
    assert stored.to_json() == edits.to_json()
    assert stored.measured
    assert not stored.is_none
    assert ResultEdits.of_json({"crop": 1}).is_none
    assert ResultEdits.of_json(None).is_none


def test_a_face_of_the_box_moves_but_not_beyond_the_other() -> None:
    box = CropBox(Similarity(2.0, shift=np.array([1.0, 0, 0])), np.zeros(3), np.ones(3))
    assert box.with_face(1, 0.5).high.tolist() == [0.5, 1, 1]
    assert box.with_face(0, 7.0).low[0] < 1
    assert box.with_face(3, -7.0).high[1] > 0
    inside = box.frame.inverse().apply(np.array([[0.5, 0.5, 0.5], [1.5, 0.5, 0.5]]))
    assert box.holds(inside).tolist() == [True, False]
    assert box.frame.apply(box.face_centre(1)[None])[0] == pytest.approx([1, 0.5, 0.5])
    assert box.corners.shape == (8, 3)
    with pytest.raises(ValueError, match="low"):
        CropBox(Similarity(), np.ones(3), np.ones(3))


# Scenes.


def grid(side: int = 21) -> tuple[np.ndarray, np.ndarray]:
    """A square of triangles in z = 0 from -1 to 1, facing +z."""
    across, up = np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side))
    points = np.column_stack((across.ravel(), up.ravel(), np.zeros(side * side))).astype(np.float32)
    first = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    lower = np.column_stack((first, first + 1, first + side + 1))
    upper = np.column_stack((first, first + side + 1, first + side))
    return points, np.concatenate((lower, upper)).astype(np.int32)


def camera_at(centre: tuple[float, float, float], **lens: float) -> PosedCamera:
    k = np.array([[200.0, 0, 159.5], [0, 200.0, 119.5], [0, 0, 1]])
    turned = np.diag([1.0, -1.0, -1.0])
    return PosedCamera((320, 240), k, lens, rotation_world_from_camera=turned, centre_m=np.array(centre))


@pytest.fixture
def result() -> ShownResult:
    points, triangles = grid()
    colours = np.column_stack((np.tile([0.5, 0.2, 0.1], (len(points), 1)), np.ones(len(points))))
    mesh = SurfaceMesh(points, triangles, colours=colours.astype(np.float32))
    surface = SurfaceNode(mesh, Material(shading=Shading.UNLIT, double_sided=True))
    cloud = PointNode(PointSet(points, np.array([1.0], np.float32)))
    cameras = {"a.png": camera_at((0, 0, 4)), "b.png": camera_at((1, 0, 4))}
    return ShownResult(cameras, {Layer.SPARSE: (cloud,), Layer.MESH: (surface,)}, has_scale=False)


def test_a_longer_stroke_gives_what_all_its_dabs_give_at_once(result: ShownResult) -> None:
    dabs = tuple(Dab((x, 0.0, 0.0), 0.15) for x in (-0.5, 0.0, 0.5))
    step_by_step, at_once = EditedScene(result), EditedScene(result)
    for count in range(4):
        step_by_step.cut(Layer.MESH, ResultEdits(dabs=dabs[:count]))
    at_once.cut(Layer.MESH, ResultEdits(dabs=dabs))
    assert step_by_step.count(Layer.MESH) == at_once.count(Layer.MESH) < 800
    step_by_step.cut(Layer.MESH, ResultEdits(dabs=dabs[:1]))  # undone
    assert at_once.count(Layer.MESH) < step_by_step.count(Layer.MESH) < 800
    assert step_by_step.cut(Layer.MESH, ResultEdits()) is result.layers[Layer.MESH]


def test_what_is_cut_away_altogether_leaves_an_empty_scene(result: ShownResult) -> None:
    box = CropBox(Similarity(), np.full(3, 5.0), np.full(3, 6.0))
    edited, edits = EditedScene(result), ResultEdits(crop=box)
    assert edited.nodes(Layer.SPARSE, edits) == edited.nodes(Layer.MESH, edits) == ()
    assert edited.count(Layer.SPARSE) == 0
    view = pinhole_of(result.cameras["a.png"])
    assert NativeRenderer().render(RenderScene(()), view).picture is not None


def test_the_nearest_point_is_the_front_one_of_those_that_cover_each_other() -> None:
    points = np.array([[0.0, 0, 0], [0, 0, -2], [1, 0, 0]], np.float32)
    view = PinholeCamera.of_view(side_view(points.astype(float), "A", (300, 200)), (300, 200))
    cloud = (PointNode(PointSet(points, np.array([1.0], np.float32))),)
    x, y = view.project(np.zeros((1, 3)))[0]
    assert nearest_point(cloud, view, (x + 1, y)) == (0, 0, 0)
    assert nearest_point(cloud, view, (5, 5)) is None
    assert nearest_point((), view, (5, 5)) is None


def test_a_view_looks_from_the_cameras_and_is_not_led_astray_by_what_is_far_off(result: ShownResult) -> None:
    view = first_view(result, Layer.MESH, (400, 300))
    assert view.position_lps_mm[2] > 1  # where the cameras are
    points, _ = grid()
    away = np.concatenate((points, np.full((30, 3), 40.0, np.float32)))
    led = ShownResult({}, {Layer.SPARSE: (PointNode(PointSet(away, np.ones(1, np.float32))),)}, False)
    assert framing(led, Layer.SPARSE).max() <= 1
    assert first_view(led, Layer.SPARSE, (400, 300)).distance_mm < 20
    moved = ShownResult({**result.cameras, "b.png": camera_at((2, 0, 4))}, result.layers, False)
    assert same_cameras(result, result)
    assert not same_cameras(result, moved)
    assert not same_cameras(result, led)


def test_frusta_are_small_beside_each_other(result: ShownResult) -> None:
    frusta = make_frusta(result.cameras, np.zeros((0, 3)))
    assert frusta.names == ("a.png", "b.png")
    assert np.ptp(frusta.corners[0], axis=0).max() < 1
    assert make_frusta({}, np.zeros((0, 3))).corners.shape == (0, 5, 3)


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_the_mesh_is_written_cut_placed_and_scaled(result: ShownResult, tmp_path: Path, suffix: str) -> None:
    if suffix == ".usdz":
        pytest.importorskip("pxr")
    box = CropBox(Similarity(), np.array([-0.55, -2, -1]), np.array([0.55, 2, 1]))
    edits = ResultEdits(crop=box).scaled(10.0)
    path = tmp_path / f"square{suffix}"
    export_result(path, EditedScene(result), edits)
    assert path.stat().st_size > 1000
    if suffix == ".glb":
        (node,) = read_gltf(path)
        assert isinstance(node, SurfaceNode)
        assert np.ptp(node.mesh.positions, axis=0) == pytest.approx([10, 20, 0], abs=1e-5)
        assert node.mesh.colours is not None
        assert node.mesh.colours[0, :3] == pytest.approx([0.5, 0.2, 0.1], abs=0.01)


def test_without_a_mesh_there_is_nothing_to_write(result: ShownResult, tmp_path: Path) -> None:
    points = ShownResult(result.cameras, {Layer.SPARSE: result.layers[Layer.SPARSE]}, has_scale=False)
    with pytest.raises(BadInput, match="no mesh"):
        export_result(tmp_path / "a.glb", EditedScene(points), ResultEdits())
    assert mesh_of_nodes(points.layers[Layer.SPARSE]) is None


def test_a_photograph_lies_on_what_its_camera_sees(result: ShownResult, tmp_path: Path) -> None:
    import cv2

    from imaging.reslice import StopFlag

    camera = camera_at((0.2, 0.1, 4), k1=-0.1, p1=0.01)
    edges = pinhole_of(camera).project(np.array([[-1.0, -1, 0], [1, 1, 0]]))
    picture = np.zeros((240, 320, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    scene = RenderScene(result.layers[Layer.MESH])
    made = compare(NativeRenderer(), scene, tmp_path / "a.png", camera, StopFlag())
    rows, columns = np.nonzero(made.rendered[..., 3] > 128)
    assert made.photograph.shape == (240, 320, 3)
    assert columns.min() == pytest.approx(edges[0, 0], abs=2)
    assert rows.max() == pytest.approx(edges[0, 1], abs=2)
