"""Opening files and folders: asking for them, handing them over, and making the phantom study."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.ui.main_window import MainWindow
from core.command import Workspace
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress


class FileQuestions(QObject):
    """Asks the user what to open, and opens it.

    Parameters
    ----------
    window : MainWindow
        Who asks.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask_for_files(self) -> None:
        """Let the user choose files."""
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Open files"), self._folder())
        self._open(names)

    def ask_for_folder(self) -> None:
        """Let the user choose a folder."""
        name = QFileDialog.getExistingDirectory(self._window, self.tr("Open folder"), self._folder())
        self._open([name] if name else [])

    def ask_for_archive(self) -> None:
        """Let the user choose zip and tar archives."""
        kinds = f"{self.tr('Archives')} (*.zip *.tar *.tar.gz *.tgz *.tar.bz2 *.tar.xz)"
        names, _ = QFileDialog.getOpenFileNames(
            self._window, self.tr("Import archive"), self._folder(), kinds
        )
        self._open(names)

    def _open(self, names: list[str]) -> None:
        if names:
            self._window.open_paths([Path(name) for name in names])

    def _folder(self) -> str:
        recent = self._window.recent.paths()
        return str(recent[0].parent if recent else Path.home())


def hand_over(window: MainWindow, paths: list[Path]) -> None:
    """Give files and folders to the workspace that opens them, and remember them."""
    present = [path for path in paths if path.exists()]
    for path in paths:
        if path not in present:
            text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file or folder.")
            window.notices.report(SenseError(message(text, path=str(path))))
    for path in reversed(present):
        window.recent.add(path.absolute())
    stack = window.stack
    front_id = stack.front_id if hasattr(stack.front, "open_paths") else ""
    found = openers(window.registry.workspaces, present, front_id)
    for opener, given in found.items():
        stack.when_ready(opener, partial(_give, given))
    if found:
        stack.show_workspace(next(iter(found)))


def _give(paths: list[Path], workspace: Any) -> None:
    workspace.open_paths(paths)


def openers(workspaces: Sequence[Workspace], paths: Iterable[Path], front_id: str) -> dict[str, list[Path]]:
    """Share files and folders out among the workspaces that open them.

    Parameters
    ----------
    workspaces : sequence of Workspace
        The start page first; of several that open a file, the front one does, else the first.
    paths : iterable of Path
        What is to be opened.
    front_id : str
        Id of the front workspace; "" where that opens nothing.
    """
    general = [workspace.id for workspace in workspaces[1:] if not workspace.opens]
    found: dict[str, list[Path]] = {}
    for path in paths:
        name = "" if path.is_dir() else path.name.lower()
        able = [workspace.id for workspace in workspaces if name.endswith(workspace.opens)] or general
        if able:
            found.setdefault(front_id if front_id in able else able[0], []).append(path)
    return found


def open_phantom(window: MainWindow) -> None:
    """Make the phantom study in the library where it is not there yet, and open it like any other."""
    folder = window.library.folder / "phantom"
    title = message(QT_TRANSLATE_NOOP("Message", "Making the phantom study"))
    window.start_job(title, _make_phantom, folder, done=lambda _: window.open_paths([folder]))


def _make_phantom(folder: Path, *, progress: Progress) -> None:
    if not folder.exists():
        from imaging.phantom import make_phantom_study

        make_phantom_study(folder, progress)
