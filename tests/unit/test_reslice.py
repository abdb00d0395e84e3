"""The reslicer against SimpleITK's resampler, analytic truth and NumPy."""

import threading

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Cancelled
from core.plane import Plane
from core.volume import Volume
from imaging.reslice import (
    Interpolation,
    Projection,
    ResliceOptions,
    StopFlag,
    grey_picture,
    reslice,
    slab_samples,
)

TYPES = [np.uint8, np.int16, np.uint16, np.float32]


def rotation(angles):
    """Rotation matrix from three Euler angles in radians."""
    (ca, cb, cc), (sa, sb, sc) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, ca, -sa], [0, sa, ca]])
    about_y = np.array([[cb, 0, sb], [0, 1, 0], [-sb, 0, cb]])
    about_z = np.array([[cc, -sc, 0], [sc, cc, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def affine(angles=(0, 0, 0), spacing=(1, 1, 1), origin=(0, 0, 0)):
    matrix = np.eye(4)
    matrix[:3, :3] = rotation(angles) * np.array(spacing)
    matrix[:3, 3] = origin
    return matrix


def random_volume(dtype, lps_from_ijk, shape=(19, 23, 31)):
    rng = np.random.default_rng(7)
    if dtype == np.float32:
        return Volume(rng.normal(0, 500, shape).astype(dtype), lps_from_ijk)
    info = np.iinfo(dtype)
    return Volume(rng.integers(info.min, info.max, shape, dtype=dtype, endpoint=True), lps_from_ijk)


def plane_through(point, angles, size=(70, 50), spacing=(0.8, 0.7)):
    turned = rotation(angles)
    right, down = turned[:, 0], turned[:, 1]
    corner = point - right * spacing[0] * (size[0] - 1) / 2 - down * spacing[1] * (size[1] - 1) / 2
    return Plane(corner, right, down, spacing, size)


def simpleitk_slice(volume, plane, interpolator):
    image = SimpleITK.GetImageFromArray(volume.voxels)
    spacing = volume.spacing_mm
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(volume.lps_from_ijk[:3, 3].tolist())
    image.SetDirection((volume.lps_from_ijk[:3, :3] / spacing).ravel().tolist())
    resampler = SimpleITK.ResampleImageFilter()
    resampler.SetSize([*plane.size, 1])
    resampler.SetOutputSpacing([*plane.spacing_mm, 1])
    resampler.SetOutputOrigin(plane.origin_lps_mm.tolist())
    resampler.SetOutputDirection(np.stack([plane.right, plane.down, plane.normal], 1).ravel().tolist())
    resampler.SetInterpolator(interpolator)
    resampler.SetOutputPixelType(SimpleITK.sitkFloat64)
    resampler.SetDefaultPixelValue(1e9)
    return SimpleITK.GetArrayFromImage(resampler.Execute(image))[0]


def pixel_indices(volume, plane):
    """Continuous voxel index of every pixel, (height, width, 3)."""
    x, y = np.meshgrid(np.arange(plane.size[0]), np.arange(plane.size[1]))
    points = (
        plane.origin_lps_mm
        + x[..., None] * plane.right * plane.spacing_mm[0]
        + y[..., None] * plane.down * plane.spacing_mm[1]
    )
    return points @ volume.ijk_from_lps[:3, :3].T + volume.ijk_from_lps[:3, 3]


GRIDS = [
    affine(),
    affine((0.3, -0.4, 0.9), (0.9, 0.9, 0.9), (-40, 12, 5)),
    affine((1.2, 0.1, -0.2), (0.5, 0.7, 3.0), (10, -80, 300)),
]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("grid", GRIDS, ids=["identity", "turned", "anisotropic"])
@pytest.mark.parametrize("angles", [(0, 0, 0), (0.5, 0.2, -1.1), (2.9, -0.7, 0.4)])
@pytest.mark.parametrize(
    ("interpolation", "interpolator"),
    [(Interpolation.LINEAR, SimpleITK.sitkLinear), (Interpolation.NEAREST, SimpleITK.sitkNearestNeighbor)],
)
def test_equals_simpleitk(dtype, grid, angles, interpolation, interpolator):
    volume = random_volume(dtype, grid)
    plane = plane_through(volume.centre_lps_mm + 0.137, angles)
    ours = reslice(volume, plane, ResliceOptions(interpolation=interpolation))
    theirs = simpleitk_slice(volume, plane, interpolator)
    index = pixel_indices(volume, plane)
    # Where rounding decides between inside and outside or two neighbours, either is right.
    undecided = (np.abs(index + 0.5 - np.round(index + 0.5)) < 1e-5).any(axis=2)
    if interpolation is Interpolation.LINEAR:
        undecided &= (np.abs(index + 0.5) < 1e-5).any(axis=2) | (
            np.abs(index + 0.5 - volume.shape_ijk) < 1e-5
        ).any(axis=2)
    outside = theirs == 1e9
    assert (~outside & ~undecided).sum() > 0
    np.testing.assert_array_equal(np.isnan(ours)[~undecided], outside[~undecided])
    both = ~outside & ~undecided
    span = float(np.ptp(volume.voxels.astype(float)))
    tolerance = 0 if interpolation is Interpolation.NEAREST else 2e-5 * span
    np.testing.assert_allclose(ours[both], theirs[both], rtol=0, atol=tolerance)


def test_axial_plane_on_the_slices_gives_the_stored_values():
    volume = random_volume(np.int16, affine(spacing=(0.7, 0.7, 2.5), origin=(-100, -90, 33)))
    ni, nj, _ = volume.shape_ijk
    for k in range(volume.shape_ijk[2]):
        origin = volume.lps_from_ijk @ [0, 0, k, 1]
        plane = Plane(origin[:3], np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (0.7, 0.7), (ni, nj))
        np.testing.assert_array_equal(reslice(volume, plane), volume.voxels[k])


angle = st.floats(-3.2, 3.2)
angle_triples = st.tuples(angle, angle, angle)


@settings(deadline=None, max_examples=60)
@given(
    grid_angles=angle_triples,
    plane_angles=angle_triples,
    spacing=st.tuples(*[st.floats(0.2, 5)] * 3),
    shear=st.floats(-0.6, 0.6),
    mirrored=st.booleans(),
    slope=st.tuples(*[st.floats(-20, 20)] * 3),
)
def test_linear_ramps_are_exact(grid_angles, plane_angles, spacing, shear, mirrored, slope):
    """Trilinear interpolation reproduces values that are linear in space, on any grid and plane."""
    lps_from_ijk = affine(grid_angles, spacing, (20, -30, 40))
    lps_from_ijk[:3, 2] += shear * lps_from_ijk[:3, 1]
    if mirrored:
        lps_from_ijk[:3, 0] *= -1
    k, j, i = np.indices((12, 13, 14))
    ijk = np.stack([i, j, k], -1)
    voxels = (ijk @ np.array(slope) + 3).astype(np.float32)
    volume = Volume(voxels, lps_from_ijk)
    plane = plane_through(volume.centre_lps_mm, plane_angles, size=(40, 30))
    ours = reslice(volume, plane)
    index = pixel_indices(volume, plane)
    inner = ((index >= 0) & (index <= np.array(volume.shape_ijk) - 1)).all(axis=2)
    np.testing.assert_allclose(ours[inner], index[inner] @ np.array(slope) + 3, rtol=1e-5, atol=2e-3)
    outer = ((index < -0.501) | (index > np.array(volume.shape_ijk) - 0.499)).any(axis=2)
    assert np.isnan(ours[outer]).all()
    within = ((index > -0.499) & (index < np.array(volume.shape_ijk) - 0.501)).all(axis=2)
    assert not np.isnan(ours[within]).any()


@pytest.mark.parametrize(
    ("projection", "reduce"),
    [
        (Projection.MEAN, np.nanmean),
        (Projection.MAXIMUM, np.nanmax),
        (Projection.MINIMUM, np.nanmin),
    ],
)
@pytest.mark.parametrize("interpolation", list(Interpolation))
def test_slab_is_the_projection_of_its_thin_slices(projection, reduce, interpolation):
    volume = random_volume(np.int16, GRIDS[2])
    plane = plane_through(volume.centre_lps_mm + 0.1, (0.4, -0.3, 0.2), size=(60, 40), spacing=(0.5, 0.5))
    options = ResliceOptions(interpolation, 6.0, projection)
    samples, step = slab_samples(volume, plane, 6.0)
    assert samples > 3
    thin = []
    for n in range(samples):
        shifted = plane.origin_lps_mm + plane.normal * step * (n - (samples - 1) / 2)
        moved = Plane(shifted, plane.right, plane.down, plane.spacing_mm, plane.size)
        thin.append(reslice(volume, moved, ResliceOptions(interpolation)))
    stack = np.array(thin)
    covered = ~np.isnan(stack).all(axis=0)
    ours = reslice(volume, plane, options)
    np.testing.assert_array_equal(~np.isnan(ours), covered)
    np.testing.assert_allclose(ours[covered], reduce(stack[:, covered], axis=0), rtol=1e-5, atol=0.05)


def test_axial_slab_takes_whole_slices():
    volume = random_volume(np.uint8, affine(spacing=(1, 1, 2)))
    ni, nj, _ = volume.shape_ijk
    right, down = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    plane = Plane(np.array([0, 0, 2.0 * 9]), right, down, (1, 1), (ni, nj))
    assert slab_samples(volume, plane, 10.0) == (5, 2.0)
    ours = reslice(volume, plane, ResliceOptions(slab_mm=10.0, projection=Projection.MAXIMUM))
    np.testing.assert_array_equal(ours, volume.voxels[7:12].max(axis=0))


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 5, 1), (5, 1, 1), (1, 1, 5), (1, 6, 7)])
@pytest.mark.parametrize("interpolation", list(Interpolation))
def test_flat_grids(shape, interpolation):
    volume = random_volume(np.int16, affine(), shape)
    plane = plane_through(volume.centre_lps_mm, (0.3, 0.2, 0.1), size=(90, 80), spacing=(0.2, 0.2))
    ours = reslice(volume, plane, ResliceOptions(interpolation))
    inside = ours[~np.isnan(ours)]
    assert inside.size
    assert volume.voxels.min() <= inside.min()
    assert inside.max() <= volume.voxels.max()


