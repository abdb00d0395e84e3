"""Surfaces of files and segments as they are looked at."""

import numpy as np
import pytest

from core.errors import BadInput
from core.mesh import Mesh
from core.progress import SILENT
from core.provenance import Provenance
from imaging.mesh_files import write_meshes
from imaging.reslice import StopFlag
from render.native_renderer import NativeRenderer
from render.picture_quality import Quality
from render.surface_source import SurfaceSource
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
    assert np.allclose(part.mesh.positions.mean(axis=0), (5, 6, 7), atol=1e-4)
    assert part.volume_mm3 == pytest.approx(8000, rel=1e-4)
    assert part.area_mm2 == pytest.approx(2400, rel=1e-4)


def test_what_is_no_surface_says_so(tmp_path):
    path = tmp_path / "broken.stl"
    path.write_bytes(b"solid nothing")
    with pytest.raises(BadInput):
        SurfaceFile(path).read()
    assert not is_surface_file(tmp_path / "image.dcm")
