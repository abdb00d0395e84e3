"""Surfaces of files and segments as they are looked at."""

import numpy as np
import pytest

from core.errors import BadInput
from core.mesh import Mesh
from core.progress import SILENT
from core.provenance import Provenance
from imaging.mesh_files import write_meshes
from imaging.reslice import StopFlag
from render.figure import FigurePose, Skin
from render.material import Material, Shading
from render.native_renderer import NativeRenderer
from render.node_moving import moved
from render.picture_quality import Quality
from render.point_set import PointSet, PointUnit
from render.scene import PointNode, SurfaceNode
from render.surface_mesh import SurfaceMesh
from render.surface_source import SurfaceSource
from render.toon_look import ToonLook
from viewers.surface_model import SurfaceLook, SurfaceModel, parts_of
from viewers.surface_reading import SurfaceFile, is_surface_file


def box(name, centre, half=10.0):
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half + centre
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])
    return Mesh(corners.astype(float), triangles, name)


@pytest.fixture
def model():
    return SurfaceModel(parts_of([box("left", (30, 0, 0)), box("right", (-30, 0, 0))]))


def drawn(model, look, size=(200, 120)):
    source = SurfaceSource(NativeRenderer(), model.scene(look))
    return source, source.draw(model.camera(), size, Quality.INTERACTIVE, StopFlag())


def test_the_patients_left_is_on_the_right_of_the_picture(model):
    source, picture = drawn(model, SurfaceLook())
    lit = np.argwhere(picture[..., 3] > 0)[:, 1]
    assert lit.min() < 100 < lit.max()
    found = source.pick(model.camera(), (200, 120), (float(lit.max()) - 3, 59.5))
    assert model.parts[found.node].title == "left"


def test_a_hidden_part_is_not_drawn_and_not_picked(model):
    look = SurfaceLook().with_part("0", shown=False)
    source, picture = drawn(model, look)
    assert np.argwhere(picture[..., 3] > 0)[:, 1].max() < 100
    place = np.argwhere(picture[..., 3] > 0).mean(axis=0)[::-1]
    found = source.pick(model.camera(), (200, 120), tuple(place))
    assert model.shown(look)[found.node].title == "right"
    assert look.with_part("0", shown=True) == SurfaceLook()


def test_parts_see_through_but_for_the_chosen_one(model):
    _, picture = drawn(model, SurfaceLook(opacity=0.3, chosen="0"))
    alpha = picture[..., 3]
    assert alpha[:, 120:].max() == 255
    assert 0 < alpha[:, :80].max() < 255


def test_the_colour_is_the_chosen_one(model):
    _, picture = drawn(model, SurfaceLook(colours={"0": (255, 0, 0), "1": (0, 0, 255)}))
    red, blue = (picture[:, part][picture[:, part, 3] > 0] for part in (slice(120, None), slice(80)))
    assert red[:, 0].mean() > 2 * red[:, 2].mean()
    assert blue[:, 2].mean() > 2 * blue[:, 0].mean()


def test_nodes_stay_the_same_as_long_as_they_look_the_same(model):
    first, second = model.scene(SurfaceLook()), model.scene(SurfaceLook(chosen="1"))
    assert [a is b for a, b in zip(first.nodes, second.nodes, strict=True)] == [True, True]


@pytest.mark.parametrize("suffix", [".stl", ".obj", ".ply", ".glb"])
def test_files_of_every_kind_are_read_where_they_were(tmp_path, suffix):
    path = tmp_path / f"box{suffix}"
    write_meshes(path, suffix, [box("femur", (5, 6, 7))], Provenance("test", (), {}, ""))
    assert is_surface_file(path)
    (part,) = SurfaceFile(path).read(progress=SILENT).parts
    vertices = NativeRenderer().world_vertices(part.node)
    assert np.allclose(vertices.mean(axis=0), (5, 6, 7), atol=1e-4)
    assert part.volume_mm3 == pytest.approx(8000, rel=1e-4)
    assert part.area_mm2 == pytest.approx(2400, rel=1e-4)


def textured(path, *, metres=0.02):
    """A square that faces the front, green in its file's texture."""
    import trimesh
    from PIL import Image

    half = metres / 2
    corners = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]])
    material = trimesh.visual.material.PBRMaterial(
        baseColorTexture=Image.new("RGB", (4, 4), (0, 200, 0)), metallicFactor=0.0, roughnessFactor=0.9
    )
    visual = trimesh.visual.TextureVisuals(uv=np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), material=material)
    mesh = trimesh.Trimesh(corners, [[0, 1, 2], [0, 2, 3]], visual=visual, process=False)
    trimesh.Scene({"leaf": mesh}).export(path)


def lit(picture):
    return picture[picture[..., 3] > 200][:, :3].astype(int).mean(axis=0)


def test_a_texture_is_seen_until_a_colour_is_chosen(tmp_path):
    textured(tmp_path / "leaf.glb")
    model = SurfaceFile(tmp_path / "leaf.glb").read()
    (part,) = model.parts
    assert part.title == "leaf"
    assert part.has_material
    assert part.colour[1] > 150 > 50 > part.colour[0]
    assert model.extent_mm == pytest.approx((20, 0, 20), abs=1e-3)
    assert "metres" in str(model.notes[0])
    red, green, blue = lit(drawn(model, SurfaceLook())[1])
    assert green > 3 * max(red, blue)
    red, green, blue = lit(drawn(model, SurfaceLook(colours={"0": (0, 0, 255)}))[1])
    assert blue > 3 * max(red, green)
    _, picture = drawn(model, SurfaceLook(opacity=0.3))
    assert 0 < picture[..., 3].max() < 120


def test_the_unit_of_a_file_is_told(tmp_path):
    write_meshes(tmp_path / "ours.ply", ".ply", [box("a", (0, 0, 0))], Provenance("test", (), {}, ""))
    assert "says" in str(SurfaceFile(tmp_path / "ours.ply").read().notes[0])
    (tmp_path / "other.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    assert "assumed" in str(SurfaceFile(tmp_path / "other.obj").read().notes[0])


def test_joints_outlines_and_splats_move_with_their_world():
    mesh = SurfaceMesh(
        np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32),
        np.array([[0, 1, 2]], np.int32),
        skin=Skin(np.zeros((3, 4), np.int32), np.tile(np.float32([1, 0, 0, 0]), (3, 1)), np.eye(4)[None]),
    )
    joint = np.eye(4)
    joint[:3, 3] = (5, 6, 7)
    line = Material(shading=Shading.TOON, toon=ToonLook(outline_width=0.01))
    node = SurfaceNode(mesh, line, pose=FigurePose((), joint[None]))
    place = np.array([[0, -1000, 0, 3], [1000, 0, 0, 4], [0, 0, 1000, 5], [0, 0, 0, 1.0]])
    renderer = NativeRenderer()
    before, after = renderer.world_vertices(node), renderer.world_vertices(moved(node, place))
    assert np.allclose(after, before @ place[:3, :3].T + place[:3, 3], atol=1e-2)
    assert moved(node, place).material.toon.outline_width == pytest.approx(10)
    splats = PointSet(np.zeros((1, 3), np.float32), np.array([0.5], np.float32), PointUnit.LENGTH)
    assert moved(PointNode(splats), place).points.radii == pytest.approx([500])


def test_what_is_no_surface_says_so(tmp_path):
    path = tmp_path / "broken.stl"
    path.write_bytes(b"solid nothing")
    with pytest.raises(BadInput):
        SurfaceFile(path).read()
    assert not is_surface_file(tmp_path / "image.dcm")
