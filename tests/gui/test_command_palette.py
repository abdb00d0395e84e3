from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.command_palette import CommandPalette, PaletteEntry, find_entries
from app.window_session import WindowSession


def open_by_key(session: WindowSession, qtbot: QtBot) -> CommandPalette:
    qtbot.keyClick(session.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = session.window.command_palette
    assert palette.isVisible()
    return palette


def shown(palette: CommandPalette) -> list[str]:
    model = palette.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_command_is_found_and_run_by_keys_alone(session: WindowSession, qtbot: QtBot) -> None:
    palette = open_by_key(session, qtbot)
    assert QApplication.focusWidget() is palette.line
    qtbot.keyClicks(palette.line, "jobs")
    assert shown(palette)[0] == "Jobs"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert not palette.isVisible()
    qtbot.waitUntil(session.window.jobs_dock.isVisible)


def test_escape_leaves_everything_as_it_was(session: WindowSession, qtbot: QtBot) -> None:
    before = session.window.stack.front
    before.setFocus()
    palette = open_by_key(session, qtbot)
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert not session.window.jobs_dock.isVisible()


def test_arrows_choose_and_go_round(session: WindowSession, qtbot: QtBot) -> None:
    palette = open_by_key(session, qtbot)
    count = len(shown(palette))
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == count - 1
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 0
    qtbot.keyClick(palette.line, Qt.Key.Key_PageDown)
    assert palette.list.currentIndex().row() == 8


def test_workspaces_are_found_too(session: WindowSession, qtbot: QtBot) -> None:
    palette = open_by_key(session, qtbot)
    qtbot.keyClicks(palette.line, "desk")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "desk" in session.window.stack.widgets)


def test_what_cannot_be_done_now_is_not_offered(session: WindowSession, qtbot: QtBot) -> None:
    palette = open_by_key(session, qtbot)
    assert "Increase" not in shown(palette)
    assert "Undo" not in shown(palette)
    qtbot.keyClicks(palette.line, "zzzz")
    assert shown(palette) == []
    assert palette._nothing.isVisible()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_keys_are_shown_and_what_was_used_comes_first() -> None:
    entries = [
        PaletteEntry("a", "Zoom in", "Zoom in", "View", "Ctrl++"),
        PaletteEntry("b", "Zoom ex", "Zoom ex", "View", ""),
    ]
    assert [found.entry.id for found in find_entries(entries, "zoom", [])] == ["a", "b"]
    assert [found.entry.id for found in find_entries(entries, "zoom", ["b"])] == ["b", "a"]


def test_the_english_title_is_found_in_every_language() -> None:
    entries = [PaletteEntry("a", "打开文件…", "Open files…", "文件", "")]
    assert len(find_entries(entries, "open", [])) == 1
    assert len(find_entries(entries, "文件", [])) == 1
    assert find_entries(entries, "quit", []) == []
