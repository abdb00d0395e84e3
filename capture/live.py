"""Capture that goes on in a thread of its own while somebody watches."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from capture.backends import Backend
from capture.calibration import Calibration
from capture.found import Found
from capture.pictures import Camera, PictureFiles, open_pictures
from capture.recording import Recording
from capture.shot import Shot
from capture.tracker import TrackerOptions
from core.errors import SenseError

_PICTURE_S = 0.8  # how long each picture of a folder is shown


@dataclass(frozen=True)
class CaptureSource:
    """Where pictures come from: a camera's number, or the path of a film, a picture or a folder."""

    camera: int | None = None
    path: Path | None = None

    @property
    def name(self) -> str:
        """What is written into a recording."""
        return self.path.name if self.path else f"camera {self.camera}"


@dataclass(frozen=True, eq=False)
class Moment:
    """One picture with what was found in it.

    Parameters
    ----------
    shot : Shot
        The picture.
    found : Found
        What is in it.
    work_s : float
        How long finding took.
    broken : int
        How many pictures of the source could not be read so far.
    """

    shot: Shot
    found: Found
    work_s: float
    broken: int


class Watcher(Protocol):
    """Who watches; called from the thread of the capture."""

    def moment(self, moment: Moment) -> None:
        """Take what was found."""
        ...

    def ended(self, error: SenseError | None, recording: Recording | None) -> None:
        """Take the end, with the reason where it was an error, and what was recorded."""
        ...


class LiveCapture:
    """Captures from a source until it ends or is stopped.

    Films are followed in real time, or as fast as it goes while they are recorded; no picture is left out.

    Parameters
    ----------
    source : CaptureSource
        Where pictures come from.
    open_backend : callable
        Gives what finds things, for options; called again when they change.
    options : TrackerOptions
        What is looked for; may be changed while the capture runs.
    watcher : Watcher
        Who is told.
    record_to : Path, optional
        The file that tells of every picture, written at the end by the thread.
    """

    def __init__(
        self,
        source: CaptureSource,
        open_backend: Callable[[TrackerOptions], Backend],
        options: TrackerOptions,
        watcher: Watcher,
        record_to: Path | None = None,
    ) -> None:
        self._source, self._open_backend, self._watcher = source, open_backend, watcher
        self.options, self._record_to = options, record_to
        self.recording = Recording(source.name, "sense") if record_to else None
        self.calibration: Calibration | None = None
        self._stopping = threading.Event()
        self._broken = 0
        self._thread = threading.Thread(target=self._run, name="live-capture", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, *, wait: bool = True) -> None:
        """End; the watcher is told from the thread."""
        self._stopping.set()
        if wait and self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        error: SenseError | None = None
        try:
            try:
                self._follow()
            finally:
                self._write()
        except SenseError as reason:
            error = reason
        finally:
            self._watcher.ended(error, self.recording)

    def _write(self) -> None:
        if self._record_to is not None and self.recording is not None and len(self.recording):
            self.recording.write(self._record_to)

    def _follow(self) -> None:
        backend, options = self._open_backend(self.options), self.options
        start = time.monotonic()
        try:
            for shot, alone in self._shots():
                if self._stopping.is_set():
                    break
                if options != self.options:
                    backend.close()
                    options = self.options
                    backend = self._open_backend(options)
                before = time.perf_counter()
                found = backend.find(shot.picture) if alone else backend.follow(shot.picture, shot.time_s)
                self._tell(shot, found, time.perf_counter() - before)
                if self._source.camera is None and (alone or self.recording is None):
                    due = shot.time_s if not alone else shot.time_s + _PICTURE_S
                    self._stopping.wait(max(start + due - time.monotonic(), 0.0))
        finally:
            backend.close()

    def _tell(self, shot: Shot, found: Found, work_s: float) -> None:
        calibration, recording = self.calibration, self.recording
        if calibration is not None:
            found = calibration.apply(found)
        if recording is not None:
            recording.add(shot.name, shot.time_s, found)
        self._watcher.moment(Moment(shot, found, work_s, self._broken))

    def _shots(self) -> Iterator[tuple[Shot, bool]]:
        """Give the pictures, each with whether it stands for itself."""
        if self._source.path is None:
            yield from ((shot, False) for shot in _camera_shots(self._source.camera or 0))
            return
        pictures = open_pictures(self._source.path)
        alone = isinstance(pictures, PictureFiles)
        for number, shot in enumerate(pictures.shots()):
            self._broken = pictures.broken
            yield Shot(shot.name, number * _PICTURE_S, shot.picture) if alone else shot, alone


def _camera_shots(number: int) -> Iterator[Shot]:
    camera = Camera(number)
    start, count = time.monotonic(), 0
    try:
        while True:
            picture = camera.read()
            yield Shot(str(count), time.monotonic() - start, picture)
            count += 1
    finally:
        camera.close()
