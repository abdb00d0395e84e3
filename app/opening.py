"""Asking for files, and making the phantom study."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog

from app.ui.main_window import MainWindow
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress


def _folder(window: MainWindow) -> str:
    recent = window.recent.paths()
    return str(recent[0].parent if recent else Path.home())


def ask_for_files(window: MainWindow) -> None:
    """Let the user choose files and open them."""
    title = QCoreApplication.translate("Opening", "Open files")
    names, _ = QFileDialog.getOpenFileNames(window, title, _folder(window))
    if names:
        window.open_paths([Path(name) for name in names])


def ask_for_folder(window: MainWindow) -> None:
    """Let the user choose a folder and open it."""
    title = QCoreApplication.translate("Opening", "Open folder")
    name = QFileDialog.getExistingDirectory(window, title, _folder(window))
    if name:
        window.open_paths([Path(name)])


def ask_for_archive(window: MainWindow) -> None:
    """Let the user choose archives and open them."""
    title = QCoreApplication.translate("Opening", "Import archive")
    kinds = QCoreApplication.translate("Opening", "Archives")
    names, _ = QFileDialog.getOpenFileNames(
        window, title, _folder(window), f"{kinds} (*.zip *.tar *.tar.gz *.tgz *.tar.bz2 *.tar.xz)"
    )
    if names:
        window.open_paths([Path(name) for name in names])


def open_phantom(window: MainWindow) -> None:
    """Make the phantom study in the library where it is not there yet, and open it like any other."""
    folder = window.library.folder / "phantom"
    title = message(QT_TRANSLATE_NOOP("Message", "Making the phantom study"))
    window.start_job(title, _make_phantom, folder, done=lambda _: window.open_paths([folder]))


def _make_phantom(folder: Path, *, progress: Progress) -> None:
    if not folder.exists():
        from imaging.phantom import make_phantom_study

        make_phantom_study(folder, progress)
