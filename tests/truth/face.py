"""The head of a figure: one surface with a mouth that opens, eyes, lids and a tongue, and what it looks like.

Made of formulas alone. Lengths are centimetres here, in the head's axes around its middle.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from render.figure import MorphTarget
from render.surface_mesh import SurfaceMesh
from tests.truth.expressions import (
    BELOW,
    COEFFICIENTS,
    EVERYWHERE,
    LIDS,
    MOUTH_HALF,
    MOUTH_Y,
    PULLS,
)
from tests.truth.skeleton import PLACES
from tests.truth.solids import grid_triangles
from tests.truth.surface_textures import Picture, noise

Floats = NDArray[np.float64]
MIDDLE_M = PLACES["head"] + [0, 0.1, 0.02]
RADII = (7.6, 11.5, 9.6)
EYE = (PLACES["leftEye"] - MIDDLE_M) * 100
EYE_RADIUS, LID_RADIUS = 1.25, 1.42
OPEN_UPPER, OPEN_LOWER = 24.0, -24.0
COLUMNS = 128
# Half the height of the dark line between the lips, which becomes the open mouth.
LINE = 0.09
UPPER_ROWS = 70
# What the texture shows below the neck.
INSIDE_UV = (0.5, 0.985)


def _rows() -> Floats:
    """Heights of the surface's rows, 1 to -1 of its half; two are at each edge of the mouth's line."""
    edges = [(MOUTH_Y + LINE) / RADII[1], (MOUTH_Y - LINE) / RADII[1]]
    above = np.sin(np.linspace(np.pi / 2, np.arcsin(edges[0]), UPPER_ROWS))
    below = np.sin(np.linspace(np.arcsin(edges[1]), -np.pi / 2, 40))
    return np.concatenate([above, edges, below])


def _bell(x: Floats, y: Floats, at: tuple[float, float], reach: tuple[float, float]) -> Floats:
    return np.exp(-0.5 * (((x - at[0]) / reach[0]) ** 2 + ((y - at[1]) / reach[1]) ** 2))


def surface(longitude: Floats, height: Floats) -> Floats:
    """Points of the skin for an angle from ahead to the left and a height of -1 to 1, (..., 3)."""
    across = np.sqrt(np.maximum(1 - height**2, 0))
    narrow = 1 - 0.25 * np.clip(-height, 0, 1) ** 1.5
    x = RADII[0] * across * np.sin(longitude) * narrow
    y = RADII[1] * height
    ahead = np.cos(longitude)
    z = RADII[2] * across * ahead * np.where(ahead > 0, 0.94, 1.0)
    front = np.clip(ahead * 2.5, 0, 1) * np.clip(across * 3, 0, 1)
    side = np.abs(x)
    z = z + front * (
        2.1 * _bell(side, y, (0, -1.9), (0.85, 0.95))
        + 1.0 * _bell(side, y, (0, 0.4), (0.6, 1.9))
        + 0.5 * _bell(side, y, (1.0, -2.3), (0.5, 0.5))
        - 1.5 * _bell(side, y, (EYE[0], EYE[1]), (1.5, 1.1))
        + 0.5 * _bell(side, y, (2.8, 3.3), (2.0, 0.7))
        + 0.5 * _bell(side, y, (0, -9), (1.8, 1.2))
        + 0.45 * _bell(side, y, (0, MOUTH_Y + 0.55), (1.9, 0.45))
        + 0.5 * _bell(side, y, (0, MOUTH_Y - 0.65), (1.7, 0.45))
    )
    ears = np.exp(-0.5 * ((np.abs(np.sin(longitude)) - 1) / 0.02) ** 2) * _bell(z, y, (-0.5, 0), (1.2, 2.2))
    x = x + np.sign(x) * 1.5 * ears
    return np.stack([x, y, z], -1)


def skin() -> tuple[Floats, NDArray[np.int32], Floats]:
    """Points, triangles and texture coordinates of the head."""
    longitude, height = np.meshgrid(np.linspace(-np.pi, np.pi, COLUMNS + 1), _rows())
    points = surface(longitude, height)
    uv = np.stack([longitude / (2 * np.pi) + 0.5, 0.5 - np.arcsin(height) / np.pi], -1)
    # The rows that only the line has show the inside of the mouth.
    inner = (points[..., 2] > 0) & (np.abs(points[..., 0]) < MOUTH_HALF)
    inner[:UPPER_ROWS] = inner[UPPER_ROWS + 2 :] = False
    uv[inner] = INSIDE_UV
    triangles = grid_triangles(COLUMNS, len(height) - 1)
    return points.reshape(-1, 3), triangles, uv.reshape(-1, 2)


def lid(side: int, edge_deg: float, upper: bool) -> Floats:
    """Points of an eyelid whose edge is at an angle above the eye's middle: a piece of a sphere about X."""
    start = 100.0 if upper else -100.0
    angle, along = np.meshgrid(np.linspace(0, 1, 9), np.radians(np.linspace(-78, 78, 17)), indexing="ij")
    turn = np.radians(start + (edge_deg - start) * angle)
    x, ahead = np.sin(along), np.cos(along)
    points = np.stack([x * side, ahead * np.sin(turn), ahead * np.cos(turn)], -1) * LID_RADIUS
    return points.reshape(-1, 3) + EYE * [side, 1, 1]


