"""The main window: rail, workspaces, menus, palette, panels."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from app.app_log import LogMemory
from app.crash_report import CrashReports
from app.icons import program_icon, set_icon
from app.job_bridge import JobBridge
from app.recent import RecentPaths
from app.shortcuts import Shortcuts
from app.translator import translate_message
from app.ui.closing import ClosingChoice, ask_about_jobs
from app.ui.command_actions import CommandActions
from app.ui.command_dialog import CommandDialog
from app.ui.command_palette import CommandPalette
from app.ui.drop_overlay import DropOverlay, dropped_paths
from app.ui.jobs_panel import JobsPanel
from app.ui.log_view import LogView
from app.ui.notice_bar import NoticeBar
from app.ui.rail import Rail
from app.ui.status_line import StatusLine
from app.ui.workspace_stack import WorkspaceStack
from app.window_state import restore_window, save_window, window_states
from core.command import Registry, resolve
from core.context import Context
from core.errors import Cancelled, SenseError
from core.job import Job, JobRunner, JobState
from core.library import Library
from core.message import Message
from core.services import Services
from imaging.volume_access import DiskVolumes

_log = logging.getLogger(__name__)
_RECENT_COMMANDS = 8


class MainWindow(QMainWindow):
    """The one window of the program.

    Parameters
    ----------
    registry : Registry
        Commands and workspaces.
    library : Library
        The open library.
    log_memory : LogMemory
        What the log view shows.
    crash_reports : CrashReports
        The reports of earlier crashes.
    """

    painted = Signal()
    states_changed = Signal()

    def __init__(
        self, registry: Registry, library: Library, log_memory: LogMemory, crash_reports: CrashReports
    ) -> None:
        super().__init__()
        self.registry, self.library, self.crash_reports = registry, library, crash_reports
        self.runner = JobRunner()
        self.shortcuts = Shortcuts(registry, library.settings)
        self.recent = RecentPaths(library.settings)
        self._bridge = JobBridge(self.runner, self)
        self._when_done: dict[int, Callable[[Job], None]] = {}
        self._recent_commands: list[str] = library.settings.get("palette.recent", [])
        self._close_when_idle = False
        self._has_painted = False
        self._ask = True
        self.extra_states: Callable[[], set[str]] = set
        self.setWindowTitle("Sense Workstation")
        self.setWindowIcon(program_icon())
        self.setAcceptDrops(True)
        self.actions_ = CommandActions(registry, self.shortcuts, self)
        self.stack = WorkspaceStack(registry, self._services(), self)
        self.rail = Rail(registry.workspaces, self)
        self.notices = NoticeBar(self)
        self.jobs_panel = JobsPanel(self.runner, self)
        self.status_line = StatusLine(self)
        self._lay_out()
        self.jobs_dock = self._dock("jobs", self.jobs_panel, Qt.DockWidgetArea.RightDockWidgetArea)
        self.log_dock = self._dock("log", LogView(log_memory, self), Qt.DockWidgetArea.BottomDockWidgetArea)
        self.command_palette = CommandPalette(self)
        self._overlay = DropOverlay(self)
        self.actions_.fill(self.menuBar())
        self._connect()
        self.retranslate()
        self.stack.make_now(registry.workspaces[0].id)
        restore_window(self, library.settings)

    def run_command(self, command_id: str) -> None:
        """Run a command as if it had been chosen in the menu; what goes wrong is shown.

        `"workspace:ID"` brings that workspace to the front.
        """
        kind, _, workspace_id = command_id.rpartition("workspace:")
        if not kind and workspace_id != command_id:
            self.stack.show_workspace(workspace_id)
            return
        command = self.registry.command(command_id)
        if command.asks:
            CommandDialog(command, self).open()
            self._remember_command(command_id)
            return
        context = Context(self.library, workspace=self.stack.front, window=self, volumes=DiskVolumes())
        try:
            options = resolve(command.options)() if command.options else None
            result = resolve(command.run)(context, options)
        except SenseError as error:
            self.notices.report(error)
        except Cancelled:
            pass  # the user has just asked for that
        except Exception:
            # The boundary between a command and the event loop: the hook writes a crash report and shows it.
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        else:
            if isinstance(result, Message):
                self.status_line.showMessage(translate_message(result), 5000)
        self._remember_command(command_id)
        self.refresh_states()

    def open_paths(self, paths: list[Path]) -> None:
        """Hand files and folders to the workspace that opens them, and remember them."""
        from app.opening import hand_over

        hand_over(self, paths)

    def start_job(
        self, title: Message, function: Callable[..., Any], *arguments: Any, done: Callable[[Any], None]
    ) -> None:
        """Run `function` in the background and call `done(result)` here when it has succeeded."""
        job = self.runner.submit(title, function, *arguments)
        self._when_done[job.id] = lambda ended: done(ended.result)

    def prepare_workspaces(self) -> None:
        """Import the modules of all workspaces, so that the first look at one is quick."""
        for workspace in self.registry.workspaces:
            self.stack.prepare(workspace.id)

    def close_now(self) -> None:
        """Close without asking; running jobs are cancelled."""
        self._ask = False
        self.close()

    def show_palette(self) -> None:
        """Open the command palette with everything that can be done now."""
        entries = self.actions_.palette_entries()
        self.command_palette.open(entries, self._recent_commands)

    def refresh_states(self) -> None:
        """Bring menus, rail and palette up to date with what can be done now."""
        self.actions_.update(self.states(), self.stack.front_id)
        self.states_changed.emit()

    def states(self) -> set[str]:
        """Give the states of the front workspace and of the window itself."""
        return self.stack.states() | window_states(self) | self.extra_states()

    def retranslate(self) -> None:
        """Set every text of the window itself."""
        self.actions_.retranslate()
        self.jobs_dock.setWindowTitle(self.tr("Jobs"))
        self.log_dock.setWindowTitle(self.tr("Log"))
        self._title_undo()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.refresh_states()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.command_palette.place()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            self.painted.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event):
            event.acceptProposedAction()
            self._overlay.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        event.acceptProposedAction()
        self.open_paths(dropped_paths(event))

    def closeEvent(self, event: QCloseEvent) -> None:
        choice = ask_about_jobs(self, len(self.runner.active())) if self._ask else ClosingChoice.QUIT
        self._close_when_idle = choice is ClosingChoice.WAIT
        if choice is not ClosingChoice.QUIT:
            event.ignore()
            return
        save_window(self, self.library.settings)
        self.library.settings.set("palette.recent", self._recent_commands)
        self.stack.save_states()
        if not self.stack.close_all():
            event.ignore()
            return
        self.hide()  # ending the jobs may take a moment
        self.runner.shutdown()
        super().closeEvent(event)

    def _services(self) -> Services:
        return Services(
            library=self.library,
            runner=self.runner,
            run_command=self.run_command,
            translate=translate_message,
            open_paths=self.open_paths,
            report_error=self._report_error,
            set_icon=set_icon,
            model_uses=self.registry.model_uses,
        )

    def _report_error(self, error: SenseError) -> None:
        self.notices.report(error)

    def _lay_out(self) -> None:
        centre = QWidget(self)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.stack, 1)
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)
        self.setCentralWidget(centre)
        self.setStatusBar(self.status_line)
        self.setMinimumSize(760, 480)

    def _dock(self, name: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(self)
        dock.setObjectName(name)
        dock.setWidget(content)
        self.addDockWidget(area, dock)
        dock.hide()
        dock.visibilityChanged.connect(self.refresh_states)
        return dock

    def _connect(self) -> None:
        self.actions_.chosen.connect(self.run_command)
        self.actions_.workspace_chosen.connect(self.stack.show_workspace)
        self.rail.chosen.connect(self.stack.show_workspace)
        self.rail.settings_chosen.connect(lambda: self.run_command("app.show-settings"))
        self.stack.shown.connect(self._on_shown)
        self.stack.states_changed.connect(self._on_states_changed)
        self.stack.failed.connect(self._on_workspace_failed)
        self.command_palette.chosen.connect(self.run_command)
        self.status_line.jobs_chosen.connect(lambda: self.run_command("app.toggle-jobs"))
        self._bridge.changed.connect(self._on_job, Qt.ConnectionType.QueuedConnection)

    def _on_shown(self, workspace_id: str) -> None:
        self.rail.mark(workspace_id)
        self._on_states_changed()

    def _on_states_changed(self) -> None:
        self._title_undo()
        self.refresh_states()

    def _on_workspace_failed(self, error: Exception) -> None:
        self.stack.show_workspace(self.registry.workspaces[0].id)
        sys.excepthook(type(error), error, error.__traceback__)

    def _on_job(self, job: Job) -> None:
        self.jobs_panel.show_job(job)
        self.status_line.show_job(job)
        if not job.state.ended:
            return
        done = self._when_done.pop(job.id, None)
        if job.state is JobState.FAILED:
            self.jobs_dock.show()
        elif done is not None and job.state is JobState.DONE:
            done(job)
        if self._close_when_idle and not self.runner.active():
            self.close()

    def _title_undo(self) -> None:
        history = self.stack.history()
        undo = history.undo_title if history else None
        redo = history.redo_title if history else None
        undo_text = self.tr("Undo {what}").format(what=translate_message(undo)) if undo else self.tr("Undo")
        redo_text = self.tr("Redo {what}").format(what=translate_message(redo)) if redo else self.tr("Redo")
        self.actions_.actions["app.undo"].setText(undo_text)
        self.actions_.actions["app.redo"].setText(redo_text)

    def _remember_command(self, command_id: str) -> None:
        if command_id != "app.show-palette":
            newest = [command_id, *(other for other in self._recent_commands if other != command_id)]
            self._recent_commands = newest[:_RECENT_COMMANDS]
