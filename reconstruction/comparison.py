"""A photograph beside what its camera sees of the reconstruction."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import BROWN_COEFFICIENTS, FISHEYE_COEFFICIENTS, PosedCamera
from imaging.reslice import StopFlag
from reconstruction.photograph import read_colours
from reconstruction.photograph_list import orientation_of, upright
from reconstruction.view import resized_camera
from render.lens_distortion import LensDistortion
from render.pinhole_camera import PinholeCamera
from render.renderer import RenderOptions, SceneRenderer
from render.scene import RenderScene

_LONGEST_SIDE = 1400
_SAMPLES = 4


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two pictures of the same size, upright.

    Parameters
    ----------
    photograph : (h, w, 3) uint8
        sRGB.
    rendered : (h, w, 4) uint8
        What the camera sees of the scene, with the distortion of its lens.
    """

    photograph: NDArray[np.uint8]
    rendered: NDArray[np.uint8]


def compare(
    renderer: SceneRenderer, scene: RenderScene, path: Path, camera: PosedCamera, stop: StopFlag
) -> Comparison:
    """Read a photograph and draw what its camera sees.

    Raises
    ------
    BadInput
        When the photograph cannot be read.
    Cancelled
        When stopped.
    """
    colours = read_colours(path, _LONGEST_SIDE)
    height, width = colours.shape[:2]
    view = pinhole_of(resized_camera(camera, (width, height)))
    made = renderer.render(scene, view, RenderOptions(samples=_SAMPLES), stop=stop)
    if made.picture is None:
        raise TypeError("a rendering without what was asked for")
    turn = orientation_of(path)
    return Comparison(upright(colours, turn), upright(made.picture, turn))


def pinhole_of(camera: PosedCamera) -> PinholeCamera:
    """Give the camera that draws what a posed camera sees."""
    rotation, centre = camera.pose
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, centre
    names = FISHEYE_COEFFICIENTS if camera.fisheye else BROWN_COEFFICIENTS
    numbers = tuple(float(camera.distortion.get(name, 0.0)) for name in names)
    lens = LensDistortion(numbers, camera.fisheye) if any(numbers) or camera.fisheye else LensDistortion()
    k = camera.intrinsics
    return PinholeCamera(camera.size, k[0, 0], k[1, 1], k[0, 2], k[1, 2], pose, lens, near=1e-4)
