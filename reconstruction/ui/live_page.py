"""The Live page: where a camera is while it moves, and the map that it makes."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from core.errors import SenseError
from core.job import Job, JobState
from core.message import QT_TRANSLATE_NOOP, message
from core.services import Services
from reconstruction.slam.anchor import Anchor, anchor_at
from reconstruction.slam.input_sequence import CameraRig
from reconstruction.slam.live_moment import LiveTracker, MapView, Moment, TrackingState
from reconstruction.slam.live_run import LiveRun
from reconstruction.slam.live_slam import LiveSlam
from reconstruction.slam.live_sources import LiveSource
from reconstruction.ui.empty_live import EmptyLive
from reconstruction.ui.live_bar import LiveBar
from reconstruction.ui.live_bridge import LiveBridge
from reconstruction.ui.live_canvas import LiveCanvas
from reconstruction.ui.live_map_view import LiveMapView
from reconstruction.ui.live_opening import LiveOpening


class _Relay(QObject):
    """Tells of jobs, which may live longer than the page."""

    seen = Signal(object)


class LivePage(LiveOpening):
    """The Live workspace.

    Parameters
    ----------
    services : Services
        The program around it.
    open_tracker : callable
        Gives what follows a camera, for its rig.
    """

    states_changed = Signal()

    def __init__(
        self, services: Services, open_tracker: Callable[[CameraRig], LiveTracker] = LiveSlam
    ) -> None:
        super().__init__()
        self._services, self._open_tracker = services, open_tracker
        self._run: LiveRun | None = None
        self._bridge: LiveBridge | None = None
        self._next: LiveSource | None = None
        self._source: LiveSource | None = None
        self._times: deque[float] = deque(maxlen=20)
        self._work: deque[float] = deque(maxlen=20)
        self._save_id, self._saving = 0, Path()
        self._make_widgets()
        self._connect()
        self.retranslate()
        self._follow()

    # What the window asks.

    def states(self) -> set[str]:
        """Report what the menu may do."""
        states = {"live-running"} if self.running else set[str]()
        return states | ({"live-map"} if self._run is not None and self.canvas.moment is not None else set())

    def close_workspace(self) -> bool:
        """End what runs."""
        self._next = None
        if self._run is not None:
            self._run.stop()
            self._let_go()
        self._services.runner.cancel(self._save_id)
        self._relay.disconnect(self)
        self.map.close_viewport()
        return True

    @property
    def running(self) -> bool:
        """Whether a camera is being followed."""
        return self._bridge is not None

    # What the user does.

    def start(self, source: LiveSource) -> None:
        """Follow a source; what runs is ended first."""
        self._next = replace(source, sensor=self.bar.chosen_sensor, calibration=self.calibration)
        if self.running:
            assert self._run is not None
            self._run.stop(wait=False)
        else:
            self._begin()

    def start_camera(self) -> None:
        """Follow the chosen camera of this machine."""
        self.start(LiveSource(camera=self.bar.number.value()))

    def tell(self, text: str) -> None:
        """Say something until the next picture comes."""
        self.status.setText(text)

    def stop(self) -> None:
        """End; what was made stays, and can be saved."""
        self._next = None
        if self._run is not None:
            self._run.stop(wait=False)

    def ask_to_save(self) -> None:
        """Ask for a folder for the map."""
        if self._run is None:
            return
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the map as a folder"), "map")
        if path:
            self.save(Path(path))

    def save(self, folder: Path) -> None:
        """Write the map, the way of the camera, and the keyframes into a new folder, in the background."""
        if self._run is None:
            return
        title = message(QT_TRANSLATE_NOOP("Message", "Save the map"))
        self._saving = folder
        self._save_id = self._services.runner.submit(title, self._run.save, folder).id

    def _see(self, job: Job) -> None:
        if job.id != self._save_id or not job.state.ended:
            return
        if job.state is JobState.DONE:
            self.told.setText(self.tr("Saved in {folder}").format(folder=self._saving))
        elif job.error is not None:
            self._services.report_error(SenseError(job.error, job.hint))

    def ask_to_record(self, on: bool) -> None:
        """Ask for a folder for the pictures from now on, or end the recording."""
        path = ""
        if on:
            path, _ = QFileDialog.getSaveFileName(self, self.tr("Record into a folder"), "recording")
        self.record(Path(path) if path else None)

    def record(self, folder: Path | None) -> None:
        """Write the pictures from now on into a new folder; None ends that."""
        recorded = False
        try:
            if self._run is not None:
                self._run.record(folder)
                recorded = folder is not None and self.running
        except SenseError as error:
            self._services.report_error(error)
        self.bar.record.setChecked(recorded)

    def remove_objects(self) -> None:
        """Take away what was put into the scene."""
        self._set_anchors(())

    def _tap(self, x: float, y: float) -> None:
        moment = self.canvas.moment
        anchor = None if moment is None else anchor_at((x, y), moment)
        if anchor is None:
            self.told.setText(self.tr("Too little is known there: tap where there are points."))
        else:
            self.told.setText("")
            self._set_anchors((*self.canvas.anchors, anchor))

    def _set_anchors(self, anchors: tuple[Anchor, ...]) -> None:
        self.canvas.anchors = anchors
        self.canvas.update()
        self.map.show_anchors(anchors)
        self._follow()

    # What comes of it.

    def _begin(self) -> None:
        assert self._next is not None
        self._source, self._next = self._next, None
        self._times.clear()
        self._work.clear()
        self.map.forget()
        self.canvas.show_moment(None)
        self._set_anchors(())
        self.told.setText("")
        self.status.setText(self.tr("Opening…"))
        bridge = self._bridge = LiveBridge(self)
        bridge.came.connect(self._show)
        bridge.map_came.connect(self._show_map)
        bridge.ended_with.connect(self._ended, Qt.ConnectionType.QueuedConnection)
        self._run = LiveRun(self._source, self._open_tracker, bridge)
        self._run.start()
        self.bar.pause.setChecked(False)
        self._follow()

    def _show(self, moment: Moment) -> None:
        self._times.append(time.monotonic())
        self._work.append(moment.work_s)
        before = self.canvas.moment
        self.canvas.show_moment(moment)
        if before is None or before.frame is not moment.frame:  # the last one is told again with its map
            self.map.show_camera(moment.camera)
        self.status.setText(self._sentence(moment))
        if self.stack.currentWidget() is not self._working:
            self._follow()

    def _show_map(self, shown: MapView) -> None:
        self.map.show_map(shown)
        self._counts = len(shown.points), len(shown.keyframes)

    def _sentence(self, moment: Moment) -> str:
        states = {
            TrackingState.STARTING: self.tr("starting: move sideways"),
            TrackingState.TRACKING: self.tr("tracking"),
            TrackingState.LOST: self.tr("lost: go back to where it was known"),
        }
        tracked = moment.tracked
        parts = [states[tracked.state]]
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
        if moment.rig.baseline_m is None and moment.frame.depth_m is None:
            parts.append(self.tr("no scale: lengths have no unit"))
        if moment.rig.intrinsics_assumed:
            parts.append(self.tr("focal length assumed"))
        if moment.broken:
            parts.append(self.tr("broken pictures: {count}").format(count=moment.broken))
        return "  ·  ".join(parts)

    def _ended(self, error: SenseError | None) -> None:
        self._let_go()
        if error is not None:
            self.told.setText(self._services.translate(error.message))
            self._services.report_error(error)
        if self._next is not None:
            self._begin()
        self._follow()

    def _let_go(self) -> None:
        if self._bridge is not None:
            self._bridge.disconnect(self)
            self._bridge.deleteLater()
            self._bridge = None

    def _follow(self) -> None:
        """Bring what is shown and what can be done up to date."""
        running, seen = self.running, self.canvas.moment is not None
        self.bar.stop.setEnabled(running)
        self.bar.pause.setEnabled(running and self._source is not None and not self._source.is_live)
        self.bar.save.setEnabled(seen)
        self.bar.record.setEnabled(running and self._source is not None and self._source.is_live)
        if not running:
            self.bar.record.setChecked(False)
        self.bar.remove.setEnabled(bool(self.canvas.anchors))
        self.stack.setCurrentWidget(self._working if seen else self.empty)
        self.states_changed.emit()

    # How it looks.

    def _make_widgets(self) -> None:
        self._counts = (0, 0)
        self.bar, self.empty = LiveBar(self._services), EmptyLive(self._services)
        self.canvas, self.map = LiveCanvas(), LiveMapView(self._services)
        self.status, self.told = QLabel(objectName="dim", wordWrap=True), QLabel(wordWrap=True)
        self._working = QSplitter(Qt.Orientation.Horizontal)
        self._working.addWidget(self.canvas)
        self._working.addWidget(self.map)
        self._working.setSizes([600, 500])
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._working)
        column = QVBoxLayout(self)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
        column.addWidget(self.told)
        column.addWidget(self.status)

    def _connect(self) -> None:
        bar = self.bar
        for button in (bar.camera, self.empty.camera):
            button.clicked.connect(self.start_camera)
        for button in (bar.file, self.empty.file):
            button.clicked.connect(self.ask_for_film)
        for button in (bar.folder, self.empty.folder):
            button.clicked.connect(self.ask_for_folder)
        bar.address.clicked.connect(self.ask_for_address)
        bar.calibration.clicked.connect(self.ask_for_calibration)
        bar.stop.clicked.connect(self.stop)
        bar.save.clicked.connect(self.ask_to_save)
        bar.remove.clicked.connect(self.remove_objects)
        bar.record.clicked.connect(self.ask_to_record)
        bar.pause.toggled.connect(self._pause)
        bar.tracks.toggled.connect(self._show_tracks)
        self.canvas.tapped.connect(self._tap)
        self._relay = _Relay()
        self._relay.seen.connect(self._see, Qt.ConnectionType.QueuedConnection)
        self._services.runner.listen(self._relay.seen.emit)

    def _pause(self, paused: bool) -> None:
        if self._run is not None:
            self._run.pause(paused=paused)

    def _show_tracks(self, shown: bool) -> None:
        self.canvas.shows_tracks = shown
        self.canvas.update()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.canvas.setAccessibleName(self.tr("Picture of the camera: tap to put an object there"))
        self.canvas.setToolTip(self.tr("Tap a surface to put an object there"))
        self.map.setAccessibleName(self.tr("Map and way of the camera"))
        if self.canvas.moment is not None:
            self.status.setText(self._sentence(self.canvas.moment))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        # A camera must not go on watching when nobody sees that it does.
        if self._source is not None and self._source.is_live:
            self.stop()
        super().hideEvent(event)
