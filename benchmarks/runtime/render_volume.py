"""Volume rendering against VTK's ray caster on the processor: milliseconds of the processor, and truth.

A real CT on 512 x 512 x 275 and a real MR on 256^3 (from the corpus, else made ones of that size), 512 x 512
pixels. Both sides are compared with pictures that are neither's: `benchmarks.converged_rays`.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.converged_rays import converged_rays
from benchmarks.measure import Benchmark, Contender, Sample, required_peer
from core.errors import Cancelled
from core.volume import Volume
from imaging.reslice import StopFlag
from render.backend import Backend
from render.camera import Camera
from render.drawing_pace import DrawingPaces
from render.presets import PRESETS
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import VolumeRenderer

SIZE = (512, 512)
STRIDE = 9  # between the pixels that are compared with the truth
GOAL, PSNR_GOAL_DB = 4.0, 35.0
FIRST_PICTURE_GOAL_MS, TURNING_GOAL_MS, SHADED_AT_ONCE_GOAL_MS, MEMORY_GOAL = 30, 100, 1000, 1.15
CANCEL_GOAL_MS = 20

Picture = Callable[[], NDArray[np.uint8]]


def head_like_volume(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> Volume:
    """CT-like shells and rods with noise in HU."""
    grids = np.ogrid[tuple(slice(n) for n in shape)]
    z, y, x = ((grid - (n - 1) / 2) / (0.42 * n) for grid, n in zip(grids, shape, strict=True))
    radius = np.sqrt((x * x + y * y + z * z).astype(np.float32))
    voxels = np.full(radius.shape, -1000, np.int16)
    voxels[radius < 1.0] = 40
    voxels[(radius > 0.82) & (radius < 0.9)] = 900
    rods = (np.sin(x * 25) * np.sin(y * 25) > 0.93) & (radius < 0.8)
    voxels[rods] = 320
    voxels += np.random.default_rng(0).normal(0, 12, voxels.shape).astype(np.int16)
    return Volume(voxels, np.diag([*spacing_mm, 1.0]))


def corpus_volume(name: str, size: tuple[int, int, int], scale: float, noise: float) -> Volume | None:
    """Give a volume of the corpus on a grid of the size that is measured, or None without the corpus."""
    corpus = Path(os.environ.get("SENSE_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
    path = corpus / "volumes" / name
    if not path.exists():
        return None
    sitk = required_peer("SimpleITK")
    image = sitk.ReadImage(str(path), sitk.sitkFloat32)
    spacing = [n * step / m for n, step, m in zip(image.GetSize(), image.GetSpacing(), size, strict=True)]
    image.SetOrigin((0, 0, 0))
    image.SetDirection(np.eye(3).ravel().tolist())
    resampled = sitk.Resample(image, size, sitk.Transform(), sitk.sitkLinear, (0, 0, 0), spacing)
    voxels = sitk.GetArrayFromImage(resampled) * scale
    if noise:
        voxels += np.random.default_rng(0).normal(0, noise, voxels.shape).astype(np.float32)
    kind = np.int16 if noise else np.uint8
    return Volume(np.ascontiguousarray(np.round(voxels).astype(kind)), np.diag([*spacing, 1.0]))


def vtk_picture(volume: Volume, camera: Camera, look: VolumeLook) -> Picture:
    """Prepare VTK's fixed-point mapper off screen, samples a voxel apart; the call draws one picture."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkVolume
    from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

    image = vtkImageData()
    image.SetDimensions(*volume.shape_ijk)
    image.SetSpacing(*volume.spacing_mm)
    image.GetPointData().SetScalars(numpy_to_vtk(volume.voxels.ravel()))
    mapper = vtkFixedPointVolumeRayCastMapper()
    mapper.SetInputData(image)
    mapper.SetSampleDistance(float(volume.spacing_mm.min()))
    mapper.AutoAdjustSampleDistancesOff()
    mapper.IntermixIntersectingGeometryOff()
    if look.mode is VolumeMode.MIP:
        mapper.SetBlendModeToMaximumIntensity()
    actor = vtkVolume()
    actor.SetMapper(mapper)
    actor.SetProperty(_vtk_property(look))
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

    def run() -> NDArray[np.uint8]:
        actor.GetProperty().Modified()
        window.Render()
        pixels = vtkUnsignedCharArray()
        window.GetRGBACharPixelData(0, 0, SIZE[0] - 1, SIZE[1] - 1, 1, pixels)
        picture = vtk_to_numpy(pixels).reshape(SIZE[1], SIZE[0], 4)[::-1].copy()
        picture[..., 3] = 255  # before black
        return picture

    return run


