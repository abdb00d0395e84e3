"""Where pictures come from: single pictures, folders of them, films and cameras."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from capture.file_kinds import PICTURES
from capture.region import Picture
from capture.shot import Shot
from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, message

if TYPE_CHECKING:
    import cv2

_ASSUMED_RATE = 30.0
_MOST_BROKEN = 30


class PictureFiles:
    """Pictures in files, in the order of the numbers in their names.

    Parameters
    ----------
    paths : list of Path
        The files.
    """

    def __init__(self, paths: list[Path]) -> None:
        self._paths = sorted(paths, key=lambda path: natural_order(path.name))
        self.broken = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._paths)

    def shots(self) -> Iterator[Shot]:
        """Read them one after another; files that cannot be read are counted in `broken`.

        Raises
        ------
        BadInput
            When none can be read.
        """
        read = 0
        for number, path in enumerate(self._paths):
            try:
                picture = read_picture(path)
            except BadInput:
                if len(self._paths) == 1:
                    raise
                self.broken += 1
                continue
            read += 1
            yield Shot(path.name, number / _ASSUMED_RATE, picture)
        if not read:
            text = QT_TRANSLATE_NOOP("Message", "{path} holds no picture that can be read.")
            raise BadInput(message(text, path=str(self._paths[0].parent)))


class Film:
    """A film in a file.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    BadInput
        When it is damaged or of an unknown kind.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        capture = _open_film(path)
        import cv2

        self.rate = float(capture.get(cv2.CAP_PROP_FPS)) or _ASSUMED_RATE
        self._length = max(int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), 0)
        capture.release()
        self.broken = 0

    def __len__(self) -> int:
        """How many pictures the file says it holds."""
        return self._length

    def shots(self) -> Iterator[Shot]:
        """Read them one after another; broken ones are left out and counted in `broken`.

        Raises
        ------
        BadInput
            When no picture can be read.
        """
        import cv2

        capture = _open_film(self._path)
        try:
            number = read = failed = 0
            while failed < _MOST_BROKEN and (number < self._length or not self._length):
                there, picture = capture.read()
                if there:
                    # A broken picture is skipped within `read`: the film's own clock knows how many.
                    time_s = max(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, read / self.rate)
                    yield Shot(str(read), time_s, _rgb(picture))
                    read, failed = read + 1, 0
                else:
                    failed += 1
                    if not self._length:
                        break
                number += 1
            self.broken = max(self._length - read, 0)
            if not read:
                raise _damaged(self._path)
        finally:
            capture.release()


class Camera:
    """A camera of this machine.

    Parameters
    ----------
    number : int
        0 for the first.
    size : tuple of int
        Width and height that are asked for.

    Raises
    ------
    SenseError
        When there is no such camera, or another program has it.
    """

    def __init__(self, number: int = 0, size: tuple[int, int] = (640, 480)) -> None:
        import cv2

        self._number = number
        _be_quiet()
        self._capture = cv2.VideoCapture(number)
        if not self._capture.isOpened():
            text = QT_TRANSLATE_NOOP("Message", "Camera {number} is not there, or another program uses it.")
            raise SenseError(message(text, number=number))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def read(self) -> Picture:
        """Wait for the next picture.

        Raises
        ------
        SenseError
            When the camera has gone.
        """
        there, picture = self._capture.read()
        if not there:
            text = QT_TRANSLATE_NOOP("Message", "Camera {number} gives no pictures any more.")
            hint = QT_TRANSLATE_NOOP("Message", "Connect it again and start anew.")
            raise SenseError(message(text, number=self._number), message(hint))
        return _rgb(picture)

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()


def open_pictures(path: Path) -> "PictureFiles | Film":
    """Open a picture, a folder of pictures or a film.

    Raises
    ------
    BadInput
        When it is none of these.
    """
    if path.is_dir():
        paths = [file for file in path.iterdir() if file.suffix.lower() in PICTURES and file.is_file()]
        if not paths:
            raise BadInput(message(QT_TRANSLATE_NOOP("Message", "{path} holds no pictures."), path=str(path)))
        return PictureFiles(paths)
    if not path.is_file():
        text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file.")
        raise BadInput(message(text, path=str(path)))
    if path.suffix.lower() in PICTURES:
        return PictureFiles([path])
    return Film(path)


def read_picture(path: Path) -> Picture:
    """Read a picture as RGB, upright as its camera was held.

    Raises
    ------
    BadInput
        When it is damaged or not a picture.
    """
    import cv2

    data = np.fromfile(path, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if picture is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a picture.")
        raise BadInput(message(text, path=str(path)))
    return _rgb(np.asarray(picture, np.uint8))


def _open_film(path: Path) -> "cv2.VideoCapture":
    import cv2

    _be_quiet()
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        raise _damaged(path)
    return capture


def _damaged(path: Path) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a film that can be read.")
    return BadInput(message(text, path=str(path)))


def _be_quiet() -> None:
    """Keep the words of OpenCV and FFmpeg out of the terminal: what matters comes as an exception."""
    import cv2

    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def _rgb(picture: "Picture | np.ndarray") -> Picture:
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Give a key that sorts names by the numbers in them: 2 before 10."""
    return [
        (1, int(part), "") if part.isdigit() else (0, 0, part.lower())
        for part in re.findall(r"[0-9]+|[^0-9]+", name)
    ]
