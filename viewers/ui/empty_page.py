"""What the Care workspace shows while nothing is open."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.services import Services

_ICON = QSize(56, 56)


class EmptyPage(QWidget):
    """Says how to begin: drop, open, or try the phantom.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = QToolButton(autoRaise=True, focusPolicy=Qt.FocusPolicy.NoFocus, iconSize=_ICON)
        picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        services.set_icon(picture, "drop")
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._title.setFont(font)
        self._hint = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._buttons = {
            command: QPushButton() for command in ("app.open-folder", "app.open-files", "app.open-phantom")
        }
        row = QHBoxLayout()
        row.addStretch()
        icons = ("folder-open", "file", "phantom")
        for (command, button), icon in zip(self._buttons.items(), icons, strict=True):
            services.set_icon(button, icon)
            button.clicked.connect(lambda _checked=False, command=command: services.run_command(command))
            row.addWidget(button)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self._title, self._hint):
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
