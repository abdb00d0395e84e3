"""Where a camera was, moment by moment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Poses in the order of time.

    Parameters
    ----------
    times_s : (n,) float64
        Seconds, never falling; where a recording has no times, the numbers of its frames.
    world_from_camera : (n, 4, 4) float64
        Rotations and centres; x right, y down, z forward.
    """

    times_s: Floats
    world_from_camera: Floats

    def __post_init__(self) -> None:
        """Check everything; a `ValueError` names the field."""
        if self.times_s.ndim != 1 or not np.isfinite(self.times_s).all() or (np.diff(self.times_s) < 0).any():
            raise ValueError("times_s")
        poses = self.world_from_camera
        if poses.shape != (len(self.times_s), 4, 4) or not np.isfinite(poses).all():
            raise ValueError("world_from_camera")
        rotations = poses[:, :3, :3]
        unit = rotations @ rotations.transpose(0, 2, 1)
        if not np.allclose(unit, np.eye(3), atol=1e-3) or (np.linalg.det(rotations) < 0).any():
            raise ValueError("world_from_camera: rotation")
        if not np.allclose(poses[:, 3], (0, 0, 0, 1)):
            raise ValueError("world_from_camera: last row")

    def __len__(self) -> int:
        """Give the number of poses."""
        return len(self.times_s)

    def __getitem__(self, rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> "Trajectory":
        """Give some of the poses, in the order of time."""
        return Trajectory(self.times_s[rows], self.world_from_camera[rows])

    @property
    def centres_m(self) -> Floats:
        """Give the centres of projection, (n, 3)."""
        return self.world_from_camera[:, :3, 3]

    @property
    def rotations(self) -> Floats:
        """Give the rotations world from camera, (n, 3, 3)."""
        return self.world_from_camera[:, :3, :3]

    @property
    def path_m(self) -> Floats:
        """Give the way gone up to each pose, (n,)."""
        steps = np.linalg.norm(np.diff(self.centres_m, axis=0), axis=1)
        return np.concatenate([np.zeros(min(1, len(self))), np.cumsum(steps)])
