"""Oblique slices and slabs against vtkImageReslice and SimpleITK's resampler."""

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Benchmark, Contender, Result, required_peer
from core.plane import Plane
from core.volume import Volume
from imaging.reslice import Projection, ResliceOptions, reslice, slab_samples

SIZE = (512, 512)
GOAL = 3.0
GOAL_PER_SECOND = 60


def ct_sized_volume() -> Volume:
    """Noise on a 512 x 512 x 275 grid, 0.7 x 0.7 x 1.25 mm."""
    voxels = np.random.default_rng(0).integers(-1000, 2000, (275, 512, 512), dtype=np.int16)
    return Volume(voxels, np.diag([0.7, 0.7, 1.25, 1.0]))


def oblique_plane(volume: Volume) -> Plane:
    """Give a plane through the middle, turned about all axes, nearly all of it inside the volume."""
    normal = np.array([0.3, 0.5, 0.8]) / np.linalg.norm([0.3, 0.5, 0.8])
    right = np.cross([0, 1, 0], normal)
    right /= np.linalg.norm(right)
    down = np.cross(normal, right)
    corner = volume.centre_lps_mm - (right * SIZE[0] + down * SIZE[1]) * 0.7 / 2
    return Plane(corner, right, down, (0.7, 0.7), SIZE)


def vtk_slice(volume: Volume, plane: Plane, samples: int, step_mm: float) -> Callable[[], np.ndarray]:
    """Prepare vtkImageReslice for one slab; the call runs it."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkImagingCore import vtkImageReslice

    image = vtkImageData()
    image.SetDimensions(*volume.shape_ijk)
    image.SetSpacing(*volume.spacing_mm)
    image.GetPointData().SetScalars(numpy_to_vtk(volume.voxels.ravel()))
    cutter = vtkImageReslice()
    cutter.SetInputData(image)
    cutter.SetResliceAxesDirectionCosines(*plane.right, *plane.down, *plane.normal)
    cutter.SetResliceAxesOrigin(*plane.origin_lps_mm)
    cutter.SetOutputDimensionality(2)
    cutter.SetOutputOrigin(0, 0, 0)
    cutter.SetOutputSpacing(*plane.spacing_mm, step_mm or 1.0)
    cutter.SetOutputExtent(0, SIZE[0] - 1, 0, SIZE[1] - 1, 0, 0)
    cutter.SetInterpolationModeToLinear()
    cutter.SetSlabModeToMax()
    cutter.SetSlabNumberOfSlices(samples)

    def run() -> np.ndarray:
        cutter.Modified()
        cutter.Update()
        return vtk_to_numpy(cutter.GetOutput().GetPointData().GetScalars()).reshape(SIZE[::-1])

    return run


def simpleitk_slice(volume: Volume, plane: Plane, samples: int, step_mm: float) -> Callable[[], np.ndarray]:
    """Prepare SimpleITK's resampler, and its projection for a slab; the call runs them."""
    import SimpleITK

    image = SimpleITK.GetImageFromArray(volume.voxels)
    image.SetSpacing(volume.spacing_mm.tolist())
    first = plane.origin_lps_mm - plane.normal * step_mm * (samples - 1) / 2
    resampler = SimpleITK.ResampleImageFilter()
    resampler.SetSize([*SIZE, samples])
    resampler.SetOutputSpacing([*plane.spacing_mm, step_mm or 1.0])
    resampler.SetOutputOrigin(first.tolist())
    resampler.SetOutputDirection(np.stack([plane.right, plane.down, plane.normal], 1).ravel().tolist())
    resampler.SetInterpolator(SimpleITK.sitkLinear)
    resampler.SetDefaultPixelValue(-32768)

    def run() -> np.ndarray:
        slab = resampler.Execute(image)
        if samples > 1:
            slab = SimpleITK.MaximumProjection(slab, 2)
        return SimpleITK.GetArrayViewFromImage(slab)[0].copy()

    return run


def largest_difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Compare where both lie well inside the volume; the peers round to whole numbers."""
    inside = ~np.isnan(ours) & (theirs > -1001)
    inside[:8], inside[-8:], inside[:, :8], inside[:, -8:] = False, False, False, False
    return round(float(np.abs(ours[inside] - theirs[inside]).max()), 2)


def per_second(result: Result, name: str) -> float:
    """Pictures a second, from the median."""
    return round(1 / statistics.median(sample.seconds for sample in result.samples[name]), 1)


def compare(benchmark: Benchmark, volume: Volume, plane: Plane, slices: int) -> None:
    """Measure a thin slice or a MIP over a slab of `slices` slices."""
    slab_mm = 0.0 if slices == 1 else slices * 1.25
    options = ResliceOptions(slab_mm=slab_mm, projection=Projection.MAXIMUM)
    samples, step_mm = slab_samples(volume, plane, slab_mm)
    out = np.empty(SIZE[::-1], np.float32)
    peers = {
        "vtkImageReslice": vtk_slice(volume, plane, samples, step_mm),
        "SimpleITK": simpleitk_slice(volume, plane, samples, step_mm),
    }
    picture = reslice(volume, plane, options)
    facts: dict[str, Any] = {
        f"largest difference to {name}": largest_difference(picture, run()) for name, run in peers.items()
    }
    what = "slice" if slices == 1 else f"MIP of a slab of {slab_mm} mm ({samples} samples)"
    result = benchmark.compare(
        f"oblique {what}, {SIZE[0]} x {SIZE[1]} from 512 x 512 x 275 int16",
        Contender("sense", lambda: reslice(volume, plane, options, out=out)),
        [Contender(name, run) for name, run in peers.items()],
        goal=GOAL,
        facts=facts,
    )
    rate = per_second(result, "sense")
    result.facts["pictures a second"] = rate
    met = (
        "" if slices > 1 else f" (goal {GOAL_PER_SECOND}: {'' if rate >= GOAL_PER_SECOND else 'NOT '}reached)"
    )
    print(f"pictures a second: {rate}{met}")


def main() -> None:
    """Compare and print."""
    required_peer("vtkmodules.vtkImagingCore")
    required_peer("SimpleITK")
    benchmark = Benchmark("Oblique reslicing")
    volume = ct_sized_volume()
    plane = oblique_plane(volume)
    for slices in (1, 10, 20):
        compare(benchmark, volume, plane, slices)
    benchmark.finish()


if __name__ == "__main__":
    main()
