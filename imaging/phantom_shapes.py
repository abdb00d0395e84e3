"""Painting soft-edged shapes into a grid of Hounsfield units."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Point = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Canvas:
    """A grid of CT numbers with its axes in millimetres.

    Parameters
    ----------
    hu : (k, j, i) float32
        What is painted on.
    x, y, z : (i,), (j,), (k,) float32
        LPS coordinates of the voxel centres, ascending.
    """

    hu: Field
    x: Field
    y: Field
    z: Field

    @staticmethod
    def air(shape_ijk: tuple[int, int, int], spacing_mm: Point) -> "Canvas":
        """Make a canvas of air around the origin."""
        x, y, z = (
            (np.arange(count, dtype=np.float32) - np.float32((count - 1) / 2)) * np.float32(step)
            for count, step in zip(shape_ijk, spacing_mm, strict=True)
        )
        return Canvas(np.full(shape_ijk[::-1], -1000, np.float32), x, y, z)

    def box(self, low: Point, high: Point) -> tuple[slice, slice, slice]:
        """Give the index ranges (k, j, i) that hold the box between two corners."""
        axes = zip((self.z, self.y, self.x), low[::-1], high[::-1], strict=True)
        return tuple(slice(*np.searchsorted(axis, (a, b)).tolist()) for axis, a, b in axes)  # type: ignore[return-value]

    def grid(self, box: tuple[slice, slice, slice]) -> tuple[Field, Field, Field]:
        """Give the x, y and z coordinates of a box, shaped to broadcast."""
        return self.x[None, None, box[2]], self.y[None, box[1], None], self.z[box[0], None, None]

    def paint(self, box: tuple[slice, slice, slice], distance: Field, hu: float | Field) -> None:
        """Blend a shape in, softly over two millimetres at its surface, as a scanner does.

        Parameters
        ----------
        distance : (k, j, i) float32
            Signed distance to the surface in millimetres, negative inside.
        hu : float or array
            CT number inside.
        """
        share = np.clip(np.float32(0.5) - distance / np.float32(2.0), 0, 1)
        target = self.hu[box]
        target += share * (np.asarray(hu, np.float32) - target)


def ellipsoid(
    canvas: Canvas, centre: Point, radii: Point, *, turn_deg: float = 0.0
) -> tuple[tuple[slice, slice, slice], Field]:
    """Give box and distance field of an ellipsoid that is turned about the z axis."""
    reach = max(radii[:2]) if turn_deg else 0.0
    half = (max(radii[0], reach) + 3, max(radii[1], reach) + 3, radii[2] + 3)
    box = canvas.box(
        (centre[0] - half[0], centre[1] - half[1], centre[2] - half[2]),
        (centre[0] + half[0], centre[1] + half[1], centre[2] + half[2]),
    )
    x, y, z = canvas.grid(box)
    cosine, sine = np.float32(np.cos(np.radians(turn_deg))), np.float32(np.sin(np.radians(turn_deg)))
    dx, dy, dz = x - np.float32(centre[0]), y - np.float32(centre[1]), z - np.float32(centre[2])
    u, v = cosine * dx + sine * dy, cosine * dy - sine * dx
    square = (u / radii[0]) ** 2 + (v / radii[1]) ** 2 + (dz / radii[2]) ** 2
    slope = (u / radii[0] ** 2) ** 2 + (v / radii[1] ** 2) ** 2 + (dz / radii[2] ** 2) ** 2
    root = np.sqrt(square)
    return box, (root * (root - 1) / np.sqrt(slope + np.float32(1e-9))).astype(np.float32)


def smooth_path(points: list[Point], step_mm: float = 2.0) -> NDArray[np.float64]:
    """Sample a Catmull-Rom curve through `points`, about every `step_mm`; shape (n, 3)."""
    knots = np.array([points[0], *points, points[-1]], dtype=np.float64)
    pieces: list[NDArray[Any]] = []
    for a, b, c, d in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        count = max(2, int(np.linalg.norm(c - b) / step_mm))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - 3 * c + d - a) * t**3)
        )
    return np.concatenate([*pieces, knots[-1:]])


def tube(
    canvas: Canvas, path: NDArray[np.float64], radius: float | NDArray[np.float64], margin_mm: float = 2.5
) -> tuple[tuple[slice, slice, slice], Field]:
    """Give box and distance field of a tube along `path`, shape (n, 3), of one radius or one a point."""
    radii = np.broadcast_to(np.asarray(radius, np.float64), len(path))
    reach = float(radii.max()) + margin_mm
    low, high = path.min(axis=0) - reach, path.max(axis=0) + reach
    box = canvas.box(tuple(low), tuple(high))  # type: ignore[arg-type]
    xs, ys, zs = canvas.x[box[2]], canvas.y[box[1]], canvas.z[box[0]]
    distance = np.full((len(zs), len(ys), len(xs)), np.float32(100), np.float32)
    for (px, py, pz), own in zip(path, radii, strict=True):
        near = float(own) + margin_mm
        i, j, k = (
            slice(*np.searchsorted(axis, (p - near, p + near)).tolist())
            for axis, p in ((xs, px), (ys, py), (zs, pz))
        )
        dx, dy, dz = xs[i] - np.float32(px), ys[j] - np.float32(py), zs[k] - np.float32(pz)
        square = (dz * dz)[:, None, None] + (dy * dy)[None, :, None] + (dx * dx)[None, None, :]
        part = distance[k, j, i]
        np.minimum(part, np.sqrt(square) - np.float32(own), out=part)
    return box, distance
