"""Segments over the slices as bodies in the 3D view."""

from dataclasses import replace

import numpy as np
import pytest

from core.segmentation import Segment
from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume import Volume
from imaging.reslice import StopFlag
from imaging.structure_set_reading import Structure
from render.backend import Backend
from render.camera import Camera
from render.picture_quality import Quality
from render.steady_renderer import SteadyVolumeRenderer
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode
from render.volume_source import Beside, VolumeSource
from viewers.object_layer import LayerLook, ShownLayer
from viewers.segmentation_layer import SegmentationLayer
from viewers.structure_layer import StructureLayer
from viewers.volume_labels import label_layer, left_out

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
    source = VolumeSource(SteadyVolumeRenderer(volume, Backend.NATIVE), NOTHING, Beside(labels))
    picture = source.draw(Camera.looking(volume, camera_side), (80, 60), Quality.FULL, StopFlag())
    halves = (picture[:, :40], picture[:, 40:])
    return [half[half[..., 3] > 128][:, :3].astype(int) for half in halves]


def test_two_segments_of_one_map_have_their_colours():
    voxels = np.zeros((8, 8, 40), np.uint8)
    voxels[:, :, 2:12], voxels[:, :, 28:38] = 1, 2
    affine = np.eye(4)
    affine[:3, 3] = (0, 8, 8)
    left, right = colours(label_layer((shown(layer(Volume(voxels, affine))),), None))
    assert (left[:, 0] > left[:, 1]).all()
    assert (right[:, 1] > right[:, 0]).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_several_maps_are_put_where_they_belong(dtype):
    made = layer(cube((2, 8, 8), 1, dtype=dtype), cube((30, 6, 9), 2, dtype=dtype))
    left, right = colours(label_layer((shown(made),), None))
    assert len(left) > 20
    assert len(right) > 20
    assert (left[:, 0] > left[:, 1]).all()
    assert (right[:, 1] > right[:, 0]).all()


def test_what_is_hidden_over_the_slices_is_hidden_here():
    made = layer(cube((2, 8, 8), 1), cube((30, 6, 9), 2))
    left, right = colours(label_layer((shown(made, shown={"1": False}),), None))
    assert len(left) == 0
    assert len(right) > 20
    assert label_layer((shown(made, shown={"1": False, "2": False}),), None) is None
    assert label_layer((), None) is None


def test_colours_of_the_user_are_taken():
    made = shown(layer(cube((2, 8, 8), 1)), colours={"1": (0, 0, 255)})
    left, _ = colours(label_layer((made,), None))
    assert (left[:, 2] > left[:, 0]).all()


def test_fractions_are_bodies_where_they_are_likely():
    likely = np.full((8, 8, 8), 0.3, np.float32)
    likely[:, :, 4:] = 0.8
    affine = np.eye(4)
    affine[:3, 3] = (2, 8, 8)
    made = label_layer((shown(layer(fractions={2: Volume(likely, affine)})),), None)
    assert np.count_nonzero(made.labels.voxels) == 8 * 8 * 4


def volume_ml(made):
    """Give the volume of each label of a layer, in the order of their numbers."""
    voxel = abs(np.linalg.det(made.labels.lps_from_ijk[:3, :3]))
    counts = np.bincount(made.labels.voxels.ravel())
    return counts[1:] * voxel / 1000


def centre_mm(made, label):
    kji = np.argwhere(made.labels.voxels == label).mean(axis=0)
    return (made.labels.lps_from_ijk @ [*kji[::-1], 1.0])[:3]


def turned(degrees, spacing, centre, edge_mm, label=1):
    """A cube of about `edge_mm` around a point, on a grid turned about z."""
    count = round(edge_mm / spacing)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = turn * spacing
    affine[:3, 3] = np.array(centre) - affine[:3, :3] @ np.full(3, (count - 1) / 2)
    return Volume(np.full((count, count, count), label, np.uint8), affine)


def test_a_map_between_the_voxels_of_the_first_is_drawn_too():
    made = label_layer((shown(layer(cube((2, 8, 8), 1), cube((30.4, 6, 9), 2))),), None)
    assert volume_ml(made) == pytest.approx([0.512, 0.512], rel=0.15)
    assert centre_mm(made, 2) == pytest.approx([33.9, 9.5, 12.5], abs=0.5)


