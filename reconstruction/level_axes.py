"""Which way is right and down in photographs as they were held."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float64]


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
