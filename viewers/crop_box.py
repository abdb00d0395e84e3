"""The box that cuts a volume in the 3D view: its faces in voxels, and its handles in the picture."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume
from render.volume_look import VolumeLook
from viewers.camera_projection import CameraProjection

Corner = tuple[float, float, float]

_EDGES = ((0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7))
_MINIMUM_VOXELS = 1.0


@dataclass(frozen=True)
class CropBox:
    """What of a volume is shown: voxel borders along i, j and k (the whole grid is -0.5 to n - 0.5).

    Parameters
    ----------
    low_ijk, high_ijk : tuple of float
        The two corners.
    """

    low_ijk: Corner
    high_ijk: Corner

    @staticmethod
    def of(look: VolumeLook, volume: Volume) -> "CropBox":
        """Give the box of a look; the whole volume where the look cuts nothing."""
        return CropBox.whole(volume) if look.crop is None else CropBox(*look.crop)

    def applied(self, look: VolumeLook, volume: Volume) -> VolumeLook:
        """Give the look with this box; without one where the box holds the whole volume."""
        return replace(look, crop=None if self == CropBox.whole(volume) else (self.low_ijk, self.high_ijk))

    @staticmethod
    def whole(volume: Volume) -> "CropBox":
        """Give the box that cuts nothing."""
        ni, nj, nk = volume.shape_ijk
        return CropBox((-0.5, -0.5, -0.5), (ni - 0.5, nj - 0.5, nk - 0.5))

    def with_face(self, face: int, value: float, volume: Volume) -> "CropBox":
        """Move one face to a voxel coordinate, kept inside the volume and off the opposite face.

        Parameters
        ----------
        face : int
            0 to 5: low i, high i, low j, high j, low k, high k.
        """
        axis, is_high = divmod(face, 2)
        low, high = list(self.low_ijk), list(self.high_ijk)
        if is_high:
            high[axis] = min(max(value, low[axis] + _MINIMUM_VOXELS), volume.shape_ijk[axis] - 0.5)
        else:
            low[axis] = max(min(value, high[axis] - _MINIMUM_VOXELS), -0.5)
        return replace(self, low_ijk=(low[0], low[1], low[2]), high_ijk=(high[0], high[1], high[2]))

    def face_value(self, face: int) -> float:
        """Give the voxel coordinate of a face."""
        return (self.high_ijk if face % 2 else self.low_ijk)[face // 2]

    def corners_ijk(self) -> NDArray[np.float64]:
        """Give the eight corners, (8, 3), k fastest."""
        sides = list(zip(self.low_ijk, self.high_ijk, strict=True))
        return np.array([[i, j, k] for i in sides[0] for j in sides[1] for k in sides[2]])

    def handles_ijk(self) -> NDArray[np.float64]:
        """Give the centres of the six faces, (6, 3)."""
        centre = (np.array(self.low_ijk) + self.high_ijk) / 2
        handles = np.tile(centre, (6, 1))
        for face in range(6):
            handles[face, face // 2] = self.face_value(face)
        return handles


def lps(volume: Volume, points_ijk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give voxel coordinates, (n, 3), in LPS millimetres."""
    return points_ijk @ volume.lps_from_ijk[:3, :3].T + volume.lps_from_ijk[:3, 3]


def edge_lines(box: CropBox, volume: Volume, projection: CameraProjection) -> NDArray[np.float64]:
    """Give the twelve edges in the picture, (12, 2, 2) pixels."""
    corners = projection.pixels(lps(volume, box.corners_ijk()))
    return np.array([[corners[a], corners[b]] for a, b in _EDGES])


def handle_pixels(box: CropBox, volume: Volume, projection: CameraProjection) -> NDArray[np.float64]:
    """Give the six handles in the picture, (6, 2) pixels."""
    return projection.pixels(lps(volume, box.handles_ijk()))


def handle_at(handles: NDArray[np.float64], x: float, y: float, reach: float = 10.0) -> int | None:
    """Give the face whose handle is nearest to a pixel, or None where none is within reach."""
    distance = np.nan_to_num(np.hypot(handles[:, 0] - x, handles[:, 1] - y), nan=np.inf)
    nearest = int(np.argmin(distance))
    return nearest if distance[nearest] <= reach else None


def drag_voxels(
    box: CropBox, face: int, volume: Volume, projection: CameraProjection, delta: tuple[float, float]
) -> float:
    """Give how many voxels a face moves along its axis when its handle is dragged by `delta` pixels.

    The drag is projected on the axis as it is seen; an axis that points at the viewer moves by the vertical
    part of the drag instead, at the scale of the picture.
    """
    handle = box.handles_ijk()[face]
    step = np.zeros(3)
    step[face // 2] = 1.0
    start, end = projection.pixels(lps(volume, np.array([handle, handle + step])))
    axis = end - start
    length = float(np.hypot(*axis))
    mm = float(np.linalg.norm(volume.lps_from_ijk[:3, face // 2]))
    scale = projection.pixels_per_mm(lps(volume, handle[None])[0]) * mm
    if length < 0.15 * scale:
        outward = 1.0 if face % 2 else -1.0
        return -delta[1] * outward / scale
    return float(axis @ delta) / length**2
