"""A red sphere before a green wall, as a depth camera sees it."""

import numpy as np

from reconstruction.fusion.depth_volume import DepthFrame, VolumeOptions

K = np.array([[140.0, 0, 79.5], [0, 140.0, 59.5], [0, 0, 1]])
WALL_Z, SPHERE, RADIUS = 2.0, np.array([0.1, 0.0, 1.5]), 0.3
SPHERE_VOLUME = VolumeOptions(voxel_m=0.02)


def pose_at(degrees: float, shift: float) -> np.ndarray:
    """Give a camera turned about its vertical axis and moved to the right."""
    angle = np.radians(degrees)
    pose = np.eye(4)
    pose[:3, :3] = [
        [np.cos(angle), 0, np.sin(angle)],
        [0, 1, 0],
        [-np.sin(angle), 0, np.cos(angle)],
    ]
    pose[0, 3] = shift
    return pose


def seen_from(pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Render depth and colour of a red sphere before a green wall."""
    v, u = np.mgrid[:120, :160]
    rays = np.stack([(u - K[0, 2]) / K[0, 0], (v - K[1, 2]) / K[1, 1], np.ones_like(u, float)], axis=-1)
    rays = rays @ pose[:3, :3].T
    start = pose[:3, 3]
    depth = (WALL_Z - start[2]) / rays[..., 2]
    a, b = (rays**2).sum(-1), rays @ (start - SPHERE)
    inside = b**2 - a * (((start - SPHERE) ** 2).sum() - RADIUS**2)
    hit = inside > 0
    depth[hit] = ((-b - np.sqrt(np.maximum(inside, 0))) / a)[hit]
    colours = np.where(hit[..., None], (200, 10, 10), (10, 200, 10)).astype(np.uint8)
    return depth.astype(np.float32), colours


def frame_from(pose: np.ndarray) -> DepthFrame:
    """Give the frame that a camera at a pose sees."""
    depth, colours = seen_from(pose)
    return DepthFrame(depth, K, colours)


POSES = [pose_at(0, 0), pose_at(5, -0.1), pose_at(-5, 0.1), pose_at(0, 0.2)]


def off_truth(points: np.ndarray) -> np.ndarray:
    """Give how far points are from the nearer of sphere and wall."""
    to_sphere = np.abs(np.linalg.norm(points - SPHERE, axis=1) - RADIUS)
    return np.minimum(to_sphere, np.abs(points[:, 2] - WALL_Z))
