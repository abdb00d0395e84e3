"""Point clouds as PLY files."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import write_bytes

_HEADER = """ply
format binary_little_endian 1.0
comment {comment}
element vertex {count}
property float x
property float y
property float z
property uchar red
property uchar green
property uchar blue
end_header
"""


def write_point_cloud(
    path: Path, points: NDArray[np.floating], colours: NDArray[np.uint8], *, comment: str
) -> None:
    """Write points (n, 3) with sRGB colours (n, 3) as binary PLY, atomically."""
    rows = np.zeros(len(points), np.dtype([("xyz", "<f4", 3), ("rgb", "u1", 3)]))
    rows["xyz"], rows["rgb"] = points, colours
    header = _HEADER.format(comment=comment.replace("\n", " "), count=len(points))
    write_bytes(path, header.encode("ascii", "replace") + rows.tobytes())
