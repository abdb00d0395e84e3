"""A photograph without the distortion of its lens, at the size that a stage works with."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.masks import usable_pixels
from reconstruction.photograph import Photograph, read_colours

Floats = NDArray[np.float64]
_CENTRE = 0.5  # a pixel's centre lies at whole numbers: its edges half a pixel off


@dataclass(frozen=True, eq=False)
class View:
    """What a pinhole camera with a known pose sees.

    Parameters
    ----------
    name : str
        Name of the photograph's file.
    colours : (height, width, 3) uint8
        sRGB.
    camera : PosedCamera
        Without distortion, posed, of the same size.
    usable : (height, width) bool, optional
        False where the photograph shows nothing to reconstruct (masks) or, after undistortion, nothing at
        all; None when all of it is usable.
    """

    name: str
    colours: NDArray[np.uint8]
    camera: PosedCamera
    usable: NDArray[np.bool_] | None = None

    @property
    def projection(self) -> Floats:
        """P = K [R | t], (3, 4), of a point of the world in homogeneous coordinates."""
        rotation, centre = self.camera.pose
        camera_from_world = rotation.T
        return self.camera.intrinsics @ np.column_stack((camera_from_world, -camera_from_world @ centre))


def undistorted_view(
    photograph: Photograph,
    camera: PosedCamera,
    longest_side: int,
) -> View:
    """Read a photograph and its mask, reduced to `longest_side` pixels at most, without distortion.

    Parameters
    ----------
    photograph : Photograph
        The file.
    camera : PosedCamera
        Of the whole photograph, posed.
    longest_side : int
        In pixels.

    Raises
    ------
    BadInput
        When the file is damaged.
    """
    import cv2

    colours = read_colours(photograph.path, longest_side)
    height, width = colours.shape[:2]
    small = resized_camera(camera, (width, height))
    seen = usable_pixels(photograph, (width, height))
    if not any(camera.distortion.values()):
        return View(photograph.name, colours, small, None if seen is None else seen.astype(bool))
    maps = _maps(small)
    straight = cv2.remap(colours, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    whole = np.ones((height, width), np.uint8) if seen is None else seen
    kept = cv2.remap(whole, *maps, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    pinhole = replace(small, distortion={}, fisheye=False)
    return View(
        photograph.name, straight.astype(np.uint8), pinhole, None if kept.all() else kept.astype(bool)
    )


def resized_camera(camera: PosedCamera, size: tuple[int, int]) -> PosedCamera:
    """Give the camera whose picture is that of `camera`, resized to width and height in pixels."""
    across, down = size[0] / camera.size[0], size[1] / camera.size[1]
    k = camera.intrinsics.copy()
    k[0] *= across
    k[1] *= down
    k[0, 2] += _CENTRE * (across - 1.0)
    k[1, 2] += _CENTRE * (down - 1.0)
    return replace(camera, size=size, intrinsics=k)


def _maps(camera: PosedCamera) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For every pixel of the pinhole camera with the same K: where the photograph shows it."""
    import cv2

    from core.posed_camera import BROWN_COEFFICIENTS, FISHEYE_COEFFICIENTS

    order = FISHEYE_COEFFICIENTS if camera.fisheye else BROWN_COEFFICIENTS
    coefficients = np.array([camera.distortion.get(name, 0.0) for name in order])
    rectify = cv2.fisheye.initUndistortRectifyMap if camera.fisheye else cv2.initUndistortRectifyMap
    across, down = rectify(
        camera.intrinsics, coefficients, np.eye(3), camera.intrinsics, camera.size, cv2.CV_32FC1
    )
    return np.asarray(across, np.float32), np.asarray(down, np.float32)
