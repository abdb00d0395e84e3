"""Surfaces of rendered photographs beside the truth: F-score, accuracy, completeness, held-out pictures.

    python -m benchmarks.quality.reconstruction [--only object room] [--quality normal] [--seed 0]

The photographs of tests/truth (an object, a room, a facade; shot noise; glossy and texture-poor variants) go
through the program with their true cameras. Distances are judged at 0.5 % of the scene's longest side:
precision is the share of the mesh's area that is near the true surface, recall the share of what two
photographs or more show that is near the mesh, each for textured and texture-poor surfaces apart (poor:
grey levels around a pixel deviate by less than 2). The peer is Open3D's screened Poisson reconstruction of
the same dense points, trimmed where these do not support it. Both are textured by the program; pictures of
cameras that took no part are drawn from that, and compared where the mesh covers them.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.provenance import Provenance
from core.textured_mesh import TexturedMesh
from formats.camera_set import read_camera_set
from formats.glb_file import write_glb
from formats.texture_page import PageFormat
from reconstruction.dense_points import DensePoints
from reconstruction.dense_stereo import DenseOptions, find_depth_maps
from reconstruction.dense_views import dense_views
from reconstruction.depth_fusion import fuse_depth_maps
from reconstruction.depth_map import DepthMap
from reconstruction.meshing import MeshOptions, make_mesh
from reconstruction.photograph import Photograph, photograph_files, read_photograph
from reconstruction.result_views import positions_of
from reconstruction.sparse_model import SparseModel
from reconstruction.structure import StructureOptions, find_structure
from reconstruction.texturing import TextureOptions, texture_mesh
from reconstruction.view import View
from render.gltf_scene import read_gltf
from render.material import Material
from render.native_renderer import NativeRenderer
from render.renderer import RenderOptions
from render.scene import RenderScene
from tests.truth.layouts import write_photographs
from tests.truth.places import Place, place
from tests.truth.sensors import ImageSensor
from tests.truth.sequence import Frame, Sequence, sequence

Floats = NDArray[np.float64]
SHARE_OF_SIZE = 0.005
POOR_GREY_LEVELS = 2.0
SAMPLES = 200_000


@dataclass(frozen=True)
class Scene:
    """A place, how it is changed, and how many photographs are taken of it."""

    place: str
    photographs: int
    change: Callable[[Place], Place] = lambda made: made


def glossy(made: Place) -> Place:
    """Let every surface shine."""
    return _with_materials(made, lambda one: replace(one, roughness=0.25))


def plain(made: Place) -> Place:
    """Paint the large surfaces of a room in one colour: four walls and the ceiling."""
    walls = (0, 1, 2, 3, 5)
    paint = Material((0.6, 0.58, 0.52, 1.0), roughness=0.9)
    nodes = tuple(
        replace(node, material=paint) if number in walls else node
        for number, node in enumerate(made.scene.nodes)
    )
    return replace(made, scene=replace(made.scene, nodes=nodes))


def _with_materials(made: Place, change: Callable[[Material], Material]) -> Place:
    nodes = tuple(replace(node, material=change(node.material)) for node in made.scene.nodes)
    return replace(made, scene=replace(made.scene, nodes=nodes))


SCENES = {
    "object": Scene("object", 20),
    "glossy object": Scene("object", 20, glossy),
    "room": Scene("room", 28),
    "plain room": Scene("room", 28, plain),
    "facade": Scene("facade", 12),
}


@dataclass(frozen=True)
class Truth:
    """Points of the true surface, how many photographs show each, and whether it is poor in texture."""

    points: Floats
    seen_by: NDArray[np.int64]
    poor: NDArray[np.bool_]


def taken(scene: Scene, seed: int) -> tuple[Sequence, Place]:
    """Give photographs with shot noise, and between them as many that take no part."""
    made = scene.change(place(scene.place, seed))
    sensor = ImageSensor(electrons_at_white=8000, read_electrons=8)
    frames = sequence(scene.place, seed, 2 * scene.photographs - 1, sensor=sensor)
    return replace(frames, scene_at=lambda _: made.scene), made


def true_surface(frames: list[Frame]) -> Truth:
    """Collect what the photographs show."""
    points, poor = [], []
    for frame in frames:
        grey = cv2.cvtColor(frame.picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        # The noise of the chip is no texture.
        smooth = cv2.GaussianBlur(grey, (0, 0), 1.5)
        spread = cv2.blur(smooth**2, (11, 11)) - cv2.blur(smooth, (11, 11)) ** 2
        rows, columns = np.argwhere(_on_grid(frame.depth > 0)).T
        points.append(_in_world(frame, rows, columns))
        poor.append(spread[rows, columns] < POOR_GREY_LEVELS**2)
    all_points = np.concatenate(points)
    seen_by = np.sum([_sees(frame, all_points) for frame in frames], axis=0)
    return Truth(all_points, seen_by, np.concatenate(poor))


def _on_grid(known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep every third pixel of every third row."""
    kept = np.zeros_like(known)
    kept[1::3, 1::3] = known[1::3, 1::3]
    return kept


