"""Our cameras and COLMAP's, which counts pixels from a corner: its principal point is half a pixel off."""

from typing import Any

import numpy as np

from core.posed_camera import BROWN_COEFFICIENTS, FISHEYE_COEFFICIENTS, PosedCamera

_HALF = 0.5
# The parameters of COLMAP's models after f or (fx, fy), cx, cy, by the names that OpenCV gives them.
_COEFFICIENTS = {
    "SIMPLE_PINHOLE": (),
    "PINHOLE": (),
    "SIMPLE_RADIAL": ("k1",),
    "RADIAL": ("k1", "k2"),
    "OPENCV": BROWN_COEFFICIENTS[:4],
    "FULL_OPENCV": BROWN_COEFFICIENTS[:8],
    "OPENCV_FISHEYE": FISHEYE_COEFFICIENTS,
}
_ONE_FOCAL_LENGTH = frozenset(("SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL"))


def colmap_lens(camera: PosedCamera) -> tuple[str, list[float]]:
    """Give the model and the parameters of a known lens.

    Raises
    ------
    ValueError
        When COLMAP has no such model: skewed axes, thin prisms.
    """
    k, used = camera.intrinsics, {name for name, value in camera.distortion.items() if value}
    if abs(k[0, 1]) > 1e-6 * k[0, 0]:
        raise ValueError("K[0][1]")
    models = ("OPENCV_FISHEYE",) if camera.fisheye else ("PINHOLE", "OPENCV", "FULL_OPENCV")
    model = next((name for name in models if used <= set(_COEFFICIENTS[name])), None)
    if model is None:
        raise ValueError("distortion")
    lens = [float(camera.distortion.get(name, 0.0)) for name in _COEFFICIENTS[model]]
    return model, [float(k[0, 0]), float(k[1, 1]), float(k[0, 2]) + _HALF, float(k[1, 2]) + _HALF, *lens]


def from_colmap(camera: Any, camera_from_world: Any) -> PosedCamera:
    """Give the camera of a registered image: `pycolmap.Camera` and `pycolmap.Rigid3d`."""
    model, numbers = camera.model.name, [float(number) for number in camera.params]
    if model in _ONE_FOCAL_LENGTH:
        numbers.insert(0, numbers[0])
    fx, fy, cx, cy, *lens = numbers
    rotation = camera_from_world.rotation.matrix().T
    return PosedCamera(
        size=(int(camera.width), int(camera.height)),
        intrinsics=np.array([[fx, 0.0, cx - _HALF], [0.0, fy, cy - _HALF], [0.0, 0.0, 1.0]]),
        distortion=dict(zip(_COEFFICIENTS[model], lens, strict=True)),
        fisheye=model == "OPENCV_FISHEYE",
        rotation_world_from_camera=rotation,
        centre_m=-rotation @ camera_from_world.translation,
    )
