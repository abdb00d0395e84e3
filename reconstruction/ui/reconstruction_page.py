"""The Reconstruction page: photographs on the left, what becomes of them on the right."""

from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import SenseError
from core.job import Job, JobState
from core.services import Services
from reconstruction.file_kinds import OPENED
from reconstruction.keyframes import is_film
from reconstruction.photograph_list import ListedPhotograph
from reconstruction.result_edits import ResultEdits
from reconstruction.result_export import EXPORTED
from reconstruction.result_folder import FRAMES
from reconstruction.result_views import same_cameras
from reconstruction.shown_result import Layer, ShownResult, is_result
from reconstruction.ui.comparing import Comparing
from reconstruction.ui.empty_reconstruction import EmptyReconstruction
from reconstruction.ui.photograph_panel import PhotographPanel
from reconstruction.ui.result_bar import ResultBar
from reconstruction.ui.result_tools import ResultTools, Tool
from reconstruction.ui.result_view import ResultView
from reconstruction.ui.run_panel import RunPanel
from reconstruction.ui.run_work import RunWork
from reconstruction.ui.tool_strip import ToolStrip
from reconstruction.workspace_folder import (
    WorkspaceNotes,
    add_recent,
    name_of,
    new_output,
    read_notes,
    write_notes,
)
from reconstruction.workspace_run import RunSettings

_SIDE_WIDTH = 290
_STORE_AFTER_MS = 700


