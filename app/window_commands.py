"""The commands of the window itself."""

from app.themes import Theme
from app.translator import Language
from core.context import Context


def open_files(context: Context, _options: None) -> None:
    """Ask for files and open them."""
    from app.opening import FileQuestions

    FileQuestions(context.window).ask_for_files()


def open_folder(context: Context, _options: None) -> None:
    """Ask for a folder and open it."""
    from app.opening import FileQuestions

    FileQuestions(context.window).ask_for_folder()


def open_archive(context: Context, _options: None) -> None:
    """Ask for a zip or tar archive and open it."""
    from app.opening import FileQuestions

    FileQuestions(context.window).ask_for_archive()


def open_phantom(context: Context, _options: None) -> None:
    """Open the built-in phantom study."""
    from app.opening import open_phantom as open_it

    open_it(context.window)


def leave(context: Context, _options: None) -> None:
    """Close the window."""
    context.window.close()


def undo(context: Context, _options: None) -> None:
    """Take the newest change of the front workspace back."""
    context.window.stack.history().undo()


def redo(context: Context, _options: None) -> None:
    """Do again what was undone last."""
    context.window.stack.history().redo()


def show_palette(context: Context, _options: None) -> None:
    """Open the command palette."""
    context.window.show_palette()


def show_settings(context: Context, _options: None) -> None:
    """Open the settings."""
    from app.ui.settings_dialog import SettingsDialog

    SettingsDialog(context.library, context.window).open()


def show_shortcuts(context: Context, _options: None) -> None:
    """Open the list of keyboard shortcuts."""
    from app.ui.shortcuts_dialog import ShortcutsDialog

    window = context.window
    ShortcutsDialog(window.shortcuts, window.actions_, window).open()


def show_about(context: Context, _options: None) -> None:
    """Say what the program is, and what it is not."""
    from app.ui.about_dialog import AboutDialog

    AboutDialog(context.window).open()


def show_crash_reports(context: Context, _options: None) -> None:
    """Show the reports of earlier crashes."""
    from app.ui.crash_dialog import CrashDialog

    CrashDialog(context.window.crash_reports, context.window).open()


def toggle_jobs(context: Context, _options: None) -> None:
    """Show or hide the jobs."""
    dock = context.window.jobs_dock
    dock.setVisible(not dock.isVisible())
    context.window.status_line.forget_failed()


def toggle_log(context: Context, _options: None) -> None:
    """Show or hide the log."""
    dock = context.window.log_dock
    dock.setVisible(not dock.isVisible())


def toggle_full_screen(context: Context, _options: None) -> None:
    """Fill the screen, or give it back."""
    from PySide6.QtCore import Qt

    window = context.window
    window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)


def next_screen(context: Context, _options: None) -> None:
    """Move the window to the other screen."""
    from app.window_state import move_to_next_screen

    move_to_next_screen(context.window)


def dark_theme(context: Context, _options: None) -> None:
    """Use the dark theme."""
    context.library.settings.set("ui.theme", Theme.DARK.value)


def light_theme(context: Context, _options: None) -> None:
    """Use the light theme."""
    context.library.settings.set("ui.theme", Theme.LIGHT.value)


def english(context: Context, _options: None) -> None:
    """Show everything in English."""
    context.library.settings.set("ui.language", Language.ENGLISH.value)


def chinese(context: Context, _options: None) -> None:
    """Show everything in simplified Chinese."""
    context.library.settings.set("ui.language", Language.CHINESE.value)
