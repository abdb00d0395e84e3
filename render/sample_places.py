"""Where a picture is sampled."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from native import _core
from render.lens_distortion import LensDistortion
from render.pinhole_camera import PinholeCamera

# In sixteenths of a pixel from its centre: Direct3D's standard patterns, in which no two samples share a row
# or a column of the finest grid.
_PATTERNS: dict[int, list[tuple[int, int]]] = {
    1: [(0, 0)],
    2: [(4, 4), (-4, -4)],
    4: [(-2, -6), (6, -2), (-6, 2), (2, 6)],
    8: [(1, -3), (-1, 3), (5, 1), (-3, -5), (-5, 5), (-7, -1), (3, 7), (7, -7)],
    16: [
        *[(1, 1), (-1, -3), (-3, 2), (4, -1), (-5, -2), (2, 5), (5, 3), (3, -5)],
        *[(-2, 6), (0, -7), (-4, -6), (-6, 4), (-8, 0), (7, -4), (6, 7), (-7, -8)],
    ],
}


def sample_offsets(samples: int) -> NDArray[np.float64]:
    """Give the samples of a pixel from its centre, (samples, 2) in pixels."""
    return np.array(_PATTERNS[samples], np.float64) / 16


def sample_places(camera: PinholeCamera, samples: int) -> NDArray[np.float64] | None:
    """Give where the samples are without the lens, (samples, h, w, 2); None for a camera that has none."""
    if camera.distortion.is_none:
        return None
    centre = (camera.fx, camera.fy, camera.cx, camera.cy)
    # Not kept: what is too large, and what is asked for once, as in picking.
    count = camera.size[0] * camera.size[1] * samples
    find = _kept_places if 64 <= count <= 1 << 23 else _places
    return find(camera.size, centre, camera.distortion, samples)


def centre_places(camera: PinholeCamera) -> NDArray[np.float64] | None:
    """Give the same of the pixels' centres, (1, h, w, 2)."""
    return sample_places(camera, 1)


def _places(
    size: tuple[int, int], centre: tuple[float, float, float, float], distortion: LensDistortion, samples: int
) -> NDArray[np.float64]:
    offsets = sample_offsets(samples)
    places = np.empty((samples, size[1], size[0], 2))
    for offset, plane in zip(offsets, places, strict=True):
        _core.undistort_picture(
            distortion.native_coefficients, distortion.fisheye, centre, tuple(offset), plane
        )
    return places


# 1280 x 720 pixels with four samples are 59 MB.
_kept_places = lru_cache(maxsize=2)(_places)
