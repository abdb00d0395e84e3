"""What the window is like: where it was, remembered for each arrangement of screens, and its states."""

import hashlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from core.settings import Settings

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

_VISIBLE_PIXELS = 100


def screen_set_up() -> str:
    """Give a short name of the screens that are connected, by size and position."""
    places = sorted(str(screen.geometry().getRect()) for screen in QGuiApplication.screens())
    return hashlib.sha256("".join(places).encode()).hexdigest()[:12]


def save_window(window: QMainWindow, settings: Settings) -> None:
    """Remember geometry and panels for the screens of now."""
    settings.set(
        f"window.{screen_set_up()}",
        {
            "geometry": bytes(window.saveGeometry().toBase64().data()).decode(),
            "panels": bytes(window.saveState().toBase64().data()).decode(),
        },
    )


def restore_window(window: QMainWindow, settings: Settings) -> None:
    """Put the window where it was with these screens, or in the middle of the first one."""
    place_in_the_middle(window)
    stored: dict[str, str] = settings.get(f"window.{screen_set_up()}", {})
    if stored:
        window.restoreState(QByteArray.fromBase64(str(stored.get("panels", "")).encode()))
        window.restoreGeometry(QByteArray.fromBase64(str(stored.get("geometry", "")).encode()))
        if not visible_on_a_screen(window.frameGeometry()):
            place_in_the_middle(window)


def place_in_the_middle(window: QMainWindow) -> None:
    """Take most of the first screen."""
    available = QGuiApplication.primaryScreen().availableGeometry()
    width, height = min(1440, available.width() * 9 // 10), min(920, available.height() * 9 // 10)
    window.resize(width, height)
    window.move(available.center() - QRect(0, 0, width, height).center())


def visible_on_a_screen(frame: QRect) -> bool:
    """Tell whether enough of the title bar can be seen to take hold of it."""
    title = QRect(frame.x(), frame.y(), frame.width(), 40)
    for screen in QGuiApplication.screens():
        shown = screen.availableGeometry().intersected(title)
        if shown.width() >= _VISIBLE_PIXELS and shown.height() >= 10:
            return True
    return False


def move_to_next_screen(window: QMainWindow) -> None:
    """Move the window to the next screen, at the same place there; full screen and maximised stay so."""
    screens = QGuiApplication.screens()
    here = window.screen()
    there = screens[(screens.index(here) + 1) % len(screens)]
    state = window.windowState()
    window.showNormal()
    frame = window.geometry()
    frame.moveTopLeft(
        there.availableGeometry().topLeft() + frame.topLeft() - here.availableGeometry().topLeft()
    )
    frame.setSize(frame.size().boundedTo(there.availableGeometry().size()))
    window.setGeometry(frame)
    window.setWindowState(state)


def window_states(window: "MainWindow") -> set[str]:
    """Name what is true of the window itself, for enabling and checking commands."""
    history = window.stack.history()
    states = {
        "can-undo": history is not None and history.undo_title is not None,
        "can-redo": history is not None and history.redo_title is not None,
        "jobs-shown": window.jobs_dock.isVisible(),
        "log-shown": window.log_dock.isVisible(),
        "full-screen": window.isFullScreen(),
        "several-screens": len(QGuiApplication.screens()) > 1,
    }
    theme = window.library.settings.get("ui.theme", "dark")
    return {name for name, holds in states.items() if holds} | {f"theme-{theme}"}
