"""Looks and cameras in the form that VTK takes them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume
from render.camera import Camera, Vector
from render.transfer_function import TransferFunction
from render.volume_look import VolumeLook, VolumeMode

# From the viewer: over the left shoulder, as in `render.native_look.lighting`.
_LIGHT = (-0.25, 0.35, 1.0)


def set_camera(view: Any, camera: Camera) -> None:
    """Bring VTK's camera to where ours is."""
    view.SetPosition(camera.position_lps_mm)
    view.SetFocalPoint(camera.focal_point_lps_mm)
    view.SetViewUp(camera.view_up)
    view.SetViewAngle(camera.view_angle_deg)
    view.SetParallelProjection(camera.parallel_height_mm is not None)
    if camera.parallel_height_mm is not None:
        view.SetParallelScale(camera.parallel_height_mm / 2)


def headlight(*, mirrored: bool = False) -> Any:
    """Give the light of the native renderer's volumes; of a picture that is mirrored afterwards."""
    from vtkmodules.vtkRenderingCore import vtkLight

    light = vtkLight()
    light.SetLightTypeToCameraLight()
    x, y, z = _LIGHT
    light.SetPosition(-x if mirrored else x, y, z)
    light.SetFocalPoint(0, 0, 0)
    light.SetAmbientColor(1, 1, 1)
    return light


def image_of(volume: Volume) -> Any:
    """Give the voxels, not copied, on a grid of millimetres along its own axes."""
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData

    image = vtkImageData()
    image.SetDimensions(*volume.shape_ijk)
    image.SetSpacing(*volume.spacing_mm)
    image.GetPointData().SetScalars(numpy_to_vtk(volume.voxels.ravel()))
    return image


@dataclass(frozen=True, eq=False)
class GridFrame:
    """Axes along which a volume lies.

    VTK lights a volume wrongly that is turned or mirrored by a matrix of its own: here the camera is turned
    instead, into a world whose axes are those of the grid, and what a mirroring grid shows is mirrored
    afterwards.

    Parameters
    ----------
    turn : (3, 3) float64
        From LPS directions; orthogonal.
    grid : (4, 4) float64
        To this world from the grid of `image_of`: a shift, and the shear of a sheared grid.
    """

    turn: NDArray[np.float64]
    grid: NDArray[np.float64]

    @staticmethod
    def of(volume: Volume) -> "GridFrame":
        """Find it: the orthogonal part of the affine (QR decomposition)."""
        axes, shear = np.linalg.qr(volume.lps_from_ijk[:3, :3])
        signs = np.sign(np.diag(shear))
        axes, shear = axes * signs, shear * signs[:, None]
        grid = np.eye(4)
        grid[:3, :3] = shear / volume.spacing_mm
        grid[:3, 3] = axes.T @ volume.lps_from_ijk[:3, 3]
        return GridFrame(axes.T, grid)

    @property
    def mirrored(self) -> bool:
        """Whether left and right are exchanged in its pictures."""
        return bool(np.linalg.det(self.turn) < 0)

    def turned(self, vector: Vector) -> Vector:
        """Bring a point or a direction there."""
        x, y, z = (self.turn @ np.array(vector)).tolist()
        return x, y, z

    def camera(self, camera: Camera) -> Camera:
        """Bring a camera there."""
        return replace(
            camera,
            position_lps_mm=self.turned(camera.position_lps_mm),
            focal_point_lps_mm=self.turned(camera.focal_point_lps_mm),
            view_up=self.turned(camera.view_up),
        )


def matrix_of(affine: NDArray[np.float64]) -> Any:
    """Give VTK's matrix."""
    from vtkmodules.vtkCommonMath import vtkMatrix4x4

    matrix = vtkMatrix4x4()
    matrix.DeepCopy(affine.ravel().tolist())
    return matrix


def property_of(look: VolumeLook, value_range: tuple[float, float], spacing_mm: float) -> Any:
    """Give colours, opacities and light; of projections a ramp of grey through their window.

    VTK takes gradients per mean spacing of the voxels, not per mm.
    """
    from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
    from vtkmodules.vtkRenderingCore import vtkVolumeProperty

    made = vtkVolumeProperty()
    made.SetInterpolationTypeToLinear()
    if look.mode in (VolumeMode.COMPOSITE, VolumeMode.ISOSURFACE):
        _set_transfer(made, look.transfer, opaque=look.mode is VolumeMode.ISOSURFACE)
        _set_light(made, look)
    else:
        _set_window(made, look.window, value_range)
    if look.mode is VolumeMode.COMPOSITE and look.transfer.gradient_opacity:
        gradients = vtkPiecewiseFunction()
        for magnitude, factor in look.transfer.gradient_opacity:
            gradients.AddPoint(magnitude * spacing_mm, factor)
        made.SetGradientOpacity(gradients)
    return made


def _set_transfer(made: Any, transfer: TransferFunction, *, opaque: bool) -> None:
    from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
    from vtkmodules.vtkRenderingCore import vtkColorTransferFunction

    colours, opacities = vtkColorTransferFunction(), vtkPiecewiseFunction()
    low, high = transfer.value_range
    nudge = max((high - low) * 1e-6, abs(high) * 1e-9, 1e-9)
    last = -np.inf
    for point in transfer.points:
        value = max(point.value, last + nudge)  # VTK has no two points at one value
        colours.AddRGBPoint(value, point.red, point.green, point.blue)
        opacities.AddPoint(value, 1.0 if opaque else point.opacity)
        last = value
    made.SetColor(colours)
    made.SetScalarOpacity(opacities)
    made.SetScalarOpacityUnitDistance(transfer.unit_mm)


def _set_light(made: Any, look: VolumeLook) -> None:
    made.SetShade(int(look.shaded))
    made.SetAmbient(look.ambient)
    made.SetDiffuse(look.diffuse)
    made.SetSpecular(look.specular)
    made.SetSpecularPower(look.specular_power)


def _set_window(made: Any, window: tuple[float, float] | None, value_range: tuple[float, float]) -> None:
    from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
    from vtkmodules.vtkRenderingCore import vtkColorTransferFunction

    low, high = value_range
    if window is not None:
        low, high = window[0] - window[1] / 2, window[0] + window[1] / 2
    if not low < high:
        low, high = low - 0.5, low + 0.5
    ramp, opacities = vtkColorTransferFunction(), vtkPiecewiseFunction()
    for value, grey in ((low, 0.0), (high, 1.0)):
        ramp.AddRGBPoint(value, grey, grey, grey)
        opacities.AddPoint(value, 1.0)
    made.SetColor(ramp)
    made.SetScalarOpacity(opacities)
    made.ShadeOff()