class ReconstructionPage(QWidget):
    """The Reconstruction workspace.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    states_changed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self.photographs: list[ListedPhotograph] = []
        self.film: Path | None = None
        self.output: Path | None = None
        self._given_name = self._told = ""
        self.work = RunWork(services, self)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.retranslate()
        self._follow()

    # What the window asks.

    def states(self) -> set[str]:
        """Report what the menu may do."""
        states = {"reconstruction-running"} if self.work.running else set[str]()
        if self.panel.start.isEnabled():
            states.add("reconstruction-ready")
        return states | ({"reconstruction-result"} if self.view.result is not None else set())

    def close_workspace(self) -> bool:
        """End all work in the background; what was done of a run is kept."""
        self.work.close()
        self._store_edits()
        self.tools.close()
        self.comparing.close()
        self.view.close_viewport()
        return True

    def open_paths(self, paths: list[Path]) -> None:
        """Take photographs, folders of them, a film, or the folder of a reconstruction."""
        if self.work.running:
            self._tell(self.tr("Photographs are being reconstructed: cancel that first."))
            return
        folder = next((path for path in paths if path.is_dir() and is_result(path)), None)
        film = next((path for path in paths if path.is_file() and is_film(path)), None)
        if folder is not None:
            self.open_result(folder)
        elif film is not None:
            self._take_film(film)
        else:
            self._take_photographs(paths)

    # What the user does.

    def _take_film(self, film: Path) -> None:
        self.clear()
        self.film, self._given_name = film, film.stem
        self.panel.show_job(None)
        self.list.show_names([film.name])
        self._follow()

    def _take_photographs(self, paths: list[Path]) -> None:
        if self.film is not None or self.view.result is not None:
            self.clear()
        if not self._given_name:
            self._given_name = name_of(paths[0])
        self.output = None
        self.work.list(paths, [one.path.name for one in self.photographs])
        self._follow()

    def open_result(self, folder: Path) -> None:
        """Show the folder of a reconstruction, with its photographs where they are still there."""
        self.clear()
        self.output = folder.absolute()
        notes = read_notes(folder)
        self.view.edits = ResultEdits.of_json(notes.edits)
        files = [path for path in notes.photographs if path.is_file()]
        if len(files) == 1 and is_film(files[0]):
            self.film = files[0]
            self.list.show_names([self.film.name])
        elif files:
            self.work.list(files, [])
        self.work.open(folder)
        self._follow()

    def clear(self) -> None:
        """Begin anew, with no photographs and no result; the folders of results stay."""
        self._store_edits()
        self.photographs, self.film, self.output, self._given_name = [], None, None, ""
        self.list.clear()
        self.panel.show_job(None)
        self.tools.forget()
        self.view.forget()
        self.bar.compare.setChecked(False)
        self._follow()

    def remove(self, names: list[str]) -> None:
        """Take photographs off the list; their files stay."""
        if self.work.running or self.work.listing or self.film is not None:
            return
        rest = [one for one in self.photographs if one.path.name not in names]
        self.photographs = rest
        self.list.clear()
        for one in rest:
            self.list.add(one)
        self.list.show_remarks()
        self._follow()

    def start(self) -> None:
        """Reconstruct, or go on with what was ended, with the chosen settings."""
        files = (self.film,) if self.film is not None else tuple(self._usable())
        if not files or self.work.running:
            return
        if self.output is None:
            self.output = new_output(self._services.library, self._given_name or "reconstruction")
        self.tools.choose(Tool.TURN)
        settings = RunSettings(files, self.output, self.panel.chosen_quality, self.panel.chosen_last)
        self.work.run(settings, is_film=self.film is not None)

    def cancel(self) -> None:
        """End the run."""
        self.work.cancel()

    def ask_for_folder(self) -> None:
        """Ask for a folder of photographs, or of a reconstruction."""
        path = QFileDialog.getExistingDirectory(self, self.tr("Open folder"))
        if path:
            self.open_paths([Path(path)])

    def ask_for_files(self) -> None:
        """Ask for photographs or a film."""
        kinds = " ".join(f"*{suffix}" for suffix in OPENED)
        paths, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Open photographs or film"), "", self.tr("Photographs and films") + f" ({kinds})"
        )
        if paths:
            self.open_paths([Path(path) for path in paths])

    # What comes of it.

    def _usable(self) -> list[Path]:
        return [one.path for one in self.photographs if one.photograph is not None]

    def _listed(self, listed: ListedPhotograph) -> None:
        self.photographs.append(listed)
        self.list.add(listed)
        self._follow()

    def _list_ended(self) -> None:
        self.list.show_remarks()
        self._follow()

    def _shown(self, result: ShownResult) -> None:
        """Show what a stage has made."""
        before = self.view.result
        if before is not None and not same_cameras(before, result):
            self.view.edits = ResultEdits()  # they were made in another world
            self.tools.forget()
        self.view.set_result(result, keep_view=True)
        self.list.set_unregistered(result.unregistered)
        self.bar.show_result(result, self.view.layer)
        self._follow()

    def _finished(self, result: ShownResult) -> None:
        """Show what is stored."""
        assert result.folder is not None
        add_recent(self._services.library, result.folder)
        if not self.photographs and self.film is None and not self.work.listing:
            names = {*result.cameras, *result.unregistered}
            self.list.show_names(sorted(names))
        self._shown(result)
        self._store_edits()
        if self.bar.compare.isChecked():
            self._compare()

    def _run_seen(self, job: Job) -> None:
        self.panel.show_job(job)
        if job.state is JobState.DONE and self.output is not None:
            self._tell(self.tr("Stored in {folder}").format(folder=self.output))
        self._follow()

    def _failed(self, error: SenseError) -> None:
        self._services.report_error(error)
        self._follow()

    def _choose_photograph(self, name: str) -> None:
        self.view.choose_camera(name)
        self.list.choose(name)
        if self.bar.compare.isChecked():
            self._compare()

    def _set_comparison(self, on: bool) -> None:
        if on:
            self.tools.choose(Tool.TURN)
            self._compare()
        self.seen.setCurrentIndex(1 if on else 0)

    def _compare(self) -> None:
        """Compare with the chosen photograph, or the first that has a camera."""
        result = self.view.result
        name = self.view.frusta.chosen
        if result is not None and name not in result.cameras:
            name = min(result.cameras, default="")
            self.view.choose_camera(name)
        self.comparing.show(name, self._file_of(name))

    def _file_of(self, name: str) -> Path | None:
        found = [one.path for one in self.photographs if one.path.name == name]
        if self.output is not None:
            found.append(self.output / FRAMES / name)
        return next((path for path in found if path.is_file()), None)

    # Edits.

    def _edited(self, edits: ResultEdits) -> None:
        self._unstored.start()
        if self.bar.compare.isChecked():
            self._compare()

    def _store_edits(self) -> None:
        """Note the edits beside the result."""
        self._unstored.stop()
        result = self.view.result
        if result is None or result.folder is None or not result.folder.is_dir() or self.work.running:
            return
        notes, edits = read_notes(result.folder), self.view.edits
        stored = None if edits.is_none else edits.to_json()
        if stored != notes.edits:
            try:
                write_notes(result.folder, WorkspaceNotes(notes.photographs, stored))
            except SenseError as error:
                self._services.report_error(error)

    def _choose_tool(self, tool: Tool) -> None:
        self.bar.compare.setChecked(False)
        self.tools.choose(tool)
        self.view.setFocus()

    def ask_to_export(self) -> None:
        """Ask where to write the mesh."""
        edited = self.view.edited()
        if edited is None:
            return
        kinds = ";;".join(f"{suffix[1:].upper()} (*{suffix})" for suffix in EXPORTED)
        name = f"{self.output.name if self.output else 'reconstruction'}.glb"
        path, kind = QFileDialog.getSaveFileName(self, self.tr("Export the mesh"), name, kinds)
        if path:
            suffix = Path(path).suffix.lower()
            chosen = kind.rpartition("*")[2].rstrip(")") or ".glb"
            whole = Path(path) if suffix in EXPORTED else Path(path + chosen)
            self.work.export(whole, edited, self.view.edits)

    # Widgets.

    def _make_widgets(self) -> None:
        services = self._services
        self.empty = EmptyReconstruction(services)
        self.list = PhotographPanel(services)
        self.panel = RunPanel(services)
        self.view = ResultView(services)
        self.bar = ResultBar(services)
        self.add_button, self.new_button = QPushButton(), QPushButton()
        services.set_icon(self.add_button, "add")
        services.set_icon(self.new_button, "clear")
        self.tools = ResultTools(services, self.view)
        self.history = self.tools.history
        self.strip = ToolStrip(self.tools)
        self.comparing = Comparing(services, self.view)
        self._unstored = QTimer(self, singleShot=True, interval=_STORE_AFTER_MS)
        self._unstored.timeout.connect(self._store_edits)
        self.facts = QLabel(objectName="dim", wordWrap=True)

    def _lay_out(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 8, 4, 8)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.new_button)
        column.addLayout(buttons)
        column.addWidget(self.list, 1)
        column.addWidget(self.panel)
        right = QWidget()
        self._right = QVBoxLayout(right)
        self._right.setContentsMargins(0, 0, 0, 4)
        self._right.setSpacing(2)
        self._right.addWidget(self.bar)
        self._right.addWidget(self.strip)
        self.seen = QStackedWidget()
        self.seen.addWidget(self.view)
        self.seen.addWidget(self.comparing.widget)
        self._right.addWidget(self.seen, 1)
        self._right.addWidget(self.facts)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(side)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setCollapsible(0, False)
        split.setSizes([_SIDE_WIDTH, 1000])
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        self.empty.folder.clicked.connect(self.ask_for_folder)
        self.empty.files.clicked.connect(self.ask_for_files)
        self.empty.result_chosen.connect(self.open_result)
        self.add_button.clicked.connect(self.ask_for_files)
        self.new_button.clicked.connect(self.clear)
        self.panel.start_asked.connect(self.start)
        self.panel.cancel_asked.connect(self.cancel)
        self.list.chosen.connect(self._choose_photograph)
        self.list.removal_asked.connect(self.remove)
        self.view.camera_chosen.connect(self._choose_photograph)
        self.view.home_requested.connect(self._follow)
        self.bar.layer_chosen.connect(self._set_layer)
        self.bar.cameras_shown.connect(self.view.show_cameras)
        self.bar.home_asked.connect(self.view.reset_view)
        self.bar.tool_chosen.connect(self._choose_tool)
        self.bar.comparison_asked.connect(self._set_comparison)
        self.bar.export_asked.connect(self.ask_to_export)
        self.tools.changed.connect(self._follow_tools)
        self.tools.edited.connect(self._edited)
        self.view.picture_drawn.connect(self._follow_facts)
        work = self.work
        work.exported.connect(lambda: self._tell(self.tr("The mesh was exported.")))
        work.listed.connect(self._listed)
        work.list_ended.connect(self._list_ended)
        work.shown.connect(self._shown)
        work.finished.connect(self._finished)
        work.run_seen.connect(self._run_seen)
        work.failed.connect(self._failed)

    def _set_layer(self, layer: Layer) -> None:
        self.view.set_layer(layer)
        self._follow()

    def _follow(self) -> None:
        """Bring what is shown and what can be done up to date."""
        result = self.view.result
        something = bool(self.photographs) or self.film is not None or result is not None
        something = something or self.work.running or self.work.listing or self.output is not None
        self.stack.setCurrentIndex(1 if something else 0)
        ready = self.film is not None or len(self._usable()) >= 2
        running = self.work.running
        self.panel.set_ready(
            ready and not self.work.listing, result is not None and result.folder is not None
        )
        for button in (self.add_button, self.new_button):
            button.setEnabled(not running)
        self.bar.setEnabled(result is not None)
        self.bar.export.setEnabled(result is not None and Layer.MESH in result.layers)
        self.view.set_note("" if result is not None else self._note(ready))
        self._told = ""
        self._follow_facts()
        self.states_changed.emit()

    def _follow_tools(self) -> None:
        self.bar.show_tool(self.tools.tool)
        self._follow_facts()
        self.states_changed.emit()

    def _follow_facts(self) -> None:
        self.facts.setText(self._told or self._facts(self.view.result))

    def _note(self, ready: bool) -> str:
        if self.work.running:
            return self.tr("Finding the cameras. They appear here as soon as they are known.")
        if self.work.listing:
            return self.tr("Looking at the photographs…")
        if ready:
            return self.tr("Choose a quality and press Reconstruct.")
        return self.tr("At least two photographs of the same thing are needed.")

    def _facts(self, result: ShownResult | None) -> str:
        if result is None:
            return ""
        numbers = QLocale()
        parts = [self.tr("cameras: {count}").format(count=len(result.cameras))]
        if result.unregistered:
            parts.append(self.tr("without a camera: {count}").format(count=len(result.unregistered)))
        count = numbers.toString(self.view.count())
        if self.view.layer is Layer.MESH:
            parts.append(self.tr("triangles: {count}").format(count=count))
        else:
            parts.append(self.tr("points: {count}").format(count=count))
        error = result.facts.get("reprojection_error_px")
        if error is not None:
            parts.append(self.tr("residual {error} px").format(error=numbers.toString(error, "f", 2)))
        parts.append(
            self.tr("unit: metre") if self.view.has_scale else self.tr("no scale: lengths have no unit")
        )
        if result.facts.get("no_surface"):
            parts.append(str(result.facts["no_surface"]))
        return "  ·  ".join(parts)

    def _tell(self, text: str) -> None:
        """Say something until the next thing happens."""
        self._told = text
        self.facts.setText(text)

    def sizeHint(self) -> QSize:
        return QSize(1100, 700)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.add_button.setText(self.tr("Add…"))
        self.add_button.setToolTip(self.tr("Add photographs or open a film"))
        self.new_button.setText(self.tr("New"))
        self.new_button.setToolTip(self.tr("Begin with other photographs"))
        self._follow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_paths(paths)
