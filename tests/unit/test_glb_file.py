"""GLB files: what is written is read back, and the validator finds nothing in it."""

from pathlib import Path

import numpy as np
import pytest

from core.textured_mesh import TexturedMesh
from formats.glb_file import write_glb
from formats.texture_page import PageFormat
from render.gltf_file import GltfFile
from render.gltf_scene import read_gltf
from render.material import Shading
from render.scene import SurfaceNode
from tests.gltf_validator import gltf_issues
from tests.textured_meshes import PROVENANCE, coloured_cube, textured_cube

CLEAN = {"errors": 0, "warnings": 0, "infos": 0, "hints": 0}


def write(path: Path, mesh: TexturedMesh, *, pictures: PageFormat = PageFormat.PNG) -> Path:
    write_glb(path, mesh, name="cube", unit_known=False, provenance=PROVENANCE, pictures=pictures)
    return path


def test_colours_at_vertices_are_read_back(tmp_path: Path) -> None:
    mesh = coloured_cube()
    (node,) = read_gltf(write(tmp_path / "cube.glb", mesh))
    assert isinstance(node, SurfaceNode)
    assert node.mesh.colours is not None
    assert node.name == "cube"
    assert node.material.shading is Shading.UNLIT
    np.testing.assert_array_equal(node.mesh.positions, mesh.positions)
    np.testing.assert_array_equal(node.mesh.triangles, mesh.triangles)
    level = node.mesh.colours[:, :3].astype(np.float64)
    srgb = np.where(level <= 0.0031308, level * 12.92, 1.055 * level ** (1 / 2.4) - 0.055)
    np.testing.assert_array_equal(np.rint(srgb * 255).astype(np.uint8), mesh.colours)


def test_pages_are_read_back_as_parts(tmp_path: Path) -> None:
    mesh = textured_cube()
    nodes = read_gltf(write(tmp_path / "cube.glb", mesh))
    assert len(nodes) == 2
    for node, page, first in zip(nodes, mesh.pages, (0, 12), strict=True):
        assert isinstance(node, SurfaceNode)
        assert node.material.base_colour_texture is not None
        assert node.mesh.uv is not None
        assert mesh.uv is not None
        np.testing.assert_array_equal(node.material.base_colour_texture.pixels[..., :3], page)
        np.testing.assert_array_equal(node.mesh.positions, mesh.positions[first : first + 12])
        np.testing.assert_array_equal(node.mesh.uv, mesh.uv[first : first + 12])
        assert len(node.mesh.triangles) == 6


def test_normals_point_out_and_agree_at_one_place(tmp_path: Path) -> None:
    (node,) = read_gltf(write(tmp_path / "cube.glb", coloured_cube()))
    assert isinstance(node, SurfaceNode)
    assert node.mesh.normals is not None
    assert ((node.mesh.positions - 0.5) * node.mesh.normals > 0).all()
    corners: dict[tuple[float, ...], set[tuple[float, ...]]] = {}
    for part in read_gltf(write(tmp_path / "pages.glb", textured_cube())):
        assert isinstance(part, SurfaceNode)
        assert part.mesh.normals is not None
        for place, normal in zip(part.mesh.positions.tolist(), part.mesh.normals.tolist(), strict=True):
            corners.setdefault(tuple(place), set()).add(tuple(normal))
    assert [len(normals) for normals in corners.values()] == [1] * 8


def test_the_file_says_what_it_is_of_and_that_it_has_no_scale(tmp_path: Path) -> None:
    told = GltfFile(write(tmp_path / "cube.glb", coloured_cube())).json["asset"]
    assert told["extras"]["scale"] == "none"
    assert told["extras"]["provenance"]["inputs"] == ["a.jpg"]
    write_glb(tmp_path / "m.glb", coloured_cube(), name="c", unit_known=True, provenance=PROVENANCE)
    assert "scale" not in GltfFile(tmp_path / "m.glb").json["asset"]["extras"]


def test_many_vertices_are_counted_in_long_numbers(tmp_path: Path) -> None:
    count = 70_000
    positions = np.random.default_rng(1).normal(size=(count, 3)).astype(np.float32)
    triangles = np.arange(count // 3 * 3, dtype=np.int32).reshape(-1, 3)
    (node,) = read_gltf(write(tmp_path / "many.glb", TexturedMesh(positions, triangles)))
    assert isinstance(node, SurfaceNode)
    np.testing.assert_array_equal(node.mesh.triangles, triangles)


def test_a_mesh_without_triangles_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    nothing = TexturedMesh(np.zeros((3, 3), np.float32), np.zeros((0, 3), np.int32))
    with pytest.raises(ValueError, match="triangles"):
        write(tmp_path / "none.glb", nothing)
    assert not list(tmp_path.iterdir())


def test_the_validator_finds_nothing(tmp_path: Path) -> None:
    assert gltf_issues(write(tmp_path / "colours.glb", coloured_cube())) == CLEAN
    assert gltf_issues(write(tmp_path / "png.glb", textured_cube())) == CLEAN
    assert gltf_issues(write(tmp_path / "jpeg.glb", textured_cube(), pictures=PageFormat.JPEG)) == CLEAN
