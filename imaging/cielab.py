"""Recommended display colours: DICOM's 16-bit CIELab and sRGB."""

from collections.abc import Sequence

import numpy as np

# IEC 61966-2-1 (sRGB) under D65, adapted to DICOM's profile connection space D50 (Bradford;
# ICC.1:2010 annex E).
_D50 = np.array([0.96422, 1.0, 0.82521])
_XYZ_FROM_RGB = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
_KNEE = 6.0 / 29.0


def rgb_from_cielab(stored: Sequence[int]) -> tuple[int, int, int]:
    """Give the sRGB colour (0 to 255) of RecommendedDisplayCIELabValue (PS3.3 C.10.7.1.1)."""
    lightness = stored[0] * 100.0 / 65535.0
    a, b = (value * 255.0 / 65535.0 - 128.0 for value in stored[1:3])
    y = (lightness + 16.0) / 116.0
    cubes = np.array([y + a / 500.0, y, y - b / 200.0])
    xyz = np.where(cubes > _KNEE, cubes**3, 3 * _KNEE**2 * (cubes - 4.0 / 29.0)) * _D50
    linear = np.clip(np.linalg.solve(_XYZ_FROM_RGB, xyz), 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (int(value) for value in np.rint(encoded * 255.0))
    return red, green, blue


def cielab_from_rgb(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Give RecommendedDisplayCIELabValue of an sRGB colour (0 to 255)."""
    encoded = np.array(colour) / 255.0
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    ratios = _XYZ_FROM_RGB @ linear / _D50
    cubes = np.where(ratios > _KNEE**3, np.cbrt(ratios), ratios / (3 * _KNEE**2) + 4.0 / 29.0)
    lightness = 116.0 * cubes[1] - 16.0
    a, b = 500.0 * (cubes[0] - cubes[1]), 200.0 * (cubes[1] - cubes[2])
    stored = np.rint([lightness * 655.35, (a + 128.0) * 257.0, (b + 128.0) * 257.0])
    first, second, third = (int(value) for value in np.clip(stored, 0, 65535))
    return first, second, third
