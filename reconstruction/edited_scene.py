"""A result as its edits leave it."""

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reconstruction.result_edits import CropBox, Dab, ResultEdits
from reconstruction.result_views import positions_of
from reconstruction.shown_result import Layer, ShownResult
from render.point_set import PointSet
from render.scene import PointNode, SceneNode, SurfaceNode

Bools = NDArray[np.bool_]


class EditedScene:
    """Gives the nodes of a result with what was cut away left out.

    Cutting looks at every point once: what was found for the same cuts is kept, and a longer stroke of the
    brush goes on from the shorter one.

    Parameters
    ----------
    result : ShownResult
        What is edited.
    """

    def __init__(self, result: ShownResult) -> None:
        self.result = result
        self._lock = threading.Lock()
        self._cuts: dict[Layer, tuple[CropBox | None, tuple[Dab, ...], tuple[SceneNode, ...]]] = {}
        self._brushed: dict[Layer, tuple[tuple[Dab, ...], list[Bools]]] = {}

    def nodes(self, layer: Layer, edits: ResultEdits) -> tuple[SceneNode, ...]:
        """Give a layer, cut and in the place that the edits give it."""
        return tuple(_moved(node, edits.transform.matrix) for node in self.cut(layer, edits))

    def cut(self, layer: Layer, edits: ResultEdits) -> tuple[SceneNode, ...]:
        """Give a layer, cut, where the reconstruction found it."""
        with self._lock:
            known = self._cuts.get(layer)
            if known is None or known[0] is not edits.crop or known[1] != edits.dabs:
                known = (edits.crop, edits.dabs, self._made(layer, edits))
                self._cuts[layer] = known
            return known[2]

    def count(self, layer: Layer) -> int:
        """Give the number of points or triangles of a layer, as it was cut last."""
        known = self._cuts.get(layer)
        nodes = self.result.layers[layer] if known is None else known[2]
        return sum(
            len(node.points.positions) if isinstance(node, PointNode) else len(node.mesh.triangles)
            for node in nodes
        )

    def _made(self, layer: Layer, edits: ResultEdits) -> tuple[SceneNode, ...]:
        nodes = self.result.layers[layer]
        if edits.crop is None and not edits.dabs:
            return nodes
        brushed = self._after_brush(layer, nodes, edits.dabs)
        left: list[SceneNode] = []
        for node, kept in zip(nodes, brushed, strict=True):
            inside = kept if edits.crop is None else kept & edits.crop.holds(positions_of(node))
            rest = _kept(node, inside)
            if rest is not None:
                left.append(rest)
        return tuple(left)

    def _after_brush(self, layer: Layer, nodes: tuple[SceneNode, ...], dabs: tuple[Dab, ...]) -> list[Bools]:
        known, kept = self._brushed.get(layer, ((), []))
        if not kept or dabs[: len(known)] != known:
            known, kept = (), [np.ones(len(positions_of(node)), bool) for node in nodes]
        if len(dabs) > len(known):
            kept = [
                mask & ~_in_dabs(positions_of(node), dabs[len(known) :])
                for node, mask in zip(nodes, kept, strict=True)
            ]
        self._brushed[layer] = (dabs, kept)
        return kept


def _in_dabs(points: NDArray[np.float64], dabs: tuple[Dab, ...]) -> Bools:
    hit = np.zeros(len(points), bool)
    for dab in dabs:
        near = np.flatnonzero(np.abs(points[:, 0] - dab.centre[0]) <= dab.radius)
        apart = np.linalg.norm(points[near] - dab.centre, axis=1)
        hit[near[apart <= dab.radius]] = True
    return hit


def _moved(node: SceneNode, matrix: NDArray[np.float64]) -> SceneNode:
    if np.array_equal(matrix, np.eye(4)):
        return node
    if isinstance(node, PointNode):
        return replace(node, world_from_points=matrix @ node.world_from_points)
    return replace(node, world_from_mesh=matrix @ node.world_from_mesh)


def _kept(node: SceneNode, kept: Bools) -> SceneNode | None:
    """Give what is left of a node; None where nothing is."""
    if kept.all():
        return node
    if isinstance(node, SurfaceNode):
        triangles = node.mesh.triangles[kept[node.mesh.triangles].all(axis=1)]
        return replace(node, mesh=replace(node.mesh, triangles=triangles)) if len(triangles) else None
    if not kept.any():
        return None
    points = node.points
    rest = PointSet(
        points.positions[kept],
        points.radii if len(points.radii) == 1 else points.radii[kept],
        points.unit,
        None if points.normals is None else points.normals[kept],
        None if points.colours is None else points.colours[kept],
    )
    return replace(node, points=rest)
