"""A ball before a slanted wall, covered with a pattern that all views see alike: depths are known exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.sparse_model import SparseModel
from reconstruction.view import View

Floats = NDArray[np.float64]
_BALL, _RADIUS = np.array([0.2, -0.1, 3.0]), 0.7
_WALL, _FROM_ORIGIN = np.array([0.3, 0.1, 1.0]) / np.sqrt(1.1), 4.0


@dataclass(frozen=True, eq=False)
class StereoScene:
    """Views of the scene, the depth of every pixel of each, and some points of it."""

    views: list[View]
    depths: list[Floats]
    model: SparseModel


def stereo_scene(size: tuple[int, int] = (160, 120), count: int = 5, points: int = 60) -> StereoScene:
    """Look at the scene from `count` places on a line, turned towards it."""
    cameras = [_camera(size, place) for place in np.linspace(-0.6, 0.6, count)]
    names = [f"{at}.png" for at in range(count)]
    depths, views = [], []
    for name, camera in zip(names, cameras, strict=True):
        depth, surface = _seen(camera)
        depths.append(depth)
        views.append(View(name, _pattern(surface), camera))
    return StereoScene(views, depths, _model(names, cameras, depths, points))


def _camera(size: tuple[int, int], place: float) -> PosedCamera:
    angle = -place / 3.5
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]], float)
    focal = 1.1 * size[0]
    k = np.array([[focal, 0, size[0] / 2 - 0.5], [0, focal, size[1] / 2 - 0.5], [0, 0, 1.0]])
    return PosedCamera(size, k, rotation_world_from_camera=turn, centre_m=np.array([place, 0.1 * place, 0.0]))


def _seen(camera: PosedCamera) -> tuple[Floats, Floats]:
    """Depth and point of the surface for every pixel."""
    rotation, centre = camera.pose
    down, across = np.indices(camera.size[::-1]).astype(float)
    pixels = np.stack((across, down, np.ones_like(down)), axis=-1)
    rays = pixels @ np.linalg.inv(camera.intrinsics).T @ rotation.T
    depth = (_FROM_ORIGIN - centre @ _WALL) / (rays @ _WALL)
    a, b = (rays**2).sum(-1), rays @ (centre - _BALL)
    inside = b**2 - a * (((centre - _BALL) ** 2).sum() - _RADIUS**2)
    ball = inside > 0
    depth[ball] = ((-b - np.sqrt(np.maximum(inside, 0))) / a)[ball]
    return depth, centre + depth[..., None] * rays


def _pattern(points: Floats) -> NDArray[np.uint8]:
    random = np.random.default_rng(5)
    value = np.zeros(points.shape[:-1])
    for wavelength in (1.0, 0.5, 0.3, 0.2, 0.14, 0.1):
        for _ in range(3):
            direction = random.normal(size=3)
            direction *= 2 * np.pi / wavelength / np.linalg.norm(direction)
            value += np.sin(points @ direction + random.uniform(0, 7)) / 3
    grey = np.clip(128 + 45 * value, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=-1)


def _model(names: list[str], cameras: list[PosedCamera], depths: list[Floats], count: int) -> SparseModel:
    """Points on what the middle view sees, as those views see them that are not behind the ball."""
    random = np.random.default_rng(7)
    middle = len(cameras) // 2
    width, height = cameras[middle].size
    at = random.integers(0, (width, height), (count, 2))
    rotation, centre = cameras[middle].pose
    rays = np.column_stack((at, np.ones(count))) @ np.linalg.inv(cameras[middle].intrinsics).T @ rotation.T
    points = centre + depths[middle][at[:, 1], at[:, 0], None] * rays
    seen = np.stack([_shows(one, depth, points) for one, depth in zip(cameras, depths, strict=True)], axis=1)
    tracks = tuple(np.flatnonzero(row).astype(np.int32) for row in seen)
    colours = np.zeros((count, 3), np.uint8)
    return SparseModel(dict(zip(names, cameras, strict=True)), points, colours, np.zeros(count), tracks, 1.0)


def _shows(camera: PosedCamera, depth: Floats, points: Floats) -> NDArray[np.bool_]:
    rotation, centre = camera.pose
    local = (points - centre) @ rotation
    pixels = np.round((local @ camera.intrinsics.T)[:, :2] / local[:, 2:]).astype(int)
    inside = ((pixels >= 0) & (pixels < camera.size)).all(-1)
    column, row = np.clip(pixels, 0, np.array(camera.size) - 1).T
    return inside & (np.abs(depth[row, column] - local[:, 2]) < 0.1)