def test_colour_is_nearest_rgba():
    rng = np.random.default_rng(3)
    rgb = rng.integers(0, 255, (3, 8, 9, 3), dtype=np.uint8)
    volume = Volume(rgb, affine())
    right, down = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    plane = Plane(np.array([-2.0, 0, 1.2]), right, down, (1, 1), (13, 8))
    ours = reslice(volume, plane)
    np.testing.assert_array_equal(ours[:, 2:11, :3], rgb[1])
    assert (ours[:, 2:11, 3] == 255).all()
    assert not ours[:, :2].any()
    assert not ours[:, 11:].any()


def test_out_is_filled_and_must_fit():
    volume = random_volume(np.int16, affine())
    plane = plane_through(volume.centre_lps_mm, (0, 0, 0))
    out = np.zeros((50, 70), np.float32)
    assert reslice(volume, plane, out=out) is out
    assert out.any()
    with pytest.raises(ValueError, match="out"):
        reslice(volume, plane, out=np.zeros((50, 71), np.float32))
    with pytest.raises(ValueError, match="out"):
        reslice(volume, plane, out=np.zeros((50, 70)))
    with pytest.raises(ValueError, match="out"):
        reslice(volume, plane, out=np.zeros((50, 140), np.float32)[:, ::2])


def test_a_plane_that_is_not_finite_is_refused():
    volume = random_volume(np.int16, affine())
    plane = plane_through(np.array([np.nan, 0, 0]), (0, 0, 0))
    with pytest.raises(ValueError, match="finite"):
        reslice(volume, plane)
    with pytest.raises(ValueError, match="slab_mm"):
        ResliceOptions(slab_mm=float("nan"))