def _vtk_property(look: VolumeLook) -> Any:
    """Give VTK the look: colours, opacities per mm and light."""
    from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
    from vtkmodules.vtkRenderingCore import vtkColorTransferFunction, vtkVolumeProperty

    colours, opacities = vtkColorTransferFunction(), vtkPiecewiseFunction()
    for point in look.transfer.points:
        colours.AddRGBPoint(point.value, point.red, point.green, point.blue)
        opacities.AddPoint(point.value, point.opacity)
    if look.mode is VolumeMode.MIP and look.window is not None:
        colours, opacities = vtkColorTransferFunction(), vtkPiecewiseFunction()
        low, high = look.window[0] - look.window[1] / 2, look.window[0] + look.window[1] / 2
        for value, grey in ((low, 0.0), (high, 1.0)):
            colours.AddRGBPoint(value, grey, grey, grey)
        opacities.AddPoint(low, 1.0)
    settings = vtkVolumeProperty()
    settings.SetColor(colours)
    settings.SetScalarOpacity(opacities)
    settings.SetScalarOpacityUnitDistance(look.transfer.unit_mm)
    settings.SetInterpolationTypeToLinear()
    settings.SetShade(int(look.shaded and look.mode is VolumeMode.COMPOSITE))
    return settings


def processor_time(name: str, picture: Picture) -> Contender:
    """Measure the processor's time of all threads: cores shared with others make wall times say little."""

    def run() -> Sample:
        began = time.process_time()
        picture()
        return Sample(time.process_time() - began)

    return Contender(name, run)


def psnr(picture: NDArray[np.uint8], pixels: NDArray[Any], truth: NDArray[np.float64]) -> float:
    """Give the peak signal-to-noise ratio in decibels of a picture before black at some pixels."""
    rgba = picture[pixels[:, 1], pixels[:, 0]] / 255
    error = rgba[:, :3] * rgba[:, 3:] - truth
    return float(-10 * np.log10(max(np.mean(error**2), 1e-12)))


def compare_looks(benchmark: Benchmark, title: str, volume: Volume, looks: dict[str, VolumeLook]) -> None:
    """Let both draw every look."""
    camera = Camera.looking(volume, "A").orbit(30, 20).zoom(1.4)
    renderer = VolumeRenderer(volume)
    columns, rows = np.meshgrid(np.arange(4, SIZE[0], STRIDE), np.arange(4, SIZE[1], STRIDE))
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    for name, look in looks.items():
        theirs = vtk_picture(volume, camera, look)

        def ours(look: VolumeLook = look) -> NDArray[np.uint8]:
            return renderer.render(camera, look, SIZE, quality="full")

        truth = converged_rays(volume, camera, look, SIZE, pixels)
        facts = {"PSNR of sense, dB": round(psnr(ours(), pixels, truth), 1)}
        if not look.shaded or look.mode is VolumeMode.MIP:  # its light is another
            facts["PSNR of VTK, dB"] = round(psnr(theirs(), pixels, truth), 1)
        reached = facts["PSNR of sense, dB"] >= PSNR_GOAL_DB
        facts[f"goal {PSNR_GOAL_DB:g} dB"] = "reached" if reached else "NOT reached"
        sides = processor_time("sense", ours), [processor_time("VTK, processor", theirs)]
        benchmark.compare(f"{title}, {name}", *sides, goal=GOAL, facts=facts)


