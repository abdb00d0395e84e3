"""What the Care workspace shows while nothing is open."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.services import Services

_ICON_PIXELS = 56


class EmptyPage(QWidget):
    """Says how to begin: drop, open, or try the phantom.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        picture.setPixmap(services.icon("drop").pixmap(_ICON_PIXELS, _ICON_PIXELS))
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._title.setFont(font)
        self._hint = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._buttons = {
            command: QPushButton(services.icon(icon), "")
            for command, icon in (
                ("app.open-folder", "folder-open"),
                ("app.open-files", "file"),
                ("app.open-phantom", "phantom"),
            )
        }
        row = QHBoxLayout()
        row.addStretch()
        for command, button in self._buttons.items():
            button.clicked.connect(lambda _checked=False, command=command: services.run_command(command))
            row.addWidget(button)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        for widget in (picture, self._title, self._hint):
            layout.addWidget(widget)
        layout.addLayout(row)
        layout.addStretch(3)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._title.setText(self.tr("Drop a folder of DICOM files here"))
        self._hint.setText(
            self.tr("or choose a series in the library, open files, or look at the phantom study.")
        )
        self._buttons["app.open-folder"].setText(self.tr("Open folder…"))
        self._buttons["app.open-files"].setText(self.tr("Open files…"))
        self._buttons["app.open-phantom"].setText(self.tr("Phantom study"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
