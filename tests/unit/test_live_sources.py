"""Where a live view's pictures come from."""

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput, SenseError
from core.message import message
from reconstruction.slam.live_sources import CameraSequence, LiveSource, open_live
from reconstruction.slam.rig import assumed_rig


class Lens:
    """A camera that counts, and is unplugged after ten pictures."""

    def __init__(self) -> None:
        self.number = 0
        self.closed = False

    def read(self) -> np.ndarray:
        time.sleep(0.005)
        self.number += 1
        if self.number > 10:
            raise SenseError(message("unplugged"))
        return np.full((48, 64, 3), self.number, np.uint8)

    def close(self) -> None:
        self.closed = True


def test_who_is_slow_gets_the_newest_picture_and_the_end_is_told() -> None:
    lens = Lens()
    frames = CameraSequence(assumed_rig((64, 48)), lens, np.zeros((48, 64, 3), np.uint8)).frames()
    seen = [next(frames)]
    time.sleep(0.04)
    seen.append(next(frames))
    assert seen[0].index == 0
    assert seen[1].index > 1
    assert int(seen[1].picture[0, 0, 0]) == seen[1].index
    assert seen[1].time_s > seen[0].time_s
    with pytest.raises(SenseError, match="unplugged"):
        for frame in frames:
            seen.append(frame)
    assert seen[-1].index == 10
    assert lens.closed


def test_a_camera_is_given_back_when_nobody_looks_any_more() -> None:
    lens = Lens()
    frames = CameraSequence(assumed_rig((64, 48)), lens, np.zeros((48, 64, 3), np.uint8)).frames()
    next(frames)
    frames.close()
    assert lens.closed


@pytest.fixture
def network_camera() -> Iterator[str]:
    """Sends pictures as network cameras do: JPEG after JPEG over HTTP."""
    import cv2

    class Sender(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
            self.end_headers()
            for number in range(40):
                picture = np.full((48, 64, 3), 40 + 3 * number, np.uint8)
                content = cv2.imencode(".jpg", picture)[1].tobytes()
                head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(content)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + content + b"\r\n")
                except OSError:
                    return  # nobody looks any more

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sender)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://user:secret@127.0.0.1:{server.server_port}/stream.mjpg"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_network_camera_is_followed_until_it_ends(network_camera: str) -> None:
    sequence = open_live(LiveSource(address=network_camera))
    assert sequence.rig.left.size == (64, 48)
    assert sequence.rig.intrinsics_assumed
    frames = sequence.frames()
    assert next(frames).picture.shape == (48, 64, 3)
    with pytest.raises(SenseError, match="gives no pictures any more"):
        for _ in frames:
            pass


def test_addresses_that_answer_nothing_are_told_without_their_password() -> None:
    with pytest.raises(SenseError, match="No camera answers") as told:
        open_live(LiveSource(address="http://user:secret@127.0.0.1:9/none"))
    assert "secret" not in str(told.value)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        open_live(LiveSource(path=tmp_path / "nothing.mp4"))
