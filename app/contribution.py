"""What the application itself offers."""

from core.command import Command, Contribution, Submenu, Workspace
from core.message import QT_TRANSLATE_NOOP


def _window(name: str, title: str, menu: str, **more: str) -> Command:
    """Declare a command of the window; its function has the command's name in `app.window_commands`."""
    run = f"app.window_commands:{name.replace('-', '_')}"
    return Command(id=f"app.{name}", title=title, run=run, menu=menu, **more)


CONTRIBUTION = Contribution(
    workspaces=(
        Workspace(
            id="start",
            title=QT_TRANSLATE_NOOP("Command", "Start"),
            icon="home",
            factory="app.ui.start_page:StartPage",
            order=0,
        ),
    ),
    submenus=(
        Submenu("view/theme", QT_TRANSLATE_NOOP("Command", "Theme")),
        Submenu("view/language", QT_TRANSLATE_NOOP("Command", "Language")),
    ),
    commands=(
        Command(
            id="app.gui",
            title=QT_TRANSLATE_NOOP("Command", "Open the window"),
            run="app.main:run_gui",
            options="app.main:GuiOptions",
            subcommand="gui",
            summary="Open the window, with the given files and folders in it.",
            example="sense gui ~/dicom",
        ),
        Command(
            id="app.doctor",
            title=QT_TRANSLATE_NOOP("Command", "Check this machine"),
            run="app.doctor:examine",
            subcommand="doctor",
            summary="Say what this machine has for the program, what is missing and how to get it.",
            example="sense doctor --json",
        ),
        Command(
            id="app.audit",
            title=QT_TRANSLATE_NOOP("Command", "Audit trail"),
            run="app.audit_listing:list_audit",
            subcommand="audit",
            summary="List who did what to which study.",
            example="sense audit --json",
        ),
        _window("open-files", QT_TRANSLATE_NOOP("Command", "Open files…"), "file", shortcut="Ctrl+O"),
        _window("open-folder", QT_TRANSLATE_NOOP("Command", "Open folder…"), "file", shortcut="Ctrl+Shift+O"),
        _window("open-archive", QT_TRANSLATE_NOOP("Command", "Import archive…"), "file"),
        _window("open-phantom", QT_TRANSLATE_NOOP("Command", "Open the phantom study"), "file/phantom"),
        _window("leave", QT_TRANSLATE_NOOP("Command", "Quit"), "file/quit", shortcut="Ctrl+Q"),
        _window(
            "undo", QT_TRANSLATE_NOOP("Command", "Undo"), "edit", shortcut="Ctrl+Z", enabled_when="can-undo"
        ),
        _window(
            "redo",
            QT_TRANSLATE_NOOP("Command", "Redo"),
            "edit",
            shortcut="Ctrl+Shift+Z; Ctrl+Y",
            enabled_when="can-redo",
        ),
        _window(
            "show-settings", QT_TRANSLATE_NOOP("Command", "Settings…"), "edit/settings", shortcut="Ctrl+,"
        ),
        _window(
            "toggle-jobs",
            QT_TRANSLATE_NOOP("Command", "Jobs"),
            "view/panels",
            shortcut="Ctrl+J",
            checked_when="jobs-shown",
        ),
        _window(
            "toggle-log",
            QT_TRANSLATE_NOOP("Command", "Log"),
            "view/panels",
            shortcut="Ctrl+Shift+L",
            checked_when="log-shown",
        ),
        _window(
            "toggle-full-screen",
            QT_TRANSLATE_NOOP("Command", "Full screen"),
            "view/window",
            shortcut="F11",
            checked_when="full-screen",
        ),
        _window(
            "next-screen",
            QT_TRANSLATE_NOOP("Command", "Move to the other screen"),
            "view/window",
            shortcut="Ctrl+Shift+M",
            enabled_when="several-screens",
        ),
        _window(
            "dark-theme", QT_TRANSLATE_NOOP("Command", "Dark theme"), "view/theme", checked_when="theme-dark"
        ),
        _window(
            "light-theme",
            QT_TRANSLATE_NOOP("Command", "Light theme"),
            "view/theme",
            checked_when="theme-light",
        ),
        # The languages are named in themselves, so that whoever reads only one of them finds it.
        _window("english", "English", "view/language", checked_when="language-en"),
        _window("chinese", "简体中文", "view/language", checked_when="language-zh_CN"),
        _window("show-palette", QT_TRANSLATE_NOOP("Command", "Command palette"), "tools", shortcut="Ctrl+K"),
        _window(
            "show-shortcuts", QT_TRANSLATE_NOOP("Command", "Keyboard shortcuts…"), "help", shortcut="Ctrl+/"
        ),
        _window(
            "show-crash-reports",
            QT_TRANSLATE_NOOP("Command", "Crash reports…"),
            "help",
            enabled_when="crash-reports",
        ),
        _window("show-about", QT_TRANSLATE_NOOP("Command", "About Sense Workstation…"), "help/about"),
    ),
)
