"""What the Capture page shows while there is no picture."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.errors import BadInput
from core.services import Services
from models.store import ModelStore

_ICON = QSize(56, 56)


class EmptyCapture(QWidget):
    """Says how to begin, and how to get the networks where they are missing.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        picture = QToolButton(autoRaise=True, focusPolicy=Qt.FocusPolicy.NoFocus, iconSize=_ICON)
        picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        services.set_icon(picture, "camera")
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._title.setFont(font)
        self._hint = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.camera, self.file, self.models = QPushButton(), QPushButton(), QPushButton()
        row = QHBoxLayout()
        row.addStretch()
        for button, icon in ((self.camera, "camera"), (self.file, "file"), (self.models, "models")):
            services.set_icon(button, icon)
            row.addWidget(button)
        row.addStretch()
        self.models.clicked.connect(lambda: services.run_command("capture.page-show-models"))
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addLayout(row)
        layout.addStretch(3)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        there = self._has_networks()
        self.camera.setVisible(there)
        self.file.setVisible(there)
        self.models.setVisible(not there)
        self.camera.setText(self.tr("Start the camera"))
        self.file.setText(self.tr("Open film or picture…"))
        self.models.setText(self.tr("Models"))
        if there:
            self._title.setText(self.tr("Capture a face, hands and a body"))
            self._hint.setText(
                self.tr("Start the camera, or drop a film, a picture or a folder of pictures here.")
            )
        else:
            self._title.setText(self.tr("The networks for capture are not here yet"))
            self._hint.setText(self.tr("Add the capture pack on the Models page: 18 MB, then offline."))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self.retranslate()  # the pack may have been added since
        super().showEvent(event)

    def _has_networks(self) -> bool:
        try:
            ModelStore(self._services.library.models_folder).find("face-landmarks")
        except BadInput:
            return False
        return True