@pytest.mark.parametrize("degrees", [0, 30])
@pytest.mark.parametrize("spacing", [0.7, 3.0])
def test_maps_on_other_grids_are_where_they_belong(degrees, spacing):
    fine, other = turned(0, 1.0, (10, 10, 10), 12), turned(degrees, spacing, (31.3, 12.2, 9.1), 12.6, 2)
    made = label_layer((shown(layer(fine)), shown(layer(other))), None)
    spacing_mm = made.labels.spacing_mm
    assert spacing_mm == pytest.approx([min(1.0, spacing)] * 3)
    edges = np.array([12.0, round(12.6 / spacing) * spacing])
    assert volume_ml(made) == pytest.approx(edges**3 / 1000, rel=0.08)  # edges are rounded
    assert centre_mm(made, 1) == pytest.approx([10, 10, 10], abs=0.3)
    assert centre_mm(made, 2) == pytest.approx([31.3, 12.2, 9.1], abs=0.3)


def test_bodies_far_apart_do_not_take_all_memory(monkeypatch):
    monkeypatch.setattr("render.label_merging._MOST_VOXELS", 4000)
    made = label_layer((shown(layer(cube((0, 0, 0), 1), cube((60, 0, 0), 2))),), None)
    assert made.labels.voxels.size <= 5000
    assert volume_ml(made) == pytest.approx([0.512, 0.512], rel=0.6)
    assert centre_mm(made, 2) == pytest.approx([63.5, 3.5, 3.5], abs=1.5)


def stack(slices=24, step=1.0):
    positions = np.arange(slices)[:, None] * np.array([0.0, 0.0, step])
    affine = np.diag([1.0, 1.0, step, 1.0])
    right, down = np.eye(3)[0], np.eye(3)[1]
    return SliceGeometry(
        GeometryKind.UNIFORM, (40, 24, slices), (1.0, 1.0, step), right, down, positions, affine
    )


def square(low, high, z):
    (x0, y0), (x1, y1) = low, high
    return np.array([[x0, y0, z], [x1, y0, z], [x1, y1, z], [x0, y1, z]], float)


def test_contours_are_filled_and_those_that_overlap_keep_their_own():
    one = Structure(Segment(0, "a", colour=RED), tuple(square((2, 4), (12, 14), z) for z in range(4, 12)))
    two = Structure(Segment(7, "b", colour=GREEN), tuple(square((8, 4), (38, 14), z) for z in range(4, 12)))
    made = label_layer((shown(StructureLayer.of((one, two), stack())),), stack())
    left, right = colours(made)
    assert (left[:, 0] > left[:, 1]).any()
    assert (right[:, 1] > right[:, 0]).all()
    assert volume_ml(made) == pytest.approx([0.48, 2.4], rel=0.05)  # the one above hides 4 mm of the first


def test_contours_follow_images_of_which_more_have_come():
    one = Structure(Segment(1, "a", colour=RED), tuple(square((2, 4), (12, 14), z) for z in range(4, 12)))
    structures = shown(StructureLayer.of((one,), stack(6)))
    assert volume_ml(label_layer((structures,), stack(6))) == pytest.approx([0.2], rel=0.05)
    assert left_out((structures,), stack(6)) != ()
    assert volume_ml(label_layer((structures,), stack(24))) == pytest.approx([0.8], rel=0.05)
    assert left_out((structures,), stack(24)) == ()


def test_what_is_hidden_of_the_structures_is_no_body():
    one = Structure(Segment(1, "a", colour=RED), (square((2, 4), (12, 14), 5),))
    structures = StructureLayer.of((one,), stack())
    assert label_layer((shown(structures, shown={"1": False}),), stack()) is None
    assert left_out((shown(structures, shown={"1": False}),), stack()) == ()


def test_what_of_the_structures_is_no_body_is_told():
    point = Structure(Segment(1, "p", colour=RED), (), (np.zeros((1, 3)),))
    beside = Structure(Segment(2, "b", colour=RED), (square((2, 4), (12, 14), 90.0),))
    structures = StructureLayer.of((point, beside), stack())
    assert label_layer((shown(structures),), stack()) is None
    told = " ".join(map(str, left_out((shown(structures),), stack())))
    assert "Contours that lie on no slice of the reference: 1." in told
    assert "Points and lines of structures that 3D does not draw: 1." in told


def test_projections_leave_the_bodies_out():
    volume = Volume(np.zeros(SHAPE, np.int16), np.eye(4))
    look = replace(NOTHING, mode=VolumeMode.MIP, window=(0.5, 1.0))
    labels = label_layer((shown(layer(cube((2, 8, 8), 1))),), None)
    renderer, camera = SteadyVolumeRenderer(volume, Backend.NATIVE), Camera.looking(volume, "A")
    pictures = [
        VolumeSource(renderer, look, Beside(bodies)).draw(camera, (40, 30), Quality.FULL, StopFlag())
        for bodies in (None, labels)
    ]
    assert np.array_equal(*pictures)
