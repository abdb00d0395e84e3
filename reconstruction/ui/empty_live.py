"""What the Live page shows before there is a picture."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.services import Services

_ICON = QSize(56, 56)


class EmptyLive(QWidget):
    """Says how to begin.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = QToolButton(autoRaise=True, focusPolicy=Qt.FocusPolicy.NoFocus, iconSize=_ICON)
        picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        services.set_icon(picture, "scene")
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._title.setFont(font)
        self._hint = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.camera, self.file, self.folder, self.map = (QPushButton() for _ in range(4))
        row = QHBoxLayout()
        row.addStretch()
        icons = {self.camera: "camera", self.file: "file", self.folder: "folder-open", self.map: "scene"}
        for button, icon in icons.items():
            services.set_icon(button, icon)
            row.addWidget(button)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setSpacing(14)
        column.addStretch(2)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addLayout(row)
        column.addStretch(3)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._title.setText(self.tr("See where the camera is while it moves"))
        self._hint.setText(
            self.tr(
                "Start a camera, or drop a film or a recording here. Move sideways at first: only what is"
                " seen from two places has a distance. In a map (.smap) that is opened first, the camera is"
                " looked for."
            )
        )
        self.camera.setText(self.tr("Start the camera"))
        self.file.setText(self.tr("Open film…"))
        self.folder.setText(self.tr("Open recording…"))
        self.map.setText(self.tr("Open map…"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
