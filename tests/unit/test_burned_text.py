"""Text in pictures: found by its shape, on backgrounds of every kind, and anatomy left alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, UltrasoundImageStorage

from imaging.deidentification.burned_text import Box, find_text, grey_of, merge
from imaging.deidentification.pixel_regions import Source, outside, rule_findings

boxes = st.builds(Box, st.integers(-5, 25), st.integers(-5, 25), st.integers(1, 20), st.integers(1, 20))


def written(
    picture: NDArray[np.uint8], text: str, at: tuple[int, int], size: float, shade: int
) -> NDArray[np.bool_]:
    import cv2

    before = picture.copy()
    cv2.putText(
        picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, shade, max(1, round(1.5 * size)), cv2.LINE_AA
    )
    return picture != before


def background(kind: str) -> NDArray[np.uint8]:
    _, x = np.mgrid[0:400, 0:600]
    noise = np.random.default_rng(7).normal(0.0, 6.0, x.shape)
    shades = {
        "black": np.zeros_like(x),
        "noise": 40 + noise,
        "ramp": x * (200 / 600) + noise,
        "bright": 225 + 5 * np.sin(x / 40.0),
    }
    return np.clip(shades[kind], 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("kind", "size"),
    [(kind, size) for kind in ("black", "noise", "ramp") for size in (0.4, 0.7, 1.5)]
    + [("bright", 0.7), ("bright", 1.5)],
)
def test_text_is_covered_whole(kind: str, size: float) -> None:
    picture = background(kind)
    ink = written(picture, "DOE, JANE 1960-04-22", (20, 120), size, 255)
    covered = np.zeros(picture.shape, bool)
    for box in find_text(picture):
        covered[box.y : box.y + box.height, box.x : box.x + box.width] = True
    assert covered[ink].mean() > 0.99
    assert covered.mean() < 0.25


def test_dark_text_on_white_is_found() -> None:
    picture = np.full((200, 400), 255, np.uint8)
    ink = written(picture, "Krankenhaus 4711", (20, 100), 0.8, 0)
    covered = np.zeros(picture.shape, bool)
    for box in find_text(picture):
        covered[box.y : box.y + box.height, box.x : box.x + box.width] = True
    assert covered[ink].mean() > 0.99


@pytest.mark.parametrize("kind", ["black", "noise", "ramp", "bright"])
def test_a_picture_without_text_has_none(kind: str) -> None:
    assert find_text(background(kind)) == []


def test_coloured_text_is_as_good_as_white() -> None:
    colour = np.zeros((100, 200, 3), np.uint8)
    picture = colour[:, :, 1].copy()
    written(picture, "NAME", (20, 60), 1.0, 255)
    colour[:, :, 1] = picture
    assert find_text(grey_of(colour))


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, max_size=6))
def test_outside_covers_exactly_what_no_region_does(regions: list[Box]) -> None:
    inside = np.zeros((22, 24), bool)
    for region in regions:
        part = region.within(22, 24)
        inside[part.y : part.y + part.height, part.x : part.x + part.width] = True
    count = np.zeros((22, 24), int)
    for box in outside(regions, 22, 24):
        count[box.y : box.y + box.height, box.x : box.x + box.width] += 1
    assert np.array_equal(count, ~inside)


@given(st.lists(boxes, max_size=8))
def test_merging_loses_nothing(some: list[Box]) -> None:
    merged = merge(some)
    for box in some:
        assert any(one.united(box) == one for one in merged)


def test_the_banner_of_a_known_device_is_told() -> None:
    data = Dataset()
    data.SOPClassUID, data.Modality = CTImageStorage, "CT"
    data.ManufacturerModelName, data.ImageType = "LightSpeed VCT", ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    data.Rows, data.Columns, data.PixelData = 512, 512, b""
    found = rule_findings(data)
    assert [(one.box, one.source) for one in found] == [(Box(0, 0, 512, 121), Source.LAYOUT)]
    data.ManufacturerModelName = "Images of somebody"
    data.Manufacturer = "VITAL Images"
    assert rule_findings(data) == []


def test_ultrasound_regions_leave_the_rest_to_be_blanked() -> None:
    data, item = Dataset(), Dataset()
    data.SOPClassUID, data.Rows, data.Columns, data.PixelData = UltrasoundImageStorage, 20, 30, b""
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 0, 5
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 29, 19
    data.SequenceOfUltrasoundRegions = [item]
    assert [one.box for one in rule_findings(data)] == [Box(0, 0, 30, 5)]
