"""Contours, surfaces and label maps hold the same voxels at the same places, whichever way they went."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydicom.uid import ExplicitVRLittleEndian

from core.errors import BadInput, SenseError, UsageError
from core.segmentation import Segment, Segmentation, pack_layers
from imaging.contours import contours_of, fill_contours
from imaging.conversion import convert, form_of
from imaging.conversion_source import Form, Source, read_source
from imaging.object_file import read_object, write_object
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from imaging.stack_coordinates import ijk_from_lps, lps_from_ijk
from imaging.structure_set_reading import Structure, StructureSet, rasterise, read_structure_set
from imaging.structure_set_writing import write_structure_set
from imaging.surface import mask_of, surface_of
from tests.dicom_factory import CORONAL, make_ct_series

SEGMENTS = (Segment(1, "Liver", colour=(200, 30, 40)), Segment(2, "Spleen"))
STACKS = {
    "plain": {},
    "tilted": {"tilt_deg": 15.0},
    "coronal": {"orientation": CORONAL},
    "holes": {"gaps": (3,), "slices": 9},
}


def series(folder, library, **options):
    return reference_series(library, str(make_ct_series(folder / "ct", **{"slices": 7, **options}).folder))


@pytest.fixture(params=STACKS)
def images(request, tmp_path, library):
    return series(tmp_path, library, **STACKS[request.param])


def drawn(geometry) -> Segmentation:
    ni, nj, nk = geometry.shape_ijk
    masks = {number: np.zeros((nk, nj, ni), bool) for number in (1, 2)}
    masks[1][1:5, 3:14, 2:12] = True
    masks[1][2:4, 6:9, 5:8] = False  # a hole
    masks[1][2, 7, 6] = True  # and an island in it
    masks[2][0:2, 15:18, 4:14] = True
    layers, layer_of = pack_layers(masks)
    return Segmentation(geometry, layers, SEGMENTS, layer_of)


@given(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_filled_contours_are_the_mask_that_was_traced(mask):
    contours = contours_of(mask)
    np.testing.assert_array_equal(fill_contours(contours, mask.shape), mask)
    assert all(len(points) >= 4 for points in contours)


def test_a_contour_runs_half_way_between_inside_and_outside():
    (points,) = contours_of(np.array([[False] * 3, [False, True, False], [False] * 3]))
    assert {tuple(point) for point in points.tolist()} == {(0.5, 1), (1.5, 1), (1, 0.5), (1, 1.5)}


def test_a_keyhole_leaves_its_hole_open():
    around, hole = [(0, 0), (9, 0), (9, 9), (0, 9), (0, 5)], [(3, 5), (3, 6), (6, 6), (6, 3), (3, 3), (3, 5)]
    keyhole = np.array([*around, *hole, (0, 5)], float)
    filled = fill_contours([keyhole - 0.25], (10, 10))
    assert filled[1, 1]
    assert filled[8, 8]
    assert not filled[4, 4]


@given(arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6))))
def test_the_mask_of_a_surface_is_the_mask_it_was_made_of(mask):
    geometry = box(mask.shape)
    surface = surface_of(mask, geometry, SEGMENTS[0])
    assert surface.is_closed
    assert (surface.volume_mm3 > 0) == bool(mask.any())
    np.testing.assert_array_equal(mask_of(surface, geometry), mask)


def box(shape):
    from core.slice_geometry import GeometryKind, SliceGeometry

    nk, nj, ni = shape
    affine = np.diag([0.7, 1.3, 2.5, 1.0])
    affine[:3, 3] = (-31.0, 12.5, 100.0)
    positions = affine[:3, 3] + np.arange(nk)[:, None] * affine[:3, 2]
    axes = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    return SliceGeometry(GeometryKind.UNIFORM, (ni, nj, nk), (0.7, 1.3, 2.5), *axes, positions, affine)


def test_a_large_box_has_its_volume_and_area():
    mask = np.zeros((40, 40, 40), bool)
    mask[5:35, 5:35, 5:35] = True
    surface = surface_of(mask, box(mask.shape), SEGMENTS[0])
    assert surface.volume_mm3 == pytest.approx(27000 * 0.7 * 1.3 * 2.5, rel=0.01)
    assert surface.area_mm2 == pytest.approx(1800 * (0.7 * 1.3 + 1.3 * 2.5 + 0.7 * 2.5), rel=0.03)


def test_points_go_to_voxels_and_back(images):
    points = np.random.default_rng(1).uniform(-2, 8, (50, 3))
    there = lps_from_ijk(images.geometry, points)
    np.testing.assert_allclose(ijk_from_lps(images.geometry, there), points, atol=1e-9)


@pytest.mark.parametrize("suffix", [".dcm", ".stl", ".obj", ".ply", ".glb"])
def test_there_and_back_gives_the_same_voxels(images, tmp_path, suffix):
    made, out = drawn(images.geometry), tmp_path / f"turned{suffix}"
    write_segmentation(tmp_path / "seg.dcm", made, images.headers())
    form = form_of(out, Form.SEGMENTATION)
    source = read_source(tmp_path / "seg.dcm")
    convert(source, out, form, images)
    back = convert(read_source(out), tmp_path / "back.dcm", Form.SEGMENTATION, images).segmentation
    if suffix in (".stl", ".ply"):  # these hold one surface
        np.testing.assert_array_equal(back.mask(1), made.mask(1) | made.mask(2))
    else:
        assert [segment.label for segment in back.segments] == ["Liver", "Spleen"]
        for number in (1, 2):
            np.testing.assert_array_equal(back.mask(number), made.mask(number))
    np.testing.assert_allclose(back.geometry.positions_lps_mm, images.geometry.positions_lps_mm, atol=1e-4)


@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd"])
def test_a_label_map_keeps_voxels_place_and_names(tmp_path, library, suffix):
    images = series(tmp_path, library, tilt_deg=15.0)
    made, out = drawn(images.geometry), tmp_path / f"labels{suffix}"
    write_segmentation(tmp_path / "seg.dcm", made, images.headers())
    convert(read_source(tmp_path / "seg.dcm"), out, Form.LABEL_MAP, None)
    read = read_source(out).segmentation
    assert read.segments == SEGMENTS
    np.testing.assert_array_equal(read.layers[0], made.layers[0])
    np.testing.assert_allclose(read.geometry.lps_from_ijk, images.geometry.lps_from_ijk, atol=1e-4)


def test_a_label_map_with_other_axes_comes_to_lie_on_the_images(tmp_path, library):
    images = series(tmp_path, library)
    made = drawn(images.geometry)
    affine = np.diag([-1.0, -1, 1, 1]) @ images.geometry.lps_from_ijk
    image = nib.as_closest_canonical(nib.Nifti1Image(made.layers[0].T.astype(np.uint8), affine))
    image = nib.Nifti1Image(np.transpose(np.asarray(image.dataobj), (2, 0, 1)), image.affine[:, [2, 0, 1, 3]])
    nib.save(image, tmp_path / "labels.nii.gz")
    source = read_source(tmp_path / "labels.nii.gz")
    back = convert(source, tmp_path / "seg.dcm", Form.SEGMENTATION, images).segmentation
    np.testing.assert_array_equal(back.layers[0], made.layers[0])
    np.testing.assert_allclose(back.geometry.lps_from_ijk, images.geometry.lps_from_ijk, atol=1e-4)


def test_segments_that_overlap_become_one_label_map_each(tmp_path, library):
    images = series(tmp_path, library)
    made = drawn(images.geometry)
    layer = np.zeros_like(made.layers[0])
    layer[1:3] = 3
    made = replace(
        made, layers=(*made.layers, layer), segments=(*SEGMENTS, Segment(3, "Box")), layer_of={3: 1}
    )
    write_segmentation(tmp_path / "seg.dcm", made, images.headers())
    done = convert(read_source(tmp_path / "seg.dcm"), tmp_path / "out.nrrd", Form.LABEL_MAP, None)
    assert [file.name for file in done.files] == ["out-1.nrrd", "out-2.nrrd"]
    np.testing.assert_array_equal(read_source(done.files[1]).segmentation.layers[0], layer)


@pytest.mark.parametrize("explicit", [False, True])
def test_a_contour_of_thousands_of_points_comes_back(tmp_path, library, explicit):
    images = series(tmp_path, library, rows=1500, columns=40, slices=2)
    ni, nj, nk = images.geometry.shape_ijk
    mask = np.zeros((nk, nj, ni), np.uint8)
    mask[0, 2:1498:2, 3:38] = mask[0, 2:1498, 2] = 1  # a comb
    write_structure_set(
        tmp_path / "rt.dcm", Segmentation(images.geometry, (mask,), SEGMENTS[:1]), images.headers()
    )
    if explicit:  # as other programs write it: the value becomes one of unknown kind
        data = read_object(tmp_path / "rt.dcm")
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        (contour,) = data.ROIContourSequence[0].ContourSequence
        assert len(contour.get_item("ContourData").value) > 65536
        contour.add_new(0x30060050, "UN", contour.get_item("ContourData").value)
        write_object(tmp_path / "rt.dcm", data, force=True)
    read = rasterise(read_structure_set(tmp_path / "rt.dcm"), images.geometry)
    np.testing.assert_array_equal(read.segmentation.mask(1), mask == 1)


def test_contours_between_the_slices_are_counted_and_not_drawn(tmp_path, library):
    geometry = series(tmp_path, library).geometry
    corners = np.array([(2.0, 2, 3), (9, 2, 3), (9, 9, 3), (2, 9, 3)])
    near, far = (lps_from_ijk(geometry, corners + np.array([0, 0, offset])) for offset in (0.3, 20.0))
    open_line = Structure(SEGMENTS[0], (near, far), lines=(near[:2],))
    result = rasterise(StructureSet((open_line,), "", ()), geometry)
    assert result.segmentation.voxel_counts() == {1: 49}
    assert result.segmentation.mask(1)[3].sum() == 49
    assert [note.values["count"] for note in result.notes] == [1, 1]


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
def test_the_validator_finds_no_error_in_a_structure_set(images, tmp_path):
    write_segmentation(tmp_path / "seg.dcm", drawn(images.geometry), images.headers())
    path = tmp_path / "rt.dcm"
    convert(read_source(tmp_path / "seg.dcm"), path, Form.STRUCTURE_SET, images)
    done = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
    assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")] == []


def test_what_cannot_be_converted_is_refused_with_its_reason(tmp_path, library):
    images = series(tmp_path, library)
    write_segmentation(tmp_path / "seg.dcm", drawn(images.geometry), images.headers())
    source = read_source(tmp_path / "seg.dcm")
    with pytest.raises(UsageError, match="--reference"):
        convert(source, tmp_path / "rt.dcm", Form.STRUCTURE_SET, None)
    with pytest.raises(BadInput, match="exists"):
        convert(source, tmp_path / "seg.dcm", Form.STRUCTURE_SET, images)
    with pytest.raises(UsageError, match=r"\.xyz"):
        form_of(tmp_path / "out.xyz", Form.SEGMENTATION)
    for name in ("broken.stl", "broken.nii.gz", "broken.nrrd", "broken.glb", "broken.dcm", "broken.ply"):
        (tmp_path / name).write_bytes(b"no such thing" * 20)
        with pytest.raises(SenseError, match="broken"):
            read_source(tmp_path / name)
    assert not (tmp_path / "rt.dcm").exists()


def test_images_that_cannot_be_referred_to_are_told(tmp_path, library):
    images = series(tmp_path, library)
    for frame in images.part.frames:
        image = read_object(Path(frame.instance.path))
        del image.StudyInstanceUID
        write_object(Path(frame.instance.path), image, force=True)
    write = {Form.SEGMENTATION: "a.dcm", Form.STRUCTURE_SET: "b.dcm"}
    source = Source(Form.LABEL_MAP, drawn(images.geometry))
    for form, name in write.items():
        with pytest.raises(BadInput, match="StudyInstanceUID"):
            convert(source, tmp_path / name, form, images)
        assert not (tmp_path / name).exists()
