"""One run of the window: application, language, theme, log and crash reports, from start to end."""

import signal
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.app_log import AppLog, keep_qt_messages, leave_qt_messages
from app.crash_report import CrashReports
from app.fonts import apply_font
from app.icons import program_icon, redraw_icons
from app.themes import Theme, apply_theme, style_window
from app.translator import Language, LanguageSwitch, system_language
from app.ui.main_window import MainWindow
from app.watchdog import Watchdog
from core.command import Registry
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.provenance import program_version
from render.backend import measure_apart, measured

_SIGNAL_POLL_MS = 250
_MEASURE_AFTER_MS = 5000  # when the window has come to rest


class WindowSession:
    """Everything that lives as long as the window.

    Parameters
    ----------
    library : Library
        The open library.
    arguments : sequence of str
        For Qt; the program's name at least.
    commands : Registry
        What is in menus and on the rail.
    """

    def __init__(self, library: Library, arguments: Sequence[str], commands: Registry) -> None:
        self.library = library
        self.application = _application(arguments)
        self.log = AppLog(library.folder / "logs")
        self.crash_reports = CrashReports(library.folder / "crashes")
        keep_qt_messages()
        self._languages = LanguageSwitch(library.cache_folder)
        self._show_language()
        apply_theme(self.application, self.theme)
        library.settings.write_behind()
        library.settings.listen(self._on_setting)
        self.window = MainWindow(commands, library, self.log.memory, self.crash_reports)
        style_window(self.window, self.theme)
        self.window.extra_states = self._states
        self.window.refresh_states()
        self._watchdog = Watchdog(parent=self.window)
        self._interrupted = False

    def run(self, files: Sequence[Path]) -> int:
        """Show the window and give Qt's exit status when it has been closed."""
        self.catch_crashes()
        before = self._quit_on_signals()
        self.window.painted.connect(self._after_first_paint)
        self.window.show()
        if files:
            self.window.open_paths([path.absolute() for path in files])
        try:
            status = self.application.exec()
            if self._interrupted:
                raise KeyboardInterrupt
            return status
        finally:
            self.close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def catch_crashes(self) -> None:
        """Write a report of whatever nobody else catches, and offer it."""
        self.crash_reports.install()
        self.crash_reports.on_report = self._on_report

    def close(self) -> None:
        """Give back what is global: hooks, translators and log handlers."""
        self._languages.remove()
        apply_font(self.application, Language.ENGLISH)
        leave_qt_messages()
        self._watchdog.stop()
        self.library.settings.write_through()
        self.crash_reports.uninstall()
        self.log.close()

    @property
    def language(self) -> Language:
        """The language that the user chose, else the system's."""
        chosen = self.library.settings.get("ui.language", "")
        return Language(chosen) if chosen in list(Language) else system_language()

    @property
    def theme(self) -> Theme:
        """The theme that the user chose, else the dark one."""
        chosen = self.library.settings.get("ui.theme", Theme.DARK.value)
        return Theme(chosen) if chosen in list(Theme) else Theme.DARK

    def _states(self) -> set[str]:
        reports = {"crash-reports"} if self.crash_reports.reports() else set()
        return {f"language-{self.language}"} | reports

    def _show_language(self) -> None:
        apply_font(self.application, self.language)
        self._languages.switch(self.language)

    def _on_setting(self, key: str) -> None:
        if key == "debug.watchdog":
            self._watch()
        if key == "shortcuts":
            self.window.actions_.apply_shortcuts()
        if key == "ui.language":
            self._show_language()
            style_window(self.window, self.theme)  # only with it does what is styled take the new font
        if key == "ui.theme":
            apply_theme(self.application, self.theme)
            QTimer.singleShot(0, redraw_icons)  # in a turn of its own: all at once would take too long
        if key.startswith("ui."):
            self.window.refresh_states()

    def _watch(self) -> None:
        """Measure the window's silence while the user wants it logged."""
        if self.library.settings.get("debug.watchdog", False):
            self._watchdog.start()
        else:
            self._watchdog.stop()

    def _after_first_paint(self) -> None:
        self._watch()
        QTimer.singleShot(0, self.window, self.offer_crash_report)
        QTimer.singleShot(300, self.window, self.window.prepare_workspaces)
        if measured(self.library.settings) is None:
            QTimer.singleShot(_MEASURE_AFTER_MS, self.window, lambda: measure_apart(self.library.settings))

    def offer_crash_report(self) -> None:
        """Tell of a report that the user has not seen, once."""
        if not self.crash_reports.unseen():
            return
        notice = self.window.notices.show_notice(
            "info",
            message(
                QT_TRANSLATE_NOOP("Message", "The program ended unexpectedly, or something in it failed.")
            ),
            message(QT_TRANSLATE_NOOP("Message", "A report without patient data was written.")),
            message(QT_TRANSLATE_NOOP("Message", "Show the report…")),
        )
        notice.acted.connect(lambda: self.window.run_command("app.show-crash-reports"))
        self.crash_reports.mark_seen()

    def _on_report(self, _path: Path) -> None:
        # May be called from any thread.
        QTimer.singleShot(0, self.window, self.offer_crash_report)

    def _quit_on_signals(self) -> dict[int, object]:
        """Close the window on Ctrl+C in the terminal: Python's handlers run only while Python does."""
        before: dict[int, object] = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)
        }
        poll = QTimer(self.window)
        poll.timeout.connect(lambda: None)
        poll.start(_SIGNAL_POLL_MS)
        return before

    def _on_signal(self, number: int, _frame: object) -> None:
        self._interrupted = number == signal.SIGINT
        for job in self.window.runner.active():
            self.window.runner.cancel(job.id)
        self.window.close_now()


def _application(arguments: Sequence[str]) -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(list(arguments))
    application.setApplicationName("SenseWorkstation")
    application.setApplicationDisplayName("Sense Workstation")
    application.setApplicationVersion(program_version())
    application.setDesktopFileName("sense-workstation")
    application.setWindowIcon(program_icon())
    application.setStyle("Fusion")
    return application
