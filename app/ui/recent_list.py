"""The files and folders that were opened last, on the start page."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.icons import set_icon
from core.services import Services


class RecentRow(QFrame):
    """One path that was opened before; a click opens it again."""

    def __init__(self, path: Path, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self._path, self._services = path, services
        button = QPushButton(path.name or str(path), self)
        button.setProperty("link", True)
        button.setIconSize(QSize(18, 18))
        set_icon(button, "folder" if path.is_dir() else "file")
        button.setToolTip(str(path))
        button.clicked.connect(self._open)
        where = QLabel(_shortened(path.parent), self)
        where.setProperty("dim", True)
        where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        where.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 1)
        layout.addWidget(button)
        layout.addWidget(where, 1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._open()

    def _open(self) -> None:
        self._services.open_paths([self._path])


def _shortened(folder: Path) -> str:
    try:
        return str("~" / folder.relative_to(Path.home()))
    except ValueError:
        return str(folder)
