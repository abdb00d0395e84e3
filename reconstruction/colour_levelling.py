"""Colours that agree where charts meet, and colours for what no view shows."""

import numpy as np
from numpy.typing import NDArray

from core.progress import Progress
from native import _core
from reconstruction.face_views import projected
from reconstruction.mesh_edges import InnerEdges
from reconstruction.stoppable import run_stoppable
from reconstruction.texture_charts import Charts
from reconstruction.view import View

Floats = NDArray[np.float32]
_ALONG = np.array([0.05, 0.275, 0.5, 0.725, 0.95])
_SMOOTHNESS = 0.1
_ANCHOR = 1e-3
_MOST_ITERATIONS = 500
_TOLERANCE = 1e-3
_KNOWN = 100.0  # weight of a colour that views show


class Seams:
    """What both sides of every seam show, and the adjustments that bring them together.

    After Lempitsky and Ivanov (Seamless mosaicing of image-based texture maps, CVPR 2007) and Waechter,
    Moehrle and Goesele (ECCV 2014): colours are compared along the whole of the edges.

    Parameters
    ----------
    charts : Charts
        Of the mesh.
    edges : InnerEdges
        Of the mesh.
    positions : (n, 3) float32
        Of its vertices.
    """

    def __init__(self, charts: Charts, edges: InnerEdges, positions: Floats) -> None:
        sides = charts.of_face[edges.faces]
        views = charts.view_of_face[edges.faces]
        seam = (sides[:, 0] != sides[:, 1]) & (views >= 0).all(axis=1)
        self._charts, self._positions = charts, positions.astype(np.float64)
        self._ends, self._sides, self._views = edges.vertices[seam], sides[seam], views[seam]
        self._colours = np.zeros((len(self._ends), 2, 2, 3), np.float32)  # edge, side, end

    def look(self, number: int, view: View, gain: Floats) -> None:
        """Note what a view shows along the seams of its charts."""
        import cv2

        blurred = cv2.blur(view.colours, (3, 3))
        width, height = view.camera.size
        for side in (0, 1):
            chosen = np.flatnonzero(self._views[:, side] == number)
            first, last = (self._positions[self._ends[chosen, end]] for end in (0, 1))
            places = first[:, None] + _ALONG[:, None] * (last - first)[:, None]
            pixels, _ = projected(view.camera, places.reshape(-1, 3))
            column, row = np.clip(np.rint(pixels), 0, (width - 1, height - 1)).astype(np.int64).T
            seen = blurred[row, column].reshape(len(chosen), len(_ALONG), 3) * gain
            for end, share in enumerate((1 - _ALONG, _ALONG)):
                self._colours[chosen, side, end] = np.einsum("p,epc->ec", share / share.sum(), seen)

    def adjustments(self, progress: Progress) -> Floats:
        """Give what is to be added at every split vertex, (k, 3) in sRGB levels."""
        numbers, sides, vertices = self._charts.numbers, self._sides, self._ends
        ends = [numbers(sides[:, side], vertices[:, end]) for end in (0, 1) for side in (0, 1)]
        pairs = np.concatenate([np.stack(ends[:2], 1), np.stack(ends[2:], 1)])
        steps = np.concatenate([self._colours[:, 0, end] - self._colours[:, 1, end] for end in (0, 1)])
        corners = self._charts.corners[self._charts.view_of_face >= 0]
        smooth = corners[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
        count = len(self._charts.vertices)
        return fitted(
            np.concatenate([pairs, smooth]),
            np.concatenate([np.ones(len(pairs)), np.full(len(smooth), _SMOOTHNESS)]),
            np.concatenate([steps, np.zeros((len(smooth), 3), np.float32)]),
            np.full(count, _ANCHOR),
            np.zeros((count, 3)),
            progress,
        )


def spread_colours(charts: Charts, colours: Floats, known: NDArray[np.bool_], progress: Progress) -> Floats:
    """Give every vertex of the mesh a colour (n, 3), smooth where none is known.

    Parameters
    ----------
    charts : Charts
        Of the mesh.
    colours : (n, 3) float32
        Where `known`, what views show there; elsewhere what is taken where nothing known is connected.
    known : (n,) bool
        Which vertices views show.
    """
    pairs = charts.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    anchors = np.where(known, _KNOWN, 1e-5)
    steps = np.zeros((len(pairs), 3), np.float32)
    return fitted(pairs, np.ones(len(pairs)), steps, anchors, colours, progress)


def fitted(
    pairs: NDArray[np.int32],
    weights: NDArray[np.floating],
    steps: NDArray[np.floating],
    anchors: NDArray[np.floating],
    targets: NDArray[np.floating],
    progress: Progress,
) -> Floats:
    """Find values whose steps along pairs, and whose distances from their targets, are least squares."""
    out = np.empty(targets.shape, np.float32)
    edges = np.ascontiguousarray(pairs, np.int32)
    weight, step, anchor, target = (
        np.ascontiguousarray(one, np.float32) for one in (weights, steps, anchors, targets)
    )

    def fit(stop: _core.StopFlag) -> bool:
        return _core.fit_differences(
            edges, weight, step, anchor, target, _MOST_ITERATIONS, _TOLERANCE, out, stop
        )

    run_stoppable(fit, progress)
    return out
