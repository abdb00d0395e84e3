"""The workspaces behind the rail, each made when it is first shown."""

import importlib
import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from app.icons import draw_ahead, icon_colours
from core.command import Registry, resolve
from core.history import History
from core.services import Services

_log = logging.getLogger(__name__)


class WorkspaceStack(QStackedWidget):
    """Emits `shown(id)` when another workspace came to the front, `states_changed` when its states did.

    `imported(id, error or None)` comes when the modules of a workspace are there.

    The modules of a workspace are imported by a thread, because that may take longer than the window may be
    silent; the widget itself is then made here.
    """

    shown = Signal(str)
    states_changed = Signal()
    failed = Signal(object)
    imported = Signal(str, object)

    def __init__(self, registry: Registry, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._declared = {workspace.id: workspace for workspace in registry.workspaces}
        self._services = services
        self._importing: dict[str, threading.Thread] = {}
        self._waiting: defaultdict[str, list[Callable[[Any], None]]] = defaultdict(list)
        self._wanted = ""
        self._closed = False
        self.front_id = ""
        self.widgets: dict[str, Any] = {}
        self._opening = QLabel(self)
        self._opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._opening.setProperty("dim", True)
        self.addWidget(self._opening)
        self.imported.connect(self._make, Qt.ConnectionType.QueuedConnection)
        self.retranslate()

    @property
    def front(self) -> Any:
        """The widget of the front workspace; None while it is being made."""
        return self.widgets.get(self.front_id)

    def states(self) -> set[str]:
        """Give what the front workspace reports."""
        report = getattr(self.front, "states", None)
        return set(report()) if report else set()

    def history(self) -> History | None:
        """Give the edits of the front workspace."""
        return getattr(self.front, "history", None)

    def show_workspace(self, workspace_id: str) -> None:
        """Bring a workspace to the front, making it when it is not there."""
        self._wanted = workspace_id
        if workspace_id in self.widgets:
            self._bring_forward(workspace_id)
        else:
            self.front_id = workspace_id
            self.setCurrentWidget(self._opening)
            self.prepare(workspace_id)
            self.shown.emit(workspace_id)

    def when_ready(self, workspace_id: str, callback: Callable[[Any], None]) -> None:
        """Call `callback(widget)` as soon as the workspace is made."""
        if workspace_id in self.widgets:
            callback(self.widgets[workspace_id])
        else:
            self._waiting[workspace_id].append(callback)
            self.prepare(workspace_id)

    def prepare(self, workspace_id: str) -> None:
        """Import the modules of a workspace ahead of its first use, and make it when it is wanted."""
        if workspace_id in self.widgets or workspace_id in self._importing:
            if workspace_id in self._importing and not self._importing[workspace_id].is_alive():
                self._make(workspace_id, None)
            return
        arguments = (workspace_id, icon_colours())
        thread = threading.Thread(target=self._import, args=arguments, name="import", daemon=True)
        self._importing[workspace_id] = thread
        thread.start()

    def make_now(self, workspace_id: str) -> None:
        """Make a workspace without a thread: the start page, which is all that is shown at first."""
        self._wanted = workspace_id
        self._make(workspace_id, None)

    def retranslate(self) -> None:
        """Set every text."""
        self._opening.setText(self.tr("Opening…"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def save_states(self) -> None:
        """Store what the workspaces want to find again."""
        for workspace_id, widget in self.widgets.items():
            if hasattr(widget, "save_state"):
                self._services.library.settings.set(f"workspace.{workspace_id}", widget.save_state())

    def close_all(self) -> bool:
        """Let every workspace shut down; False when one of them wants to stay."""
        for thread in self._importing.values():
            thread.join()
        closers = [getattr(widget, "close_workspace", None) for widget in self.widgets.values()]
        self._closed = all(close() is not False for close in closers if close)
        return self._closed

    def _import(self, workspace_id: str, colours: tuple[str, str, str]) -> None:
        error = None
        try:
            draw_ahead(colours)
            importlib.import_module(self._declared[workspace_id].factory.partition(":")[0])
        except Exception as failure:  # shown on the main thread, which waits for this import
            error = failure
        self.imported.emit(workspace_id, error)

    def _make(self, workspace_id: str, error: Exception | None) -> None:
        if error is not None:
            _log.error("workspace %s cannot be opened", workspace_id, exc_info=error)
            self._importing.pop(workspace_id, None)
            self.failed.emit(error)
            return
        if workspace_id in self.widgets or not (self._waiting[workspace_id] or workspace_id == self._wanted):
            return
        widget = resolve(self._declared[workspace_id].factory)(self._services)
        self.widgets[workspace_id] = widget
        self.addWidget(widget)
        self._connect(widget)
        state: dict[str, Any] = self._services.library.settings.get(f"workspace.{workspace_id}", {})
        if state and hasattr(widget, "restore_state"):
            widget.restore_state(state)
        if workspace_id == self._wanted:
            self._bring_forward(workspace_id)
        for callback in self._waiting.pop(workspace_id, []):
            # Making the widget took its time: let the window answer in between.
            QTimer.singleShot(0, self, partial(self._call, callback, widget))

    def _call(self, callback: Callable[[Any], None], widget: Any) -> None:
        if not self._closed:
            callback(widget)

    def _connect(self, widget: Any) -> None:
        if hasattr(widget, "states_changed"):
            widget.states_changed.connect(self.states_changed)
        history = getattr(widget, "history", None)
        if history is not None:
            before = history.on_change

            def changed() -> None:
                before()
                self.states_changed.emit()

            history.on_change = changed

    def _bring_forward(self, workspace_id: str) -> None:
        self.front_id = workspace_id
        self.setCurrentWidget(self.widgets[workspace_id])
        self.widgets[workspace_id].setFocus()
        self.shown.emit(workspace_id)
