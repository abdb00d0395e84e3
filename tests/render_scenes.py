"""Simple surfaces and cameras whose pictures are known."""

import numpy as np

from render.lens_distortion import LensDistortion
from render.material import Material, Shading
from render.pinhole_camera import PinholeCamera
from render.surface_mesh import SurfaceMesh

LENS = LensDistortion((-0.28, 0.07, 0.0008, -0.0005, 0.01))
UNLIT = Material(shading=Shading.UNLIT, double_sided=True)


def quad(corners, uv=((0, 0), (1, 0), (1, 1), (0, 1)), colours=None):
    """Two triangles; corners clockwise as seen from the front."""
    return SurfaceMesh(
        np.array(corners, np.float32),
        np.array([[0, 2, 1], [0, 3, 2]], np.int32),
        uv=np.array(uv, np.float32),
        colours=None if colours is None else np.array(colours, np.float32),
    )


def wall(width, height, z, **more):
    """A wall that faces a camera at the origin."""
    x, y = width / 2, height / 2
    return quad([(-x, -y, z), (x, -y, z), (x, y, z), (-x, y, z)], **more)


def pinhole(size=(160, 120), focal=150.0, **more):
    return PinholeCamera(size, focal, focal, (size[0] - 1) / 2, (size[1] - 1) / 2, **more)


def tilted(angle_deg=35.0, shift=(0.1, -0.2, 0.3)):
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    pose = np.eye(4)
    pose[:3, :3] = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    pose[:3, 3] = shift
    return pose


def plane_depth(camera, point, normal):
    """Depth of a plane at every pixel."""
    origins, directions = camera.rays()
    return ((point - origins) @ normal) / (directions @ normal)


def sphere(count=(200, 100), radius=1.0):
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, count[0]), np.linspace(0, np.pi, count[1]))
    points = np.stack([np.sin(v) * np.cos(u), np.cos(v), np.sin(v) * np.sin(u)], -1).reshape(-1, 3)
    first = (np.arange(count[1] - 1)[:, None] * count[0] + np.arange(count[0] - 1)).ravel()
    below = first + count[0]
    triangles = np.concatenate(
        [np.stack([first, first + 1, below], 1), np.stack([first + 1, below + 1, below], 1)]
    )
    normals = points.astype(np.float32)
    return SurfaceMesh((radius * points).astype(np.float32), triangles.astype(np.int32), normals=normals)
