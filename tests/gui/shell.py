"""What the tests of the shell need: a whole session of the window, and patience."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow
from app.window_session import WindowSession
from core.command import Command, Contribution, Registry, Workspace
from core.context import Context
from core.errors import BadInput
from core.history import Edit, History
from core.library import Library
from core.message import Message, message
from core.services import Services


class Desk(QWidget):
    """A small but whole workspace: it opens paths, has states, a history and a memory."""

    states_changed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.history = History()
        self.value = 0
        self.opened: list[Path] = []
        self.restored: dict[str, int] = {}
        self.may_close = True
        self.closed = 0
        QLabel("desk", self)

    def states(self) -> set[str]:
        return {"desk-open"} if self.opened else set()

    def open_paths(self, paths: list[Path]) -> None:
        self.opened += paths
        self.states_changed.emit()

    def save_state(self) -> dict[str, int]:
        return {"value": self.value}

    def restore_state(self, state: dict[str, int]) -> None:
        self.restored = state

    def close_workspace(self) -> bool:
        self.closed += self.may_close
        return self.may_close

    def set_value(self, value: int) -> None:
        self.value = value


def increase(context: Context, _options: None) -> Message:
    desk, before = context.workspace, context.workspace.value
    desk.history.push(
        Edit(message("increase"), lambda: desk.set_value(before + 1), lambda: desk.set_value(before))
    )
    return message("Increased")


def refuse(_context: Context, _options: None) -> None:
    raise BadInput(message("{path}: it is cut off.", path="/x.dcm"), message("Copy it again."))


def crash(_context: Context, _options: None) -> None:
    raise KeyError("Doe^John")


DESK = Contribution(
    commands=(
        Command(
            "desk.increase",
            "Increase",
            f"{__name__}:increase",
            menu="image",
            shortcut="Ctrl+I",
            workspace="desk",
            enabled_when="desk-open",
        ),
        Command("desk.refuse", "Refuse", f"{__name__}:refuse", menu="tools"),
        Command("desk.crash", "Crash", f"{__name__}:crash", menu="tools"),
    ),
    workspaces=(Workspace("desk", "Desk", "grid", f"{__name__}:Desk", 10),),
)


def desk_registry() -> Registry:
    """The commands and workspaces of the shell and one desk."""
    from app.contribution import CONTRIBUTION

    return Registry([CONTRIBUTION, DESK])


def open_dialog(window: MainWindow, kind: type[QDialog]) -> QDialog:
    (dialog,) = [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]
    return dialog


def texts_of(widget: QObject) -> set[str]:
    """Every text that a widget and those in it show now."""
    shown = [child for child in widget.findChildren(QWidget) if hasattr(child, "text")]
    return {str(child.text()) for child in shown if callable(child.text)}


def settle() -> None:
    QApplication.processEvents()


@contextmanager
def open_session(library: Library, qtbot: QtBot, commands: Registry) -> Iterator[WindowSession]:
    """A session whose window is shown, and closed without questions at the end."""
    library.settings.set("ui.language", library.settings.get("ui.language", "en"))
    session = WindowSession(library, ["sense"], commands)
    window = session.window
    qtbot.addWidget(window, before_close_func=lambda _: window.close_now())
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    try:
        yield session
    finally:
        window.close_now()
        session.close()
