"""How a Live page is told what to follow: by its questions, or by what is dropped on it."""

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QWidget

from capture.file_kinds import FILMS
from reconstruction.file_kinds import is_map
from reconstruction.slam.live_sources import LiveSource


class LiveOpening(QWidget):
    """Asks for sources, and takes those that are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.calibration: Path | None = None
        self.setAcceptDrops(True)

    def start(self, source: LiveSource) -> None:
        """Follow a source."""
        raise NotImplementedError

    def tell(self, text: str) -> None:
        """Say something."""
        raise NotImplementedError

    def open_map(self, path: Path) -> None:
        """Look for the camera in a map."""
        raise NotImplementedError

    def open_paths(self, paths: list[Path]) -> None:
        """Open maps, and follow the camera of a film or of a recording."""
        maps = [path for path in paths if is_map(path)]
        others = [path for path in paths if path not in maps]
        if maps:
            self.open_map(maps[0])
        if others:
            self.start(LiveSource(path=others[0]))

    def ask_for_map(self) -> None:
        """Ask for a map."""
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Open map"), "", self.tr("Maps") + " (*.smap)")
        if path:
            self.open_paths([Path(path)])

    def ask_for_address(self) -> None:
        """Ask for the address of a network camera."""
        title, question = self.tr("Network camera"), self.tr("Address, as rtsp://name:password@host/stream")
        address, sure = QInputDialog.getText(self, title, question, QLineEdit.EchoMode.Normal, "rtsp://")
        if sure and address.strip():
            self.start(LiveSource(address=address.strip()))

    def ask_for_film(self) -> None:
        """Ask for a film."""
        kinds = " ".join(f"*{suffix}" for suffix in FILMS)
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open film"), "", self.tr("Films") + f" ({kinds})"
        )
        if path:
            self.open_paths([Path(path)])

    def ask_for_folder(self) -> None:
        """Ask for the folder of a recording."""
        path = QFileDialog.getExistingDirectory(self, self.tr("Open recording"))
        if path:
            self.open_paths([Path(path)])

    def ask_for_calibration(self) -> None:
        """Ask for the calibration of the camera; it counts from the next start on."""
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Calibration of the camera"),
            "",
            self.tr("Calibrations") + " (*.json *.yaml *.yml *.txt)",
        )
        if path:
            self.calibration = Path(path)
            self.tell(self.tr("Used from the next start on: {name}").format(name=Path(path).name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_paths(paths)
