"""Pictures from files, folders, films and cameras, and what is written about them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from capture.expressions import EXPRESSIONS
from capture.found import Body, Face, Found, Hand
from capture.pictures import Camera, Film, PictureFiles, open_pictures
from capture.recording import Recording
from core.errors import BadInput, SenseError


def write_film(path: Path, count: int, size: tuple[int, int] = (64, 48)) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, size)
    for number in range(count):
        writer.write(np.full((size[1], size[0], 3), number * 5, np.uint8))
    writer.release()
    return path


def test_a_film_is_read_in_order(tmp_path: Path) -> None:
    film = open_pictures(write_film(tmp_path / "film.avi", 12))
    assert isinstance(film, Film)
    assert len(film) == 12
    shots = list(film.shots())
    assert [shot.time_s for shot in shots] == pytest.approx([number / 25 for number in range(12)])
    brightness = [float(shot.picture.mean()) for shot in shots]
    assert brightness == sorted(brightness)
    assert film.broken == 0


def test_broken_pictures_of_a_film_are_left_out_and_counted(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.avi", 20)
    data = bytearray(path.read_bytes())
    places = [at for at in range(len(data) - 4) if data[at : at + 4] == b"00dc"]
    for place in places[6:9]:  # after the header, each picture's data follow their own mark
        data[place + 8 : place + 220] = bytes(212)
    path.write_bytes(data)
    film = Film(path)
    shots = list(film.shots())
    assert (len(shots), film.broken) == (17, 3)
    assert shots[5].time_s == pytest.approx(8 / 25)  # the three before it are missing


@pytest.mark.parametrize("content", [b"", b"no film at all", b"RIFF\x00\x00\x00\x00AVI LIST"])
def test_what_is_no_film_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"film\.mp4 is damaged or not a film"):
        list(open_pictures(path).shots())


def test_a_folder_is_read_by_the_numbers_in_the_names(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        cv2.imwrite(str(tmp_path / f"shot-{number}.png"), np.full((8, 8, 3), number, np.uint8))
    (tmp_path / "shot-2.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("no picture either")
    files = open_pictures(tmp_path)
    assert isinstance(files, PictureFiles)
    assert [shot.name for shot in files.shots()] == ["shot-1.png", "shot-9.png", "shot-10.png"]
    assert files.broken == 1


def test_colours_come_as_red_green_blue(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "red.png"), np.full((4, 4, 3), (0, 0, 255), np.uint8))
    (shot,) = open_pictures(tmp_path / "red.png").shots()
    assert shot.picture[0, 0].tolist() == [255, 0, 0]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        open_pictures(tmp_path / "none.mp4")
    with pytest.raises(BadInput, match="holds no pictures"):
        open_pictures(tmp_path)
    (tmp_path / "a.png").write_bytes(b"x")
    with pytest.raises(BadInput, match="damaged or not a picture"):
        list(open_pictures(tmp_path / "a.png").shots())


def test_a_camera_that_is_not_there_is_said_in_one_sentence() -> None:
    with pytest.raises(SenseError, match="Camera 63 is not there"):
        Camera(63)


class Unplugged:
    """What OpenCV gives once the cable is out."""

    def read(self) -> tuple[bool, None]:
        return False, None


def test_a_camera_that_disappears_is_said_in_one_sentence() -> None:
    camera = Camera.__new__(Camera)
    camera.__dict__.update(_number=0, _capture=Unplugged())
    with pytest.raises(SenseError, match="Camera 0 gives no pictures any more"):
        camera.read()


def found() -> Found:
    rng = np.random.default_rng(2)
    face = Face(0.9, rng.uniform(0, 99, (478, 3)), rng.uniform(0, 1, 52))
    hands = tuple(
        Hand(0.8, "left", side, rng.uniform(0, 99, (21, 3)), rng.uniform(-1, 1, (21, 3)))
        for side in (0.6, 0.9)
    )
    ones = np.ones(33)
    body = Body(0.7, rng.uniform(0, 99, (33, 3)), rng.uniform(-1, 1, (33, 3)), ones, ones)
    return Found((64, 48), (face,), hands, (body,))


def test_a_recording_holds_every_picture(tmp_path: Path) -> None:
    recording = Recording("film.mp4", "sense")
    recording.add("0", 0.0, found())
    recording.add("1", 0.04, Found((64, 48)))
    recording.write(tmp_path / "film.json")
    written = json.loads((tmp_path / "film.json").read_text("utf-8"))
    first, second = written["frames"]
    assert list(first["face"]["coefficients"]) == list(EXPRESSIONS)
    assert len(EXPRESSIONS) == 52
    assert np.shape(first["body"]["points_px"]) == np.shape(first["body"]["points_m"]) == (33, 3)
    assert first["hands"]["left"]["side_confidence"] == 0.9  # the surer of two left hands
    assert first["hands"]["right"] is None
    assert (second["face"], second["body"]) == (None, None)
    assert written["intrinsics"]["assumed"] is True
    assert [recording.count(part) for part in ("face", "left", "right")] == [1, 1, 0]
