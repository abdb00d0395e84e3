"""Pictures made away from the main thread: the newest request wins, windows need no new reslicing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.errors import Cancelled
from core.volume import Volume
from imaging.reslice import ResliceOptions, StopFlag
from viewers.newest_request import NewestRequest
from viewers.orientation import Orientation, plane_axes
from viewers.slice_request import SliceRequest, make_picture
from viewers.view_state import ViewState, slice_plane
from viewers.window_level import Window

PATIENCE_S = 10
WINDOW = Window(50.5, 101)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(1) as made:
        yield made


def _request(volume, size=(16, 16), window=WINDOW, **changes):
    axes = plane_axes(Orientation.AXIAL, volume)
    plane = slice_plane(volume, axes, ViewState(), volume.centre_lps_mm, size)
    fields = {"inverted": False, "revision": 0, **changes}
    return SliceRequest(volume, plane, ResliceOptions(), window, **fields)


def _volume(voxels=None):
    return Volume(np.zeros((4, 16, 16), np.int16) if voxels is None else voxels, np.eye(4))


def test_a_window_change_reslices_nothing():
    voxels = np.arange(4 * 16 * 16, dtype=np.int16).reshape(4, 16, 16)
    volume = _volume(voxels)
    first = make_picture(_request(volume), None, StopFlag())
    again = make_picture(_request(volume, window=Window(700, 10)), first, StopFlag())
    assert again.values is first.values
    assert not np.array_equal(again.pixels, first.pixels)
    filled = make_picture(_request(volume, revision=1), first, StopFlag())
    assert filled.values is not first.values


def test_the_picture_has_the_expected_greys():
    voxels = np.zeros((1, 2, 2), np.int16)
    voxels[0] = [[0, 50], [100, 200]]
    request = _request(_volume(voxels), size=(2, 2), window=WINDOW)
    pixels = make_picture(request, None, StopFlag()).pixels
    assert pixels.tolist() == [[0, 128], [255, 255]]
    inverted = make_picture(_request(_volume(voxels), (2, 2), WINDOW, inverted=True), None, StopFlag())
    assert inverted.pixels.tolist() == [[255, 127], [0, 0]]


def test_colours_stay_colours():
    voxels = np.zeros((1, 2, 2, 3), np.uint8)
    voxels[0, 0, 1] = (10, 20, 30)
    volume = Volume(voxels, np.eye(4))
    pixels = make_picture(_request(volume, size=(2, 2)), None, StopFlag()).pixels
    assert pixels[0, 1].tolist() == [10, 20, 30, 255]
    inverted = make_picture(_request(volume, size=(2, 2), inverted=True), None, StopFlag()).pixels
    assert inverted[0, 1].tolist() == [245, 235, 225, 255]


def test_a_coarse_picture_covers_the_same_place():
    request = _request(_volume(), size=(30, 21))
    coarse = request.coarser(3)
    assert coarse.plane.size == (10, 7)
    for pixel in ((0, 0), (9, 6)):
        fine = (pixel[0] * 3 + 1, pixel[1] * 3 + 1)
        assert coarse.plane.lps_from_pixel(*pixel) == pytest.approx(request.plane.lps_from_pixel(*fine))


def test_only_the_newest_of_those_that_wait_is_answered(pool):
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()
    answers = []

    def work(request, _stop):
        begun.set()
        assert go_on.wait(PATIENCE_S)
        return request

    def deliver(result):
        answers.append(result)
        if result == 9:
            done.set()

    requests = NewestRequest(pool, work, deliver)
    requests.ask(0)
    assert begun.wait(PATIENCE_S)
    for number in range(1, 10):
        requests.ask(number)
    go_on.set()
    assert done.wait(PATIENCE_S)
    assert answers == [0, 9]


def test_a_running_request_can_be_stopped(pool):
    begun, done = threading.Event(), threading.Event()

    def work(request, stop):
        begun.set()
        if request == "slow":
            while not stop.stopped:
                pass
            raise Cancelled
        return request

    requests = NewestRequest(pool, work, lambda result: done.set() if result == "quick" else None)
    requests.ask("slow")
    assert begun.wait(PATIENCE_S)
    requests.ask("quick", stop_running=True)
    assert done.wait(PATIENCE_S)


def test_a_failed_picture_is_logged_and_the_next_one_comes(pool, caplog):
    done = threading.Event()

    def work(request, _stop):
        return 1 // request

    requests = NewestRequest(pool, work, lambda _result: done.set())
    requests.ask(0)
    pool.submit(lambda: None).result(PATIENCE_S)
    assert "a picture could not be made" in caplog.text
    requests.ask(1)
    assert done.wait(PATIENCE_S)