def _lid_triangles(side: int, upper: bool) -> NDArray[np.int32]:
    triangles = grid_triangles(16, 8)
    return triangles if (side > 0) == upper else triangles[:, ::-1].copy()


def tongue() -> tuple[Floats, NDArray[np.int32]]:
    """A flat body behind the mouth."""
    longitude, latitude = np.meshgrid(np.linspace(0, 2 * np.pi, 25), np.linspace(np.pi / 2, -np.pi / 2, 13))
    across = np.cos(latitude)
    points = np.stack(
        [across * np.sin(longitude) * 1.3, np.sin(latitude) * 0.35, across * np.cos(longitude) * 1.8], -1
    )
    return points.reshape(-1, 3) + np.array([0, MOUTH_Y, 5.4]), grid_triangles(24, 12)


def moved(points: Floats, name: str, line: NDArray[np.bool_]) -> Floats:
    """How the skin moves at a coefficient of 1; `line` marks the upper edge of the mouth's line."""
    x, y, z = points.T
    below = (y < MOUTH_Y - LINE / 2) & ~line
    # The lips are joined at the corners: only between them does the line open.
    between = np.clip(1 - (x / (MOUTH_HALF * 1.02)) ** 2, 0, 1) ** 0.5
    way = np.zeros_like(points)
    for pull in PULLS[name]:
        weight = _bell(x, y, pull.at, pull.reach) * np.clip(z / 3, 0, 1)
        if pull.part != EVERYWHERE:
            chosen = below if pull.part == BELOW else ~below
            near = np.clip((np.abs(y - MOUTH_Y) - LINE) / 2.0, 0, 1) if name == "jawOpen" else 0.0
            weight = np.where(chosen, weight * np.maximum(between, near), 0)
        way += weight[:, None] * np.asarray(pull.way)
    return way


def _lid_targets(name: str, points: list[Floats]) -> list[Floats]:
    """Movements of the four lids: left upper, left lower, right upper, right lower."""
    ways = [np.zeros_like(each) for each in points]
    for number, (side, upper) in enumerate(LID_PARTS):
        base = name.removesuffix("Left" if side > 0 else "Right")
        if base in LIDS and base != name:
            edge = (OPEN_UPPER if upper else OPEN_LOWER) + LIDS[base][0 if upper else 1]
            ways[number] = lid(side, edge, upper) - points[number]
    return ways


LID_PARTS = ((1, True), (1, False), (-1, True), (-1, False))


def head_mesh() -> SurfaceMesh:
    """Skin, lids and tongue with the 52 targets, in the figure's rest pose in metres."""
    points, triangles, uv = skin()
    lids = [lid(side, OPEN_UPPER if upper else OPEN_LOWER, upper) for side, upper in LID_PARTS]
    tongue_points, tongue_triangles = tongue()
    parts = [points, *lids, tongue_points]
    faces = [triangles, *(_lid_triangles(side, upper) for side, upper in LID_PARTS), tongue_triangles]
    plain = [np.tile([[0.5, FOREHEAD_UV_V]], (len(each), 1)) for each in lids]
    uvs = [uv, *plain, np.tile([[0.5, MOUTH_UV_V]], (len(tongue_points), 1))]
    starts = np.cumsum([0, *(len(each) for each in parts)])
    upper_line = np.isclose(points[:, 1], MOUTH_Y + LINE)
    targets = []
    for name in COEFFICIENTS:
        way = [moved(points, name, upper_line), *_lid_targets(name, lids), np.zeros_like(tongue_points)]
        if name == "tongueOut":
            way[-1] = way[-1] + [0, -0.5, 4.2]
        targets.append(MorphTarget((np.concatenate(way) / 100).astype(np.float32), name=name))
    return SurfaceMesh(
        (np.concatenate(parts) / 100 + MIDDLE_M).astype(np.float32),
        np.concatenate([face + start for face, start in zip(faces, starts[:-1], strict=True)]).astype(
            np.int32
        ),
        uv=np.concatenate(uvs).astype(np.float32),
        targets=tuple(targets),
    )


