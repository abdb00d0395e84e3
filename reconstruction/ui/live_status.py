"""The line of the Live page that tells how following a camera goes."""

import time
from collections import deque

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QWidget

from reconstruction.slam.live_moment import MapView, Moment, Place, TrackingState

_LOOP_SHOWN_S = 3.0


class LiveStatus(QLabel):
    """Tells of the newest moment: state, map, milliseconds, rate, and what is uncertain."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, objectName="dim", wordWrap=True)
        self._moment: Moment | None = None
        self._times: deque[float] = deque(maxlen=20)
        self._work: deque[float] = deque(maxlen=20)
        self._counts = (0, 0)
        self._loops, self._closed_at = 0, -_LOOP_SHOWN_S

    def clear_moments(self) -> None:
        """Forget what was before."""
        self._moment = None
        self._times.clear()
        self._work.clear()
        self._counts = (0, 0)
        self._loops, self._closed_at = 0, -_LOOP_SHOWN_S

    def show_moment(self, moment: Moment) -> None:
        """Tell of a moment."""
        self._moment = moment
        self._times.append(time.monotonic())
        self._work.append(moment.work_s)
        loops = moment.tracked.loops
        if loops > self._loops:
            self._closed_at = self._times[-1]
        self._loops = loops
        self.retranslate()

    def show_map(self, shown: MapView) -> None:
        """Tell of a map from the next moment on."""
        self._counts = len(shown.points), len(shown.keyframes)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        if self._moment is not None:
            self.setText("  ·  ".join(self._parts(self._moment)))

    def _parts(self, moment: Moment) -> list[str]:
        states = {
            TrackingState.STARTING: self.tr("starting: move sideways"),
            TrackingState.TRACKING: self.tr("tracking"),
            TrackingState.LOST: self.tr("lost: go back to where it was known"),
        }
        tracked = moment.tracked
        parts = [states[tracked.state]]
        if self._loops and self._times[-1] - self._closed_at < _LOOP_SHOWN_S:
            parts.append(self.tr("loop closed"))
        if tracked.place is Place.SOUGHT:
            parts.append(self.tr("place in the map not found yet"))
        elif tracked.place is Place.KNOWN:
            parts.append(self.tr("found in the map"))
        if tracked.map_number:
            parts.append(self.tr("map number {number}").format(number=tracked.map_number + 1))
        parts.append(self.tr("{work:.0f} ms a picture").format(work=1000 * sum(self._work) / len(self._work)))
        if len(self._times) > 1:
            rate = (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)
            parts.append(self.tr("{rate:.0f} pictures a second").format(rate=rate))
        parts.append(self.tr("points followed: {count}").format(count=len(tracked.pixels)))
        points, keyframes = self._counts
        parts.append(
            self.tr("map: {points} points, {count} keyframes").format(points=points, count=keyframes)
        )
        if self._loops:
            parts.append(self.tr("loops closed: {count}").format(count=self._loops))
        return parts + self._doubts(moment)

    def _doubts(self, moment: Moment) -> list[str]:
        parts: list[str] = []
        if moment.rig.baseline_m is None and moment.frame.depth_m is None:
            parts.append(self.tr("no scale: lengths have no unit"))
        if moment.rig.intrinsics_assumed:
            parts.append(self.tr("focal length assumed"))
        if moment.broken:
            parts.append(self.tr("broken pictures: {count}").format(count=moment.broken))
        return parts

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
