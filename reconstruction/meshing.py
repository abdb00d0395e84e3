"""From depth maps to a surface of triangles.

The signed distances to what the views see are averaged in voxels near the surface (Curless and Levoy, A
Volumetric Method for Building Complex Models from Range Images, SIGGRAPH 1996): what one view takes for a
surface and others look through disappears, and where nothing was seen the surface stays open, without what
averaging adds behind its edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.dense_points import DensePoints
from reconstruction.depth_map import DepthMap
from reconstruction.hole_filling import holes_filled
from reconstruction.mesh_decimation import decimated
from reconstruction.stoppable import run_stoppable
from reconstruction.unseen_trimming import without_unseen_edges
from reconstruction.vertex_colours import vertex_colours
from reconstruction.view import View
from reconstruction.world_box import WorldBox

if TYPE_CHECKING:
    from native._core import DepthView

_COARSER = 1.25  # by so much voxels grow until they are few enough
_BLOCK = 8
_CERTAIN = 3  # views that see the same; what fewer see, and planes, give way to it


@dataclass(frozen=True)
class MeshOptions:
    """How fine a mesh is made.

    Parameters
    ----------
    voxel_in_pixels : float
        Edge of a voxel, in the pixels of the depth maps: what a pixel covers of the surface, their median.
    truncation_in_voxels : float
        So far from a surface distances are averaged; more than what depths err.
    most_blocks : int
        Of 8 x 8 x 8 voxels; voxels grow until the scene fits. 2 KiB each.
    views : int
        So many depth maps must have seen the surface.
    smallest_piece : float
        Pieces of a smaller area are left out; share of the largest one's.
    smoothing_turns : int
        Of Taubin's filter, against steps of the depth's noise.
    most_triangles : int, optional
        Of the result; None keeps all.
    largest_hole : float
        Holes up to this size are closed: share of the mesh's diagonal, above 1 all.
    box : WorldBox, optional
        Nothing outside is kept; where it cuts the surface that is open, or closed as a hole.
    """

    voxel_in_pixels: float = 1.0
    truncation_in_voxels: float = 4.0
    most_blocks: int = 150_000
    views: int = 1
    smallest_piece: float = 0.005
    smoothing_turns: int = 2
    most_triangles: int | None = 800_000
    largest_hole: float = 0.0
    box: WorldBox | None = None

    @staticmethod
    def of(quality: str) -> "MeshOptions":
        """Give the options for "draft", "normal" or "high"."""
        voxels = {"draft": 1.5, "normal": 1.0, "high": 1.0}
        blocks = {"draft": 60_000, "normal": 150_000, "high": 500_000}
        triangles = {"draft": 150_000, "normal": 800_000, "high": 4_000_000}
        return MeshOptions(voxels[quality], most_blocks=blocks[quality], most_triangles=triangles[quality])


def make_mesh(
    views: Sequence[View],
    depth_maps: Sequence[DepthMap],
    points: DensePoints,
    options: MeshOptions = MeshOptions(),
    *,
    progress: Progress = SILENT,
) -> TexturedMesh:
    """Make the surface that the depth maps agree on, with colours at its vertices.

    Every edge is one of at most two triangles and the triangles around every vertex are one fan. Where
    nothing was seen the surface is open, but for holes that the options close.

    Parameters
    ----------
    views : sequence of View
        Give the colours.
    depth_maps : sequence of DepthMap
        Of the views, verified.
    points : DensePoints
        Give the colours of what no view sees by itself.
    options : MeshOptions
        How fine.
    progress : Progress
        Reports and cancels.

    Raises
    ------
    BadInput
        When the depth maps show no surface.
    Cancelled
        When the progress was cancelled.
    """
    seen = [_native_view(depth_map) for depth_map in depth_maps]
    fitted = voxel_size(depth_maps, seen, options, progress=PartProgress(progress, 0.0, 0.1))
    positions, triangles = _surface(seen, depth_maps, fitted, options, PartProgress(progress, 0.1, 0.6))
    if not len(triangles):
        raise _no_surface()
    mesh = TexturedMesh(positions, triangles)
    if options.largest_hole > 0:
        largest = options.largest_hole * float(np.linalg.norm(np.ptp(positions, axis=0)))
        mesh = holes_filled(mesh, largest, progress=progress)
    if options.most_triangles is not None:
        part = PartProgress(progress, 0.6, 0.8)
        mesh = decimated(mesh, options.most_triangles, progress=part)
    progress.report(0.8)
    part = PartProgress(progress, 0.8, 1.0)
    if options.box is not None:  # smoothing and decimation move vertices
        mesh = replace(mesh, positions=np.clip(mesh.positions, options.box.low, options.box.high))
    return replace(mesh, colours=vertex_colours(mesh, views, depth_maps, points, fitted, progress=part))


def voxel_size(
    depth_maps: Sequence[DepthMap],
    seen: "Sequence[DepthView]",
    options: MeshOptions,
    *,
    progress: Progress = SILENT,
) -> float:
    """Choose the voxels' edge, in the scene's unit, such that the scene fits into the memory allowed.

    Raises
    ------
    BadInput
        When no depth is known.
    Cancelled
        When the progress was cancelled.
    """
    from native import _core

    sizes = [
        depth_map.depth[depth_map.depth > 0] / depth_map.camera.intrinsics[0, 0] for depth_map in depth_maps
    ]
    if not any(map(len, sizes)):
        raise _no_surface()
    voxel = float(np.median(np.concatenate([part[::7] for part in sizes]))) * options.voxel_in_pixels
    while True:
        truncation = options.truncation_in_voxels * voxel
        count = run_stoppable(
            lambda stop: _core.count_depth_blocks(seen, voxel, truncation, stop),  # noqa: B023
            progress,
        )
        if count <= options.most_blocks:
            return voxel
        voxel *= max(_COARSER, (count / options.most_blocks) ** 0.5)


def _native_view(depth_map: DepthMap) -> "DepthView":
    from native import _core

    rotation, centre = depth_map.camera.pose
    doubtful = depth_map.verified_by < _CERTAIN
    if depth_map.laid is not None:
        doubtful |= depth_map.laid
    return _core.DepthView(
        np.ascontiguousarray(depth_map.depth, np.float32),
        np.ascontiguousarray(depth_map.normals, np.float32),
        np.ascontiguousarray(depth_map.camera.intrinsics, float),
        np.ascontiguousarray(rotation, float),
        np.ascontiguousarray(centre, float),
        doubtful.astype(np.uint8),
    )


def _surface(
    seen: "Sequence[DepthView]",
    depth_maps: Sequence[DepthMap],
    voxel: float,
    options: MeshOptions,
    progress: Progress,
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    from native import _core

    truncation = options.truncation_in_voxels * voxel
    positions, triangles = run_stoppable(
        lambda stop: _core.depth_surface(seen, voxel, truncation, options.views, stop),
        progress,
    )
    progress.report(0.6)
    triangles = without_unseen_edges(positions, triangles, depth_maps, progress=progress)
    progress.report(0.7)
    if options.box is not None:
        inside = ((positions >= options.box.low) & (positions <= options.box.high)).all(axis=1)
        triangles = np.ascontiguousarray(triangles[inside[triangles].all(axis=1)])
    positions, triangles = _core.make_manifold(positions, triangles)
    progress.report(0.85)
    positions, triangles = _core.keep_large_pieces(positions, triangles, options.smallest_piece)
    progress.report(0.9)
    return _core.smooth_mesh(positions, triangles, options.smoothing_turns)


def _no_surface() -> BadInput:
    return BadInput(
        message(QT_TRANSLATE_NOOP("Message", "The depth maps show no surface.")),
        hint=message(QT_TRANSLATE_NOOP("Message", "Add photographs from nearby places that overlap more.")),
    )
