"""Bulk annotations in the tile that holds them, and many of them as dots."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from core.annotation_group import AnnotationGroup
from core.coded_concept import CodedConcept, InstanceReference
from core.plane import Plane
from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.frame import Frame
from imaging.geometry import SeriesPart
from imaging.instance import Instance
from imaging.slide_matrix import SlideMatrix, read_slide_matrix
from imaging.slide_tiles import TilePlace
from viewers.annotation_layer import AnnotationLayer, _flat
from viewers.image_places import ImagePlaces
from viewers.object_layer import LayerLook

LOOK = LayerLook(visible=True)
UNIT_SLIDE = np.array([[0.0, 0.002, 1.0], [0.001, 0.0, 2.0], [0.0, 0.0, 0.0]])


def item(**values: object) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def group(points, *, shape="POINT", of_each=1):
    points = np.array(points, float)
    starts = np.arange(0, len(points) + 1, of_each)
    return AnnotationGroup(1, "cells", CodedConcept("4421005", "SCT", "Cell"), shape, points, starts)


def tiles(count=2):
    """Give tiles of 10 x 8 pixels of 1 mm, one behind the other."""
    positions = np.arange(count)[:, None] * np.array([0.0, 0.0, 1.0])
    geometry = SliceGeometry(
        GeometryKind.NONE,
        (10, 8, count),
        (1.0, 1.0, 1.0),
        np.eye(3)[0],
        np.eye(3)[1],
        positions,
        np.eye(4),
        lps_known=False,
    )
    return ImagePlaces(geometry, {"1.2": {number + 1: number for number in range(count)}})


def plane(k, scale=1):
    step = 1 / scale
    corner = np.array([(step - 1) / 2, (step - 1) / 2, float(k)])
    return Plane(corner, np.eye(3)[0], np.eye(3)[1], (step, step), (10 * scale, 8 * scale))


def layer_of(*groups, corners=((0, 0), (10, 0))):
    placed = {k: np.array(corner, float) for k, corner in enumerate(corners)}
    return AnnotationLayer(tuple(_flat(one, None) for one in groups), tiles(len(corners)), placed)


def test_each_mark_is_drawn_in_its_tile():
    layer = layer_of(group([[3.5, 4.5], [12.5, 1.5]]))
    first = layer.draw(plane(0), LOOK).marks
    second = layer.draw(plane(1), LOOK).marks
    assert [mark.rings[0].tolist() for mark in first] == [[[3.0, 4.0]]]
    assert [mark.rings[0].tolist() for mark in second] == [[[2.0, 1.0]]]


def test_polygons_keep_their_place_at_any_size():
    corners = [[1.0, 1.0], [5.0, 1.0], [5.0, 4.0]]
    layer = layer_of(group(corners, shape="POLYGON", of_each=3))
    (mark,) = layer.draw(plane(0, scale=4), LOOK).marks
    assert mark.closed
    np.testing.assert_allclose(mark.rings[0], np.array(corners) * 4 - 0.5)


def test_what_is_out_of_sight_is_left_out():
    layer = layer_of(group([[1.5, 1.5], [8.5, 6.5]]))
    corner = np.array([5.0, 4.0, 0.0])
    zoomed = Plane(corner, np.eye(3)[0], np.eye(3)[1], (0.1, 0.1), (40, 30))
    (mark,) = layer.draw(zoomed, LOOK).marks
    np.testing.assert_allclose(mark.rings[0], [[30.0, 20.0]])


def test_very_many_marks_are_dots():
    random = np.random.default_rng(5)
    points = random.uniform((0.0, 0.0), (10.0, 8.0), (5000, 2))
    picture = layer_of(group(points)).draw(plane(0, scale=10), LOOK.with_colour("0", (1, 2, 3)))
    assert picture.marks == ()
    x, y = np.rint(points * 10 - 0.5).astype(int).T
    inside = (x < 100) & (y < 80)
    assert (picture.raster[y[inside], x[inside]] == (1, 2, 3, 255)).all()
    assert not picture.raster[..., 3].all()


def test_the_row_leads_to_the_first_mark_that_can_be_seen():
    layer = layer_of(group([[55.5, 4.5], [12.5, 1.5]]))
    np.testing.assert_allclose(layer.centre("0"), [2.0, 1.0, 1.0])
    assert layer_of(group([[55.5, 4.5]])).centre("0") is None
    assert str(layer.items[0].title) == "cells: 2"


def test_points_of_the_slide_become_points_of_the_picture():
    matrix = SlideMatrix((100, 80), np.zeros((1, 2)), UNIT_SLIDE)
    points = np.array([[3.5, 4.5], [90.25, 10.0]])
    slide = (UNIT_SLIDE @ np.column_stack([points, np.ones(2)]).T).T
    np.testing.assert_allclose(_flat(group(slide), matrix).points, points)


@pytest.fixture
def slide():
    origin = item(XOffsetInSlideCoordinateSystem=7.0, YOffsetInSlideCoordinateSystem=9.0)
    return item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.77.1.6",
        SOPInstanceUID="1.2.3",
        Rows=8,
        Columns=10,
        NumberOfFrames=6,
        TotalPixelMatrixColumns=25,
        TotalPixelMatrixRows=16,
        ImageOrientationSlide=[0, 1, 0, 1, 0, 0],
        TotalPixelMatrixOriginSequence=[origin],
        SharedFunctionalGroupsSequence=[item(PixelMeasuresSequence=[item(PixelSpacing=[0.25, 0.5])])],
    )


def saved(data, folder) -> Path:
    data.save_as(folder / "slide.dcm", implicit_vr=False, little_endian=True)
    return folder / "slide.dcm"


def test_full_tiles_go_row_by_row(slide, tmp_path):
    matrix = read_slide_matrix(saved(slide, tmp_path))
    assert matrix.size == (25, 16)
    assert matrix.corners.tolist() == [[0, 0], [10, 0], [20, 0], [0, 8], [10, 8], [20, 8]]
    np.testing.assert_allclose(matrix.slide_from_matrix @ [0.5, 0.5, 1], [7, 9, 0])
    np.testing.assert_allclose(matrix.slide_from_matrix @ [2.5, 1.5, 1], [7.25, 10, 0])


def test_sparse_tiles_say_where_they_are(slide, tmp_path):
    placed = [(11, 1), (1, 9)]
    slide.NumberOfFrames = 2
    slide.PerFrameFunctionalGroupsSequence = [
        item(
            PlanePositionSlideSequence=[
                item(ColumnPositionInTotalImagePixelMatrix=column, RowPositionInTotalImagePixelMatrix=row)
            ]
        )
        for column, row in placed
    ]
    assert read_slide_matrix(saved(slide, tmp_path)).corners.tolist() == [[10, 0], [0, 8]]


def test_other_images_have_no_matrix(slide, tmp_path):
    del slide.TotalPixelMatrixColumns
    assert read_slide_matrix(saved(slide, tmp_path)) is None


def test_tiles_of_a_slide_share_the_slice_of_the_whole_picture():
    instance = Instance("", "", "", "1.2", "1", "1", frames=3)
    frames = tuple(Frame(instance, number) for number in range(3))
    places = (TilePlace(0, 0, 0), TilePlace(0, 10, 0), TilePlace(1, 0, 0))
    found = ImagePlaces.of_part(SeriesPart("", frames, geometry=tiles().geometry, tiles=places))
    assert found.slices(InstanceReference("", "1.2")) == [0, 1]
    assert found.slices(InstanceReference("", "1.2", "", (2,))) == [0]
    assert found.slices(InstanceReference("", "1.2", "", (3, 9))) == [1]
