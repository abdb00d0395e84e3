"""Derived objects as layers over slices: label maps in colour, marks in pixels, looks that are remembered."""

import numpy as np
import pytest

from core.errors import BadInput
from core.plane import Plane
from core.segmentation import Segment, Segmentation
from core.series import Series
from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume import Volume
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.label_raster import border, colour_labels, cropped, labels_on, patch_of
from viewers.object_kinds import OBJECT_KINDS
from viewers.object_layer import LayerLook, over, pixels_of
from viewers.segmentation_layer import SegmentationLayer
from viewers.shown_objects import ShownObjects

RED, GREEN = (255, 0, 0), (0, 255, 0)


def geometry(slices, *, size=(8, 6), spacing=(2.0, 2.0, 4.0), origin=(10.0, -20.0, 30.0)):
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = origin
    positions = np.array(origin) + np.arange(slices)[:, None] * [0.0, 0.0, spacing[2]]
    kind = GeometryKind.UNIFORM if slices > 1 else GeometryKind.FLAT
    return SliceGeometry(kind, (*size, slices), spacing, np.eye(3)[0], np.eye(3)[1], positions, affine)


def target_of(stack):
    ni, nj, nk = stack.shape_ijk
    volume = Volume(np.zeros((nk, nj, ni), np.int16), stack.lps_from_ijk)
    series = Series("1.2", "1", "", "CT", "", "1", nk, stack)
    return LayerTarget(series, volume, ())


def plane_of(stack, k, *, scale=1):
    ni, nj, _ = stack.shape_ijk
    spacing = stack.spacing_mm[0] / scale, stack.spacing_mm[1] / scale
    corner = stack.positions_lps_mm[k] - [(2.0 - spacing[0]) / 2, (2.0 - spacing[1]) / 2, 0]
    return Plane(corner, np.eye(3)[0], np.eye(3)[1], spacing, (ni * scale, nj * scale))


def segmentation(stack, layers, **more):
    numbers = sorted({int(n) for layer in layers for n in np.unique(layer) if n})
    segments = tuple(Segment(number, f"part {number}") for number in numbers)
    where = {n: next(at for at, layer in enumerate(layers) if (layer == n).any()) for n in numbers}
    return Segmentation(stack, tuple(layers), segments, where, **more)


def test_segments_are_coloured_where_they_lie():
    stack = geometry(3)
    labels = np.zeros((3, 6, 8), np.uint16)
    labels[1, 2:5, 3:7] = 2
    layer = SegmentationLayer.of(segmentation(stack, [labels]), target_of(stack))
    look = LayerLook(True, 0.5).with_colour("2", RED)
    raster = layer.draw(plane_of(stack, 1), look).raster
    assert np.array_equal(raster[..., 3] > 0, labels[1] > 0)
    assert tuple(raster[3, 4]) == (128, 0, 0, 128)  # inside: half opaque
    assert tuple(raster[2, 3]) == (255, 0, 0, 255)  # on the border: opaque
    assert (
        layer.draw(plane_of(stack, 0), look).raster is None
        or not layer.draw(plane_of(stack, 0), look).raster[..., 3].any()
    )


def test_hidden_segments_are_not_drawn_and_leave_no_border():
    stack = geometry(2)
    labels = np.zeros((2, 6, 8), np.uint16)
    labels[0, :3], labels[0, 3:] = 1, 2
    layer = SegmentationLayer.of(segmentation(stack, [labels]), target_of(stack))
    look = LayerLook(True).with_item("1", shown=False)
    raster = layer.draw(plane_of(stack, 0), look).raster
    assert not raster[:3, :, 3].any()
    assert raster[3:, :, 3].all()


def test_overlapping_segments_are_both_seen():
    stack = geometry(2)
    low, high = np.zeros((2, 2, 6, 8), np.uint16)
    low[0, 1:5, 0:6], high[0, 1:5, 2:8] = 1, 2
    layer = SegmentationLayer.of(segmentation(stack, [low, high]), target_of(stack))
    look = LayerLook(True, 0.5).with_colour("1", RED).with_colour("2", GREEN)
    raster = layer.draw(plane_of(stack, 0), look).raster
    red, green, _, alpha = (int(part) for part in raster[3, 4])
    assert (green, alpha) == (128, 191)
    assert red == pytest.approx(64, abs=1)


