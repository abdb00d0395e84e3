"""Charts: connected faces of a mesh that are textured from one view."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.progress import Progress
from native import _core
from reconstruction.face_views import Candidates
from reconstruction.mesh_edges import InnerEdges, connected_parts
from reconstruction.stoppable import run_stoppable

_ITERATIONS = 12


@dataclass(frozen=True, eq=False)
class Charts:
    """Faces and vertices by charts. A face that no view shows is a chart of its own.

    Parameters
    ----------
    triangles : (m, 3) int32
        Vertex numbers of the mesh.
    view_of_face : (m,) int32
        -1 where no view shows it.
    of_face : (m,) int32
        The chart of each face.
    """

    triangles: NDArray[np.int32]
    view_of_face: NDArray[np.int32]
    of_face: NDArray[np.int32]

    @cached_property
    def _split(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        key = self.of_face[:, None].astype(np.int64) << 32 | self.triangles
        keys, corners = np.unique(key, return_inverse=True)
        return keys, corners.reshape(-1, 3).astype(np.int32)

    @property
    def corners(self) -> NDArray[np.int32]:
        """The faces' corners, (m, 3), as numbers of split vertices: one for each chart at a vertex."""
        return self._split[1]

    @property
    def vertices(self) -> NDArray[np.int64]:
        """The vertex of the mesh of each split vertex."""
        return self._split[0] & 0xFFFFFFFF

    def numbers(self, charts: NDArray[np.int32], vertices: NDArray[np.int32]) -> NDArray[np.int32]:
        """Give the split vertices of vertices in charts that they belong to."""
        key = charts.astype(np.int64) << 32 | vertices
        return np.searchsorted(self._split[0], key).astype(np.int32)


def choose_views(
    candidates: Candidates,
    edges: InnerEdges,
    lengths: NDArray[np.float32],
    smoothness: float,
    progress: Progress,
) -> NDArray[np.int32]:
    """Choose a view for every face: large pictures of it, and few seams.

    Parameters
    ----------
    candidates : Candidates
        The views that show each face.
    edges : InnerEdges
        Of the mesh.
    lengths : (e,) float32
        Of the edges.
    smoothness : float
        What a seam as long as a typical edge costs; a view in which a face has no size at all costs 1 more
        than the best one.
    """
    best = candidates.areas.max(axis=1, keepdims=True)
    costs = 1 - candidates.areas / np.maximum(best, 1e-12)
    typical = float(np.median(lengths)) if len(lengths) else 1.0
    weights = smoothness * np.clip(lengths / max(typical, 1e-12), 0.2, 5.0)
    columns = np.empty(len(costs), np.int32)

    def label(stop: _core.StopFlag) -> bool:
        return _core.label_views(
            candidates.views, costs, edges.faces, weights.astype(np.float32), _ITERATIONS, columns, stop
        )

    run_stoppable(label, progress)
    chosen = np.take_along_axis(candidates.views, np.maximum(columns, 0)[:, None], axis=1)[:, 0]
    return np.where(columns >= 0, chosen, -1).astype(np.int32)


def make_charts(triangles: NDArray[np.int32], view_of_face: NDArray[np.int32], edges: InnerEdges) -> Charts:
    """Join neighbouring faces with the same view."""
    sides = view_of_face[edges.faces]
    same = (sides[:, 0] == sides[:, 1]) & (sides[:, 0] >= 0)
    parts = connected_parts(len(triangles), edges.faces[same])
    return Charts(triangles, view_of_face, parts)
