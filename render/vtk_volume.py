"""Pictures of a volume by VTK on the graphics processor."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled
from core.volume import Volume
from imaging.reslice import StopFlag
from native import _core
from render.camera import Camera
from render.native_look import brightness
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import Quality
from render.vtk_look import GridFrame, headlight, image_of, matrix_of, property_of, set_camera
from render.vtk_window import VtkWindow, in_graphics_thread

_BLENDS = {
    VolumeMode.COMPOSITE: "Composite",
    VolumeMode.MIP: "MaximumIntensity",
    VolumeMode.MINIP: "MinimumIntensity",
    VolumeMode.MEAN: "AverageIntensity",
    VolumeMode.ISOSURFACE: "IsoSurface",
}
# Steps in the smallest voxel length.
_STEP = {Quality.INTERACTIVE: 1.0, Quality.FULL: 0.5}
_EVERYTHING_INSIDE = 0x2000  # of VTK's 27 cropping regions the one in the middle


class VtkVolumeRenderer:
    """Casts rays with vtkGPUVolumeRayCastMapper; where there is no such processor, by emulation, slowly.

    Takes what `render.volume_renderer.VolumeRenderer.render` takes, but for companions, and gives nearly the
    same picture. Any thread may call it; one of its own draws.

    Parameters
    ----------
    volume : Volume
        Any grid. A colour volume is shown by its brightness.

    Raises
    ------
    GraphicsFailure
        When there is no VTK or no OpenGL.
    """

    def __init__(self, volume: Volume) -> None:
        grey = volume
        if volume.is_colour:
            grey = Volume(brightness(volume.voxels), volume.lps_from_ijk)
        self.volume = volume
        self._step_mm = float(volume.spacing_mm.min())
        self._range: tuple[float, float] = _core.ValueBlocks(grey.voxels).whole_range
        self._view = in_graphics_thread(_View, grey)

    @property
    def device(self) -> tuple[str, bool]:
        """Name of what draws, and whether it is the processor after all."""
        return self._view.device

    def refresh(self) -> None:
        """Take note that voxels changed."""
        in_graphics_thread(self._view.refresh)

    @property
    def value_range(self) -> tuple[float, float]:
        """Smallest and largest voxel value."""
        return self._range

    def render(
        self,
        camera: Camera,
        look: VolumeLook,
        size: tuple[int, int],
        *,
        quality: str = Quality.INTERACTIVE,
        stop: StopFlag | None = None,
    ) -> NDArray[np.uint8]:
        """Draw, (height, width, 4), colours not multiplied by alpha.

        Raises
        ------
        Cancelled
            When stopped before it began.
        GraphicsFailure
            When VTK could not draw.
        """
        step_mm = self._step_mm * _STEP[Quality(quality)]
        if stop is not None and stop.stopped:
            raise Cancelled
        return in_graphics_thread(self._view.draw, camera, look, self._range, size, step_mm)

    def close(self) -> None:
        """Give the memory of the graphics processor back."""
        in_graphics_thread(self._view.close)


class _View:
    """VTK's side of it, in the graphics thread."""

    def __init__(self, volume: Volume) -> None:
        window = VtkWindow()
        self.device = window.device()
        from vtkmodules.vtkRenderingCore import vtkVolume
        from vtkmodules.vtkRenderingVolumeOpenGL2 import vtkOpenGLGPUVolumeRayCastMapper

        self._window = window
        self._spacing_mm = volume.spacing_mm
        self._image, self._frame = image_of(volume), GridFrame.of(volume)
        self._mapper: Any = vtkOpenGLGPUVolumeRayCastMapper()
        self._mapper.SetInputData(self._image)
        self._mapper.AutoAdjustSampleDistancesOff()
        self._mapper.SetUseJittering(1)
        self._mapper.SetMaxMemoryFraction(0.9)
        window.watch(self._mapper)
        self._prop: Any = vtkVolume()
        self._prop.SetMapper(self._mapper)
        self._prop.SetUserMatrix(matrix_of(self._frame.grid))
        # With lights other than a headlight VTK adds ambient light as white, whatever it falls on.
        ambient = "in_ambient[lightingComponent] * ambient"
        shader = self._prop.GetShaderProperty()
        shader.AddFragmentShaderReplacement(ambient, False, f"{ambient} * color.rgb", True)
        window.renderer.AddVolume(self._prop)
        window.renderer.AddLight(headlight(mirrored=self._frame.mirrored))

    def refresh(self) -> None:
        self._image.GetPointData().GetScalars().Modified()
        self._image.Modified()

    def draw(
        self,
        camera: Camera,
        look: VolumeLook,
        value_range: tuple[float, float],
        size: tuple[int, int],
        step_mm: float,
    ) -> NDArray[np.uint8]:
        mapper = self._mapper
        getattr(mapper, f"SetBlendModeTo{_BLENDS[look.mode]}")()
        mapper.SetSampleDistance(step_mm)
        self._set_cut(look)
        made = property_of(look, value_range, float(self._spacing_mm.mean()))
        if look.mode is VolumeMode.ISOSURFACE:
            value = look.transfer.surface_value if look.surface_value is None else look.surface_value
            made.GetIsoSurfaceValues().SetValue(0, value)
        self._prop.SetProperty(made)
        set_camera(self._window.renderer.GetActiveCamera(), self._frame.camera(camera))
        self._window.renderer.ResetCameraClippingRange()
        picture = self._window.picture(size)
        return np.ascontiguousarray(picture[:, ::-1]) if self._frame.mirrored else picture

    def _set_cut(self, look: VolumeLook) -> None:
        """Set crop box and clip planes."""
        from vtkmodules.vtkCommonDataModel import vtkPlane

        self._mapper.SetCropping(look.crop is not None)
        if look.crop is not None:
            low, high = (np.array(corner) * self._spacing_mm for corner in look.crop)
            self._mapper.SetCroppingRegionPlanes(*np.stack([low, high], 1).ravel().tolist())
            self._mapper.SetCroppingRegionFlags(_EVERYTHING_INSIDE)
        self._mapper.RemoveAllClippingPlanes()
        for plane in look.clip_planes:
            cut = vtkPlane()
            cut.SetOrigin(*self._frame.turned(plane.point_lps_mm))
            cut.SetNormal(*self._frame.turned(plane.normal))
            self._mapper.AddClippingPlane(cut)

    def close(self) -> None:
        self._window.window.Finalize()
