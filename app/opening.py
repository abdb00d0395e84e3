"""Opening files and folders: asking for them, handing them over, and making the phantom study."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.openers import openers
from app.ui.main_window import MainWindow
from app.ui.opener_question import OpenerQuestion
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
    for able, given in openers(window.registry.workspaces, present, front_id).items():
        give = partial(_give, window, given)
        if len(able) == 1:
            give(able[0])
        else:
            workspaces = [one for one in window.registry.workspaces if one.id in able]
            OpenerQuestion(given, workspaces, give, window).open()


def _give(window: MainWindow, paths: list[Path], workspace_id: str) -> None:
    """Bring a workspace to the front and let it open files."""
    window.stack.show_workspace(workspace_id)
    window.stack.when_ready(workspace_id, lambda widget: widget.open_paths(paths))


def open_phantom(window: MainWindow) -> None:
    """Make the phantom study in the library where it is not there yet, and open it like any other."""
    folder = window.library.folder / "phantom"
    title = message(QT_TRANSLATE_NOOP("Message", "Making the phantom study"))
    window.start_job(title, _make_phantom, folder, done=lambda _: window.open_paths([folder]))


def _make_phantom(folder: Path, *, progress: Progress) -> None:
    if not folder.exists():
        from imaging.phantom import make_phantom_study

        make_phantom_study(folder, progress)
