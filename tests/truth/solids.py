"""Shapes that places are built of, in metres, with Y up and texture coordinates."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from render.surface_mesh import SurfaceMesh

Floats = NDArray[np.float64]


def patch(
    corner: ArrayLike, right: ArrayLike, down: ArrayLike, steps: tuple[int, int] = (1, 1)
) -> SurfaceMesh:
    """A parallelogram, seen from where `right` goes right from its upper left `corner`."""
    u, v = np.meshgrid(np.linspace(0, 1, steps[0] + 1), np.linspace(0, 1, steps[1] + 1))
    uv = np.stack([u, v], -1).reshape(-1, 2)
    points = np.asarray(corner, float) + uv[:, :1] * np.asarray(right) + uv[:, 1:] * np.asarray(down)
    return SurfaceMesh(points.astype(np.float32), grid_triangles(*steps), uv=uv.astype(np.float32))


def grid_triangles(columns: int, rows: int) -> NDArray[np.int32]:
    """Triangles between (rows + 1) x (columns + 1) vertices, given row by row from the upper left."""
    first = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    below = first + columns + 1
    left = np.stack([first, below, below + 1], 1)
    right = np.stack([first, below + 1, first + 1], 1)
    return np.concatenate([left, right]).astype(np.int32)


def joined(parts: Sequence[SurfaceMesh], *, atlas: bool = False) -> SurfaceMesh:
    """One mesh of several; with `atlas` each part has a stripe of the texture for itself."""
    starts = np.cumsum([0, *(len(part.positions) for part in parts)])
    uvs = [np.zeros((len(part.positions), 2), np.float32) if part.uv is None else part.uv for part in parts]
    if atlas:
        uvs = [np.stack([(uv[:, 0] + i) / len(parts), uv[:, 1]], 1) for i, uv in enumerate(uvs)]
    return SurfaceMesh(
        np.concatenate([part.positions for part in parts]),
        np.concatenate(
            [part.triangles + start for part, start in zip(parts, starts[:-1], strict=True)]
        ).astype(np.int32),
        uv=np.concatenate(uvs).astype(np.float32),
    )


def box(size: ArrayLike, centre: ArrayLike = (0, 0, 0)) -> SurfaceMesh:
    """A block with outer faces, each with its own sixth of the texture."""
    return joined(box_faces(size, centre), atlas=True)


def box_faces(size: ArrayLike, centre: ArrayLike = (0, 0, 0)) -> list[SurfaceMesh]:
    """The faces of a block seen from outside: front (+Z), right (+X), back, left, top, bottom."""
    w, h, d = np.asarray(size, float)
    x, y, z = np.asarray(centre, float) - np.array([w, h, d]) / 2
    right, up, near = np.array([w, 0, 0]), np.array([0, h, 0]), np.array([0, 0, d])
    low = np.array([x, y, z])
    return [
        patch(low + up + near, right, -up),
        patch(low + right + up + near, -near, -up),
        patch(low + right + up, -right, -up),
        patch(low + up, near, -up),
        patch(low + up, right, near),
        patch(low + near, right, -near),
    ]


def room_faces(size: ArrayLike) -> list[SurfaceMesh]:
    """Inner faces of a room around the origin: north (-Z), east, south, west, floor (Y = 0), ceiling."""
    w, h, d = np.asarray(size, float)
    x, z = w / 2, d / 2
    return [
        patch((-x, h, -z), (w, 0, 0), (0, -h, 0)),
        patch((x, h, -z), (0, 0, d), (0, -h, 0)),
        patch((x, h, z), (-w, 0, 0), (0, -h, 0)),
        patch((-x, h, z), (0, 0, -d), (0, -h, 0)),
        patch((-x, 0, -z), (w, 0, 0), (0, 0, d)),
        patch((-x, h, z), (w, 0, 0), (0, 0, -d)),
    ]


def lump(rng: np.random.Generator, radii: ArrayLike, roughness: float = 0.22, steps: int = 96) -> SurfaceMesh:
    """A closed body like a pebble or a small statue: an ellipsoid with waves, without symmetry."""
    longitude, latitude = np.meshgrid(
        np.linspace(0, 2 * np.pi, 2 * steps + 1), np.linspace(np.pi / 2, -np.pi / 2, steps + 1)
    )
    across = np.cos(latitude)
    towards = np.stack([across * np.sin(longitude), np.sin(latitude), across * np.cos(longitude)], -1)
    # Seam and poles are several vertices in one place: they must move alike to the last bit.
    towards[:, -1] = towards[:, 0]
    towards[0], towards[-1] = (0, 1, 0), (0, -1, 0)
    waves = np.zeros(longitude.shape)
    for frequency in (1.5, 2.5, 4, 6, 9):
        axes, phase = rng.normal(size=(3, 3)), rng.uniform(0, 2 * np.pi, 3)
        waves += np.sin(frequency * towards @ axes.T + phase).sum(-1) / (3 * frequency)
    points = towards * (1 + roughness * waves)[..., None] * np.asarray(radii, float)
    # Twice to the middle and back: the texture has no edge at the seam.
    uv = np.stack([1 - np.abs(longitude / np.pi - 1), 0.5 - latitude / np.pi], -1).reshape(-1, 2)
    mesh = SurfaceMesh(
        points.reshape(-1, 3).astype(np.float32), grid_triangles(2 * steps, steps), uv=uv.astype(np.float32)
    )
    return replace(mesh, normals=_normals(mesh, points.shape[:2]))


def _normals(mesh: SurfaceMesh, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Normals of a closed grid: vertices in one place have one."""
    corners = mesh.positions[mesh.triangles].astype(float)
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.zeros((len(mesh.positions), 3))
    for corner in range(3):
        np.add.at(sums, mesh.triangles[:, corner], faces)
    sums = sums.reshape(*shape, 3)
    sums[:, 0] = sums[:, -1] = sums[:, 0] + sums[:, -1]
    sums[0], sums[-1] = sums[0].sum(0), sums[-1].sum(0)
    return (sums / np.linalg.norm(sums, axis=-1, keepdims=True)).reshape(-1, 3).astype(np.float32)


def column(radius: float, height: float, base: ArrayLike, steps: int = 32) -> SurfaceMesh:
    """The side of an upright cylinder, whose lower end is around `base`."""
    angle, fall = np.meshgrid(np.linspace(0, 2 * np.pi, steps + 1), (0.0, 1.0))
    side = np.stack([radius * np.sin(angle), height * (1 - fall), radius * np.cos(angle)], -1)
    points = (side + np.asarray(base, float)).reshape(-1, 3)
    uv = np.stack([angle / (2 * np.pi), fall], -1).reshape(-1, 2)
    return SurfaceMesh(points.astype(np.float32), grid_triangles(steps, 1), uv=uv.astype(np.float32))


def placed(at: ArrayLike, yaw_deg: float = 0.0) -> Floats:
    """Pose of something that stands at a place, turned about the vertical, (4, 4)."""
    c, s = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
    pose = np.eye(4)
    pose[:3, :3] = [[c, 0, s], [0, 1, 0], [-s, 0, c]]
    pose[:3, 3] = at
    return pose
