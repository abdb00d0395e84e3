"""Meshes and points in the form that VTK takes them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.native_scene import NativeScenes
from render.scene import PointNode, SceneNode, SurfaceNode

COLOURS = "senseColour"  # an attribute of the vertices
OTHER_HAND = 3.0  # length of a tangent where the texture is mirrored, which VTK does not know of


class VtkSurfaces:
    """Makes triangles with all that is known at their vertices; for the graphics thread.

    Normals, tangents and poses are those of the native renderer.
    """

    def __init__(self) -> None:
        self._scenes = NativeScenes()

    def data(self, node: SceneNode) -> Any:
        """Give the vtkPolyData of a node, in the world."""
        return self._points(node) if isinstance(node, PointNode) else self._triangles(node)

    def vertices(self, node: SceneNode) -> NDArray[np.float64]:
        """Give where the vertices or points of a node are, (n, 3)."""
        return self._scenes.world_vertices(node)

    def _triangles(self, node: SurfaceNode) -> Any:
        from vtkmodules.vtkCommonDataModel import vtkPolyData

        mesh, place = node.mesh, node.world_from_mesh
        pose = self._scenes.pose(node) or self._scenes.mesh(mesh).rest
        if mesh.skin is not None:
            place = np.eye(4)
        turn = place[:3, :3]
        positions = pose.positions @ turn.T + place[:3, 3]
        normals = pose.normals @ np.linalg.inv(turn) if np.linalg.det(turn) else pose.normals
        triangles = mesh.triangles
        columns: dict[str, NDArray[Any] | None] = {
            "uv": mesh.second_uv if _on_second_set(node) else mesh.uv,
            COLOURS: mesh.colours,
        }
        if node.material.normal_texture is not None and len(pose.tangents):
            hands = np.where(pose.tangents[:, 3:] < 0, OTHER_HAND, 1)
            columns["tangents"] = _unit(pose.tangents[:, :3] @ turn.T) * hands
        if np.linalg.det(turn) < 0:
            triangles = triangles[:, ::-1]
        if node.material.flat:
            corners = triangles.ravel()
            positions = positions[corners]
            normals = np.repeat(_face_normals(positions), 3, axis=0)
            columns = {name: None if rows is None else rows[corners] for name, rows in columns.items()}
            triangles = np.arange(len(corners)).reshape(-1, 3)
        made = vtkPolyData()
        made.SetPoints(_vertices(positions))
        made.SetPolys(_cells(triangles))
        made.GetPointData().SetNormals(_array(_unit(normals)))
        _add(made, columns)
        return made

    def _points(self, node: PointNode) -> Any:
        from vtkmodules.vtkCommonDataModel import vtkPolyData

        place = node.world_from_points
        count = len(node.points.positions)
        made = vtkPolyData()
        made.SetPoints(_vertices(node.points.positions @ place[:3, :3].T + place[:3, 3]))
        made.SetVerts(_cells(np.arange(count)[:, None]))
        _add(made, {COLOURS: node.points.colours})
        return made


def _on_second_set(node: SurfaceNode) -> bool:
    return any(texture.uv_set for texture in node.material.textures)


def has_colours(node: SceneNode) -> bool:
    """Tell whether the vertices or points of a node have colours of their own."""
    return (node.points if isinstance(node, PointNode) else node.mesh).colours is not None


def _add(made: Any, columns: dict[str, NDArray[Any] | None]) -> None:
    data = made.GetPointData()
    setters = {"uv": data.SetTCoords, COLOURS: data.AddArray, "tangents": data.SetTangents}
    for name, rows in columns.items():
        if rows is not None:
            array = _array(rows)
            array.SetName(name)
            setters[name](array)


def _face_normals(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b, c = corners.reshape(-1, 3, 3).transpose(1, 0, 2)
    return np.cross(b - a, c - a)


def _unit(vectors: NDArray[Any]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(length, 1e-30)).astype(np.float32)


def _array(rows: NDArray[Any]) -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtk

    return numpy_to_vtk(np.ascontiguousarray(rows, np.float32), deep=True)


def _vertices(positions: NDArray[Any]) -> Any:
    from vtkmodules.vtkCommonCore import vtkPoints

    points = vtkPoints()
    points.SetData(_array(positions))
    return points


def _cells(corners: NDArray[Any]) -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonDataModel import vtkCellArray

    width = corners.shape[1]
    cells = vtkCellArray()
    offsets = np.arange(0, corners.size + 1, width, dtype=np.int64)
    flat = np.ascontiguousarray(corners.ravel(), np.int64)
    cells.SetData(numpy_to_vtkIdTypeArray(offsets, deep=True), numpy_to_vtkIdTypeArray(flat, deep=True))
    return cells
