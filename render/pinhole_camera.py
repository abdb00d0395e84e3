"""Cameras as in computer vision."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from render.camera import Camera
from render.lens_distortion import LensDistortion

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PinholeCamera:
    """A camera with x to the right, y down and z forward, as in OpenCV and COLMAP.

    Lengths are in the unit of the scene: metres in scenes, millimetres in the patient. Pixel (0, 0), the
    upper left one, has its centre at (0, 0) of the picture, so that the middle of a picture is at
    ((width - 1) / 2, (height - 1) / 2).

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    fx, fy : float
        Focal lengths in pixels; of a parallel camera pixels per unit of length.
    cx, cy : float
        Principal point in pixels.
    world_from_camera : (4, 4) float64
        Pose: a rotation and the camera's centre.
    distortion : LensDistortion
        Of the lens; none by default.
    near : float
        Nothing nearer than this is seen.
    parallel : bool
        Without perspective.
    """

    size: tuple[int, int]
    fx: float
    fy: float
    cx: float
    cy: float
    world_from_camera: Floats = field(default_factory=lambda: np.eye(4))
    distortion: LensDistortion = field(default_factory=LensDistortion)
    near: float = 0.01
    parallel: bool = False

    def __post_init__(self) -> None:
        """Check that the camera sees something."""
        if not (0 < self.size[0] <= 1 << 15 and 0 < self.size[1] <= 1 << 15):
            raise ValueError(f"size: {self.size}")
        numbers = (self.fx, self.fy, self.cx, self.cy, self.near)
        if not (np.isfinite(numbers).all() and self.fx > 0 and self.fy > 0 and self.near > 0):
            raise ValueError("focal lengths and near are positive, and all numbers finite")
        pose = self.world_from_camera
        if pose.shape != (4, 4) or not np.isfinite(pose).all():
            raise ValueError("world_from_camera: a finite (4, 4) matrix")
        if not np.allclose(pose[:3, :3].T @ pose[:3, :3], np.eye(3), atol=1e-6):
            raise ValueError("world_from_camera: not a rotation and a shift")
        if self.parallel and not self.distortion.is_none:
            raise ValueError("a parallel camera has no lens")

    @cached_property
    def camera_from_world(self) -> Floats:
        """Inverse of the pose, (4, 4)."""
        return np.linalg.inv(self.world_from_camera).astype(np.float64)

    @property
    def intrinsics(self) -> Floats:
        """Matrix K, (3, 3)."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1.0]])

    def project(self, points: Floats) -> Floats:
        """Give the pixels (x, y) that see `points` of the world, (..., 3); NaN behind the camera."""
        pose = self.camera_from_world
        return self.project_from_camera(points @ pose[:3, :3].T + pose[:3, 3])

    def project_from_camera(self, points: Floats) -> Floats:
        """Give the pixels (x, y) that see `points` in the camera's axes, (..., 3); NaN behind the camera."""
        ahead = points[..., 2:] > 0
        if self.parallel:
            place = np.where(ahead, points[..., :2], np.nan)
        else:
            place = self.distortion.distort(points[..., :2] / np.where(ahead, points[..., 2:], np.nan))
        return place * [self.fx, self.fy] + [self.cx, self.cy]

    def undistorted_pixels(self, pixels: Floats) -> Floats:
        """Give where the camera without its lens sees what `pixels`, (..., 2), see; NaN where nothing is."""
        place = (pixels - [self.cx, self.cy]) / [self.fx, self.fy]
        return self.distortion.undistort(place) * [self.fx, self.fy] + [self.cx, self.cy]

    def rays(self) -> tuple[Floats, Floats]:
        """Give origin and direction (z component 1) of every pixel's ray in the world, each (h, w, 3)."""
        x, y = np.meshgrid(np.arange(self.size[0]), np.arange(self.size[1]))
        place = self.undistorted_pixels(np.stack([x, y], -1).astype(np.float64))
        place = (place - [self.cx, self.cy]) / [self.fx, self.fy]
        rotation, centre = self.world_from_camera[:3, :3], self.world_from_camera[:3, 3]
        if self.parallel:
            direction = np.broadcast_to(rotation[:, 2], (*x.shape, 3))
            return centre + place @ rotation[:, :2].T, direction
        ahead = np.concatenate([place, np.ones((*x.shape, 1))], -1)
        return np.broadcast_to(centre, ahead.shape), ahead @ rotation.T

    def distances(self, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the distance along every pixel's ray of what is at `depth` along the camera's axis, (h, w).

        Of a parallel camera both are the same. It is what tells a volume renderer where surfaces hide it.
        """
        if self.parallel:
            return depth
        if not self.distortion.is_none:
            return (depth * np.linalg.norm(self.rays()[1], axis=-1)).astype(np.float32)
        across = (np.arange(self.size[0]) - self.cx) / self.fx
        down = (np.arange(self.size[1]) - self.cy) / self.fy
        square = (1 + across**2).astype(np.float32) + (down**2).astype(np.float32)[:, None]
        return depth * np.sqrt(square)

    def moved(self, world_from_camera: Floats) -> "PinholeCamera":
        """Give the same camera in another place."""
        return replace(self, world_from_camera=world_from_camera)

    @staticmethod
    def looking_at(
        eye: tuple[float, float, float],
        target: tuple[float, float, float],
        size: tuple[int, int],
        *,
        up: tuple[float, float, float] = (0.0, 1.0, 0.0),
        view_angle_deg: float = 40.0,
    ) -> "PinholeCamera":
        """Place a camera at `eye` with `target` in the middle; the view angle is from top to bottom."""
        return PinholeCamera.of_view(Camera(eye, target, up, view_angle_deg), size)

    @staticmethod
    def of_view(view: Camera, size: tuple[int, int]) -> "PinholeCamera":
        """Give the pinhole camera that shows the same as `view` in a picture of (width, height)."""
        width, height = size
        pose = np.eye(4)
        pose[:3, :3] = view.axes.T
        pose[:3, 3] = view.position_lps_mm
        parallel = view.parallel_height_mm is not None
        focal = height / view.height_mm * (1.0 if parallel else view.distance_mm)
        near = min(0.01, view.distance_mm * 1e-3)
        centre = ((width - 1) / 2, (height - 1) / 2)
        return PinholeCamera(size, focal, focal, *centre, pose, near=near, parallel=parallel)