def test_fractions_become_opacity():
    stack = geometry(2)
    fraction = np.zeros((2, 6, 8), np.float32)
    fraction[0, 2, 2], fraction[0, 2, 5] = 1.0, 0.5
    mask = (fraction > 0).astype(np.uint16)
    made = segmentation(stack, [mask], fractions={1: fraction})
    layer = SegmentationLayer.of(made, target_of(stack))
    raster = layer.draw(plane_of(stack, 0), LayerLook(True, 0.8).with_colour("1", RED)).raster
    assert int(raster[2, 2, 3]) == pytest.approx(204, abs=2)
    assert int(raster[2, 5, 3]) == pytest.approx(102, abs=2)


def test_the_place_of_a_segment_lies_in_it():
    stack = geometry(3)
    labels = np.zeros((3, 6, 8), np.uint16)
    labels[2] = 1
    labels[2, 1:5, 1:7] = 0  # a ring, whose middle is empty
    layer = SegmentationLayer.of(segmentation(stack, [labels]), target_of(stack))
    i, j, k = np.round(np.linalg.inv(stack.lps_from_ijk) @ np.append(layer.centre("1"), 1.0))[:3].astype(int)
    assert labels[k, j, i] == 1


def test_a_single_slice_is_as_thick_as_the_images():
    images, one = geometry(5), geometry(1, spacing=(2.0, 2.0, 1.0), origin=(10.0, -20.0, 38.0))
    layer = SegmentationLayer.of(segmentation(one, [np.ones((1, 6, 8), np.uint16)]), target_of(images))
    assert layer.label_maps[0].spacing_mm[2] == pytest.approx(4.0)


def test_an_object_without_a_place_lies_over_the_images():
    images = geometry(1, size=(16, 12))
    unplaced = SliceGeometry(
        GeometryKind.FLAT,
        (8, 6, 1),
        (1.0, 1.0, 1.0),
        np.eye(3)[0],
        np.eye(3)[1],
        np.zeros((1, 3)),
        np.eye(4),
        lps_known=False,
    )
    labels = np.zeros((1, 6, 8), np.uint16)
    labels[0, 4:, 4:] = 1
    layer = SegmentationLayer.of(segmentation(unplaced, [labels]), target_of(images))
    raster = layer.draw(plane_of(images, 0), LayerLook(True)).raster
    expected = np.zeros((12, 16), bool)
    expected[8:, 8:] = True
    assert np.array_equal(raster[..., 3] > 0, expected)


def test_an_object_of_another_shape_is_refused():
    images = geometry(3)
    unplaced = SliceGeometry(
        GeometryKind.NONE,
        (8, 6, 2),
        (1.0, 1.0, 1.0),
        np.eye(3)[0],
        np.eye(3)[1],
        np.array([[0.0, 0, 0], [0, 0, 1]]),
        np.eye(4),
        lps_known=False,
    )
    with pytest.raises(BadInput, match="not shaped"):
        SegmentationLayer.of(segmentation(unplaced, [np.ones((2, 6, 8), np.uint16)]), target_of(images))


def test_segments_are_named_at_a_point():
    stack = geometry(2)
    low, high = np.zeros((2, 2, 6, 8), np.uint16)
    low[0, 1:5, 0:6], high[0, 1:5, 2:8] = 1, 2
    layer = SegmentationLayer.of(segmentation(stack, [low, high]), target_of(stack))
    point = (stack.lps_from_ijk @ np.array([3.2, 2.1, 0.3, 1.0]))[:3]
    look = LayerLook(True).with_colour("1", RED)
    assert next((str(one.text), one.colour) for one in layer.at(point, look)) == ("part 1", RED)
    assert [str(one.text) for one in layer.at(point, look.with_item("1", shown=False))] == ["part 2"]
    assert layer.at(point + np.array([50.0, 0.0, 0.0]), look) == ()


def test_a_fraction_is_told_at_a_point():
    stack = geometry(2)
    fraction = np.zeros((2, 6, 8), np.float32)
    fraction[0, 2, 5] = 0.5
    made = segmentation(stack, [(fraction > 0).astype(np.uint16)], fractions={1: fraction})
    layer = SegmentationLayer.of(made, target_of(stack))
    point = (stack.lps_from_ijk @ np.array([5, 2, 0, 1.0]))[:3]
    assert [str(one.text) for one in layer.at(point, LayerLook(True))] == ["part 1  50 %"]


