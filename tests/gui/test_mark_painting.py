"""Marks of derived objects are drawn where their pixels are, at every zoom; legends at the edge."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QTransform

from core.message import message
from viewers.object_layer import Legend, Mark
from viewers.ui.legend_painting import draw_legends
from viewers.ui.mark_painting import draw_marks, prepared

RED = (255, 0, 0)


def square(low, high):
    return np.array([[low, low], [high, low], [high, high], [low, high]], float)


def drawn(qapp, marks, transform=None, **how):
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    with QPainter(image) as painter:
        draw_marks(painter, prepared(marks), transform or QTransform(), **how)
    return np.array(
        [[image.pixelColor(x, y).red() for x in range(image.width())] for y in range(image.height())]
    )


def test_an_area_is_filled_but_for_its_hole(qapp):
    mark = Mark((square(10, 60), square(20, 40)), RED, closed=True, fill=0.5, width=0)
    red = drawn(qapp, [mark])
    assert red[15, 15] == pytest.approx(128, abs=1)
    assert red[30, 30] == 0
    assert red[50, 50] == pytest.approx(128, abs=1)
    assert not red[:9].any()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_lines_follow_the_picture_and_keep_their_width(qapp, scale):
    line = Mark((np.array([[10.0, 20.5], [50.0, 20.5]]),), RED, width=1.0)
    red = drawn(qapp, [line], QTransform.fromScale(scale, scale))
    covered = red[:, 30].sum() / 255
    assert covered == pytest.approx(1.0, abs=0.05)
    assert abs((red[:, 30] * (np.arange(100) + 0.5)).sum() / red[:, 30].sum() - 20.5 * scale) < 0.1


def test_a_picture_without_texts_keeps_the_lines(qapp):
    line = Mark((np.array([[10.0, 20.5], [50.0, 20.5]]),), RED, width=1.0, text="12 mm")
    bare = Mark(line.rings, RED, width=1.0)
    assert (drawn(qapp, [line], texts=False) == drawn(qapp, [bare])).all()
    assert (drawn(qapp, [line]) != drawn(qapp, [bare])).any()


def test_a_point_is_a_cross_and_a_text_stands_beside_it(qapp):
    point = (np.array([[30.5, 30.5]]),)
    cross = drawn(qapp, [Mark(point, RED)])
    assert cross[30, 27]
    assert cross[33, 30]
    assert not cross[33, 33]
    labelled = drawn(qapp, [Mark(point, RED, text="12 mm")])
    assert labelled[20:42, 40:90].any()
    assert not cross[20:42, 40:90].any()


def test_areas_side_by_side_have_no_seam(qapp):
    steps = np.linspace(10, 60, 23)
    quads = tuple(np.array([[a, 10.3], [b, 10.3], [b, 60.7], [a, 60.7]]) for a, b in pairwise(steps))
    red = drawn(qapp, [Mark(quads, RED, closed=True, fill=0.4, width=0, smooth=False)])
    assert len(np.unique(red[20:50, 15:55])) == 1


def test_a_legend_shows_its_colours_and_is_left_out_of_small_views(qapp):
    legend = Legend(message("Dose"), "Gy", 0.0, 60.0, ((0, 0, 255), (255, 0, 0)))
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    for area, seen in ((QRectF(0, 0, 400, 400), True), (QRectF(0, 0, 200, 200), False)):
        image.fill(0)
        with QPainter(image) as painter:
            draw_legends(painter, area, [legend], str)
        bar = [image.pixelColor(355, y) for y in range(130, 270)]
        assert any(pixel.red() > 200 for pixel in bar) is seen
        assert any(pixel.blue() > 200 for pixel in bar) is seen
