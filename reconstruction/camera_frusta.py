"""Cameras as the pyramids that they are drawn as."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float64]

# Of the corners: the centre of projection, then the picture's from the upper left one clockwise.
EDGES = ((0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4), (4, 1))
_SHARE = 0.4  # of the distance to the next camera
_LARGEST_SHARE = 0.12  # of the extent of all cameras and points


@dataclass(frozen=True, eq=False)
class Frusta:
    """The pyramids of a set of cameras.

    Parameters
    ----------
    names : tuple of str
        Of the photographs.
    corners : (n, 5, 3) float64
        In the world.
    """

    names: tuple[str, ...]
    corners: Floats


def make_frusta(cameras: Mapping[str, PosedCamera], points: Floats) -> Frusta:
    """Give the pyramids of cameras, as large as they can be beside one another.

    Parameters
    ----------
    cameras : mapping
        Posed cameras by name.
    points : (n, 3) float64
        Of the scene, which the pyramids shall not be large beside.
    """
    if not cameras:
        return Frusta((), np.zeros((0, 5, 3)))
    depth = _depth(np.array([camera.pose[1] for camera in cameras.values()]), points)
    corners = np.array([_corners(camera, depth) for camera in cameras.values()])
    return Frusta(tuple(cameras), corners)


def _depth(centres: Floats, points: Floats) -> float:
    everything = np.concatenate((centres, points)) if len(points) else centres
    extent = float(np.linalg.norm(everything.max(axis=0) - everything.min(axis=0)))
    largest = _LARGEST_SHARE * extent if extent > 0 else 1.0
    if len(centres) < 2:
        return largest
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = float(np.median(apart.min(axis=1)))
    return min(_SHARE * nearest, largest) if nearest > 0 else largest


def _corners(camera: PosedCamera, depth: float) -> Floats:
    rotation, centre = camera.pose
    width, height = camera.size
    k = camera.intrinsics
    across = (np.array([-0.5, width - 0.5, width - 0.5, -0.5]) - k[0, 2]) / k[0, 0]
    down = (np.array([-0.5, -0.5, height - 0.5, height - 0.5]) - k[1, 2]) / k[1, 1]
    rays = np.column_stack((across, down, np.ones(4))) * depth
    return np.concatenate((centre[None], rays @ rotation.T + centre))
