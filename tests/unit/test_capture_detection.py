"""Regions, anchors, and boxes decoded from them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.detection import anchors, decode
from capture.region import Region, overlap, upright_angle

LENGTHS = st.floats(5.0, 900.0)
ANGLES = st.floats(-math.pi, math.pi)
REGIONS = st.builds(Region, st.floats(-500, 900), st.floats(-500, 900), LENGTHS, LENGTHS, ANGLES)


@given(REGIONS)
def test_the_corners_of_a_region_are_its_unit_square(region: Region) -> None:
    corners = region.to_picture(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]))
    assert np.linalg.norm(corners[1] - corners[0]) == pytest.approx(region.width)
    assert np.linalg.norm(corners[2] - corners[0]) == pytest.approx(region.height)
    assert corners[3] == pytest.approx([region.x, region.y], abs=1e-6)
    along = corners[1] - corners[0]
    assert math.cos(math.atan2(along[1], along[0]) - region.angle) == pytest.approx(1.0)


@given(REGIONS)
def test_a_region_around_its_own_corners_is_itself(region: Region) -> None:
    corners = region.to_picture(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    again = Region.around(corners, region.angle)
    expected = (region.x, region.y, region.width, region.height)
    assert (again.x, again.y, again.width, again.height) == pytest.approx(expected, abs=1e-6)


def test_a_turned_region_cuts_out_what_lies_in_it() -> None:
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[100:, 150:] = 255  # right and below of (150, 100)
    cut = Region(150, 100, 80, 80, math.pi / 2).crop(picture, 80)
    # Its x axis points down and its y axis to the left: the bright quarter is at the upper right.
    assert [bool(cut[y, x, 0] > 127) for y, x in ((20, 60), (60, 60), (20, 20), (60, 20))] == [
        True,
        False,
        False,
        False,
    ]


def test_a_region_beyond_the_picture_repeats_its_edge_or_is_black() -> None:
    picture = np.full((50, 50, 3), 200, np.uint8)
    region = Region.whole(50, 50).grown(2.0)
    assert region.crop(picture, 64).min() == 200
    assert region.crop(picture, 64, black_border=True)[0, 0, 0] == 0


def test_places_of_a_cut_are_rounded_to_a_thirty_second_of_a_pixel() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    region = Region(61.3, 44.7, 59.1, 59.1, 0.37)
    shares = np.arange(40) / 40
    unit = np.stack(np.meshgrid(shares, shares), axis=-1).reshape(-1, 2)
    places = np.rint(region.to_picture(unit) * 32).astype(int).reshape(40, 40, 2)
    (x, y), (right, down) = np.moveaxis(places // 32, -1, 0), np.moveaxis(places % 32, -1, 0)[..., None]
    wide = picture.astype(int)
    above = wide[y, x] * (32 - right) + wide[y, x + 1] * right
    below = wide[y + 1, x] * (32 - right) + wide[y + 1, x + 1] * right
    expected = (above * (32 - down) + below * down + 512) >> 10
    assert np.array_equal(region.crop(picture, 40), expected)


def test_the_whole_of_a_wide_picture_is_letterboxed() -> None:
    assert Region.whole(640, 480) == Region(320, 240, 640, 640)


@given(ANGLES)
def test_the_upright_angle_turns_the_way_onto_the_target(angle: float) -> None:
    region = Region(0, 0, 1, 1, angle)
    up = region.to_picture(np.array([[0.5, 0.5], [0.5, 0.0]]))
    found = upright_angle(up[0], up[1], math.pi / 2)
    assert math.cos(found - angle) == pytest.approx(1.0)
    assert -math.pi <= found < math.pi


@pytest.mark.parametrize(
    ("size", "strides", "count"),
    [(128, (8, 16, 16, 16), 896), (192, (8, 16, 16, 16), 2016), (224, (8, 16, 32, 32, 32), 2254)],
)
def test_anchors_are_as_many_as_the_networks_have_boxes(
    size: int, strides: tuple[int, ...], count: int
) -> None:
    centres = anchors(size, strides)
    assert centres.shape == (count, 2)
    assert centres[0] == pytest.approx([4 / size, 4 / size])
    assert centres[2] == pytest.approx([12 / size, 4 / size])  # along a row first


def test_overlap_is_intersection_over_union() -> None:
    boxes = np.array([[0.0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6]])
    assert overlap(boxes[0], boxes) == pytest.approx([1.0, 1 / 3, 0.0])


def test_boxes_are_decoded_and_blended_by_their_scores() -> None:
    centres = anchors(128, (8, 16, 16, 16))
    boxes = np.zeros((1, 896, 8), np.float32)
    scores = np.full((1, 896, 1), -20, np.float32)
    # Two anchors of one cell see the same thing four pixels apart, a far one something else.
    for index, shift, logit in ((0, 0.0, 2.0), (1, 4.0, 1.0), (700, 0.0, 3.0)):
        boxes[0, index] = [shift, 0, 32, 32, shift, 0, shift + 8, 0]
        scores[0, index] = logit
    region = Region(320, 240, 640, 640)
    found = decode(boxes, scores, centres=centres, size=128, region=region, least_score=0.5, most_overlap=0.5)
    assert [round(one.score, 3) for one in found] == [0.953, 0.881]
    weights = 1 / (1 + np.exp(-np.array([2.0, 1.0])))
    shift = 4 * weights[1] / weights.sum()
    middle = (4 + shift) * 5.0
    assert found[1].box == pytest.approx([middle - 80, 20 - 80 - 80, middle + 80, 20 + 80 - 80])
    assert found[1].points[1] == pytest.approx([middle + 40, -60])


def test_nothing_sure_is_nothing_found() -> None:
    nothing = decode(
        np.zeros((1, 896, 16), np.float32),
        np.full((1, 896, 1), -0.1, np.float32),
        centres=anchors(128, (8, 16, 16, 16)),
        size=128,
        region=Region.whole(10, 10),
        least_score=0.5,
        most_overlap=0.5,
    )
    assert nothing == []
