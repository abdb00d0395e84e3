"""A film of something that turns once about itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from imaging.reslice import StopFlag
from render.camera import Camera
from render.drawing import over
from render.picture_quality import Quality

_QUALITY = 92  # of JPEG
FILM_SUFFIXES = (".mp4", ".avi")
# Backend of OpenCV and code of the format.
_CODECS = {".mp4": ("CAP_FFMPEG", "vp09"), ".avi": ("CAP_OPENCV_MJPEG", "MJPG")}


class Drawn(Protocol):
    """What turns."""

    def draw(
        self, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw it as (height, width, 4), colours not multiplied by alpha."""
        ...


@dataclass(frozen=True)
class Turntable:
    """How a film is made.

    Parameters
    ----------
    camera : Camera
        Of the first picture; it goes once around its focal point.
    size : tuple of int
        Width and height in pixels.
    frames : int
        Pictures of one turn.
    frames_per_second : float
        Speed of the film.
    background : tuple of int
        sRGB, 0 to 255, behind everything.
    """

    camera: Camera
    size: tuple[int, int]
    frames: int = 120
    frames_per_second: float = 30.0
    background: tuple[int, int, int] = (0, 0, 0)

    def picture(self, drawn: Drawn, number: int) -> NDArray[np.uint8]:
        """Draw one picture of the film, (height, width, 3)."""
        camera = self.camera.orbit(360.0 * number / self.frames, 0.0)
        return over(drawn.draw(camera, self.size, Quality.FULL, StopFlag()), self.background)


def write_turntable(path: Path, drawn: Drawn, turntable: Turntable, *, progress: Progress = SILENT) -> None:
    """Write a film, complete or not at all.

    NAME.mp4 holds VP9 (libvpx in OpenCV's FFmpeg), whose pictures lose an odd last row or column; NAME.avi
    holds Motion JPEG, which is larger and written faster.

    Raises
    ------
    SenseError
        When the file cannot be written.
    Cancelled
        Between two pictures.
    """
    import cv2

    with atomic_file(path) as partial:
        backend, codec = _CODECS[path.suffix.lower()]
        film = cv2.VideoWriter(
            str(partial),
            getattr(cv2, backend),
            cv2.VideoWriter.fourcc(*codec),
            turntable.frames_per_second,
            turntable.size,
        )
        try:
            if not film.isOpened():
                text = QT_TRANSLATE_NOOP("Message", "{path}: the film cannot be written.")
                raise SenseError(message(text, path=str(path)))
            if codec == "MJPG":
                film.set(cv2.VIDEOWRITER_PROP_QUALITY, _QUALITY)
            for number in range(turntable.frames):
                progress.report(number / turntable.frames)
                film.write(np.ascontiguousarray(turntable.picture(drawn, number)[..., ::-1]))
        finally:
            film.release()
