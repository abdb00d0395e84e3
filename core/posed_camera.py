"""The camera of one photograph: its lens, and where it was when that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BROWN_COEFFICIENTS = ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6", "s1", "s2", "s3", "s4")
FISHEYE_COEFFICIENTS = ("k1", "k2", "k3", "k4")


@dataclass(frozen=True, eq=False)
class PosedCamera:
    """A camera as in computer vision: x right, y down, z forward; pixel (0, 0) has its centre at (0, 0).

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    intrinsics : (3, 3) float64
        K.
    distortion : mapping
        OpenCV's coefficients by name; what is missing is 0.
    fisheye : bool
        Whether the coefficients are those of OpenCV's fisheye model.
    rotation_world_from_camera : (3, 3) float64, optional
        None while the pose is not known.
    centre_m : (3,) float64, optional
        The centre of projection in the world; metres where the scene has a scale.
    """

    size: tuple[int, int]
    intrinsics: Floats
    distortion: Mapping[str, float] = field(default_factory=dict[str, float])
    fisheye: bool = False
    rotation_world_from_camera: Floats | None = None
    centre_m: Floats | None = None

    def __post_init__(self) -> None:
        """Check everything; a `ValueError` names the field."""
        if min(self.size) < 1:
            raise ValueError("size")
        k = self.intrinsics
        if k.shape != (3, 3) or not np.isfinite(k).all() or min(k[0, 0], k[1, 1]) <= 0:
            raise ValueError("K")
        if not np.allclose((k[1, 0], *k[2]), (0, 0, 0, 1)):
            raise ValueError("K")
        known = FISHEYE_COEFFICIENTS if self.fisheye else BROWN_COEFFICIENTS
        if not set(self.distortion) <= set(known) or not np.isfinite(list(self.distortion.values())).all():
            raise ValueError("distortion")
        if (self.rotation_world_from_camera is None) != (self.centre_m is None):
            raise ValueError("rotation_world_from_camera, centre_m")
        if self.rotation_world_from_camera is not None and not _is_rotation(self.rotation_world_from_camera):
            raise ValueError("rotation_world_from_camera")
        if self.centre_m is not None and (
            self.centre_m.shape != (3,) or not np.isfinite(self.centre_m).all()
        ):
            raise ValueError("centre_m")

    @property
    def is_posed(self) -> bool:
        """Whether it is known where the camera was."""
        return self.centre_m is not None

    @property
    def pose(self) -> tuple[Floats, Floats]:
        """Rotation world from camera and centre; a `ValueError` where they are not known."""
        if self.rotation_world_from_camera is None or self.centre_m is None:
            raise ValueError("rotation_world_from_camera, centre_m")
        return self.rotation_world_from_camera, self.centre_m


def _is_rotation(matrix: Floats) -> bool:
    return (
        matrix.shape == (3, 3)
        and bool(np.isfinite(matrix).all())
        and bool(np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-3))
        and float(np.linalg.det(matrix)) > 0
    )
