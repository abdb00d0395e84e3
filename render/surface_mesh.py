"""Triangles and points to be drawn."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.mesh import Mesh
from render.figure import MorphTarget, Skin

Floats = NDArray[np.float32]


def _check_rows(what: str, rows: NDArray[Any] | None, columns: int, count: int | None = None) -> None:
    if rows is None:
        return
    if rows.ndim != 2 or rows.shape[1] != columns or (count is not None and len(rows) != count):
        raise ValueError(f"{what}: {rows.shape}")
    if not np.isfinite(rows).all():
        raise ValueError(f"{what}: not finite")


@dataclass(frozen=True, eq=False)
class SurfaceMesh:
    """Triangles with what is known at their vertices.

    Parameters
    ----------
    positions : (n, 3) float32
        In the unit of the scene.
    triangles : (m, 3) int32
        Vertex numbers, counterclockwise seen from the front.
    normals : (n, 3) float32, optional
        Unit vectors; found from the triangles around a vertex when not given.
    uv : (n, 2) float32, optional
        Texture coordinates, (0, 0) in the upper left corner of the picture, as in glTF.
    second_uv : (n, 2) float32, optional
        Another set of texture coordinates.
    colours : (n, 4) float32, optional
        Linear RGBA, multiplied into the material's.
    tangents : (n, 4) float32, optional
        As in glTF, along the coordinates of a normal map; found from `uv` when not given.
    targets : tuple of MorphTarget
        Shapes that are mixed in.
    skin : Skin, optional
        Joints that turn the vertices.
    """

    positions: Floats
    triangles: NDArray[np.int32]
    normals: Floats | None = None
    uv: Floats | None = None
    colours: Floats | None = None
    tangents: Floats | None = None
    second_uv: Floats | None = None
    targets: tuple[MorphTarget, ...] = ()
    skin: Skin | None = None

    def __post_init__(self) -> None:
        """Check the shapes and that every triangle has its vertices."""
        count = len(self.positions)
        _check_rows("positions", self.positions, 3)
        _check_rows("triangles", self.triangles, 3)
        _check_rows("normals", self.normals, 3, count)
        _check_rows("uv", self.uv, 2, count)
        _check_rows("second_uv", self.second_uv, 2, count)
        _check_rows("colours", self.colours, 4, count)
        _check_rows("tangents", self.tangents, 4, count)
        if self.triangles.size and not 0 <= self.triangles.min() <= self.triangles.max() < count:
            raise ValueError("a triangle without its vertices")
        if any(len(target.positions) != count for target in self.targets):
            raise ValueError("a target of another mesh")
        if self.skin is not None and len(self.skin.joints) != count:
            raise ValueError("the skin of another mesh")

    @staticmethod
    def of_mesh(mesh: Mesh) -> "SurfaceMesh":
        """Take over a surface in the patient; the scene is then in LPS millimetres."""
        return SurfaceMesh(mesh.vertices_lps_mm.astype(np.float32), mesh.triangles.astype(np.int32))
