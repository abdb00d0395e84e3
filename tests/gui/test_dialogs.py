from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.about_dialog import AboutDialog
from app.ui.crash_dialog import CrashDialog
from app.ui.recent_list import RecentRow
from app.ui.settings_dialog import SettingsDialog
from app.ui.shortcuts_dialog import ShortcutsDialog
from app.window_session import WindowSession
from render.backend import measured
from tests.gui.shell import open_dialog, texts_of


def test_settings_hold_at_once(session: WindowSession, qtbot: QtBot) -> None:
    session.window.run_command("app.show-settings")
    dialog = open_dialog(session.window, SettingsDialog)
    settings = session.library.settings
    dialog.theme.setCurrentIndex(1)
    dialog.theme.activated.emit(1)
    assert settings.get("ui.theme", "") == "light"
    dialog.copy_files.setCurrentIndex(1)
    dialog.copy_files.activated.emit(1)
    assert settings.get("import.copy", False) is True
    qtbot.keyClicks(dialog.user_name, "Dr. Lee")
    qtbot.keyClick(dialog.user_name, Qt.Key.Key_Tab)
    dialog.user_name.editingFinished.emit()
    assert session.library.audit.append("test").user == "Dr. Lee"
    dialog.watchdog.click()
    assert settings.get("debug.watchdog", False) is True
    assert str(session.library.folder) in texts_of(dialog)
    dialog.reset()
    assert settings.get("ui.theme", "dark") == "dark"
    assert dialog.theme.currentIndex() == 0
    assert dialog.user_name.text() == ""
    assert session.library.audit.append("test").user != "Dr. Lee"
    dialog.close()


def dialog_of_shortcuts(session: WindowSession) -> ShortcutsDialog:
    session.window.run_command("app.show-shortcuts")
    return open_dialog(session.window, ShortcutsDialog)


def test_a_shortcut_is_changed_and_works(session: WindowSession, qtbot: QtBot) -> None:
    dialog = dialog_of_shortcuts(session)
    dialog.choose("app.toggle-jobs")
    dialog.keys.setKeySequence(QKeySequence("Ctrl+Alt+J"))
    dialog.assign()
    dialog.close()
    window = session.window
    assert window.actions_.actions["app.toggle-jobs"].shortcut().toString() == "Ctrl+Alt+J"
    qtbot.waitUntil(window.isActiveWindow)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(window, Qt.Key.Key_J, both)
    qtbot.waitUntil(window.jobs_dock.isVisible)


def test_keys_of_another_command_are_taken_only_when_asked_twice(session: WindowSession) -> None:
    dialog = dialog_of_shortcuts(session)
    shortcuts = session.window.shortcuts
    jobs, log = (session.window.registry.command(f"app.toggle-{name}") for name in ("jobs", "log"))
    dialog.choose("app.toggle-jobs")
    dialog.keys.setKeySequence(QKeySequence("Ctrl+Shift+L"))
    dialog.assign()
    assert "Log" in dialog.conflict.text()
    assert (shortcuts.of(jobs), shortcuts.of(log)) == ("Ctrl+J", "Ctrl+Shift+L")
    dialog.assign()
    assert (shortcuts.of(jobs), shortcuts.of(log)) == ("Ctrl+Shift+L", "")
    assert shortcuts.conflicts() == {}
    dialog._reset.click()
    assert (shortcuts.of(jobs), shortcuts.of(log)) == ("Ctrl+J", "Ctrl+Shift+L")
    dialog.close()


def test_shortcuts_are_found_by_word_or_key(session: WindowSession, qtbot: QtBot) -> None:
    dialog = dialog_of_shortcuts(session)
    everything = len(dialog._items())
    qtbot.keyClicks(dialog.search, "full")
    assert [item.text(0) for item in dialog._items()] == ["Full screen"]
    dialog.search.setText("F11")
    assert [item.text(0) for item in dialog._items()] == ["Full screen"]
    dialog.search.clear()
    assert len(dialog._items()) == everything > 10
    dialog.close()


def test_about_says_that_this_is_no_medical_device(session: WindowSession) -> None:
    session.window.run_command("app.show-about")
    dialog = open_dialog(session.window, AboutDialog)
    assert any("not a certified medical device" in label.text() for label in dialog.findChildren(QLabel))
    rows = [dialog.components.topLevelItem(row) for row in range(dialog.components.topLevelItemCount())]
    licences = {row.text(0): row.text(2) for row in rows}
    assert "LGPL" in licences["PySide6-Essentials"]
    assert all(licences.values())
    dialog.close()


def test_the_start_page_says_so_too(session: WindowSession) -> None:
    assert any("not a certified medical device" in text for text in texts_of(session.window.stack.front))


def test_crash_reports_are_shown_copied_and_deleted(session: WindowSession) -> None:
    session.crash_reports.write("  app/x.py:1 in f\nbuiltins.KeyError")
    session.window.refresh_states()
    session.window.run_command("app.show-crash-reports")
    dialog = open_dialog(session.window, CrashDialog)
    assert "builtins.KeyError" in dialog.text.toPlainText()
    dialog.copy()
    assert QGuiApplication.clipboard().text() == dialog.text.toPlainText()
    dialog.delete()
    assert dialog.text.toPlainText() == ""
    assert session.crash_reports.reports() == []
    dialog.close()


def test_recent_files_are_listed_and_open_again(session: WindowSession, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    session.window.recent.add(tmp_path / "study")
    session.window.recent.add(tmp_path / "gone")
    page = session.window.stack.front

    def rows() -> list[RecentRow]:
        return [row for row in page.findChildren(RecentRow) if row.isVisible()]

    qtbot.waitUntil(lambda: len(rows()) == 1)
    (row,) = rows()
    assert "study" in texts_of(row)
    row.findChild(QPushButton).click()
    qtbot.waitUntil(lambda: "desk" in session.window.stack.widgets)
    qtbot.waitUntil(lambda: session.window.stack.widgets["desk"].opened == [tmp_path / "study"])


def test_the_renderers_are_measured_again(session: WindowSession, qtbot: QtBot) -> None:
    session.window.run_command("app.show-settings")
    choice = open_dialog(session.window, SettingsDialog).renderers
    choice.measure.click()
    assert not choice.measure.isEnabled()
    assert choice.speeds() == "Measuring…"
    qtbot.waitUntil(choice.measure.isEnabled, timeout=120_000)
    found = measured(session.library.settings)
    assert found is not None
    assert f"{round(found.native_ms)} ms" in choice.speeds()
    choice.window().close()
