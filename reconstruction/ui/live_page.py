"""The Live page: where a camera is while it moves, and the map that it makes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from core.errors import SenseError
from core.services import Services
from core.visual_map import VisualMap
from reconstruction.fusion.live_fusion import fusing_tracker
from reconstruction.slam.anchor import Anchor, anchor_at
from reconstruction.slam.input_sequence import CameraRig
from reconstruction.slam.live_in_map import LiveInMap
from reconstruction.slam.live_moment import LiveTracker, MapView, Moment
from reconstruction.slam.live_run import LiveRun
from reconstruction.slam.live_sources import LiveSource
from reconstruction.slam.localize_command import LocalizeReport
from reconstruction.ui.empty_live import EmptyLive
from reconstruction.ui.live_bar import LiveBar
from reconstruction.ui.live_bridge import LiveBridge
from reconstruction.ui.live_canvas import LiveCanvas
from reconstruction.ui.live_jobs import LiveJobs
from reconstruction.ui.live_map_view import LiveMapView
from reconstruction.ui.live_opening import LiveOpening
from reconstruction.ui.live_status import LiveStatus
from reconstruction.ui.opened_map import OpenedMap
from reconstruction.ui.places_list import PlacesList


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
        self, services: Services, open_tracker: Callable[[CameraRig], LiveTracker] = fusing_tracker
    ) -> None:
        super().__init__()
        self._services, self._open_tracker = services, open_tracker
        self._run: LiveRun | None = None
        self._bridge: LiveBridge | None = None
        self._next: LiveSource | None = None
        self._report: LocalizeReport | None = None
        self._source: LiveSource | None = None
        self._make_widgets()
        self._connect()
        self.retranslate()
        self._follow()

    # What the window asks.

    def states(self) -> set[str]:
        """Report what the menu may do."""
        states = {"live-running"} if self.running else set[str]()
        states |= {"live-opened-map"} if self.opened.world is not None else set[str]()
        return states | ({"live-map"} if self.bar.save.isEnabled() else set[str]())

    def close_workspace(self) -> bool:
        """End what runs."""
        self._next = None
        if self._run is not None:
            self._run.stop()
            self._let_go()
        self._jobs.close()
        self.places.close_threads()
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
        if self._run is not None:
            self._jobs.save(self._run.save, folder)

    def open_map(self, path: Path) -> None:
        """Open a map, in which the camera is looked for from then on."""
        self._jobs.read(path)

    def show_result(self, report: LocalizeReport) -> None:
        """Show pictures that were looked for in a map, each beside its place."""
        if self.running:
            self._report = report
            self.stop()
            return
        if report.world is None:
            return
        self.opened.show_map(report.map_path, report.world)
        self._clear()
        self._show_opened()
        self.places.show_report(report)
        self._follow()

    def _show_placed(self, moment: Moment) -> None:
        if not self.running:
            self.canvas.show_moment(moment)
            self.map.show_camera(None)  # there is no way between pictures
            self.map.show_camera(moment.camera)
            self.told.setText("" if moment.camera is not None else self.tr("Its place is not known."))
            self.status.setText(moment.frame.name)
            self._follow()

    def _tell_saved(self, folder: Path) -> None:
        self.told.setText(self.tr("Saved in {folder}").format(folder=folder))

    def _take_map(self, path: Path, world: VisualMap) -> None:
        self.opened.show_map(path, world)
        if self.running and self._source is not None:
            self.start(self._source)
            return
        self._clear()
        self._show_opened()
        self.tell(self.tr("Start a camera, or open a film or a recording: it is looked for in the map."))

    def _show_opened(self) -> None:
        if self.opened.world is not None:
            keyframes = np.tile(np.eye(4), (len(self.opened.world.keyframes), 1, 1))
            keyframes[:, :3, :3] = self.opened.world.rotations
            keyframes[:, :3, 3] = self.opened.world.centres
            self._show_map(MapView(self.opened.world.points.astype(np.float32), keyframes))
            self._follow()

    def _map_closed(self) -> None:
        if not self.running and self.canvas.moment is None:
            self._clear()
        self._follow()

    def _clear(self) -> None:
        """Show nothing of what was followed before."""
        self.places.forget()
        self.status.clear_moments()
        self.map.forget()
        self.canvas.show_moment(None)
        self._set_anchors(())
        self.told.setText("")
        self.status.setText("")

    def _tracker(self, rig: CameraRig) -> LiveTracker:
        """Give what follows a camera; called from the thread that does."""
        tracker, world = self._open_tracker(rig), self.opened.world
        return tracker if world is None else LiveInMap(tracker, rig, world)

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
        self._clear()
        self._show_opened()
        self.status.setText(self.tr("Opening…"))
        bridge = self._bridge = LiveBridge(self)
        bridge.came.connect(self._show)
        bridge.map_came.connect(self._show_map)
        bridge.ended_with.connect(self._ended, Qt.ConnectionType.QueuedConnection)
        self._run = LiveRun(self._source, self._tracker, bridge)
        self._run.start()
        self.bar.pause.setChecked(False)
        self._follow()

    def _show(self, moment: Moment) -> None:
        before = self.canvas.moment
        self.canvas.show_moment(moment)
        if before is None or before.frame is not moment.frame:  # the last one is told again with its map
            self.map.show_camera(moment.camera)
        self.status.show_moment(moment)
        if self.stack.currentWidget() is not self._working:
            self._follow()

    def _show_map(self, shown: MapView) -> None:
        self.map.show_map(shown)
        self.status.show_map(shown)

    def _ended(self, error: SenseError | None) -> None:
        self._let_go()
        if error is not None:
            self.told.setText(self._services.translate(error.message))
            self._services.report_error(error)
        report, self._report = self._report, None
        if self._next is not None:
            self._begin()
        elif report is not None:
            self.show_result(report)
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
        self.bar.save.setEnabled(seen and self._run is not None and self.places.isHidden())
        self.bar.record.setEnabled(running and self._source is not None and self._source.is_live)
        if not running:
            self.bar.record.setChecked(False)
        self.bar.remove.setEnabled(bool(self.canvas.anchors))
        self.stack.setCurrentWidget(self._working if seen or self.opened.world else self.empty)
        self.states_changed.emit()

    # How it looks.

    def _make_widgets(self) -> None:
        self.bar, self.empty = LiveBar(self._services), EmptyLive(self._services)
        self.canvas, self.map = LiveCanvas(), LiveMapView(self._services)
        self.status, self.told = LiveStatus(), QLabel(wordWrap=True)
        self.opened = OpenedMap(self._services)
        self._working = QSplitter(Qt.Orientation.Horizontal)
        self.places = PlacesList()
        for widget in (self.places, self.canvas, self.map):
            self._working.addWidget(widget)
        self._working.setSizes([180, 600, 500])
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._working)
        column = QVBoxLayout(self)
        column.addWidget(self.bar)
        column.addWidget(self.opened)
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
        for button in (bar.map, self.empty.map):
            button.clicked.connect(self.ask_for_map)
        self.opened.closed.connect(self._map_closed)
        bar.address.clicked.connect(self.ask_for_address)
        bar.calibration.clicked.connect(self.ask_for_calibration)
        bar.stop.clicked.connect(self.stop)
        bar.save.clicked.connect(self.ask_to_save)
        bar.remove.clicked.connect(self.remove_objects)
        bar.record.clicked.connect(self.ask_to_record)
        bar.pause.toggled.connect(self._pause)
        bar.tracks.toggled.connect(self._show_tracks)
        self.canvas.tapped.connect(self._tap)
        self.places.loaded.connect(self._show_placed)
        self.places.failed.connect(self._services.report_error)
        self._jobs = LiveJobs(self._services, self)
        self._jobs.saved.connect(self._tell_saved)
        self._jobs.was_read.connect(self._take_map)

    def _pause(self, paused: bool) -> None:
        if self._run is not None:
            self._run.pause(paused=paused)

    def _show_tracks(self, shown: bool) -> None:
        self.canvas.shows_tracks = shown
        self.canvas.update()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.canvas.setAccessibleName(self.tr("Picture of the camera: tap to put an object there"))
        self.canvas.hint = self.tr("No picture yet")
        self.canvas.setToolTip(self.tr("Tap a surface to put an object there"))
        self.map.setAccessibleName(self.tr("Map and way of the camera"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        # A camera must not go on watching when nobody sees that it does.
        if self._source is not None and self._source.is_live:
            self.stop()
        super().hideEvent(event)
