"""Measurements of segments equal what is known about them."""

import json

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.library import Library
from core.segmentation import Segment, Segmentation
from imaging.importing import import_paths
from imaging.reference_series import reference_series
from imaging.region_statistics import region_statistics, same_grid
from imaging.segmentation_writing import write_segmentation
from tests.dicom_factory import make_ct_series
from tests.system.test_command_line import sense


@pytest.fixture(params=[{}, {"tilt_deg": 12.0}, {"gaps": (4,)}])
def made(request, tmp_path):
    return make_ct_series(tmp_path / "ct", **{"slices": 9, **request.param})


def test_a_box_in_a_series_through_the_program(made, tmp_path):
    library = Library.open(tmp_path / "library")
    import_paths(library, [made.folder])
    images = reference_series(library, made.series_uid)
    layer = np.zeros(made.voxels.shape, np.uint8)
    layer[1:3, 4:12, 3:9] = 1
    write_segmentation(
        tmp_path / "seg.dcm", Segmentation(images.geometry, (layer,), (Segment(1, "Box"),)), images.headers()
    )
    done = sense(library.folder, "measure", made.series_uid, str(tmp_path / "seg.dcm"), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["unit"] == "HU"
    (box,) = report["labels"]
    values = made.voxels[layer > 0].astype(float)
    for key, truth in (
        ("mean", values.mean()),
        ("sd", values.std()),
        ("min", values.min()),
        ("max", values.max()),
        ("p5", np.percentile(values, 5)),
        ("p95", np.percentile(values, 95)),
    ):
        assert box[key] == pytest.approx(truth, abs=1e-6), key
    assert box["volume_ml"] == pytest.approx(96 * 0.75 * 0.5 * 2.5 / 1000, rel=1e-4)
    ends = [images.geometry.positions_lps_mm[k] + np.array([5.5 * 0.75, 7.5 * 0.5, 0]) for k in (1, 2)]
    np.testing.assert_allclose(box["centroid_ras_mm"], np.mean(ends, axis=0) * (-1, -1, 1), atol=1e-3)
    across = np.linalg.norm(np.subtract(ends[1], ends[0]) + np.array([5 * 0.75, 7 * 0.5, 0]))
    assert box["long_axis_mm"] == pytest.approx(across, abs=0.02)


def test_the_box_around_a_box():
    from tests.unit.test_conversion import box as grid

    mask = np.zeros((8, 9, 10), np.uint8)
    mask[2:4, 3:6, 4:8] = 1
    geometry = grid(mask.shape)
    segmentation = Segmentation(geometry, (mask,), (Segment(1, "Box"),))
    found = region_statistics(segmentation, segmentation.segments[0], mask.astype(np.float32), geometry)
    low = np.array([-31 + 3.5 * 0.7, 12.5 + 2.5 * 1.3, 100 + 1.5 * 2.5])
    high = np.array([-31 + 7.5 * 0.7, 12.5 + 5.5 * 1.3, 100 + 3.5 * 2.5])
    np.testing.assert_allclose(found.bounding_box_mm[0], [-high[0], -high[1], low[2]], atol=1e-9)
    np.testing.assert_allclose(found.bounding_box_mm[1], [-low[0], -low[1], high[2]], atol=1e-9)
    assert (found.mean, found.sd, found.voxels) == (1.0, 0.0, 24)


@given(st.lists(st.tuples(*[st.integers(0, 11)] * 3), min_size=1, max_size=40))
def test_the_long_axis_is_the_largest_distance(voxels):
    from tests.unit.test_conversion import box as grid

    mask = np.zeros((12, 12, 12), np.uint8)
    mask[tuple(np.array(voxels).T)] = 1
    geometry = grid(mask.shape)
    segmentation = Segmentation(geometry, (mask,), (Segment(1, "Dots"),))
    found = region_statistics(segmentation, segmentation.segments[0], mask, geometry)
    points = np.argwhere(mask)[:, ::-1] * np.array([0.7, 1.3, 2.5])
    truth = np.linalg.norm(points[:, None] - points[None], axis=2).max()
    assert found.long_axis_mm == pytest.approx(truth, rel=0.002)


def test_labels_of_another_grid_are_told(tmp_path):
    values = np.arange(1000, dtype=np.float32).reshape(10, 10, 10)
    nib.save(nib.Nifti1Image(values, np.eye(4)), tmp_path / "image.nii.gz")
    labels = np.zeros((20, 20, 20), np.uint8)
    labels[4:8, 4:8, 4:8] = 7
    affine = np.diag([0.5, 0.5, 0.5, 1.0])
    affine[:3, 3] = -0.25
    nib.save(nib.Nifti1Image(labels, affine), tmp_path / "labels.nii.gz")
    done = sense(
        tmp_path / "library",
        "measure",
        str(tmp_path / "image.nii.gz"),
        str(tmp_path / "labels.nii.gz"),
        "--json",
    )
    report = json.loads(done.stdout)
    assert len(report["warnings"]) == 1
    (label,) = report["labels"]
    assert label["label"] == "Label 7"
    assert label["volume_ml"] == pytest.approx(0.008)
    assert label["mean"] == pytest.approx(values[2:4, 2:4, 2:4].mean())
    np.testing.assert_allclose(label["centroid_ras_mm"], [2.5, 2.5, 2.5])


def test_the_same_grid_may_be_a_part_of_the_other(tmp_path):
    whole = make_ct_series(tmp_path / "whole", slices=8)
    geometry = reference_series(None, str(whole.folder)).geometry
    (tmp_path / "part").mkdir()
    for file in whole.files[2:5]:
        (tmp_path / "part" / file.name).write_bytes(file.read_bytes())
    part = reference_series(None, str(tmp_path / "part")).geometry
    assert same_grid(part, geometry)
    assert same_grid(geometry, part)
    other = make_ct_series(tmp_path / "other", slices=8, origin_lps_mm=(-100.1, -80, 40))
    assert not same_grid(reference_series(None, str(other.folder)).geometry, geometry)