def _in_world(frame: Frame, rows: Any, columns: Any) -> Floats:
    camera = frame.camera
    depth = frame.depth[rows, columns].astype(float)
    local = np.stack(
        [(columns - camera.cx) / camera.fx * depth, (rows - camera.cy) / camera.fy * depth, depth], 1
    )
    return local @ camera.world_from_camera[:3, :3].T + camera.world_from_camera[:3, 3]


def _sees(frame: Frame, points: Floats) -> NDArray[np.bool_]:
    pose = frame.camera.camera_from_world
    depth = points @ pose[2, :3] + pose[2, 3]
    places = frame.camera.project(points)
    height, width = frame.depth.shape
    inside = (depth > 0) & np.isfinite(places).all(-1)
    inside &= (places > -0.5).all(-1) & (places[:, 0] < width - 0.5) & (places[:, 1] < height - 0.5)
    x, y = np.rint(np.where(inside[:, None], places, 0)).astype(int).T
    return inside & (np.abs(frame.depth[y, x] - depth) < 0.01 * depth)


def sampled(mesh: TexturedMesh) -> Floats:
    """Points spread evenly over the area of a mesh."""
    rng = np.random.default_rng(1)
    corners = mesh.positions[mesh.triangles].astype(float)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    chosen = rng.choice(len(areas), SAMPLES, p=areas / areas.sum())
    u, v = np.sort(rng.random((2, SAMPLES)), axis=0)[:, :, None]
    a, b, c = corners[chosen].transpose(1, 0, 2)
    return a * u + b * (v - u) + c * (1 - v)


def nearest(points: Floats, wanted: Floats) -> NDArray[np.int64]:
    """For each of `wanted`: the number of the nearest point."""
    return cKDTree(points).query(wanted)[1]


def distances(meshes: Iterable[tuple[Any, Any]], wanted: Floats) -> Floats:
    """For each of `wanted`: how far the nearest triangle of the meshes, positions and corners, is."""
    import open3d as o3d

    scene = o3d.t.geometry.RaycastingScene()
    for positions, triangles in meshes:
        scene.add_triangles(
            o3d.core.Tensor(np.ascontiguousarray(positions, np.float32)),
            o3d.core.Tensor(np.ascontiguousarray(triangles, np.uint32)),
        )
    return scene.compute_distance(o3d.core.Tensor(wanted.astype(np.float32))).numpy().astype(float)


def judged(mesh: TexturedMesh, truth: Truth, made: Place) -> str:
    """Tell precision, recall and F-score at the tolerance, and the median errors."""
    size = max(made.extent_m)
    tolerance = SHARE_OF_SIZE * size
    samples = sampled(mesh)
    numbers = nearest(truth.points, samples)
    errors = distances(((positions_of(node), node.mesh.triangles) for node in made.scene.nodes), samples)
    wanted = truth.seen_by >= 2
    gaps = distances([(mesh.positions, mesh.triangles)], truth.points[wanted])
    parts = []
    for title, poor in (("textured", False), ("poor", True)):
        of_class = truth.poor[wanted] == poor
        if of_class.mean() < 0.02:
            continue
        precision = (errors[truth.poor[numbers] == poor] < tolerance).mean()
        recall = (gaps[of_class] < tolerance).mean()
        score = 2 * precision * recall / max(precision + recall, 1e-9)
        parts.append(f"{title} ({of_class.mean():.0%}) F {score:.3f} = P {precision:.3f} R {recall:.3f}")
    medians = (
        f"accuracy {np.median(errors) / size:.4%}, completeness {np.median(gaps) / size:.4%} of the size"
    )
    return "; ".join((*parts, medians))


