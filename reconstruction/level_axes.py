"""Which way is right and down in photographs as they were held."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float64]
_LEAST_TURNED = 0.2  # of cameras that look several ways


def level_axes(cameras: Mapping[str, PosedCamera], turns: Mapping[str, int]) -> tuple[Floats, Floats]:
    """Give right and down, as viewers show photographs, in the cameras' world.

    Parameters
    ----------
    cameras : mapping
        Posed, by the names of photographs.
    turns : mapping
        Quarter turns clockwise that a viewer makes (EXIF's orientation); 0 where there are none.

    Returns
    -------
    tuple of (n, 3) float64
        In the order of the cameras; of a level camera the first has no part that points up.
    """
    rights: list[Floats] = []
    downs: list[Floats] = []
    for name, camera in cameras.items():
        right, down = camera.pose[0][:, 0], camera.pose[0][:, 1]
        for _ in range(turns.get(name, 0) % 4):
            right, down = -down, right
        rights.append(right)
        downs.append(down)
    return np.array(rights).reshape(-1, 3), np.array(downs).reshape(-1, 3)


@dataclass(frozen=True, eq=False)
class LevelUp:
    """Which way is up, by how cameras were held: a photographer holds them level.

    Parameters
    ----------
    direction : (3,) float64
        Up, in the cameras' world.
    sigma_rad : float
        By so much it may be off; infinite where cameras do not tell, as where all look the same way.
    """

    direction: Floats
    sigma_rad: float


def level_up(cameras: Mapping[str, PosedCamera], turns: Mapping[str, int]) -> LevelUp:
    """Find up, from one camera at least; see `level_axes`."""
    rights, downs = level_axes(cameras, turns)
    _, strengths, vt = np.linalg.svd(rights, full_matrices=True)
    told = len(rights) > 2 and strengths[1] > _LEAST_TURNED * strengths[0]
    up = vt[2] if told else -downs.mean(axis=0)
    up = up / max(float(np.linalg.norm(up)), 1e-12)
    if up @ downs.mean(axis=0) > 0:
        up = -up
    # Cameras are held askew by as much as there is upwards in what is right of them.
    sigma = float(strengths[2] / strengths[1] / np.sqrt(len(rights) - 2)) if told else np.inf
    return LevelUp(np.asarray(up, np.float64), sigma)
