"""Films of what turns."""

import cv2
import numpy as np
import pytest

from core.errors import Cancelled, SenseError
from core.progress import SilentProgress
from render.camera import Camera
from render.turntable import Turntable, write_turntable

CAMERA = Camera((0.0, -500.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
TURN = Turntable(CAMERA, (64, 48), frames=8, background=(0, 0, 90))


class Compass:
    """Red on the left half where the camera is in front, green where it is behind; transparent else."""

    def draw(self, camera, size, quality, stop):
        picture = np.zeros((size[1], size[0], 4), np.uint8)
        front = camera.position_lps_mm[1] < 0
        picture[:, : size[0] // 2] = (220, 0, 0, 255) if front else (0, 220, 0, 255)
        return picture


def frames_of(path):
    film = cv2.VideoCapture(str(path), cv2.CAP_OPENCV_MJPEG)
    found = []
    while (read := film.read())[0]:
        found.append(read[1][..., ::-1].astype(int))
    return found


def test_a_film_turns_once(tmp_path):
    write_turntable(tmp_path / "turn.avi", Compass(), TURN)
    frames = frames_of(tmp_path / "turn.avi")
    assert len(frames) == 8
    assert frames[0].shape == (48, 64, 3)
    reds = [frame[:, 4:24, 0].mean() > frame[:, 4:24, 1].mean() for frame in frames]
    assert [reds[0], reds[1], reds[3], reds[4], reds[5], reds[7]] == [True, True, False, False, False, True]
    assert abs(frames[0][:, 40:, 2].mean() - 90) < 6


class StopsAfter(SilentProgress):
    def report(self, fraction, message=None):
        if fraction > 0.3:
            raise Cancelled


def test_a_cancelled_film_leaves_nothing(tmp_path):
    with pytest.raises(Cancelled):
        write_turntable(tmp_path / "turn.avi", Compass(), TURN, progress=StopsAfter())
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SenseError, match=r"turn\.avi"):
        write_turntable(tmp_path / "file" / "turn.avi", Compass(), TURN)
