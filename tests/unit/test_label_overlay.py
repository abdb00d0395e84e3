"""Segmentation files over a volume."""

import numpy as np
import pytest

from core.errors import BadInput
from core.segmentation import Segment, Segmentation, pack_layers
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from render.label_overlay import read_overlay
from tests.dicom_factory import make_ct_series


def test_segments_that_overlap_are_all_read(library, tmp_path):
    images = reference_series(library, str(make_ct_series(tmp_path / "ct", slices=8).folder))
    ni, nj, nk = images.geometry.shape_ijk
    masks = {number: np.zeros((nk, nj, ni), bool) for number in (1, 2, 3)}
    masks[1][:, 2:10, 2:8], masks[2][:, 6:14, 5:12], masks[3][:, 8:18, 2:6] = True, True, True
    layers, layer_of = pack_layers(masks)
    assert len(layers) > 1
    segments = tuple(Segment(number, f"s{number}", colour=(number, 0, 0)) for number in masks)
    path = tmp_path / "seg.dcm"
    write_segmentation(path, Segmentation(images.geometry, layers, segments, layer_of), images.headers())
    overlay = read_overlay(path)
    assert len(np.unique(overlay.labels.voxels)) == 1 + 3
    seen = np.bincount(overlay.labels.voxels.ravel())[1:].sum()
    assert seen == (masks[1] | masks[2] | masks[3]).sum()


def test_what_holds_no_labels_says_so(tmp_path):
    path = tmp_path / "surface.stl"
    path.write_bytes(b"solid nothing\nendsolid")
    with pytest.raises(BadInput):
        read_overlay(path)
