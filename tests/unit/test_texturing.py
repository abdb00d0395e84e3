"""Textures show what the photographs show, whoever walked by and however they were exposed."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import BadInput, Cancelled
from core.posed_camera import PosedCamera
from core.progress import CancelToken, SilentProgress
from core.textured_mesh import TexturedMesh
from formats.glb_file import write_glb
from reconstruction.photograph import Photograph, read_photograph
from reconstruction.texture_packing import pack
from reconstruction.texturing import TextureOptions, texture_mesh
from render.gltf_scene import read_gltf
from render.material import Material, Shading
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.renderer import RenderOptions
from render.scene import RenderScene, SurfaceNode
from tests.textured_meshes import PROVENANCE
from tests.truth.solids import patch
from tests.truth.surface_textures import mottled, texture

RENDERER = NativeRenderer()
SIZE = (320, 240)


def wall_and_floor() -> list[SurfaceNode]:
    rng = np.random.default_rng(5)
    wall = patch((-0.5, 1, 0), (1, 0, 0), (0, -1, 0), (24, 24))
    floor = patch((-0.5, 0, 0), (1, 0, 0), (0, 0, 1), (24, 24))
    return [
        SurfaceNode(
            mesh,
            Material(shading=Shading.UNLIT, base_colour_texture=texture(mottled(rng, (256, 256), 0.8))),
        )
        for mesh in (wall, floor)
    ]


SCENE = RenderScene(tuple(wall_and_floor()))


def mesh_of_scene() -> TexturedMesh:
    parts = [node.mesh for node in wall_and_floor()]
    positions = np.concatenate([part.positions for part in parts])
    places, number = np.unique(np.rint(positions * 1e5), axis=0, return_inverse=True)
    triangles = np.concatenate([parts[0].triangles, parts[1].triangles + len(parts[0].positions)])
    welded = number.reshape(-1)[triangles].astype(np.int32)
    return TexturedMesh((places * 1e-5).astype(np.float32), welded)


def camera(x: float, y: float, z: float) -> PinholeCamera:
    centre = np.array([x, y, z])
    ahead = np.array([0, 0.4, 0.2]) - centre
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 1, 0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(ahead, right), ahead], 1)
    pose[:3, 3] = centre
    return PinholeCamera(SIZE, 230, 230, (SIZE[0] - 1) / 2, (SIZE[1] - 1) / 2, pose)


def picture(scene: RenderScene, seen_from: PinholeCamera) -> np.ndarray:
    drawn = RENDERER.render(scene, seen_from, RenderOptions(samples=8)).picture
    assert drawn is not None
    return drawn.astype(np.float64)


@pytest.fixture
def photographs(tmp_path: Path) -> tuple[list[Photograph], dict[str, PosedCamera]]:
    """Six photographs, differently exposed; in the third one something red stands in front."""
    taken, cameras = [], {}
    for number, gain in enumerate((1.0, 0.8, 1.15, 0.9, 1.1, 1.0)):
        seen_from = camera(-0.9 + 0.36 * number, 0.5 + 0.3 * (number % 2), 1.5)
        levels = picture(SCENE, seen_from)[..., :3] * gain
        if number == 2:
            levels[90:140, 140:190] = (220, 20, 20)
        path = tmp_path / f"{number}.png"
        Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)).save(path)
        taken.append(read_photograph(path))
        pose = seen_from.world_from_camera
        cameras[path.name] = PosedCamera(SIZE, seen_from.intrinsics, {}, False, pose[:3, :3], pose[:3, 3])
    return taken, cameras


def psnr(mesh: TexturedMesh, path: Path) -> float:
    """Of the view of a camera that took no photograph, but for the exposure."""
    write_glb(path, mesh, name="scene", unit_known=True, provenance=PROVENANCE)
    seen_from = camera(0.1, 0.7, 1.4)
    expected, got = picture(SCENE, seen_from), picture(RenderScene(read_gltf(path)), seen_from)
    shown = (expected[..., 3] == 255) & (got[..., 3] == 255)
    assert shown.sum() > 0.95 * (expected[..., 3] == 255).sum()
    expected, got = expected[shown, :3], got[shown, :3]
    got *= expected.mean() / got.mean()
    return float(10 * np.log10(255**2 / ((got - expected) ** 2).mean()))


def shown(mesh: TexturedMesh, faces: slice) -> np.ndarray:
    """Give the colours in the middle of faces."""
    assert mesh.uv is not None
    page = mesh.pages[0]
    column, row = (mesh.uv[mesh.triangles[faces]].mean(axis=1) * page.shape[1::-1]).astype(int).T
    return page[row, column].astype(float)


def test_a_new_view_looks_like_the_scene(photographs: tuple, tmp_path: Path) -> None:
    mesh = texture_mesh(mesh_of_scene(), *photographs).mesh
    assert psnr(mesh, tmp_path / "textured.glb") > 32
    plain = TextureOptions(remove_ghosts=False, level_colours=False)
    assert psnr(texture_mesh(mesh_of_scene(), *photographs, plain).mesh, tmp_path / "plain.glb") < 26


def test_what_does_not_fit_is_reduced(photographs: tuple, tmp_path: Path) -> None:
    mesh = texture_mesh(mesh_of_scene(), *photographs, TextureOptions(page_side_px=128, most_pages=2)).mesh
    assert len(mesh.pages) <= 2
    assert all(max(page.shape) <= 128 for page in mesh.pages)
    assert psnr(mesh, tmp_path / "small.glb") > 20


def test_faces_that_no_photograph_shows_get_the_colours_around_them(photographs: tuple) -> None:
    mesh = mesh_of_scene()
    back = mesh.triangles[mesh.positions[mesh.triangles][..., 2].max(axis=1) == 0][:, ::-1]
    both = TexturedMesh(mesh.positions, np.concatenate([mesh.triangles, back]).astype(np.int32))
    texture = texture_mesh(both, *photographs)
    assert texture.filled_share == pytest.approx(len(back) / len(both.triangles), abs=0.01)
    made = texture.mesh
    filled = shown(made, slice(-len(back), None))
    assert np.abs(filled.mean(axis=0) - shown(made, slice(len(back))).mean(axis=0)).max() < 15
    assert filled.min() > 5


def test_the_result_is_the_same_every_time(photographs: tuple) -> None:
    first, second = (texture_mesh(mesh_of_scene(), *photographs).mesh for _ in range(2))
    assert first.uv is not None
    assert second.uv is not None
    np.testing.assert_array_equal(first.uv, second.uv)
    np.testing.assert_array_equal(first.pages[0], second.pages[0])


def test_a_mesh_that_nobody_sees_is_refused(photographs: tuple) -> None:
    mesh = mesh_of_scene()
    away = TexturedMesh(mesh.positions + np.float32(50), mesh.triangles)
    with pytest.raises(BadInput):
        texture_mesh(away, *photographs)
    with pytest.raises(BadInput):
        texture_mesh(mesh, photographs[0], {})


def test_it_can_be_cancelled(photographs: tuple) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        texture_mesh(mesh_of_scene(), *photographs, progress=SilentProgress(token))


def test_rectangles_do_not_overlap() -> None:
    sizes = np.random.default_rng(3).integers(1, 300, (400, 2))
    packing = pack(sizes, 1024)
    assert packing is not None
    covered = np.zeros((packing.page_count, packing.side, packing.side), np.int32)
    for (width, height), page, (x, y) in zip(sizes, packing.page, packing.place, strict=True):
        covered[page, y : y + height, x : x + width] += 1
        assert y + height <= packing.height_of(int(page))
    assert covered.max() == 1
    assert covered.sum() == sizes.prod(axis=1).sum()
    assert pack(np.array([[2000, 10]]), 1024) is None
