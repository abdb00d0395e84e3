"""From cameras and sparse points to dense points and a mesh: the stages after the cameras, one by one."""

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
from reconstruction.peak_memory import peak_memory_bytes
from reconstruction.photograph import Photograph
from reconstruction.sparse_model import SparseModel
from reconstruction.view import undistorted_view


class SurfaceStage(StrEnum):
    """The stages of a surface, in their order."""

    DENSE = "dense"
    MESH = "mesh"


@dataclass(frozen=True)
class SurfaceOptions:
    """How a surface is made.

    Parameters
    ----------
    dense : DenseOptions
        Of dense stereo and fusion.
    mesh : MeshOptions
        Of the mesh.
    last : SurfaceStage
        The last stage to run.
    """

    dense: DenseOptions = field(default_factory=DenseOptions)
    mesh: MeshOptions = field(default_factory=MeshOptions)
    last: SurfaceStage = SurfaceStage.MESH

    @staticmethod
    def of(quality: str, last: SurfaceStage, seed: int) -> "SurfaceOptions":
        """Give the options for "draft", "normal" or "high"."""
        return SurfaceOptions(DenseOptions.of(quality, seed=seed), MeshOptions.of(quality), last)


@dataclass(frozen=True, eq=False)
class Surface:
    """What the photographs show, as a surface.

    Parameters
    ----------
    points : DensePoints
        In the cameras' world.
    mesh : TexturedMesh, optional
        With colours at its vertices; None where dense points were the last stage.
    costs : mapping
        Seconds and peak memory by stage.
    """

    points: DensePoints
    mesh: TexturedMesh | None
    costs: dict[str, dict[str, float | int | None]]


def make_surface(
    photographs: Sequence[Photograph],
    model: SparseModel,
    options: SurfaceOptions,
    *,
    progress: Progress = SILENT,
) -> Surface:
    """Run dense stereo on the registered photographs, fuse what they see, and make a mesh of it.

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
    views = []
    for done, one in enumerate(registered):
        progress.report(0.1 * done / len(registered))
        views.append(undistorted_view(one, model.cameras[one.name], side))
    maps = find_depth_maps(views, model, options.dense, progress=PartProgress(progress, 0.1, 0.7))
    points = fuse_depth_maps(views, maps, options.dense, progress=PartProgress(progress, 0.7, 0.75))
    costs = {SurfaceStage.DENSE.value: _cost(started)}
    if options.last is SurfaceStage.DENSE:
        return Surface(points, None, costs)
    started = time.perf_counter()
    mesh = make_mesh(views, maps, points, options.mesh, progress=PartProgress(progress, 0.75, 1.0))
    costs[SurfaceStage.MESH.value] = _cost(started)
    return Surface(points, mesh, costs)


def _cost(started_s: float) -> dict[str, float | int | None]:
    return {"seconds": time.perf_counter() - started_s, "peak_memory_bytes": peak_memory_bytes()}
