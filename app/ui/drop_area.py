"""Where the start page takes files and folders that are dropped on it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.icons import set_icon
from app.ui.drop_overlay import dropped_paths
from app.ui.translated import TranslatedFrame
from core.services import Services


class DropArea(TranslatedFrame):
    """Takes files and folders that are dropped on it."""

    def __init__(self, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dropArea")
        self.setAcceptDrops(True)
        self.setMinimumHeight(112)
        self._services = services
        symbol = QPushButton(self)
        symbol.setFlat(True)
        symbol.setProperty("link", True)
        symbol.setIconSize(QSize(30, 30))
        symbol.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        symbol.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_icon(symbol, "drop")
        self._text, self._kinds = QLabel(self), QLabel(self)
        self._kinds.setProperty("dim", True)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(symbol, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._text, self._kinds):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        self._text.setText(self.tr("Drop files or folders here"))
        kinds = (
            self.tr("DICOM files and folders, DICOMDIR, zip and tar archives"),
            self.tr("Volumes (NIfTI, NRRD, MetaImage), photographs, films"),
            self.tr("Surfaces and points (STL, OBJ, PLY, glTF, VRM), models (ONNX)"),
        )
        self._kinds.setText("\n".join(kinds))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event):
            event.acceptProposedAction()
            self._heat(hot=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._heat(hot=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._heat(hot=False)
        event.acceptProposedAction()
        self._services.open_paths(dropped_paths(event))

    def _heat(self, *, hot: bool) -> None:
        self.setProperty("hot", hot)
        self.style().polish(self)
