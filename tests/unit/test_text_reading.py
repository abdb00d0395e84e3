import numpy as np
import pytest

from models.text_detection import detector_input, line_corners
from models.text_recognition import cut_out, direction_input, read_letters, recogniser_input


def test_letters_are_read_from_the_most_probable_classes() -> None:
    # blank a a blank a b space, with the characters a and b
    steps = np.full((1, 7, 4), 0.02, np.float32)
    for place, number in enumerate([0, 1, 1, 0, 1, 2, 3]):
        steps[0, place, number] = 0.94
    assert read_letters(steps, ["a", "b"]) == [("aab ", pytest.approx(0.94))]
    blank = np.zeros((1, 3, 4), np.float32)
    blank[..., 0] = 1
    assert read_letters(blank, ["a", "b"]) == [("", 0.0)]


def test_a_core_grows_to_its_line_in_pixels_of_the_picture() -> None:
    probability = np.zeros((96, 128), np.float32)
    probability[40:48, 20:100] = 0.9  # 80 x 8 in a picture twice as large
    probability[70:80, 30:60] = 0.35  # text, but not sure enough of a line
    probability[5, 5] = 1.0  # a speck
    (corners,) = line_corners(probability, (192, 256))
    grown = 1.6 * 80 * 8 / (80 + 8)  # by area over perimeter, on every side half of it
    assert np.ptp(corners[:, 0]) == pytest.approx(2 * (80 + grown), abs=5)
    assert np.ptp(corners[:, 1]) == pytest.approx(2 * (8 + grown), abs=5)
    assert corners[:, 1].mean() == pytest.approx(88, abs=2)
    assert corners[0].tolist() == corners.min(axis=0).tolist()


def test_lines_are_read_from_the_top_and_columns_from_the_left() -> None:
    probability = np.zeros((128, 256), np.float32)
    for top, left in ((12, 150), (10, 20), (60, 20), (62, 150)):
        probability[top : top + 10, left : left + 80] = 1.0
    starts = [tuple(corners[0] < (100, 40)) for corners in line_corners(probability, (128, 256))]
    assert starts == [(True, True), (False, True), (True, False), (False, False)]


def test_no_text_gives_no_lines() -> None:
    assert line_corners(np.zeros((32, 32), np.float32), (100, 100)) == []


@pytest.mark.parametrize("size", [(10, 3000), (3000, 10), (1, 1), (500, 700), (4000, 5000)])
def test_any_picture_fits_the_detector(size: tuple[int, int]) -> None:
    values = detector_input(np.full((*size, 3), 255, np.uint8))
    assert values.shape[:2] == (1, 3)
    assert all(side % 32 == 0 and 32 <= side <= 2016 for side in values.shape[2:])
    assert values.max() == pytest.approx(1.0)


def test_a_line_is_cut_out_upright() -> None:
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[40:60, 50:150] = (255, 0, 0)
    corners = np.array([[50, 40], [150, 40], [150, 60], [50, 60]], np.float32)
    strip = cut_out(picture, corners)
    assert strip.shape == (20, 100, 3)
    assert (strip[2:-2, 2:-2] == (255, 0, 0)).all()
    column = cut_out(picture.transpose(1, 0, 2).copy(), corners[:, ::-1][[0, 3, 2, 1]])
    assert column.shape == (20, 100, 3)


def test_strips_are_filled_up_to_the_longest() -> None:
    red = np.zeros((10, 20, 3), np.uint8)
    red[..., 0] = 255
    long = np.zeros((10, 200, 3), np.uint8)
    values = recogniser_input([red, long])
    assert values.shape == (2, 3, 48, 960)
    assert values[0, :, 0, 0].tolist() == [-1, -1, 1]  # blue, green, red
    assert (values[0, :, :, 96:] == 0).all()
    assert direction_input([red, long]).shape == (2, 3, 48, 192)
