"""The Capture page: a camera, a film or pictures, with what is found in them."""

import time
from collections import deque
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from capture.backends import open_backend
from capture.calibration import Calibration
from capture.file_kinds import FILMS, PICTURES
from capture.found import Face
from capture.live import CaptureSource, LiveCapture, Moment
from capture.recording import Recording
from capture.tracker import Part, TrackerOptions
from capture.ui.capture_canvas import CaptureCanvas
from capture.ui.empty_capture import EmptyCapture
from capture.ui.live_bridge import LiveBridge
from capture.ui.readings import Readings
from core.errors import SenseError
from core.services import Services

_CALIBRATION_S = 2.0


class CapturePage(QWidget):
    """The Capture workspace.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    states_changed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._live: LiveCapture | None = None
        self._bridge: LiveBridge | None = None
        self._stopping = False
        self._source: CaptureSource | None = None
        self._next: tuple[CaptureSource, Path | None] | None = None
        self._record_to: Path | None = None
        self._times: deque[float] = deque(maxlen=20)
        self._rest: list[Face] | None = None
        self._rest_until = 0.0
        self._calibration = Calibration.from_json(services.library.settings.get(Calibration.SETTING, None))
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.retranslate()
        self._show_state()

    # What the window asks.

    def states(self) -> set[str]:
        """Report what the menu may do."""
        states = {"capturing"} if self._running else set[str]()
        return states | ({"capture-source"} if self._source is not None else set())

    def close_workspace(self) -> bool:
        """End the capture, and write what was recorded."""
        self.empty.end()
        live, self._next = self._live, None
        if live is not None:
            live.stop()  # its thread writes what was recorded
            self._let_go()
        return True

    def open_paths(self, paths: list[Path]) -> None:
        """Capture from the first of the paths."""
        self.start(CaptureSource(path=paths[0]))

    @property
    def _running(self) -> bool:
        return self._live is not None and not self._stopping

    # What the user does.

    def start(self, source: CaptureSource, record_to: Path | None = None) -> None:
        """Begin to capture from a source, recording into a file where one is given.

        What runs is ended first; the new source begins as soon as it has let go of the camera.
        """
        self._next = (source, record_to)
        if self._live is None:
            self._begin()
        else:
            self._end()

    def stop(self) -> None:
        """End the capture; what was recorded is written when its thread has ended."""
        self._next = None
        self._end()

    def _begin(self) -> None:
        assert self._next is not None
        (source, record_to), self._next = self._next, None
        self._source, self._record_to, self._stopping = source, record_to, False
        self.status.setText(self.tr("Opening {name}…").format(name=self._source_name(source)))
        self._times.clear()
        folder = self._services.library.models_folder
        bridge = LiveBridge(self)
        bridge.came.connect(self._show)
        bridge.ended_with.connect(self._ended, Qt.ConnectionType.QueuedConnection)
        self._live = LiveCapture(
            source, lambda options: open_backend(folder, options), self._options(), bridge, record_to
        )
        self._live.calibration = self._calibration
        self.canvas.mirrored = source.path is None
        self._bridge = bridge
        self._live.start()
        self._show_state()

    def _end(self) -> None:
        if self._live is not None:
            self._stopping = True
            self._live.stop(wait=False)
            self._show_state()

    def ask_for_file(self) -> None:
        """Ask for a film or a picture."""
        kinds = " ".join(f"*{suffix}" for suffix in (*FILMS, *PICTURES))
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open film or picture"), "", self.tr("Films and pictures") + f" ({kinds})"
        )
        if path:
            self.start(CaptureSource(path=Path(path)))

    def ask_for_folder(self) -> None:
        """Ask for a folder of pictures."""
        path = QFileDialog.getExistingDirectory(self, self.tr("Open folder of pictures"))
        if path:
            self.start(CaptureSource(path=Path(path)))

    def start_camera(self) -> None:
        """Begin with the chosen camera."""
        self.start(CaptureSource(camera=self.camera_number.value()))

    def toggle_recording(self) -> None:
        """Ask where to record and begin anew, or end the recording."""
        if self._record_to is not None:
            self.stop()
        elif self._source is not None:
            path, _ = QFileDialog.getSaveFileName(
                self, self.tr("Record to"), "capture.json", self.tr("Captured motion") + " (*.json)"
            )
            if path:
                self.start(self._source, Path(path).with_suffix(".json"))

    def calibrate(self) -> None:
        """Take the next two seconds as the face at rest, looking into the camera."""
        if self._live is None:
            return
        self._live.calibration = None
        self._rest, self._rest_until = [], time.monotonic() + _CALIBRATION_S
        self.status.setText(self.tr("Keep your face at rest and look into the camera…"))

    def forget_calibration(self) -> None:
        """Measure as the networks do, for everybody."""
        self._set_calibration(None)
        self.status.setText(self.tr("The face at rest was forgotten."))

    # What comes of it.

    def _show(self, moment: Moment) -> None:
        self._times.append(time.monotonic())
        self.canvas.show_moment(moment)
        face = max(moment.found.faces, key=lambda one: one.size_px, default=None)
        self.readings.show_face(face)
        if self._rest is not None:
            self._take_rest(face)
        else:
            self._show_speed(moment)
        self.stack.setCurrentWidget(self._working)

    def _show_speed(self, moment: Moment) -> None:
        rate = (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)
        width, height = moment.found.size
        parts = [f"{width} × {height}", self.tr("{work:.0f} ms a picture").format(work=1000 * moment.work_s)]
        if len(self._times) > 1:
            parts.append(self.tr("{rate:.0f} pictures a second").format(rate=rate))
        if moment.broken:
            parts.append(self.tr("broken pictures: {count}").format(count=moment.broken))
        recording = self._live.recording if self._live else None
        if recording is not None:
            parts.append(self.tr("recorded: {count}").format(count=len(recording)))
        self.status.setText("   ·   ".join(parts))

    def _take_rest(self, face: Face | None) -> None:
        assert self._rest is not None
        if face is not None:
            self._rest.append(face)
        if time.monotonic() < self._rest_until:
            return
        rest, self._rest = Calibration.of(self._rest), None
        if rest is None:
            self._set_calibration(self._calibration)
            self.status.setText(self.tr("Too little of a face was seen to calibrate."))
        else:
            self._set_calibration(rest)

    def _set_calibration(self, calibration: Calibration | None) -> None:
        self._calibration = calibration
        if self._live is not None:
            self._live.calibration = calibration
        settings = self._services.library.settings
        settings.set(Calibration.SETTING, None if calibration is None else calibration.to_json())
        self._show_state()

    def _ended(self, error: SenseError | None, recording: Recording | None) -> None:
        """Take note that the thread has ended."""
        self._let_go()
        self._finish(error, recording)
        if self._next is not None:
            self._begin()
        self._show_state()

    def _let_go(self) -> None:
        self._live, self._rest = None, None
        if self._bridge is not None:
            self._bridge.came.disconnect()
            self._bridge.ended_with.disconnect()
            self._bridge.deleteLater()
            self._bridge = None

    def _finish(self, error: SenseError | None, recording: Recording | None) -> None:
        path, self._record_to = self._record_to, None
        if error is not None:
            self.status.setText(self._services.translate(error.message))
            self._services.report_error(error)
        elif recording is not None and path is not None and not len(recording):
            self.status.setText(self.tr("Nothing was recorded."))
        elif recording is not None and path is not None:
            text = self.tr("Recorded to {name}. Pictures: {count}")
            self.status.setText(text.format(name=path.name, count=len(recording)))

    def _change_options(self) -> None:
        if self._live is not None:
            self._live.options = self._options()
        self.canvas.shows_mesh = self.mesh.isChecked()
        self.canvas.update()

    def _options(self) -> TrackerOptions:
        chosen = tuple(part for part, box in self.parts.items() if box.isChecked())
        return replace(TrackerOptions(), parts=chosen)

    def _show_state(self) -> None:
        running = self._running
        self.stop_button.setEnabled(running)
        self.record.setEnabled(self._source is not None)
        self.record.setText(self.tr("End recording") if self._record_to is not None else self.tr("Record…"))
        self.calibrate_button.setEnabled(running)
        self.forget.setEnabled(self._calibration is not None)
        if self._source is None:
            self.stack.setCurrentWidget(self.empty)
        self.states_changed.emit()

    def _source_name(self, source: CaptureSource) -> str:
        if source.path is not None:
            return source.path.name
        return self.tr("camera {number}").format(number=source.camera)

    # How it looks.

    def _make_widgets(self) -> None:
        self.canvas, self.readings = CaptureCanvas(), Readings()
        self.empty = EmptyCapture(self._services)
        self.camera_number = QSpinBox(minimum=0, maximum=9)
        self.camera_button, self.file_button, self.folder_button = (QPushButton() for _ in range(3))
        self.stop_button, self.record, self.calibrate_button, self.forget = (QPushButton() for _ in range(4))
        icons = ("camera", "file", "folder-open", "cancel", "save", "person", "reset")
        buttons = (self.camera_button, self.file_button, self.folder_button, self.stop_button, self.record)
        for button, icon in zip((*buttons, self.calibrate_button, self.forget), icons, strict=True):
            self._services.set_icon(button, icon)
        self.parts = {part: QCheckBox(checked=part is not Part.MASK) for part in Part}
        self.mesh = QCheckBox(checked=True)
        self.status = QLabel(objectName="dim")

    def _lay_out(self) -> None:
        sources = QHBoxLayout()
        for widget in (self.camera_button, self.camera_number, self.file_button, self.folder_button):
            sources.addWidget(widget)
        sources.addWidget(self.stop_button)
        sources.addStretch(1)
        for widget in (self.calibrate_button, self.forget, self.record):
            sources.addWidget(widget)
        shown = QHBoxLayout()
        shown.setSpacing(16)
        for widget in (*self.parts.values(), self.mesh):
            shown.addWidget(widget)
        shown.addStretch(1)
        self.stack = QStackedWidget()
        self._working = QWidget()
        middle = QHBoxLayout(self._working)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.readings)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._working)
        layout = QVBoxLayout(self)
        layout.addLayout(sources)
        layout.addLayout(shown)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.status)

    def _connect(self) -> None:
        self.camera_button.clicked.connect(self.start_camera)
        self.file_button.clicked.connect(self.ask_for_file)
        self.folder_button.clicked.connect(self.ask_for_folder)
        self.stop_button.clicked.connect(self.stop)
        self.record.clicked.connect(self.toggle_recording)
        self.calibrate_button.clicked.connect(self.calibrate)
        self.forget.clicked.connect(self.forget_calibration)
        self.empty.camera.clicked.connect(self.start_camera)
        self.empty.file.clicked.connect(self.ask_for_file)
        for box in (*self.parts.values(), self.mesh):
            box.toggled.connect(self._change_options)
        self.setAcceptDrops(True)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.camera_button.setText(self.tr("Camera"))
        self.camera_number.setToolTip(self.tr("Which camera: 0 is the first"))
        self.camera_number.setAccessibleName(self.tr("Which camera"))
        self.file_button.setText(self.tr("Open film or picture…"))
        self.folder_button.setText(self.tr("Open folder…"))
        self.stop_button.setText(self.tr("Stop"))
        self.calibrate_button.setText(self.tr("Calibrate"))
        self.calibrate_button.setToolTip(self.tr("Take your face at rest as no expression"))
        self.forget.setText(self.tr("Forget calibration"))
        texts = {
            Part.FACE: self.tr("Face"),
            Part.HANDS: self.tr("Hands"),
            Part.BODY: self.tr("Body"),
            Part.MASK: self.tr("Person mask"),
        }
        for part, box in self.parts.items():
            box.setText(texts[part])
        self.mesh.setText(self.tr("Mesh"))
        self._show_state()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        # A camera must not go on watching when nobody sees that it does.
        if self._source is not None and self._source.path is None and self._record_to is None:
            self.stop()
        super().hideEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_paths(paths)
