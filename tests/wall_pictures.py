"""Pictures of two textured walls that meet at an edge before the camera, drawn cheaply."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

SIZE = (320, 240)
K = np.array([[260.0, 0, 159.5], [0, 260, 119.5], [0, 0, 1]])
BASELINE_M = 0.15
PER_METRE = 150  # pixels of the wall's texture
# Two walls that meet at an edge before the camera.
WALLS = (
    (np.array([-3.2, -1.6, 2.6]), np.array([0.92, 0, 0.39]), np.array([0.0, 1, 0])),
    (np.array([-0.256, -1.6, 3.848]), np.array([0.92, 0, -0.39]), np.array([0.0, 1, 0])),
)


def wall_texture(seed: int) -> Pixels:
    random = np.random.default_rng(seed)
    grey = np.zeros((480, 480))
    for cells, weight in ((15, 0.2), (40, 0.35), (96, 0.45)):
        noise = random.random((cells, cells))
        grey += weight * cv2.resize(noise, (480, 480), interpolation=cv2.INTER_NEAREST)
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    return np.asarray(np.clip(255 * smooth, 0, 255), np.uint8)


TEXTURES = (wall_texture(1), wall_texture(2))
_PIXELS = np.stack(np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1])), -1).reshape(-1, 2)
RAYS = (np.linalg.inv(K) @ np.column_stack([_PIXELS, np.ones(len(_PIXELS))]).T).astype(np.float32)


def shown(centre: Floats, turn: Floats) -> tuple[Pixels, NDArray[np.float32]]:
    """Give what a camera sees (world from camera `turn`), and the depth."""
    picture = np.full(SIZE[::-1], 90, np.uint8)
    depth = np.full(SIZE[::-1], np.nan, np.float32)
    for (corner, across, down), texture in zip(WALLS, TEXTURES, strict=True):
        # Rays in the wall's own axes: along it, down it, and towards it.
        axes = np.stack([across, down, np.cross(across, down)])
        x, y, z = (axes @ turn).astype(np.float32) @ RAYS
        start = axes @ (centre - corner)
        along = np.float32(-start[2]) / z
        u, v = ((np.float32(at) + along * one) * PER_METRE for at, one in ((start[0], x), (start[1], y)))
        columns, rows = (one.reshape(SIZE[::-1]) for one in (u, v))
        looked = cv2.remap(texture, columns, rows, cv2.INTER_LINEAR)
        hit = ((u >= 0) & (u < 479) & (v >= 0) & (v < 479) & (along > 0)).reshape(SIZE[::-1])
        picture[hit] = looked[hit]
        depth[hit] = along.reshape(SIZE[::-1])[hit]
    return picture, depth
