"""Volume rendering against VTK's ray caster on the processor."""

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Benchmark, Contender, required_peer
from core.volume import Volume
from render.camera import Camera
from render.presets import PRESETS
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import VolumeRenderer

SIZE = (512, 512)
INTERACTIVE_GOAL_MS = 60


def head_like_volume() -> Volume:
    """CT-like shells and rods with noise in HU on a 512 x 512 x 275 grid, 0.5 x 0.5 x 0.8 mm."""
    k, j, i = np.ogrid[:275, :512, :512]
    x, y, z = (i - 255.5) / 200, (j - 255.5) / 230, (k - 137.0) / 130
    radius = np.sqrt((x * x + y * y + z * z).astype(np.float32))
    voxels = np.full(radius.shape, -1000, np.int16)
    voxels[radius < 1.0] = 40
    voxels[(radius > 0.82) & (radius < 0.9)] = 900
    rods = (np.sin(x * 25) * np.sin(y * 25) > 0.93) & (radius < 0.8)
    voxels[rods] = 320
    voxels += np.random.default_rng(0).normal(0, 12, voxels.shape).astype(np.int16)
    return Volume(voxels, np.diag([0.5, 0.5, 0.8, 1.0]))


def vtk_renderer(volume: Volume, camera: Camera, look: VolumeLook) -> Callable[[], Any]:
    """Prepare vtkFixedPointVolumeRayCastMapper off screen; the call draws one picture at full quality."""
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkVolume
    from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

    image = vtkImageData()
    image.SetDimensions(*volume.shape_ijk)
    image.SetSpacing(*volume.spacing_mm)
    image.GetPointData().SetScalars(numpy_to_vtk(volume.voxels.ravel()))
    mapper = vtkFixedPointVolumeRayCastMapper()
    mapper.SetInputData(image)
    mapper.SetSampleDistance(float(volume.spacing_mm.min()) / 2)
    mapper.AutoAdjustSampleDistancesOff()
    mapper.IntermixIntersectingGeometryOff()
    if look.mode is VolumeMode.MIP:
        mapper.SetBlendModeToMaximumIntensity()
    actor = vtkVolume()
    actor.SetMapper(mapper)
    actor.SetProperty(vtk_property(look))
    scene = vtkRenderer()
    scene.AddVolume(actor)
    view = scene.GetActiveCamera()
    view.SetPosition(camera.position_lps_mm)
    view.SetFocalPoint(camera.focal_point_lps_mm)
    view.SetViewUp(camera.view_up)
    view.SetViewAngle(camera.view_angle_deg)
    scene.ResetCameraClippingRange()
    window = vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetSize(*SIZE)
    window.AddRenderer(scene)

    def run() -> None:
        actor.GetProperty().Modified()
        window.Render()

    return run


def vtk_property(look: VolumeLook) -> Any:
    """Give VTK the look: colours, opacities per mm and light."""
    from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
    from vtkmodules.vtkRenderingCore import vtkColorTransferFunction, vtkVolumeProperty

    colours, opacities = vtkColorTransferFunction(), vtkPiecewiseFunction()
    for point in look.transfer.points:
        colours.AddRGBPoint(point.value, point.red, point.green, point.blue)
        opacities.AddPoint(point.value, point.opacity)
    settings = vtkVolumeProperty()
    settings.SetColor(colours)
    settings.SetScalarOpacity(opacities)
    settings.SetScalarOpacityUnitDistance(look.transfer.unit_mm)
    settings.SetInterpolationTypeToLinear()
    settings.SetShade(int(look.shaded and look.mode is VolumeMode.COMPOSITE))
    return settings


def main() -> None:
    """Compare and print."""
    for module in ("RenderingVolume", "RenderingVolumeOpenGL2", "RenderingOpenGL2"):
        required_peer(f"vtkmodules.vtk{module}")
    benchmark = Benchmark("Volume rendering, 512 x 512 of 512 x 512 x 275 int16")
    volume = head_like_volume()
    renderer = VolumeRenderer(volume)
    camera = Camera.looking(volume, "A").orbit(30, 20).zoom(1.4)
    for name in ("ct-bone", "ct-vessel", "ct-skin", "ct-mip"):
        look = PRESETS[name].make(renderer.value_range)
        peer = Contender("VTK, processor", vtk_renderer(volume, camera, look))
        for quality in ("full", "interactive"):
            result = benchmark.compare(
                f"{name}, {quality}",
                Contender(
                    "sense", lambda q=quality, look=look: renderer.render(camera, look, SIZE, quality=q)
                ),
                [peer] if quality == "full" else [],
            )
            if quality == "interactive":
                middle = 1000 * statistics.median(sample.seconds for sample in result.samples["sense"])
                met = "reached" if middle < INTERACTIVE_GOAL_MS else "NOT reached"
                print(f"goal {INTERACTIVE_GOAL_MS} ms: {met} ({middle:.1f})")
    benchmark.finish()


if __name__ == "__main__":
    main()