def print_goal(text: str, value: float, goal: float) -> None:
    """Print one figure of ours beside its goal."""
    print(f"{text}: {value:.3g}, goal {goal:g} {'reached' if value <= goal else 'NOT reached'}")


def measure_alone(volume: Volume, look: VolumeLook) -> None:
    """Print what the peer has no match for: first pictures, turning, memory."""
    camera = Camera.looking(volume, "A")
    renderer = VolumeRenderer(volume)
    began = time.perf_counter()
    renderer.render(camera, look, SIZE)
    print_goal("ms to the first shaded picture", 1000 * (time.perf_counter() - began), SHADED_AT_ONCE_GOAL_MS)
    pace, frames, taken = DrawingPaces().of(f"{Backend.NATIVE} quick"), 24, []
    for n in range(frames):
        width, height = pace.size(SIZE)
        began = time.perf_counter()
        renderer.render(camera.orbit(360 / frames * n, 10), look, (width, height))
        taken.append(time.perf_counter() - began)
        pace.took(width * height, taken[-1])
    text = "ms a quick picture, turning, at last {} x {}".format(*pace.size(SIZE))
    print_goal(text, 1000 * sum(taken) / frames, FIRST_PICTURE_GOAL_MS)
    began = time.perf_counter()
    for n in range(frames):
        renderer.render(camera.orbit(360 / frames * n, 10), look, SIZE, quality="full")
    milliseconds = 1000 * (time.perf_counter() - began) / frames
    print_goal("ms a full picture, turning", milliseconds, TURNING_GOAL_MS)
    share = 1 + renderer.prepared_bytes / volume.voxels.nbytes
    print_goal("memory, in sizes of the volume", share, MEMORY_GOAL)


def measure_cancel(volume: Volume, look: VolumeLook) -> None:
    """Print how long a picture in progress takes to end once it is stopped."""
    camera, renderer = Camera.looking(volume, "A"), VolumeRenderer(volume)
    renderer.render(camera, look, SIZE)
    waits = []
    for _ in range(5):
        stop, pressed = StopFlag(), []

        def press(stop: StopFlag = stop, pressed: list[float] = pressed) -> None:
            pressed.append(time.perf_counter())
            stop.stop()

        timer = threading.Timer(0.1, press)
        timer.start()
        try:
            renderer.render(camera, look, (4096, 4096), quality="full", stop=stop)
        except Cancelled:
            waits.append(1000 * (time.perf_counter() - pressed[0]))
        timer.join()
    print_goal("ms to cancel, at most", max(waits, default=float("nan")), CANCEL_GOAL_MS)


def main() -> None:
    """Compare and print."""
    for module in ("RenderingVolume", "RenderingVolumeOpenGL2", "RenderingOpenGL2"):
        required_peer(f"vtkmodules.vtk{module}")
    benchmark = Benchmark("Volume rendering, 512 x 512 pixels; seconds of the processor")
    ct = corpus_volume("CT_AVM.nii.gz", (512, 512, 275), 2.2086, 6.0)
    ct = ct or head_like_volume((275, 512, 512), (0.36, 0.34, 0.56))
    mr = corpus_volume("t1_crop.nii.gz", (256, 256, 256), 1.0, 0.0)
    mr = mr or head_like_volume((256, 256, 256), (1.0, 1.0, 1.0))
    for title, volume, names in (
        ("CT 512 x 512 x 275", ct, ("ct-bone", "ct-vessel", "ct-mip")),
        ("MR 256^3", mr, ("mr-head", "mr-mip")),
    ):
        values = (0.0, float(np.percentile(volume.voxels[::5, ::5, ::5], 99.8)))
        looks: dict[str, VolumeLook] = {}
        for name in names:
            look = PRESETS[name].make(values)
            if look.mode is VolumeMode.COMPOSITE:
                looks[f"{name}, unshaded"] = replace(look, shaded=False)
            looks[name] = look
        compare_looks(benchmark, title, volume, looks)
        print(f"\n## {title}, alone")
        measure_alone(volume, looks[names[0]])
        measure_cancel(volume, looks[names[0]])
    benchmark.finish()


if __name__ == "__main__":
    main()
