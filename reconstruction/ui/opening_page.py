"""A page that takes files: by its buttons, or dropped on it."""

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from core.services import Services
from reconstruction.file_kinds import OPENED


class OpeningPage(QWidget):
    """Asks for files and folders, and takes what is dropped.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self.setAcceptDrops(True)

    def open_paths(self, paths: list[Path]) -> None:
        """Take files and folders."""
        raise NotImplementedError

    def ask_for_folder(self) -> None:
        """Ask for a folder of photographs, or of a reconstruction."""
        path = QFileDialog.getExistingDirectory(self, self.tr("Open folder"))
        if path:
            self.open_paths([Path(path)])

    def ask_for_files(self) -> None:
        """Ask for photographs or a film."""
        kinds = " ".join(f"*{suffix}" for suffix in OPENED)
        paths, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Open photographs or film"), "", self.tr("Photographs and films") + f" ({kinds})"
        )
        if paths:
            self.open_paths([Path(path) for path in paths])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_paths(paths)
