"""Meshes as OBJ, PLY and STL are read back by trimesh; suffixes choose formats."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from core.errors import BadInput
from core.textured_mesh import TexturedMesh
from formats.mesh_export import MESH_SUFFIXES, write_mesh
from tests.textured_meshes import PROVENANCE, coloured_cube, textured_cube


def write(path: Path, mesh: TexturedMesh, *, unit_known: bool = True) -> Path:
    write_mesh(path, mesh, name="cube", unit_known=unit_known, provenance=PROVENANCE)
    return path


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
@pytest.mark.parametrize("mesh", [coloured_cube(), textured_cube()], ids=["colours", "pages"])
def test_every_format_holds_the_cube(tmp_path: Path, suffix: str, mesh: TexturedMesh) -> None:
    path = write(tmp_path / f"cube{suffix.upper()}", mesh)
    if suffix == ".usdz":
        assert path.read_bytes().startswith(b"PK")
        return
    cube = trimesh.load(path, force="mesh", file_type=suffix[1:])
    assert isinstance(cube, trimesh.Trimesh)
    cube.merge_vertices(merge_tex=True, merge_norm=True)
    assert cube.is_watertight
    assert cube.volume == pytest.approx(1.0)
    np.testing.assert_allclose(cube.bounds, [[0, 0, 0], [1, 1, 1]])


@pytest.mark.parametrize("suffix", [".obj", ".ply"])
def test_colours_stay_with_their_vertices(tmp_path: Path, suffix: str) -> None:
    mesh = coloured_cube()
    read = trimesh.load(write(tmp_path / f"cube{suffix}", mesh), process=False, maintain_order=True)
    assert isinstance(read, trimesh.Trimesh)
    order = [int(np.flatnonzero((mesh.positions == one).all(axis=1))[0]) for one in read.vertices]
    assert mesh.colours is not None
    np.testing.assert_array_equal(read.visual.vertex_colors[:, :3], mesh.colours[order])


def test_an_obj_shows_every_page(tmp_path: Path) -> None:
    mesh = textured_cube()
    write(tmp_path / "my cube.obj", mesh)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"my cube.obj", "my_cube.mtl", "my_cube-1.jpg", "my_cube-2.jpg"}
    scene = trimesh.load(tmp_path / "my cube.obj", split_objects=False, group_material=True)
    parts = list(scene.geometry.values()) if isinstance(scene, trimesh.Scene) else [scene]
    assert len(parts) == 2
    shown = np.concatenate([part.visual.to_color().vertex_colors[:, :3] for part in parts]).astype(int)
    assert {"red", "black", "green"} == {
        "red" if one[0] > 200 else "green" if one[1] > 200 else "black" for one in shown.tolist()
    }


def test_a_ply_names_its_pages_and_their_triangles(tmp_path: Path) -> None:
    mesh = textured_cube()
    head, body = write(tmp_path / "cube.ply", mesh).read_bytes().split(b"end_header\n")
    assert b"comment TextureFile cube-1.jpg\ncomment TextureFile cube-2.jpg\n" in head
    face = np.dtype([("n", "u1"), ("corners", "<i4", 3), ("m", "u1"), ("uv", "<f4", (3, 2)), ("page", "<i4")])
    rows = np.frombuffer(body[24 * 12 :], face)
    assert mesh.uv is not None
    np.testing.assert_array_equal(rows["corners"], mesh.triangles)
    np.testing.assert_array_equal(rows["page"], mesh.page_of_triangle)
    np.testing.assert_allclose(rows["uv"], mesh.uv[mesh.triangles] * (1, -1) + (0, 1))


@pytest.mark.parametrize("suffix", [".obj", ".ply", ".stl"])
@pytest.mark.parametrize(("unit_known", "says"), [(True, b"metres"), (False, b"no scale")])
def test_the_unit_is_told(tmp_path: Path, suffix: str, unit_known: bool, says: bytes) -> None:
    assert (
        says in write(tmp_path / f"cube{suffix}", coloured_cube(), unit_known=unit_known).read_bytes()[:200]
    )


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_a_mesh_without_triangles_is_refused_and_nothing_is_left(tmp_path: Path, suffix: str) -> None:
    nothing = TexturedMesh(np.zeros((3, 3), np.float32), np.zeros((0, 3), np.int32))
    with pytest.raises(ValueError, match="triangles"):
        write(tmp_path / f"none{suffix}", nothing)
    assert not list(tmp_path.iterdir())


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cube\.max.*not a format"):
        write(tmp_path / "cube.max", coloured_cube())
