"""Segmentation objects of other programs hold what their references say."""

import json

import nrrd
import numpy as np
import pytest

from imaging.reference_series import reference_series
from imaging.segmentation_reading import read_segmentation
from imaging.structure_set_reading import rasterise, read_structure_set

pytestmark = pytest.mark.corpus

BESIDE = {
    "liver.dcm": ["liver_seg.nrrd"],
    "partial_overlaps.dcm": [f"partial_overlaps-{number}.nrrd" for number in (1, 2, 3)],
    "sparse-labelmap-ppv5.dcm": ["sparse_labelmap_ppv5_seg.nrrd"],
    "sparse-labelmap-noppv.dcm": ["sparse_labelmap_noppv_seg.nrrd"],
    "24x38x3/seg/label.seg": ["24x38x3/nrrd/label.nrrd"],
    "23x38x3/seg/label.seg": ["23x38x3/nrrd/label.nrrd"],
}


def test_every_object_has_the_segments_and_voxels_of_its_reference(corpus):
    references = json.loads((corpus / "refs" / "seg-objects.json").read_text())
    for name, reference in references.items():
        read = read_segmentation(corpus / "dicom-objects" / name)
        assert {str(segment.number): segment.label for segment in read.segments} == reference["segments"], (
            name
        )
        if "counts" in reference:
            # The background of a label map also fills what no frame covers.
            counts = {str(n): count for n, count in read.voxel_counts().items() if count and n}
            assert counts == {n: count for n, count in reference["counts"].items() if n != "0"}, name


def test_a_fully_tiled_object_equals_the_sparse_one(corpus):
    folder = corpus / "dicom-objects" / "highdicom" / "test_files"
    full, sparse = (
        read_segmentation(folder / name)
        for name in ("seg_image_sm_dots_tiled_full.dcm", "seg_image_sm_dots.dcm")
    )
    np.testing.assert_array_equal(full.layers[0], sparse.layers[0])


@pytest.mark.parametrize(("name", "truths"), BESIDE.items())
def test_the_label_maps_equal_those_beside_the_object(corpus, name, truths):
    folder = corpus / "dicom-objects" / "dcmqi" / "segmentations"
    read = read_segmentation(folder / name)
    assert len(read.layers) == len(truths)
    for layer, truth in zip(read.layers, truths, strict=True):
        voxels, header = nrrd.read(str(folder / truth))
        np.testing.assert_array_equal(layer, voxels.T)
        affine = np.eye(4)
        affine[:3, :3] = np.array(header["space directions"], float).T
        affine[:3, 3] = header["space origin"]
        np.testing.assert_allclose(read.geometry.lps_from_ijk, affine, atol=1e-5)


def test_every_coding_of_the_same_segment_gives_the_same_voxels(corpus):
    names = sorted((corpus / "odd-dicom").rglob("liver*.dcm"))
    assert len(names) >= 9
    by_shape = {}
    for name in names:
        read = read_segmentation(name)
        by_shape.setdefault(read.geometry.shape_ijk, []).append(read.layers[0])
        assert read.voxel_counts() == {1: 107098}
    assert len(by_shape) == 2
    for first, *others in by_shape.values():
        for other in others:
            np.testing.assert_array_equal(other, first)


def test_a_structure_set_of_a_planning_system_is_drawn_on_its_image(corpus, library):
    folder = corpus / "dicom-objects" / "dicompyler" / "testdata" / "example_data"
    structures = read_structure_set(folder / "rtss.dcm")
    images = reference_series(library, str(folder / "ct.0.dcm"))
    result = rasterise(structures, images.geometry)
    body = next(item for item in structures.structures if item.segment.label == "BODY")
    on_slice = [
        points
        for points in body.contours
        if abs((points[0] - images.geometry.positions_lps_mm[0]) @ images.geometry.normal) < 0.1
    ]
    area = sum(abs(np.cross(points, np.roll(points, 1, axis=0))[:, 2].sum()) / 2 for points in on_slice)
    voxel = images.geometry.spacing_mm[0] * images.geometry.spacing_mm[1]
    assert result.segmentation.voxel_counts()[body.segment.number] * voxel == pytest.approx(area, rel=0.005)
    drawn = sum(len(item.contours) for item in structures.structures) - result.notes[0].values["count"]
    assert drawn == len(on_slice)