def held_out(mesh: TexturedMesh, frames: list[Frame], folder: Path) -> str:
    """Tell how like the pictures of cameras that took no part are, drawn from a GLB file."""
    path = folder / "mesh.glb"
    source = Provenance("benchmark", (), {}, "")
    write_glb(path, mesh, name="mesh", unit_known=True, provenance=source, pictures=PageFormat.PNG)
    scene, renderer = RenderScene(read_gltf(path)), NativeRenderer()
    ratios, shares = [], []
    for frame in frames:
        drawn = renderer.render(scene, frame.camera, RenderOptions(samples=4)).picture
        assert drawn is not None
        covered = drawn[..., 3] == 255
        shares.append(covered[frame.depth > 0].mean())
        errors = (drawn[..., :3].astype(float) - frame.picture)[covered]
        ratios.append(20 * np.log10(255 / np.sqrt((errors**2).mean())))
    return f"held out: PSNR {np.mean(ratios):.1f} dB on the {np.mean(shares):.0%} covered"


def poisson(points: DensePoints, size: float) -> TexturedMesh:
    """Screened Poisson by Open3D, trimmed where no dense point is near."""
    import open3d as o3d

    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points.positions.astype(float)))
    cloud.normals = o3d.utility.Vector3dVector(points.normals.astype(float))
    cloud.colors = o3d.utility.Vector3dVector(points.colours / 255.0)
    made, _ = o3d.geometry.TriangleMesh.create_from_point_cloud_poisson(cloud, depth=10)
    positions = np.asarray(made.vertices)
    apart, _ = cKDTree(points.positions).query(positions)
    made.remove_vertices_by_mask(apart > SHARE_OF_SIZE * size)
    return TexturedMesh(
        np.asarray(made.vertices).astype(np.float32),
        np.asarray(made.triangles).astype(np.int32),
        np.rint(np.asarray(made.vertex_colors) * 255).astype(np.uint8),
    )


@dataclass(frozen=True)
class Dense:
    """What the program knows before the mesh."""

    photographs: list[Photograph]
    model: SparseModel
    views: list[View]
    depth_maps: list[DepthMap]
    points: DensePoints


def dense(folder: Path, quality: str) -> Dense:
    """Run the program up to dense points, with the cameras of the folder."""
    photographs = [read_photograph(path) for path in photograph_files(folder / "images")]
    cameras = read_camera_set(folder / "cameras.json")
    model = find_structure(photographs, StructureOptions(cameras=cameras)).model
    options = DenseOptions.of(quality)
    views = dense_views(photographs, model, options.longest_side_px)
    depth_maps = find_depth_maps(views, model, options)
    return Dense(photographs, model, views, depth_maps, fuse_depth_maps(views, depth_maps, options))


def measure(name: str, quality: str, seed: int) -> None:
    """Make the meshes of a scene and print how good they are."""
    frames, made = taken(SCENES[name], seed)
    photographs = [frames.frame(number) for number in range(0, len(frames), 2)]
    others = [frames.frame(number) for number in range(1, len(frames), 6)]
    truth = true_surface(photographs)
    size = max(made.extent_m)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_photographs(replace(frames, times_s=frames.times_s[::2]), folder / "scene")
        known = dense(folder / "scene", quality)
        kept = np.mean([(one.depth > 0).mean() for one in known.depth_maps])
        print(f"{name}: {kept:.0%} of the pixels kept, {len(known.points.positions)} points", flush=True)
        for way in ("sense", "Open3D Poisson, trimmed"):
            started, cpu = time.perf_counter(), time.process_time()
            if way == "sense":
                mesh = make_mesh(known.views, known.depth_maps, known.points, MeshOptions.of(quality))
            else:
                mesh = poisson(known.points, size)
            spent = f"{time.perf_counter() - started:.1f} s, {time.process_time() - cpu:.1f} cpu"
            texture = texture_mesh(mesh, known.photographs, known.model.cameras, TextureOptions.of(quality))
            told = judged(mesh, truth, made), held_out(texture.mesh, others, folder)
            print(f"{name}, {way}: {'; '.join(told)}; {len(mesh.triangles)} triangles, {spent}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=list(SCENES), choices=list(SCENES))
    parser.add_argument("--quality", default="normal", choices=("draft", "normal", "high"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for name in options.only:
        measure(name, options.quality, options.seed)


if __name__ == "__main__":
    main()
