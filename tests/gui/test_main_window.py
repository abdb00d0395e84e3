from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.window_session import WindowSession
from core.library import Library
from tests.gui.shell import desk_registry, open_session, texts_of


def desk_of(session: WindowSession, qtbot: QtBot) -> object:
    window = session.window
    window.stack.show_workspace("desk")
    qtbot.waitUntil(lambda: window.stack.front is not None)
    return window.stack.front


def submenus(menu: QMenu) -> dict[str, QMenu]:
    return {action.text(): action.menu() for action in menu.actions() if action.menu() is not None}


def test_every_command_with_a_menu_is_in_the_menus(session: WindowSession) -> None:
    shown: list[str] = []
    for top in session.window.menuBar().actions():
        for action in top.menu().actions():
            shown += [a.text() for a in action.menu().actions()] if action.menu() else [action.text()]
    for action in session.window.actions_.actions.values():
        assert shown.count(action.text()) == 1
    assert "Open the window" not in shown


def test_a_workspace_is_made_when_it_is_first_shown(session: WindowSession, qtbot: QtBot) -> None:
    assert list(session.window.stack.widgets) == ["start"]
    qtbot.keyClick(session.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "desk" in session.window.stack.widgets)
    assert session.window.stack.currentWidget() is session.window.stack.widgets["desk"]
    assert session.window.actions_.workspace_actions["desk"].isChecked()


def test_states_of_the_front_workspace_enable_its_commands(session: WindowSession, qtbot: QtBot) -> None:
    action = session.window.actions_.actions["desk.increase"]
    desk = desk_of(session, qtbot)
    assert not action.isEnabled()
    desk.open_paths([Path("x")])
    assert action.isEnabled()
    session.window.stack.show_workspace("start")
    assert not action.isEnabled()


def test_undo_and_redo_say_what_and_do_it(session: WindowSession, qtbot: QtBot) -> None:
    desk = desk_of(session, qtbot)
    desk.open_paths([Path("x")])
    undo, redo = (session.window.actions_.actions[f"app.{name}"] for name in ("undo", "redo"))
    assert not undo.isEnabled()
    session.window.actions_.actions["desk.increase"].trigger()
    assert (desk.value, undo.text(), undo.isEnabled()) == (1, "Undo increase", True)
    undo.trigger()
    assert (desk.value, undo.isEnabled(), redo.text()) == (0, False, "Redo increase")
    redo.trigger()
    assert desk.value == 1


def test_a_result_in_words_is_shown_for_a_while(session: WindowSession, qtbot: QtBot) -> None:
    desk_of(session, qtbot).open_paths([Path("x")])
    session.window.run_command("desk.increase")
    assert session.window.status_line.currentMessage() == "Increased"


def test_an_error_is_shown_with_what_to_do_and_can_be_dismissed(session: WindowSession) -> None:
    session.window.run_command("desk.refuse")
    (notice,) = session.window.notices.notices
    assert {"/x.dcm: it is cut off.", "Copy it again."} <= texts_of(notice)
    session.window.run_command("desk.refuse")
    assert len(session.window.notices.notices) == 1
    notice = session.window.notices.notices[0]
    notice.closed.emit()
    assert session.window.notices.notices == []


def test_dropped_files_go_to_the_workspace_that_opens_files(
    session: WindowSession, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "a.dcm").touch()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.dcm")), QUrl("https://example.org/b.dcm")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(300, 300), copy, data, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(session.window, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(300, 300), copy, data, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(session.window, drop)
    qtbot.waitUntil(lambda: "desk" in session.window.stack.widgets)
    qtbot.waitUntil(lambda: session.window.stack.widgets["desk"].opened == [tmp_path / "a.dcm"])
    assert session.window.recent.paths() == [tmp_path / "a.dcm"]
    assert session.window.stack.front_id == "desk"


def test_a_file_that_is_not_there_is_said(session: WindowSession, tmp_path: Path) -> None:
    session.window.open_paths([tmp_path / "none"])
    assert f"{tmp_path / 'none'}: there is no such file or folder." in texts_of(session.window.notices)
    assert session.window.recent.paths() == []


def test_what_a_workspace_saves_it_gets_back(library: Library, qtbot: QtBot) -> None:
    for expected in ({}, {"value": 7}):
        with open_session(library, qtbot, desk_registry()) as session:
            desk = desk_of(session, qtbot)
            assert desk.restored == expected
            desk.value = 7
            session.window.close()
            assert desk.closed == 1


def test_a_workspace_may_keep_the_window_open(session: WindowSession, qtbot: QtBot) -> None:
    desk = desk_of(session, qtbot)
    desk.may_close = False
    session.window.close()
    assert session.window.isVisible()
    desk.may_close = True


def test_panels_and_full_screen_are_checked_in_the_menu(session: WindowSession, qtbot: QtBot) -> None:
    window = session.window
    for command_id in ("app.toggle-jobs", "app.toggle-log", "app.toggle-full-screen"):
        action = window.actions_.actions[command_id]
        assert not action.isChecked()
        action.trigger()
        qtbot.waitUntil(action.isChecked)
        action.trigger()
        qtbot.waitUntil(lambda action=action: not action.isChecked())


def test_the_log_view_shows_new_lines_and_filters_them(session: WindowSession, qtbot: QtBot) -> None:
    import logging

    session.window.run_command("app.toggle-log")
    view = session.window.log_dock.widget()
    logging.getLogger("imaging").warning("reading %s", Path("/patients/Doe"))
    qtbot.waitUntil(lambda: "reading <path>" in view.text.toPlainText())
    view._filter.setText("nowhere in it")
    assert view.text.toPlainText() == ""


def test_geometry_is_remembered_and_lost_windows_come_back(library: Library, qtbot: QtBot) -> None:
    from PySide6.QtCore import QRect

    from app.window_state import visible_on_a_screen

    sizes = []
    for _ in range(2):
        with open_session(library, qtbot, desk_registry()) as session:
            sizes.append(session.window.size().toTuple())
            session.window.setGeometry(10, 20, 777, 555)
    assert sizes[0] != (777, 555)
    assert sizes[1] == (777, 555)
    assert visible_on_a_screen(QRect(10, 20, 777, 555))
    assert not visible_on_a_screen(QRect(-5000, 20, 777, 555))
    assert not visible_on_a_screen(QRect(10, -300, 777, 555))