# Where the texture shows skin above the nose, and the middle of the upper lip.
FOREHEAD_UV_V = 0.5 - float(np.arcsin(4.7 / RADII[1])) / np.pi
MOUTH_UV_V = 0.5 - float(np.arcsin((MOUTH_Y + 0.45) / RADII[1])) / np.pi


def eye_mesh(side: int) -> SurfaceMesh:
    """An eyeball in the rest pose, its texture's middle ahead."""
    longitude, latitude = np.meshgrid(np.linspace(-np.pi, np.pi, 49), np.linspace(np.pi / 2, -np.pi / 2, 25))
    across = np.cos(latitude)
    points = np.stack([across * np.sin(longitude), np.sin(latitude), across * np.cos(longitude)], -1)
    place = points.reshape(-1, 3) * EYE_RADIUS / 100 + PLACES["leftEye"] * [side, 1, 1]
    uv = np.stack([longitude / (2 * np.pi) + 0.5, 0.5 - latitude / np.pi], -1).reshape(-1, 2)
    return SurfaceMesh(place.astype(np.float32), grid_triangles(48, 24), uv=uv.astype(np.float32))


def eye_picture(rng: np.random.Generator, size: int = 256) -> Picture:
    """White with an iris of a random colour and a pupil."""
    v, u = np.meshgrid(np.linspace(0.5, -0.5, size), np.linspace(-1, 1, 2 * size), indexing="ij")
    angle = np.degrees(np.arccos(np.clip(np.cos(np.pi * v) * np.cos(np.pi * u), -1, 1)))[..., None]
    iris = rng.uniform((40, 50, 40), (130, 120, 150)) * (
        0.6 + 0.8 * noise(rng, angle.shape[:2], 8)[..., None]
    )
    shown = np.where(angle < 11, 10, np.where(angle < 28, iris, (238, 234, 230)))
    return np.clip(shown, 0, 255).astype(np.uint8)


def head_picture(rng: np.random.Generator, size: tuple[int, int] = (768, 1024)) -> Picture:
    """Skin, hair, brows and lips, painted where the surface has them."""
    u, v = np.meshgrid((np.arange(size[1]) + 0.5) / size[1], (np.arange(size[0]) + 0.5) / size[0])
    height = np.sin((0.5 - v) * np.pi)
    x, y, z = np.moveaxis(surface((u - 0.5) * 2 * np.pi, height), -1, 0)
    tone = np.array(rng.choice([[236, 188, 160], [198, 140, 105], [141, 85, 58], [246, 205, 178]]), float)
    grain = noise(rng, size, 64)[..., None]
    picture = tone * (0.9 + 0.14 * grain)
    freckles = noise(rng, size, 4)[..., None]
    picture = picture * np.where((freckles > 0.9) & (z > 2)[..., None], 0.9, 1)
    layers: tuple[tuple[NDArray[np.bool_], ArrayLike], ...] = (
        (_lips(x, y, z), tone * [0.8, 0.52, 0.52]),
        (((np.abs(y - MOUTH_Y) < LINE) & (np.abs(x) < MOUTH_HALF) & (z > 0)) | (v > 0.96), (45, 15, 18)),
        (_brows(x, y, z), (52, 36, 26)),
    )
    for where, colour in layers:
        picture = np.where(where[..., None], colour, picture)
    hair = (y > 5.6 - 0.12 * (x * x) * (z > 0)) | (
        (z < 1.5) & (y > -5.5) & ~((np.abs(x) > 6.6) & (z > -2.2) & (y < 2.5))
    )
    strands = rng.uniform((30, 20, 15), (120, 80, 50)) * (0.5 + 0.9 * noise(rng, size, 16)[..., None])
    return np.clip(np.where(hair[..., None], strands, picture), 0, 255).astype(np.uint8)


def _lips(x: Floats, y: Floats, z: Floats) -> NDArray[np.bool_]:
    bow = np.clip(1 - (x / MOUTH_HALF) ** 2, 0, None)
    return (
        (z > 0) & (y < MOUTH_Y + 0.95 * bow**0.7) & (y > MOUTH_Y - 1.15 * bow**0.6) & (np.abs(x) < MOUTH_HALF)
    )


def _brows(x: Floats, y: Floats, z: Floats) -> NDArray[np.bool_]:
    side = np.abs(x)
    arch = 3.2 + 0.35 * np.sin((side - 1.2) / 3.6 * np.pi)
    return (z > 0) & (side > 1.2) & (side < 5.0) & (np.abs(y - arch) < 0.42 - 0.06 * (side - 1.2))
