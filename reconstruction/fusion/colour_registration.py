"""How the colour camera sits beside the depth camera: measured from the recording itself.

Where something stands before a background, depth jumps and colours mostly change. Where the colour pictures
were not brought onto the depth pictures, those edges do not meet. The place, turn and focal length of the
colour camera with which they meet best are found on two halves of the recording; only what both halves agree
on is believed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from reconstruction.fusion.depth_volume import DepthFrame

Floats = NDArray[np.float64]

_JUMP_M, _JUMP_PER_SQUARE = 0.1, 0.03
_BORDER, _MOST_POINTS, _LEAST_POINTS = 8, 800, 60
# Far from the place, turn and focal length are enough; shifts would only be mistaken for them.
_COARSE_PX, _BLURS_PX = 4.0, (16.0, 8.0, 4.0, 4.0, 2.0, 1.0)
_STRONGEST_SLOPE = 12.0
# Logarithm of the focal length, turn in radians, shift in metres: one step of the search.
_STEPS = np.array([0.05, 0.01, 0.01, 0.01, 0.01, 0.01, 0.005])
_FARTHEST = np.array([0.25, 0.12, 0.12, 0.12, 0.15, 0.1, 0.06])
# Edges meet so much better, in standard deviations of the slope.
_LEAST_GAIN, _LEAST_SHIFT_PX = 0.15, 1.5


@dataclass(frozen=True, eq=False)
class ColourRegistration:
    """Whether colour lies on depth, and the camera with which it does.

    Parameters
    ----------
    focal_factor : float
        Focal length of the colour camera by that of the depth camera.
    colour_from_depth : (4, 4) float64
        Where the depth camera is from the colour camera.
    shift_px : float
        How far off the colours lie without correction, median over edges.
    disagreement_px : float
        How far the two halves of the recording differ in where they put the colours, median over edges.
    edges_before, edges_after : float
        Mean steepness of the colours at edges of the depth, in standard deviations over the picture.
    """

    focal_factor: float
    colour_from_depth: Floats
    shift_px: float
    disagreement_px: float
    edges_before: float
    edges_after: float

    @property
    def is_needed(self) -> bool:
        """Whether the colours certainly lie off, and it is certain where they belong."""
        return (
            self.shift_px > _LEAST_SHIFT_PX
            and self.disagreement_px < max(1.0, 0.25 * self.shift_px)
            and self.edges_after - self.edges_before > _LEAST_GAIN
        )

    def corrected(self, frame: DepthFrame) -> DepthFrame:
        """Give a frame whose colours are looked up through the colour camera."""
        if not self.is_needed:
            return frame
        matrix = np.diag([self.focal_factor, self.focal_factor, 1.0]) @ frame.depth_intrinsics
        matrix[:2, 2] = frame.depth_intrinsics[:2, 2]
        return replace(frame, colour_intrinsics=matrix, colour_from_depth=self.colour_from_depth)

    def to_json(self) -> dict[str, Any]:
        """Give the figures for a report."""
        return {
            "corrected": self.is_needed,
            "shift_px": round(self.shift_px, 2),
            "uncertain_px": round(self.disagreement_px, 2),
            "edges_before": round(self.edges_before, 3),
            "edges_after": round(self.edges_after, 3),
            "focal_factor": round(self.focal_factor, 5),
            "colour_from_depth": np.round(self.colour_from_depth, 6).tolist(),
        }


def colour_registration(
    frames: Sequence[DepthFrame], *, progress: Progress = SILENT
) -> ColourRegistration | None:
    """Measure how the colours of some frames, spread over a recording, lie on their depth.

    Parameters
    ----------
    frames : sequence of DepthFrame
        One camera's, with colours; about 24 are enough.

    Returns
    -------
    ColourRegistration or None
        None where depth has too few edges to tell.
    """
    edges = [_Edges.of(frame) for frame in frames if frame.colours is not None]
    edges = [one for one in edges if len(one.points) >= _LEAST_POINTS]
    if len(edges) < 4:
        return None
    halves = [_fit(edges[first::2], np.zeros(7), _BLURS_PX, progress) for first in (0, 1)]
    together = _fit(edges, np.mean(halves, axis=0), _BLURS_PX[-2:], progress)
    before, after = (_steepness(edges, camera, 2.0) for camera in (np.zeros(7), together))
    return ColourRegistration(
        float(np.exp(together[0])),
        _transform(together),
        _median_distance(edges, np.zeros(7), together),
        _median_distance(edges, *halves),
        before,
        after,
    )


@dataclass(frozen=True, eq=False)
class _Edges:
    """Points (n, 3) of a frame where depth jumps, on the nearer side, and how steep its colours are."""

    points: Floats
    slopes: NDArray[np.float32]
    matrix: Floats

    @staticmethod
    def of(frame: DepthFrame) -> "_Edges":
        import cv2

        assert frame.colours is not None
        depth = np.nan_to_num(frame.depth_m, nan=0.0)
        known = depth > 0
        around = np.asarray(cv2.dilate(depth, np.ones((7, 7), np.uint8)))
        next_to_it = np.asarray(cv2.dilate(np.where(known, depth, 99.0), np.ones((3, 3), np.uint8)))
        jump = _JUMP_M + _JUMP_PER_SQUARE * depth**2
        edge = known & (around - depth > jump) & (next_to_it - depth > jump)
        edge[:_BORDER] = edge[-_BORDER:] = False
        edge[:, :_BORDER] = edge[:, -_BORDER:] = False
        rows, columns = np.nonzero(edge)
        every = max(1, len(rows) // _MOST_POINTS)
        rows, columns = rows[::every], columns[::every]
        z = depth[rows, columns].astype(np.float64)
        k = frame.depth_intrinsics
        points = np.stack([(columns - k[0, 2]) / k[0, 0] * z, (rows - k[1, 2]) / k[1, 1] * z, z], axis=1)
        return _Edges(points, _slopes(frame.colours), k)

    def blurred(self, sigma: float) -> NDArray[np.float32]:
        import cv2

        slopes = self.slopes if sigma <= 1 else np.asarray(cv2.GaussianBlur(self.slopes, (0, 0), sigma))
        return ((slopes - slopes.mean()) / max(float(slopes.std()), 1e-6)).astype(np.float32)

    def pixels(self, camera: Floats) -> Floats:
        moved = self.points @ _transform(camera)[:3, :3].T + camera[4:]
        depth = np.maximum(moved[:, 2:], 1e-3)
        focal = np.exp(camera[0]) * np.diag(self.matrix)[:2]
        return moved[:, :2] / depth * focal + self.matrix[:2, 2]


def _slopes(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    import cv2

    grey = cv2.GaussianBlur(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.5)
    slope = np.hypot(cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1)) / 8
    return np.minimum(slope, _STRONGEST_SLOPE).astype(np.float32)


def _transform(camera: Floats) -> Floats:
    import cv2

    matrix = np.eye(4)
    matrix[:3, :3] = cv2.Rodrigues(np.ascontiguousarray(camera[1:4]))[0]
    matrix[:3, 3] = camera[4:]
    return matrix


def _mean_at(edges: Sequence[_Edges], pictures: Sequence[NDArray[np.float32]], camera: Floats) -> float:
    import cv2

    total = 0.0
    for one, picture in zip(edges, pictures, strict=True):
        at = one.pixels(camera).astype(np.float32)[None]
        sampled = cv2.remap(picture, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)  # pyright: ignore[reportCallIssue, reportArgumentType]
        total += float(np.asarray(sampled).sum())
    return total / sum(len(one.points) for one in edges)


def _steepness(edges: Sequence[_Edges], camera: Floats, sigma: float) -> float:
    return _mean_at(edges, [one.blurred(sigma) for one in edges], camera)


def _fit(edges: Sequence[_Edges], start: Floats, blurs: Sequence[float], progress: Progress) -> Floats:
    """Maximise the steepness, from coarse to fine, by Powell's method (1964)."""
    from scipy.optimize import minimize

    camera = start
    for turn, sigma in enumerate(blurs):
        free = 4 if sigma > _COARSE_PX or (sigma == _COARSE_PX and blurs[turn - 1] > sigma) else 7
        pictures = [one.blurred(sigma) for one in edges]
        cost = _cost(edges, pictures, camera, progress)
        bounds = list(zip(*_bounds(camera), strict=True))[:free]
        options = {"maxiter": 6, "xtol": 1e-2, "ftol": 1e-4}
        found = minimize(cost, np.zeros(free), method="Powell", bounds=bounds, options=options)
        camera = camera + np.pad(found.x, (0, 7 - free)) * _STEPS
    return camera


def _bounds(camera: Floats) -> tuple[Floats, Floats]:
    return np.minimum((-_FARTHEST - camera) / _STEPS, 0), np.maximum((_FARTHEST - camera) / _STEPS, 0)


def _cost(
    edges: Sequence[_Edges], pictures: Sequence[NDArray[np.float32]], camera: Floats, progress: Progress
) -> Callable[[Floats], float]:
    def cost(steps: Floats) -> float:
        progress.check()
        return -_mean_at(edges, pictures, camera + np.pad(steps, (0, 7 - len(steps))) * _STEPS)

    return cost


def _median_distance(edges: Sequence[_Edges], first: Floats, second: Floats) -> float:
    apart = [np.linalg.norm(one.pixels(first) - one.pixels(second), axis=1) for one in edges]
    return float(np.median(np.concatenate(apart)))
