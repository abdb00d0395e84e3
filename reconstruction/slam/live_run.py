"""Following a camera in a thread of its own while somebody watches."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from reconstruction.slam.input_sequence import CameraRig, InputSequence, SensorFrame
from reconstruction.slam.live_moment import LiveTracker, Moment
from reconstruction.slam.live_recording import LiveRecording
from reconstruction.slam.live_sources import LiveSource, open_live

_MAP_EVERY_S = 0.4
_LONGEST_WAIT_S = 0.2
_RATE_HZ = 30.0  # of recordings without times


class Watcher(Protocol):
    """Who watches; called from the thread."""

    def moment(self, moment: Moment) -> None:
        """Take what is known now."""
        ...

    def ended(self, error: SenseError | None) -> None:
        """Take the end, with the reason where it was an error."""
        ...


class LiveRun:
    """Follows a source until it ends or is stopped.

    Recordings are followed in real time where that can be done; no frame is left out.

    Parameters
    ----------
    source : LiveSource
        Where pictures come from.
    open_tracker : callable
        Gives what follows them, for their rig.
    watcher : Watcher
        Who is told.
    """

    def __init__(
        self, source: LiveSource, open_tracker: Callable[[CameraRig], LiveTracker], watcher: Watcher
    ) -> None:
        self._source, self._open_tracker, self._watcher = source, open_tracker, watcher
        self._stopping = threading.Event()
        self._going = threading.Event()
        self._going.set()
        self._lock = threading.Lock()
        self._tracker: LiveTracker | None = None
        self._recording: LiveRecording | None = None
        self._wanted: LiveRecording | None = None
        self._thread = threading.Thread(target=self._run, name="live-tracking", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def pause(self, *, paused: bool) -> None:
        """Hold a recording on, or go on with it."""
        (self._going.clear if paused else self._going.set)()

    def stop(self, *, wait: bool = True) -> None:
        """End; the watcher is told from the thread."""
        self._stopping.set()
        self._going.set()
        if wait and self._thread.is_alive():
            self._thread.join()

    def record(self, folder: Path | None) -> None:
        """Write the frames from now on into a new folder; None ends that.

        Raises
        ------
        SenseError
            When the folder cannot be written.
        """
        # The thread takes it up with the next frame: nobody waits for it here.
        self._wanted = None if folder is None else LiveRecording(folder)

    def join(self) -> None:
        """Wait for the end of a recording."""
        self._thread.join()

    def save(self, folder: Path, *, progress: Progress = SILENT) -> None:
        """Write the map and the way of the camera into a new folder; following waits for it.

        Raises
        ------
        BadInput
            When there is no map yet.
        SenseError
            When the folder cannot be written.
        Cancelled
            When the progress was cancelled.
        """
        with self._lock:
            if self._tracker is None or not len(self._tracker.view().keyframes):
                raise BadInput(message(QT_TRANSLATE_NOOP("Message", "There is no map yet.")))
            self._tracker.save(folder, progress=progress)

    def _run(self) -> None:
        error: SenseError | None = None
        try:
            self._follow(open_live(self._source))
        except SenseError as reason:
            error = reason
        finally:
            self._watcher.ended(error)

    def _record(self, frame: SensorFrame | None) -> None:
        """Write a frame where that is wanted; None ends all recording."""
        wanted = None if frame is None else self._wanted
        if wanted is not self._recording:
            ended, self._recording = self._recording, wanted
            if ended is not None:
                ended.close()
        if wanted is not None and frame is not None:
            wanted.add(frame)

    def _follow(self, sequence: InputSequence) -> None:
        tracker = self._tracker = self._open_tracker(sequence.rig)
        start, told, first_s, moment = time.monotonic(), 0.0, None, None
        frames = sequence.frames()
        try:
            for frame in frames:
                if self._stopping.is_set():
                    return
                self._record(frame)
                begun = time.perf_counter()
                with self._lock:
                    tracked = tracker.follow(frame)
                    work_s = time.perf_counter() - begun
                    now = time.monotonic()
                    view = tracker.view() if now - told >= _MAP_EVERY_S else None
                told = now if view is not None else told
                moment = Moment(frame, sequence.rig, tracked, work_s, view, len(sequence.rejected))
                self._watcher.moment(moment)
                if not self._source.is_live:
                    due = _seconds(frame, sequence)
                    first_s = due if first_s is None else first_s
                    start += self._wait(start + due - first_s)
            if moment is not None:
                with self._lock:
                    moment = replace(moment, map=tracker.view())
                self._watcher.moment(moment)
        finally:
            getattr(frames, "close", lambda: None)()
            getattr(tracker, "close", lambda: None)()
            self._record(None)

    def _wait(self, due: float) -> float:
        """Wait for the time of a frame; give how much later than its time the next ones are due."""
        self._stopping.wait(min(max(due - time.monotonic(), 0.0), _LONGEST_WAIT_S))
        before = time.monotonic()
        self._going.wait()
        return max(time.monotonic() - max(before, due), 0.0)


def _seconds(frame: SensorFrame, sequence: InputSequence) -> float:
    return frame.time_s if sequence.has_times else frame.time_s / _RATE_HZ
