"""Open3D's fusion of depth frames, as a peer, and what a surface shows at a pose."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import required_peer
from reconstruction.fusion.depth_volume import DepthFrame, DepthVolume, VolumeOptions

Floats = NDArray[np.float64]
_BLOCK_EDGE, _BLOCKS = 16, 20000
_FAR_M = 8.0


@dataclass(frozen=True, eq=False)
class FusedSurface:
    """A surface, and what fusing cost.

    Parameters
    ----------
    positions, triangles : array
        (n, 3) metres, and (m, 3) vertices.
    milliseconds, cpu_milliseconds : float
        Median of a frame: wall time, and time of all threads.
    """

    positions: NDArray[np.float32]
    triangles: NDArray[np.int32]
    milliseconds: float
    cpu_milliseconds: float


def sense_fusion(frames: Sequence[DepthFrame], poses: Sequence[Floats], voxel_m: float) -> FusedSurface:
    """Fuse by the program's own way, with its defaults."""
    volume = DepthVolume(VolumeOptions(voxel_m=voxel_m))
    spent = _Spent()
    for frame, pose in zip(frames, poses, strict=True):
        with spent:
            volume.add(frame, pose)
    mesh = volume.surface(smallest_piece=1e-4)
    return FusedSurface(
        np.asarray(mesh.positions, np.float32), np.asarray(mesh.triangles, np.int32), *spent.medians_ms
    )


def open3d_fusion(frames: Sequence[DepthFrame], poses: Sequence[Floats], voxel_m: float) -> FusedSurface:
    """Fuse by `VoxelBlockGrid` with its defaults: truncated at eight voxels, seen three times at least."""
    open3d = required_peer("open3d")
    core, image = open3d.core, open3d.t.geometry.Image
    kinds = (core.float32, core.float32, core.float32)
    grid = open3d.t.geometry.VoxelBlockGrid(
        ("tsdf", "weight", "color"), kinds, ((1), (1), (3)), voxel_m, _BLOCK_EDGE, _BLOCKS
    )
    spent = _Spent()
    for frame, pose in zip(frames, poses, strict=True):
        assert frame.colours is not None
        millimetres = np.rint(1000 * np.nan_to_num(frame.depth_m)).astype(np.uint16)
        depth, colours = image(core.Tensor(millimetres)), image(core.Tensor(frame.colours))
        lens, camera = core.Tensor(frame.depth_intrinsics), core.Tensor(np.linalg.inv(pose))
        with spent:
            blocks = grid.compute_unique_block_coordinates(depth, lens, camera, 1000.0, _FAR_M)
            grid.integrate(blocks, depth, colours, lens, lens, camera, 1000.0, _FAR_M)
    mesh = grid.extract_triangle_mesh()
    positions, triangles = mesh.vertex.positions.numpy(), mesh.triangle.indices.numpy()
    return FusedSurface(positions, triangles.astype(np.int32), *spent.medians_ms)


def depths_seen(surface: FusedSurface, frame: DepthFrame, pose: Floats) -> NDArray[np.float32]:
    """Give what the surface would show in the frame's pixels: depths (h, w), infinite where nothing is."""
    open3d = required_peer("open3d")
    scene = open3d.t.geometry.RaycastingScene()
    scene.add_triangles(np.ascontiguousarray(surface.positions), surface.triangles.astype(np.uint32))
    k = frame.depth_intrinsics
    rows, columns = np.mgrid[: frame.depth_m.shape[0], : frame.depth_m.shape[1]]
    ahead = np.ones(rows.shape)
    # Of length 1 along the axis: the way along a ray is the depth.
    rays = np.stack([(columns - k[0, 2]) / k[0, 0], (rows - k[1, 2]) / k[1, 1], ahead], axis=-1)
    rays = rays @ pose[:3, :3].T
    start = np.broadcast_to(pose[:3, 3], rays.shape)
    cast = open3d.core.Tensor(np.concatenate([start, rays], axis=-1).astype(np.float32))
    return np.asarray(scene.cast_rays(cast)["t_hit"].numpy())


class _Spent:
    """Sums up wall and processor time of blocks of code."""

    def __init__(self) -> None:
        self._runs: list[tuple[float, float]] = []

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = self._began
        self._runs.append((time.perf_counter() - wall, time.process_time() - cpu))

    @property
    def medians_ms(self) -> tuple[float, float]:
        wall, cpu = 1000 * np.median(self._runs, axis=0)
        return float(wall), float(cpu)
