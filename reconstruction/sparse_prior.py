"""A first guess of the surface that a view sees: triangles between the sparse points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float64]
_TAILS = (1.0, 99.0)
_NEARER, _FURTHER = 1.6, 0.4


@dataclass(frozen=True, eq=False)
class SparsePrior:
    """What sparse points tell of a view.

    Parameters
    ----------
    pixels : (n, 2) float64
        Where it sees them.
    inverse_depths : (n,) float64
        Of them.
    """

    pixels: Floats
    inverse_depths: Floats

    @property
    def inverse_range(self) -> tuple[float, float]:
        """Inverse depths between which the surface is looked for."""
        low, high = np.percentile(self.inverse_depths, _TAILS)
        return float(low * _FURTHER), float(high * _NEARER)

    def planes(self, size: tuple[int, int], scale: float) -> NDArray[np.float32]:
        """Give a plane of inverse depth for every pixel of the view reduced by `scale`.

        Parameters
        ----------
        size : tuple of int
            Width and height of the reduced view.
        scale : float
            Pixels of the view in one of the reduced view.

        Returns
        -------
        (height, width, 3) float32
            Inverse depth, and by how much it grows a pixel to the right and down; all 0 beyond the points.
        """
        width, height = size
        planes = np.zeros((height * width, 3))
        pixels = (self.pixels + 0.5) / scale - 0.5
        if len(pixels) >= _FEWEST:
            _fill(planes, pixels, self.inverse_depths, width)
        return planes.reshape(height, width, 3).astype(np.float32)


_FEWEST = 10


def sparse_prior(camera: PosedCamera, points: Floats) -> SparsePrior:
    """Look at points of the world, in front of the camera, with it."""
    rotation, centre = camera.pose
    seen = (points - centre) @ rotation
    pixels = seen @ camera.intrinsics.T
    return SparsePrior(pixels[:, :2] / pixels[:, 2:], 1.0 / seen[:, 2])


def _fill(planes: Floats, pixels: Floats, values: Floats, width: int) -> None:
    """Lay the planes of Delaunay's triangles into those pixels that they hold."""
    from scipy.spatial import Delaunay, QhullError

    try:
        mesh = Delaunay(pixels)
    except QhullError:  # All on a line: nothing to interpolate.
        return
    grid = np.stack(np.divmod(np.arange(len(planes)), width)[::-1], axis=-1).astype(float)
    found = mesh.find_simplex(grid)
    corners = mesh.simplices
    edges = pixels[corners[:, 1:]] - pixels[corners[:, :1]]
    sizes = np.abs(np.linalg.det(edges))
    rises = values[corners[:, 1:]] - values[corners[:, :1]]
    slopes = np.zeros((len(corners), 2))
    solid = sizes > 1e-6
    slopes[solid] = np.linalg.solve(edges[solid], rises[solid][..., None])[..., 0]
    inside = (found >= 0) & solid[found]
    triangle = found[inside]
    first = corners[triangle, 0]
    slope = slopes[triangle]
    planes[inside, 0] = values[first] + ((grid[inside] - pixels[first]) * slope).sum(-1)
    planes[inside, 1:] = slope
