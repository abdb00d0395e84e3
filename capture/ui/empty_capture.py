"""What the Capture page shows while there is no picture."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.errors import BadInput, SenseError
from core.job import Job
from core.services import Services
from models.packs import PACKS
from models.shelves import Shelves
from models.store import ModelStore
from models.ui.store_work import StoreWork
from models.ui.work_strip import WorkStrip

_PACK = "capture"
_ICON = QSize(56, 56)
_STRIP_WIDTH = 420


class EmptyCapture(QWidget):
    """Says how to begin, and adds the networks by one click where they are missing.

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
        self.hint = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._work = StoreWork(services, self)
        self._strip = WorkStrip(services, self._work)
        self._strip.setFixedWidth(_STRIP_WIDTH)
        self._came_along = False
        self.camera, self.file, self.add, self.models = (QPushButton() for _ in range(4))
        self.add.setProperty("primary", True)
        row = QHBoxLayout()
        row.addStretch()
        for button, icon in ((self.camera, "camera"), (self.file, "file"), (self.models, "models")):
            services.set_icon(button, icon)
        for button in (self.camera, self.file, self.add, self.models):
            row.addWidget(button)
        row.addStretch()
        self.add.clicked.connect(self._add)
        self.models.clicked.connect(lambda: services.run_command("capture.page-show-models"))
        self._work.listed.connect(self._listed)
        self._work.done.connect(self.retranslate)
        self._work.failed.connect(self._failed)
        self._work.job_seen.connect(self._see)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._title)
        layout.addWidget(self.hint)
        layout.addLayout(row)
        layout.addWidget(self._strip, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.retranslate()

    def end(self) -> None:
        """Hear nothing of the store any more."""
        self._work.close()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        there = self._has_networks()
        self.camera.setVisible(there)
        self.file.setVisible(there)
        self.add.setVisible(not there)
        self.add.setEnabled(not self._work.is_adding(_PACK))
        self.models.setVisible(not there)
        self.camera.setText(self.tr("Start the camera"))
        self.file.setText(self.tr("Open film or picture…"))
        self.add.setText(self.tr("Add the networks"))
        self.models.setText(self.tr("Models"))
        if there:
            self._title.setText(self.tr("Capture a face, hands and a body"))
            self.hint.setText(
                self.tr("Start the camera, or drop a film, a picture or a folder of pictures here.")
            )
        else:
            self._title.setText(self.tr("The networks for capture are not here yet"))
            text = (
                self.tr("They came with the program: nothing is downloaded.")
                if self._came_along
                else self.tr("They are downloaded once ({size} MB) and then work offline.")
            )
            self.hint.setText(text.format(size=round(PACKS[_PACK].size_bytes / 1e6)))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self.retranslate()  # the pack may have been added since
        if self.add.isVisibleTo(self):
            self._work.refresh()
        super().showEvent(event)

    def _add(self) -> None:
        self._work.add(_PACK)

    def _listed(self, shelves: Shelves) -> None:
        """Learn whether the pack lies beside the program."""
        packs = {shelf.pack.name: shelf for shelf in shelves.shelves if shelf.pack is not None}
        self._came_along = packs[_PACK].came_along
        self.retranslate()

    def _see(self, _job: Job) -> None:
        self.add.setEnabled(not self._work.is_adding(_PACK))

    def _failed(self, error: SenseError) -> None:
        self.retranslate()
        self._services.report_error(error)

    def _has_networks(self) -> bool:
        try:
            ModelStore(self._services.library.models_folder).find("face-landmarks")
        except BadInput:
            return False
        return True
