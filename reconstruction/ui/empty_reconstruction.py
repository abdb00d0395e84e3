"""What the Reconstruction page shows while there are no photographs."""

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.services import Services
from reconstruction.workspace_folder import recent_results

_ICON = QSize(56, 56)
_MOST_SHOWN = 6


class EmptyReconstruction(QWidget):
    """Says how to begin, and lists the reconstructions that were looked at last.

    Signals: `result_chosen(Path)`.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    result_chosen = Signal(object)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        picture = QToolButton(autoRaise=True, focusPolicy=Qt.FocusPolicy.NoFocus, iconSize=_ICON)
        picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        services.set_icon(picture, "reconstruction")
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._title.setFont(font)
        self.hint = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.folder, self.files = QPushButton(), QPushButton()
        self.folder.setProperty("primary", True)
        services.set_icon(self.folder, "folder-open")
        services.set_icon(self.files, "file")
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.folder)
        row.addWidget(self.files)
        row.addStretch()
        self._recent_title = QLabel(objectName="sectionTitle", alignment=Qt.AlignmentFlag.AlignCenter)
        self.recent = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._title)
        layout.addWidget(self.hint)
        layout.addLayout(row)
        layout.addSpacing(10)
        layout.addWidget(self._recent_title)
        layout.addLayout(self.recent)
        layout.addStretch(3)
        self.retranslate()

    def _list_recent(self) -> None:
        while (item := self.recent.takeAt(0)) is not None:
            item.widget().deleteLater()
        folders = recent_results(self._services.library)[:_MOST_SHOWN]
        self._recent_title.setVisible(bool(folders))
        for folder in folders:
            self.recent.addWidget(self._link(folder), 0, Qt.AlignmentFlag.AlignHCenter)

    def _link(self, folder: Path) -> QPushButton:
        link = QPushButton(folder.name)
        link.setProperty("link", True)
        link.setToolTip(str(folder))
        link.clicked.connect(lambda: self.result_chosen.emit(folder))
        return link

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._title.setText(self.tr("Drop photographs or a film here"))
        self.hint.setText(
            self.tr(
                "A folder of overlapping photographs of one thing or place, or a film around it, becomes a"
                " textured 3D model. A folder that was reconstructed before opens, too."
            )
        )
        self.folder.setText(self.tr("Open folder…"))
        self.files.setText(self.tr("Open photographs or film…"))
        self._recent_title.setText(self.tr("Recent reconstructions"))
        self._list_recent()

    def showEvent(self, event: QShowEvent) -> None:
        self._list_recent()
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
