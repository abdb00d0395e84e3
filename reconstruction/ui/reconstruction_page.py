"""The Reconstruction page: photographs on the left, what becomes of them on the right."""

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout

from core.errors import SenseError
from core.job import Job, JobState
from core.services import Services
from reconstruction.estimate import estimate
from reconstruction.keyframes import is_film
from reconstruction.photograph_list import ListedPhotograph, remarks_on
from reconstruction.result_edits import ResultEdits
from reconstruction.result_folder import FRAMES
from reconstruction.shown_result import ShownResult, is_result
from reconstruction.ui.empty_reconstruction import EmptyReconstruction
from reconstruction.ui.opening_page import OpeningPage
from reconstruction.ui.photograph_side import PhotographSide
from reconstruction.ui.questions import Questions
from reconstruction.ui.result_pane import ResultPane
from reconstruction.ui.result_tools import Tool
from reconstruction.ui.run_work import RunWork
from reconstruction.workspace_folder import (
    add_recent,
    name_of,
    new_output,
    read_notes,
)
from reconstruction.workspace_run import RunSettings, stage_options

_SIDE_WIDTH = 290


class ReconstructionPage(OpeningPage):
    """The Reconstruction workspace.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    states_changed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.photographs: list[ListedPhotograph] = []
        self.film: Path | None = None
        self.output: Path | None = None
        self._given_name = ""
        self.work = RunWork(services, self)
        self._questions = Questions(self)
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
        if self.pane.result is not None and not self.pane.result.is_growing:
            states.add("reconstruction-result")
        return states | ({"reconstruction-mesh"} if self.pane.bar.export.isEnabled() else set())

    def close_workspace(self) -> bool:
        """End all work in the background; what was done of a run is kept."""
        self.work.close()
        self._questions.close()
        self.pane.close_pane()
        return True

    def open_paths(self, paths: list[Path]) -> None:
        """Take photographs, folders of them, a film, or the folder of a reconstruction."""
        if self.work.running:
            self.pane.tell(self.tr("Photographs are being reconstructed: cancel that first."))
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
        if self.film is not None or (self.pane.result is not None and not self.photographs):
            self.clear()
        self._begin_other()
        if not self._given_name:
            self._given_name = name_of(paths[0])
        self.work.list(paths, [one.path.name for one in self.photographs])
        self._follow()

    def open_result(self, folder: Path) -> None:
        """Show the folder of a reconstruction, with its photographs where they are still there."""
        self.clear()
        self.output = folder.absolute()
        notes = read_notes(folder)
        self.pane.set_edits(ResultEdits.of_json(notes.edits))
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
        self.work.forget()
        self.photographs, self.film, self._given_name = [], None, ""
        self.list.clear()
        self._begin_other()
        self._follow()

    def _begin_other(self) -> None:
        """Let the next run make a result of its own: it is of other photographs."""
        self.output = None
        self.panel.show_job(None)
        self.list.set_unregistered(None)
        self.pane.forget()

    def remove(self, names: list[str]) -> None:
        """Take photographs off the list; their files stay."""
        if self.work.running or self.work.listing or self.film is not None:
            return
        rest = [one for one in self.photographs if one.path.name not in names]
        if len(rest) == len(self.photographs):
            return
        self.photographs = rest
        self._begin_other()
        self.list.clear()
        for one in rest:
            self.list.add(one)
        self._list_ended()

    def start(self) -> None:
        """Reconstruct, or go on with what was ended, with the chosen settings."""
        files = (self.film,) if self.film is not None else tuple(self._usable())
        if not files or self.work.running:
            return
        if self.output is None:
            self.output = new_output(self._services.library, self._given_name or "reconstruction")
        self.pane.tools.choose(Tool.TURN)
        options = self.panel.options(files[0], self.output)
        settings = RunSettings(files, options, self.panel.chosen_qualities)
        self.work.run(settings, is_film=self.film is not None)
        self.panel.begun()

    def cancel(self) -> None:
        """End the run."""
        self.work.cancel()

    # What comes of it.

    def _usable(self) -> list[Path]:
        return [one.path for one in self.photographs if one.photograph is not None]

    def _listed(self, listed: ListedPhotograph) -> None:
        self.photographs.append(listed)
        self.list.add(listed)
        if len(self.photographs) == 1:
            self._follow()

    def _list_ended(self) -> None:
        listed = tuple(self.photographs)
        self.list.show_remarks()  # what cannot be read is known already
        self._questions.ask("remarks", lambda: remarks_on(listed), self.list.set_remarks)
        self._follow()

    def _shown(self, result: ShownResult) -> None:
        """Show what a stage has made, or is making."""
        self.pane.show_result(result)
        if not result.is_growing:
            self.list.set_unregistered(result.unregistered)
        self._follow()

    def _finished(self, result: ShownResult) -> None:
        """Show what is stored."""
        assert result.folder is not None
        add_recent(self._services.library, result.folder)
        frames = result.folder / FRAMES
        if frames.is_dir() and (self.film is not None or not self.photographs):
            self.photographs = []
            self.list.clear()
            self.work.list([frames], [])
        elif not self.photographs and not self.work.listing:
            self.list.show_names(sorted({*result.cameras, *result.unregistered}))
        self._shown(result)
        self.pane.store_edits()

    def _run_seen(self, job: Job) -> None:
        self.panel.show_job(job)
        if job.state.ended:
            self.pane.end_growth()
        self._follow()
        if job.state is JobState.DONE and self.output is not None:
            self.pane.tell(self.tr("Stored in {folder}").format(folder=self.output))

    def _failed(self, error: SenseError) -> None:
        self._services.report_error(error)
        self._follow()

    def _choose_photograph(self, name: str) -> None:
        self.pane.choose_camera(name)
        self.list.choose(name)

    def _file_of(self, name: str) -> Path | None:
        found = [one.path for one in self.photographs if one.path.name == name]
        if self.output is not None:
            found.append(self.output / FRAMES / name)
        return next((path for path in found if path.is_file()), None)

    # Widgets.

    def _make_widgets(self) -> None:
        services = self._services
        self.empty = EmptyReconstruction(services)
        self.side = PhotographSide(services)
        self.list, self.panel = self.side.list, self.side.panel
        self.pane = ResultPane(services, self._file_of)
        self.history = self.pane.tools.history

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.side)
        split.addWidget(self.pane)
        split.setStretchFactor(1, 1)
        split.setCollapsible(0, False)
        split.setSizes([_SIDE_WIDTH, 1000])
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)

    def _connect(self) -> None:
        self.empty.folder.clicked.connect(self.ask_for_folder)
        self.empty.files.clicked.connect(self.ask_for_files)
        self.empty.result_chosen.connect(self.open_result)
        self.side.add.clicked.connect(self.ask_for_files)
        self.side.new.clicked.connect(self.clear)
        self.panel.start_asked.connect(self.start)
        self.panel.cancel_asked.connect(self.cancel)
        self.list.chosen.connect(self._choose_photograph)
        self.list.removal_asked.connect(self.remove)
        self.pane.camera_chosen.connect(self._choose_photograph)
        self.pane.changed.connect(self.states_changed)
        self.pane.export_asked.connect(self.work.export)
        self.panel.settings_changed.connect(self._guess)
        work = self.work
        work.exported.connect(lambda: self.pane.tell(self.tr("The mesh was exported.")))
        work.listed.connect(self._listed)
        work.list_ended.connect(self._list_ended)
        work.shown.connect(self._shown)
        work.finished.connect(self._finished)
        work.run_seen.connect(self._run_seen)
        work.failed.connect(self._failed)

    def _follow(self) -> None:
        """Bring what is shown and what can be done up to date."""
        result, running = self.pane.result, self.work.running
        something = bool(self.photographs) or self.film is not None or self.output is not None
        self.stack.setCurrentIndex(1 if something or running or self.work.listing else 0)
        ready = self.film is not None or len(self._usable()) >= 2
        stored = result is not None and result.folder is not None
        self.panel.set_ready(ready and not self.work.listing, stored)
        for button in (self.side.add, self.side.new):
            button.setEnabled(not running)
        self.pane.view.set_note("" if result is not None else self._note(ready))
        self._guess()
        self.states_changed.emit()

    def _guess(self) -> None:
        """Tell how long it will take, where there is something to guess from."""
        headers = [one.photograph for one in self.photographs if one.photograph is not None]
        if len(headers) < 2 or self.work.listing:
            self.panel.set_guess(None)
            return
        panel = self.panel
        self.panel.set_guess(
            estimate(headers, stage_options(panel.chosen_qualities, panel.chosen_last)).sentence
        )

    def _note(self, ready: bool) -> str:
        if self.output is not None and not self.work.running and self.work.opening:
            return self.tr("Reading…")
        if self.work.running:
            return self.tr("Finding the cameras. They appear here as soon as they are known.")
        if self.work.listing:
            return self.tr("Looking at the photographs…")
        if ready:
            return self.tr("Choose a quality and press Reconstruct.")
        return self.tr("At least two photographs of the same thing are needed.")

    def sizeHint(self) -> QSize:
        return QSize(1100, 700)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._follow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
