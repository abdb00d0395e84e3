"""Surfaces of triangles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Mesh:
    """A surface in DICOM patient LPS millimetres.

    Parameters
    ----------
    vertices_lps_mm : (n, 3) float64
    triangles : (m, 3) int64
        Vertex numbers; counterclockwise seen from outside.
    name : str
        What it is the surface of.
    colour : tuple of int, optional
        sRGB, 0 to 255.
    """

    vertices_lps_mm: NDArray[np.float64]
    triangles: NDArray[np.int64]
    name: str = ""
    colour: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        """Check that every triangle has its vertices."""
        if self.vertices_lps_mm.ndim != 2 or self.vertices_lps_mm.shape[1] != 3:
            raise ValueError("vertices have three coordinates")
        if self.triangles.size and not (
            self.triangles.min() >= 0 and self.triangles.max() < len(self.vertices_lps_mm)
        ):
            raise ValueError("a triangle without its vertices")

    @property
    def volume_mm3(self) -> float:
        """Enclosed volume of a closed surface (divergence theorem); negative where it is inside out."""
        a, b, c = (self.vertices_lps_mm[self.triangles[:, corner]] for corner in range(3))
        return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)

    @property
    def area_mm2(self) -> float:
        """Area of the surface."""
        a, b, c = (self.vertices_lps_mm[self.triangles[:, corner]] for corner in range(3))
        return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)

    @property
    def is_closed(self) -> bool:
        """Whether every edge is crossed as often in one direction as in the other.

        The two multisets of edges are compared by the sums of their hashes, which differ for different ones
        but once in 2^64.
        """
        edges = self.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.uint64)
        count = np.uint64(len(self.vertices_lps_mm))
        forward = _mixed(edges[:, 0] * count + edges[:, 1]).sum(dtype=np.uint64)
        return bool(forward == _mixed(edges[:, 1] * count + edges[:, 0]).sum(dtype=np.uint64))


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash numbers in place (SplitMix64, Steele, Lea and Flood 2014)."""
    values += np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        values ^= values >> np.uint64(shift)
        values *= np.uint64(factor)
    values ^= values >> np.uint64(31)
    return values
