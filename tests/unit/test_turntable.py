"""Films of what turns."""

import cv2
import numpy as np
import pytest

from core.errors import Cancelled, SenseError
from core.progress import SilentProgress
from render.camera import Camera
from render.turntable import FILM_SUFFIXES, Turntable, write_turntable

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
    film = cv2.VideoCapture(str(path))
    found = []
    while (read := film.read())[0]:
        found.append(read[1][..., ::-1].astype(int))
    return found


@pytest.mark.parametrize("suffix", FILM_SUFFIXES)
def test_a_film_turns_once(tmp_path, suffix):
    write_turntable(tmp_path / f"turn{suffix}", Compass(), TURN)
    frames = frames_of(tmp_path / f"turn{suffix}")
    assert len(frames) == 8
    assert frames[0].shape == (48, 64, 3)
    reds = [frame[:, 4:24, 0].mean() > frame[:, 4:24, 1].mean() for frame in frames]
    assert [reds[0], reds[1], reds[3], reds[4], reds[5], reds[7]] == [True, True, False, False, False, True]
    assert abs(frames[0][:, 40:, 2].mean() - 90) < 6


def test_an_mp4_holds_a_format_without_licences(tmp_path):
    write_turntable(tmp_path / "turn.mp4", Compass(), TURN)
    code = int(cv2.VideoCapture(str(tmp_path / "turn.mp4")).get(cv2.CAP_PROP_FOURCC))
    assert code.to_bytes(4, "little").lower() in (b"vp09", b"vp90")


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
