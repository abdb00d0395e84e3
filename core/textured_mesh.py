"""Surfaces of scenes, with their colours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class TexturedMesh:
    """A surface of triangles in a scene: right-handed, Y up; metres where the scene has a scale.

    Parameters
    ----------
    positions : (n, 3) float32
    triangles : (m, 3) int32
        Vertex numbers; counterclockwise seen from outside.
    colours : (n, 3) uint8, optional
        sRGB at the vertices.
    uv : (n, 2) float32, optional
        Texture coordinates, (0, 0) in the upper left corner of the page, as in glTF. A vertex where charts
        meet is there once for each of them.
    pages : tuple of (height, width, 3) uint8
        The texture, in sRGB; empty without `uv`.
    page_of_triangle : (m,) int32, optional
        Which page each triangle lies on; all on the first when not given.
    """

    positions: Floats
    triangles: NDArray[np.int32]
    colours: Bytes | None = None
    uv: Floats | None = None
    pages: tuple[Bytes, ...] = ()
    page_of_triangle: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        """Check shapes and numbers; a `ValueError` names the field."""
        count = len(self.positions)
        if self.positions.shape != (count, 3) or not np.isfinite(self.positions).all():
            raise ValueError("positions")
        if self.triangles.shape != (len(self.triangles), 3) or not _within(self.triangles, count):
            raise ValueError("triangles")
        if self.colours is not None and self.colours.shape != (count, 3):
            raise ValueError("colours")
        if self.uv is not None and (self.uv.shape != (count, 2) or not np.isfinite(self.uv).all()):
            raise ValueError("uv")
        if (self.uv is None) != (not self.pages) or any(page.shape[2:] != (3,) for page in self.pages):
            raise ValueError("pages")
        pages = self.page_of_triangle
        if pages is not None and (
            pages.shape != (len(self.triangles),) or not _within(pages, len(self.pages))
        ):
            raise ValueError("page_of_triangle")


def _within(numbers: NDArray[np.int32], count: int) -> bool:
    return not numbers.size or bool(numbers.min() >= 0 and numbers.max() < count)
