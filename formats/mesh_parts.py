"""The parts of a textured mesh that have one material each, as files store them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.textured_mesh import TexturedMesh


@dataclass(frozen=True, eq=False)
class MeshPart:
    """What lies on one page.

    Parameters
    ----------
    page : int, optional
        The page; None for a mesh without a texture.
    vertices : (k,) int64
        Which vertices of the mesh belong to it.
    triangles : (m, 3) int32
        Counted in `vertices`.
    """

    page: int | None
    vertices: NDArray[np.int64]
    triangles: NDArray[np.int32]


def mesh_parts(mesh: TexturedMesh) -> Iterator[MeshPart]:
    """Give the parts in the order of their pages; pages that nothing lies on, and loose vertices, are none.

    Raises
    ------
    ValueError
        When the mesh has no triangle.
    """
    if not len(mesh.triangles):
        raise ValueError("triangles")
    if not mesh.pages:
        yield _part(mesh, None, mesh.triangles)
        return
    page_of = mesh.page_of_triangle
    for page in range(len(mesh.pages)):
        chosen = mesh.triangles if page_of is None and page == 0 else mesh.triangles[:0]
        if page_of is not None:
            chosen = mesh.triangles[page_of == page]
        if len(chosen):
            yield _part(mesh, page, chosen)


def _part(mesh: TexturedMesh, page: int | None, triangles: NDArray[np.int32]) -> MeshPart:
    used = np.zeros(len(mesh.positions), np.bool_)
    used[triangles.reshape(-1)] = True
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return MeshPart(page, np.flatnonzero(used), number[triangles])