def test_cropping_keeps_every_voxel_at_its_place():
    voxels = np.zeros((5, 6, 7), np.uint8)
    voxels[2:4, 1:3, 5] = 9
    affine = np.diag([1.0, 2.0, 3.0, 1.0])
    affine[:3, 3] = [4, 5, 6]
    part = cropped(Volume(voxels, affine))
    assert part.voxels.shape == (2, 2, 1)
    assert np.allclose(part.lps_from_ijk[:3, 3], [4 + 5, 5 + 2, 6 + 6])
    assert cropped(Volume(np.zeros((2, 2, 2), np.uint8), affine)) is None


def test_a_patch_covers_all_that_a_volume_shows():
    voxels = np.zeros((9, 9, 9), np.uint8)
    voxels[3:6, 2:5, 4:8] = 1
    whole = Volume(voxels, np.diag([1.5, 1.0, 2.0, 1.0]))
    turn = np.array([[0.8, 0.6, 0.0], [-0.6, 0.8, 0.0]])
    plane = Plane(np.array([-3.0, -8.0, 8.2]), turn[0], turn[1], (0.4, 0.4), (60, 50))
    part, place = patch_of(plane, cropped(whole))
    patched = np.zeros((50, 60), np.uint16)
    patched[place] = labels_on(part, cropped(whole))
    assert np.array_equal(patched, labels_on(plane, whole))
    assert patched.any()
    assert part.size[0] < 60


def test_borders_are_inside_their_area():
    labels = np.zeros((5, 5), np.uint16)
    labels[1:4, 1:4] = 3
    assert border(labels).sum() == 8
    assert not border(labels)[2, 2]
    assert tuple(colour_labels(labels, {3: RED}, 0.0)[2, 2]) == (0, 0, 0, 0)


def test_one_picture_over_another():
    top = np.zeros((1, 2, 4), np.uint8)
    top[0, 0] = (100, 0, 0, 128)
    below = np.full((1, 2, 4), 200, np.uint8)
    assert tuple(over(top, below)[0, 0]) == (199, 99, 99, 227)
    assert tuple(over(top, below)[0, 1]) == (200, 200, 200, 200)


def test_points_become_pixels():
    plane = plane_of(geometry(2), 1, scale=2)
    points = np.array([plane.lps_from_pixel(3.5, -2.0), plane.lps_from_pixel(0.0, 7.25)])
    assert np.allclose(pixels_of(plane, points), [[3.5, -2.0], [0.0, 7.25]])


def an_object(uid, kind=OBJECT_KINDS[0], path="/x.dcm"):
    from pathlib import Path

    return DerivedObject(kind, uid, f"{uid}.1", Path(path), "")


def test_the_only_segmentation_is_shown_and_of_several_none(library):
    objects = ShownObjects(library.settings)
    objects.set_objects([an_object("1")])
    assert [one.sop_uid for one in objects.wanted()] == ["1"]
    objects.set_objects([an_object("2"), an_object("3")])
    assert objects.wanted() == []


def test_looks_are_remembered(library):
    objects = ShownObjects(library.settings)
    objects.set_objects([an_object("1")])
    objects.set_opacity("1", 0.7)
    objects.set_colour("1", "4", RED)
    objects.set_item_visible("1", "5", visible=False)
    objects.set_visible("1", visible=False)
    again = ShownObjects(library.settings)
    again.set_objects([an_object("1")])
    look = again.look("1")
    assert (look.visible, look.opacity, dict(look.colours), dict(look.shown)) == (
        False,
        0.7,
        {"4": RED},
        {"5": False},
    )


@pytest.mark.parametrize("stored", [3, [3], [{"object": "1"}], [{"object": "1", "colours": {"a": [1]}}], "x"])
def test_an_edited_settings_file_does_no_harm(library, stored):
    library.settings.set("viewer.objects", stored)
    objects = ShownObjects(library.settings)
    objects.set_objects([an_object("1")])
    assert objects.look("1") == LayerLook(visible=True)


def test_layers_are_drawn_only_while_they_are_visible(library):
    stack = geometry(2)
    layer = SegmentationLayer.of(segmentation(stack, [np.ones((2, 6, 8), np.uint16)]), target_of(stack))
    objects = ShownObjects(library.settings)
    objects.set_objects([an_object("1")])
    objects.set_layer("1", layer)
    first = objects.shown
    assert [one.layer for one in first] == [layer]
    objects.toggle_hidden()
    assert objects.shown == ()
    objects.toggle_hidden()
    objects.set_opacity("1", 0.9)
    assert objects.shown[0].key != first[0].key
    objects.set_visible("1", visible=False)
    assert objects.shown == ()