def test_stopping_raises_cancelled():
    volume = random_volume(np.int16, affine())
    plane = plane_through(volume.centre_lps_mm, (0, 0, 0), size=(2000, 2000), spacing=(0.01, 0.01))
    stop = StopFlag()
    timer = threading.Timer(0.05, stop.stop)
    timer.start()
    with pytest.raises(Cancelled):
        reslice(volume, plane, ResliceOptions(slab_mm=20_000.0), stop=stop)
    timer.join()
    assert stop.stopped


def test_several_threads_at_once_get_the_same_picture():
    volume = random_volume(np.int16, GRIDS[1])
    plane = plane_through(volume.centre_lps_mm, (0.5, 0.2, -1.1))
    expected = reslice(volume, plane)
    pictures = []
    threads = [threading.Thread(target=lambda: pictures.append(reslice(volume, plane))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pictures) == 8
    for picture in pictures:
        np.testing.assert_array_equal(picture, expected)


def dicom_linear(x, centre, width):
    """PS3.3 C.11.2.1.2.1, literally."""
    if x <= centre - 0.5 - (width - 1) / 2:
        return 0.0
    if x > centre - 0.5 + (width - 1) / 2:
        return 255.0
    return ((x - (centre - 0.5)) / (width - 1) + 0.5) * 255


@settings(deadline=None)
@given(
    values=st.lists(st.integers(-2000, 4000), min_size=1, max_size=40),
    centre=st.integers(-1000, 3000),
    width=st.integers(1, 4000),
)
def test_greys_follow_the_standard(values, centre, width):
    array = np.array([values], np.float32)
    greys = grey_picture(array, (centre, width))
    expected = [dicom_linear(x, centre, width) for x in values]
    np.testing.assert_allclose(greys[0], expected, atol=0.51)
    inverted = grey_picture(array, (centre, width), inverted=True)
    np.testing.assert_array_equal(inverted, 255 - greys)


def test_greys_of_nan_and_of_narrow_windows():
    values = np.array([[np.nan, 0.1, 0.6, 0.9]], np.float32)
    np.testing.assert_array_equal(grey_picture(values, (0.5, 0.6), nan_grey=9), [[9, 0, 170, 255]])
    with pytest.raises(ValueError, match="width"):
        grey_picture(values, (0.5, 0))
