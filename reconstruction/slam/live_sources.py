"""Where a live view's pictures come from: cameras of this machine, network cameras, films and folders."""

import os
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from capture.pictures import Camera
from capture.region import Picture
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.photograph import Rejected
from reconstruction.slam.input_sequence import CameraRig, InertialReadings, InputSequence, SensorFrame
from reconstruction.slam.rig import mono_rig
from reconstruction.slam.sequence_layouts import Sensor, open_sequence

_PATIENCE_MS = 8000


@dataclass(frozen=True)
class LiveSource:
    """One of: a camera's number, the address of a network camera, or the path of a film or a folder.

    Parameters
    ----------
    camera : int, optional
        0 for the first of this machine.
    address : str, optional
        `rtsp://…` or `http://…`; never shown, as it may hold a password.
    path : Path, optional
        A film or a folder.
    sensor : Sensor
        What is used of a folder.
    calibration : Path, optional
        Of the camera; its focal length is assumed without one.
    """

    camera: int | None = None
    address: str | None = None
    path: Path | None = None
    sensor: Sensor = Sensor.MONO
    calibration: Path | None = None

    @property
    def is_live(self) -> bool:
        """Whether it does not wait for who looks."""
        return self.path is None


class _Pictures(Protocol):
    def read(self) -> Picture:
        """Wait for the next picture."""
        ...

    def close(self) -> None:
        """Give the camera back."""
        ...


class NetworkCamera:
    """A camera that sends its pictures over a network.

    Parameters
    ----------
    address : str
        `rtsp://…` or `http://…`.

    Raises
    ------
    SenseError
        When nothing answers there.
    """

    def __init__(self, address: str) -> None:
        import cv2

        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # its words may hold the address
        patience = (
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            _PATIENCE_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            _PATIENCE_MS,
        )
        self._capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, patience)
        if not self._capture.isOpened():
            self._capture.release()
            text = QT_TRANSLATE_NOOP("Message", "No camera answers at this address.")
            hint = QT_TRANSLATE_NOOP(
                "Message", "It begins with rtsp:// or http://; a name and a password may be part of it."
            )
            raise SenseError(message(text), message(hint))

    def read(self) -> Picture:
        """Wait for the next picture.

        Raises
        ------
        SenseError
            When the camera has gone.
        """
        import cv2

        there, picture = self._capture.read()
        if not there:
            text = QT_TRANSLATE_NOOP("Message", "The network camera gives no pictures any more.")
            hint = QT_TRANSLATE_NOOP("Message", "Connect it again and start anew.")
            raise SenseError(message(text), message(hint))
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)

    def close(self) -> None:
        """Let go of it."""
        self._capture.release()


@dataclass(frozen=True, eq=False)
class CameraSequence:
    """A camera as an `InputSequence` without an end: who is slower than it gets the newest picture only."""

    rig: CameraRig
    pictures: _Pictures
    first: Picture
    imu: InertialReadings | None = None
    has_times: bool = True
    warnings: tuple[Message, ...] = ()
    rejected: list[Rejected] = field(default_factory=list[Rejected])

    def __len__(self) -> int:
        """Nobody knows."""
        return 0

    def frames(self) -> Generator[SensorFrame, None, None]:
        """Give pictures as they come; to close them gives the camera back.

        Raises
        ------
        SenseError
            When the camera has gone.
        """
        newest = _Newest(self.pictures, self.first)
        try:
            while True:
                index, time_s, picture = newest.take()
                yield SensorFrame(index, str(index), time_s, picture)
        finally:
            newest.close()


class _Newest:
    """Reads a camera in a thread, so that no picture waits in a queue of the camera's."""

    def __init__(self, pictures: _Pictures, first: Picture) -> None:
        self._pictures, self._start = pictures, time.monotonic()
        self._news = threading.Condition()
        self._newest: tuple[int, float, Picture] | None = (0, 0.0, first)
        self._error: SenseError | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)
        self._thread.start()

    def take(self) -> tuple[int, float, Picture]:
        """Wait for a picture that was not taken yet; give its number and time, too."""
        with self._news:
            self._news.wait_for(lambda: self._newest is not None or self._error is not None)
            if self._newest is None:
                raise self._error or RuntimeError("the thread ended")
            taken, self._newest = self._newest, None
            return taken

    def close(self) -> None:
        """End the thread, and give the camera back."""
        self._closing = True
        self._thread.join()

    def _read(self) -> None:
        number = 0
        try:
            while not self._closing:
                picture, number = self._pictures.read(), number + 1
                with self._news:
                    self._newest = (number, time.monotonic() - self._start, picture)
                    self._news.notify()
        except SenseError as error:
            with self._news:
                self._error = error
                self._news.notify()
        finally:
            self._pictures.close()


def open_live(source: LiveSource) -> InputSequence:
    """Open a source.

    Raises
    ------
    SenseError
        When it is not there, damaged, or lacks what the sensor needs.
    """
    if source.path is not None:
        return open_sequence(source.path, source.sensor, calibration=source.calibration)
    pictures: _Pictures
    pictures = Camera(source.camera or 0) if source.address is None else NetworkCamera(source.address)
    try:
        first = pictures.read()
        size = first.shape[1], first.shape[0]
        return CameraSequence(mono_rig(size, source.calibration), pictures, first)
    except BaseException:
        pictures.close()
        raise
