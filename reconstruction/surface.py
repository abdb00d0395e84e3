"""From cameras and sparse points to dense points and a textured mesh, stage by stage."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.progress import SILENT, PartProgress, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.dense_points import DensePoints
from reconstruction.dense_stereo import DenseOptions, find_depth_maps
from reconstruction.depth_fusion import fuse_depth_maps
from reconstruction.meshing import MeshOptions, make_mesh
from reconstruction.neighbours import seen_points
from reconstruction.peak_memory import peak_memory_bytes
from reconstruction.photograph import Photograph
from reconstruction.sky import without_sky
from reconstruction.sparse_model import SparseModel
from reconstruction.texturing import TextureOptions, texture_mesh
from reconstruction.view import undistorted_view


class SurfaceStage(StrEnum):
    """The stages of a surface, in their order."""

    DENSE = "dense"
    MESH = "mesh"
    TEXTURE = "texture"


@dataclass(frozen=True)
class SurfaceOptions:
    """How a surface is made.

    Parameters
    ----------
    dense : DenseOptions
        Of dense stereo and fusion.
    mesh : MeshOptions
        Of the mesh.
    texture : TextureOptions
        Of its texture.
    last : SurfaceStage
        The last stage to run.
    """

    dense: DenseOptions = field(default_factory=DenseOptions)
    mesh: MeshOptions = field(default_factory=MeshOptions)
    texture: TextureOptions = field(default_factory=TextureOptions)
    last: SurfaceStage = SurfaceStage.TEXTURE

    @staticmethod
    def of(quality: str, last: SurfaceStage, seed: int) -> "SurfaceOptions":
        """Give the options for "draft", "normal" or "high"."""
        return SurfaceOptions(
            DenseOptions.of(quality, seed=seed), MeshOptions.of(quality), TextureOptions.of(quality), last
        )


@dataclass(frozen=True, eq=False)
class Surface:
    """What the photographs show, as a surface.

    Parameters
    ----------
    points : DensePoints
        In the cameras' world.
    mesh : TexturedMesh, optional
        With a texture, or colours at its vertices where the mesh was the last stage; None where dense points
        were.
    filled_share : float, optional
        Share of the faces of a texture that no photograph shows.
    costs : mapping
        Seconds and peak memory by stage.
    """

    points: DensePoints
    mesh: TexturedMesh | None
    costs: dict[str, dict[str, float | int | None]]
    filled_share: float | None = None


def make_surface(
    photographs: Sequence[Photograph],
    model: SparseModel,
    options: SurfaceOptions,
    *,
    progress: Progress = SILENT,
) -> Surface:
    """Run dense stereo on the registered photographs, fuse what they see, make a mesh of it and texture it.

    Raises
    ------
    BadInput
        When the photographs overlap too little, or show no surface.
    Cancelled
        When the progress was cancelled.
    """
    started = time.perf_counter()
    registered = [one for one in photographs if one.name in model.cameras]
    side = options.dense.longest_side_px
    cameras = [model.cameras[one.name] for one in registered]
    seen = seen_points(cameras, [one.name for one in registered], model)
    views = []
    for done, (one, camera, mine) in enumerate(zip(registered, cameras, seen, strict=True)):
        progress.report(0.08 * done / len(registered))
        views.append(without_sky(undistorted_view(one, camera, side), model.points[mine]))
    maps = find_depth_maps(views, model, options.dense, progress=PartProgress(progress, 0.08, 0.6))
    points = fuse_depth_maps(views, maps, options.dense, progress=PartProgress(progress, 0.6, 0.65))
    costs = {SurfaceStage.DENSE.value: _cost(started)}
    if options.last is SurfaceStage.DENSE:
        return Surface(points, None, costs)
    started = time.perf_counter()
    mesh = make_mesh(views, maps, points, options.mesh, progress=PartProgress(progress, 0.65, 0.8))
    costs[SurfaceStage.MESH.value] = _cost(started)
    if options.last is SurfaceStage.MESH:
        return Surface(points, mesh, costs)
    started = time.perf_counter()
    del views, maps
    part = PartProgress(progress, 0.8, 1.0)
    texture = texture_mesh(mesh, registered, model.cameras, options.texture, progress=part)
    costs[SurfaceStage.TEXTURE.value] = _cost(started)
    return Surface(points, texture.mesh, costs, texture.filled_share)


def _cost(started_s: float) -> dict[str, float | int | None]:
    return {"seconds": time.perf_counter() - started_s, "peak_memory_bytes": peak_memory_bytes()}
