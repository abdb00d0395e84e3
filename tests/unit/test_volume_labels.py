"""Segments over the slices as bodies in the 3D view."""

from dataclasses import replace

import numpy as np
import pytest

from core.segmentation import Segment
from core.volume import Volume
from imaging.reslice import StopFlag
from render.backend import Backend
from render.camera import Camera
from render.picture_quality import Quality
from render.steady_renderer import SteadyVolumeRenderer
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode
from viewers.object_layer import LayerLook, ShownLayer
from viewers.segmentation_layer import SegmentationLayer
from viewers.volume_labels import label_layer
from viewers.volume_source import VolumeSource

SHAPE = (24, 24, 40)
RED, GREEN = (255, 0, 0), (0, 255, 0)
NOTHING = VolumeLook(
    TransferFunction((ControlPoint(0, 1, 1, 1, 0), ControlPoint(1, 1, 1, 1, 0))), VolumeMode.COMPOSITE
)


def cube(low_ijk, label, shape=(8, 8, 8), dtype=np.uint8):
    """A label map that begins at voxel `low_ijk` of the grid of the images."""
    affine = np.eye(4)
    affine[:3, 3] = low_ijk
    return Volume(np.full(shape, label, dtype), affine)


def layer(*maps, fractions=None):
    segments = (Segment(1, "one", colour=RED), Segment(2, "two", colour=GREEN))
    return SegmentationLayer(segments, tuple(maps), fractions or {}, {})


def shown(made, **look):
    return ShownLayer(made, replace(LayerLook(visible=True, opacity=0.9), **look))


def colours(labels, camera_side="A"):
    """Mean colour of the picture at the left (patient's right: low i) and the right half, where lit."""
    volume = Volume(np.zeros(SHAPE, np.int16), np.eye(4))
    source = VolumeSource(SteadyVolumeRenderer(volume, Backend.NATIVE), NOTHING, labels)
    picture = source.draw(Camera.looking(volume, camera_side), (80, 60), Quality.FULL, StopFlag())
    halves = (picture[:, :40], picture[:, 40:])
    return [half[half[..., 3] > 128][:, :3].astype(int) for half in halves]


def test_two_segments_of_one_map_have_their_colours():
    voxels = np.zeros((8, 8, 40), np.uint8)
    voxels[:, :, 2:12], voxels[:, :, 28:38] = 1, 2
    affine = np.eye(4)
    affine[:3, 3] = (0, 8, 8)
    left, right = colours(label_layer((shown(layer(Volume(voxels, affine))),)))
    assert (left[:, 0] > left[:, 1]).all()
    assert (right[:, 1] > right[:, 0]).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_several_maps_are_put_where_they_belong(dtype):
    made = layer(cube((2, 8, 8), 1, dtype=dtype), cube((30, 6, 9), 2, dtype=dtype))
    left, right = colours(label_layer((shown(made),)))
    assert len(left) > 20
    assert len(right) > 20
    assert (left[:, 0] > left[:, 1]).all()
    assert (right[:, 1] > right[:, 0]).all()


def test_what_is_hidden_over_the_slices_is_hidden_here():
    made = layer(cube((2, 8, 8), 1), cube((30, 6, 9), 2))
    left, right = colours(label_layer((shown(made, shown={"1": False}),)))
    assert len(left) == 0
    assert len(right) > 20
    assert label_layer((shown(made, shown={"1": False, "2": False}),)) is None
    assert label_layer(()) is None


def test_colours_of_the_user_are_taken():
    made = shown(layer(cube((2, 8, 8), 1)), colours={"1": (0, 0, 255)})
    left, _ = colours(label_layer((made,)))
    assert (left[:, 2] > left[:, 0]).all()


def test_fractions_are_bodies_where_they_are_likely():
    likely = np.full((8, 8, 8), 0.3, np.float32)
    likely[:, :, 4:] = 0.8
    affine = np.eye(4)
    affine[:3, 3] = (2, 8, 8)
    made = label_layer((shown(layer(fractions={2: Volume(likely, affine)})),))
    assert np.count_nonzero(made.labels.voxels) == 8 * 8 * 4


def test_a_map_between_the_voxels_of_the_first_is_left_out():
    made = label_layer((shown(layer(cube((2, 8, 8), 1), cube((30.4, 6, 9), 2))),))
    assert made.labels.voxels.shape == (8, 8, 8)
    assert set(np.unique(made.labels.voxels)) == {1}


def test_projections_leave_the_bodies_out():
    volume = Volume(np.zeros(SHAPE, np.int16), np.eye(4))
    look = replace(NOTHING, mode=VolumeMode.MIP, window=(0.5, 1.0))
    labels = label_layer((shown(layer(cube((2, 8, 8), 1))),))
    renderer, camera = SteadyVolumeRenderer(volume, Backend.NATIVE), Camera.looking(volume, "A")
    pictures = [
        VolumeSource(renderer, look, bodies).draw(camera, (40, 30), Quality.FULL, StopFlag())
        for bodies in (None, labels)
    ]
    assert np.array_equal(*pictures)
