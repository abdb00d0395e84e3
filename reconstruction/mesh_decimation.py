"""Meshes of fewer triangles."""

from collections.abc import Sequence

from core.progress import SILENT, PartProgress, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.stoppable import run_stoppable


def decimated(
    mesh: TexturedMesh,
    most_triangles: int,
    *,
    largest_error: float = float("inf"),
    progress: Progress = SILENT,
) -> TexturedMesh:
    """Reduce a mesh by collapsing edges, flat places first (Garland and Heckbert, SIGGRAPH 1997).

    A manifold stays a manifold, and its holes and handles stay as they are: therefore more triangles than
    asked for may be left.

    Parameters
    ----------
    mesh : TexturedMesh
        A manifold. Its colours and texture are not kept.
    most_triangles : int
        To be left.
    largest_error : float
        In the scene's unit: no collapse moves the surface further.
    progress : Progress
        Cancels.

    Raises
    ------
    Cancelled
        When the progress was cancelled.
    """
    from native import _core

    if len(mesh.triangles) <= most_triangles:
        return TexturedMesh(mesh.positions, mesh.triangles)
    made = run_stoppable(
        lambda stop: _core.decimate_mesh(
            mesh.positions, mesh.triangles, most_triangles, min(largest_error, 1e150), stop
        ),
        progress,
    )
    return TexturedMesh(*made)


def levels_of_detail(
    mesh: TexturedMesh, most_triangles: Sequence[int], *, progress: Progress = SILENT
) -> list[TexturedMesh]:
    """Give the mesh with at most each of these numbers of triangles, each made of the one before.

    Raises
    ------
    ValueError
        When the numbers do not fall.
    Cancelled
        When the progress was cancelled.
    """
    if sorted(most_triangles, reverse=True) != list(most_triangles):
        raise ValueError("most_triangles")
    levels: list[TexturedMesh] = []
    for number, most in enumerate(most_triangles):
        part = PartProgress(progress, number / len(most_triangles), (number + 1) / len(most_triangles))
        levels.append(decimated(levels[-1] if levels else mesh, most, progress=part))
        part.report(1.0)
    return levels
