import numpy as np
import pytest

from models.local_features import LocalFeatures, _peaks, _sampled, match
from models.object_detection import LABELS, anchors, decoded


def features(descriptors: list[list[float]]) -> LocalFeatures:
    vectors = np.array(descriptors, np.float32).reshape(-1, 2)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return LocalFeatures(np.zeros((len(vectors), 2), np.float32), np.ones(len(vectors), np.float32), vectors)


def test_only_mutual_neighbours_that_are_alike_match() -> None:
    first = features([[1, 0], [0, 1], [1, 0.05], [-1, 0]])
    second = features([[0, 1], [1, 0.01]])
    assert match(first, second).tolist() == [[0, 1], [1, 0]]
    assert match(first, features([])).shape == (0, 2)


def test_peaks_are_the_highest_of_their_neighbourhood() -> None:
    heat = np.zeros((20, 30), np.float32)
    heat[5, 7], heat[6, 8], heat[12, 20], heat[2, 2] = 0.9, 0.5, 0.3, 0.01
    assert _peaks(heat).tolist() == [[7, 5], [20, 12]]


@pytest.mark.parametrize("linear", [True, False])
def test_coarse_maps_are_read_between_their_values(linear: bool) -> None:
    rows, columns = np.mgrid[0:8, 0:10].astype(np.float32)
    points = np.array([[30, 30], [41, 22], [37, 37]])
    read = _sampled(np.stack([columns, rows]), points, (80, 64), linear=linear)
    meant = points * np.array([10 / 79, 8 / 63]) - 0.5
    assert np.abs(read - meant).max() < (1e-4 if linear else 0.06)  # this kernel bends a ramp a little
    corner = _sampled(np.ones((1, 8, 10), np.float32), np.array([[0, 0]]), (80, 64), linear=True)
    assert corner[0, 0] == pytest.approx(0.25)  # outside is zero


def test_anchors_cover_the_picture() -> None:
    at = anchors()
    assert at.shape == (1917, 4)
    assert at[:, :2].min() == pytest.approx(0.5 / 19)
    assert at[-1].tolist() == pytest.approx([0.5, 0.5, 0.95**0.5, 0.95**0.5])


def test_boxes_are_decoded_and_the_same_thing_is_found_once() -> None:
    boxes, scores = np.zeros((1917, 4), np.float32), np.full((1917, 24), -9.0, np.float32)
    place = 3 * (9 * 19 + 9)  # a square anchor in the middle
    scores[place, 13] = scores[place + 3, 13] = 3.0
    boxes[place] = (0, 0, 5 * np.log(4), 5 * np.log(2))  # four times as high, twice as wide
    boxes[place + 3] = (
        0,
        -10 * 0.5 / 1.9,
        5 * np.log(4),
        5 * np.log(2),
    )  # of the neighbour, moved half way here
    ((kind, score, box),) = decoded(boxes, scores)
    assert LABELS[kind].name == "coffee cup"
    assert score == pytest.approx(1 / (1 + np.exp(-3)))
    assert box.tolist() == pytest.approx([0.4, 0.3, 0.6, 0.7], abs=1e-6)
