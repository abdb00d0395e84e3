"""The pages of an encapsulated PDF, one below the other."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.atomic_write import write_bytes
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.services import Services
from imaging.documents import read_document
from imaging.pdf_pages import PdfPages, Sizes
from viewers.derived_objects import DerivedObject
from viewers.ui.reading_window import ReadingWindow

_GAP = 12
_ZOOM_STEP = 1.25
_ZOOM_RANGE = (0.25, 6.0)
_REST_MS = 120


class DocumentWindow(ReadingWindow):
    """Shows the pages in the width of the window, or larger; pages are drawn when they come into sight."""

    def __init__(self, services: Services, derived: DerivedObject, parent: QWidget) -> None:
        super().__init__(services, derived, parent)
        self._pages_of = PdfPages(derived.path)
        self._sizes: Sizes = ()
        self._labels: list[QLabel] = []
        self._drawn: dict[int, float] = {}
        self._zoom = 1.0
        self._content = QWidget()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._draw_visible)
        self._make_content()
        for button, icon in zip(self._buttons, ("zoom-out", "zoom", "fullscreen", "save"), strict=True):
            services.set_icon(button, icon)
        self.retranslate()
        self.calls.call("sizes", self._pages_of.sizes_pt, self._show)

    def _make_content(self) -> None:
        self._buttons = [QToolButton(autoRaise=True) for _ in range(4)]
        out, closer, fit, save = self._buttons
        out.clicked.connect(lambda: self._zoom_by(1 / _ZOOM_STEP))
        closer.clicked.connect(lambda: self._zoom_by(_ZOOM_STEP))
        fit.clicked.connect(lambda: self._zoom_by(1 / self._zoom))
        save.clicked.connect(self._ask_to_save)
        self._place = QLabel()
        tools = QHBoxLayout()
        tools.setContentsMargins(6, 4, 12, 4)
        for button in self._buttons:
            tools.addWidget(button)
        tools.addStretch()
        tools.addWidget(self._place)
        self.area = QScrollArea(widgetResizable=True, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.area.verticalScrollBar().valueChanged.connect(self._scrolled)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self.area, 1)

    # Pages.

    @property
    def pictures(self) -> list[QPixmap]:
        """What is shown of each page; null where it is not drawn yet."""
        return [label.pixmap() for label in self._labels]

    def _show(self, sizes: Sizes) -> None:
        self._sizes = sizes
        paper = QWidget()
        column = QVBoxLayout(paper)
        column.setSpacing(_GAP)
        self._labels = [QLabel(alignment=Qt.AlignmentFlag.AlignCenter) for _ in sizes]
        for label in self._labels:
            label.setStyleSheet("background: white")
            label.setScaledContents(True)
            column.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.area.setWidget(paper)
        self.show_content(self._content)
        self._arrange()

    def _arrange(self) -> None:
        """Give every page its place, in its last picture until a sharper one is there."""
        for label, (width, height) in zip(self._labels, self._sizes, strict=True):
            scale = self._scale(width)
            label.setFixedSize(QSize(round(width * scale), round(height * scale)))
        self._rest.start()
        self._scrolled()

    def _scale(self, width_pt: float) -> float:
        room = self.area.viewport().width() - 4 * _GAP
        return max(room, 100) / max(width_pt, 1.0) * self._zoom

    def _zoom_by(self, factor: float) -> None:
        bar = self.area.verticalScrollBar()
        share = bar.value() / max(bar.maximum(), 1)
        self._zoom = float(np.clip(self._zoom * factor, *_ZOOM_RANGE))
        self._arrange()
        QTimer.singleShot(0, self, lambda: bar.setValue(round(share * bar.maximum())))

    def _scrolled(self) -> None:
        if self._labels:
            text = self.tr("Page {number} of {count}")
            self._place.setText(text.format(number=self._first_visible() + 1, count=len(self._labels)))
            self._rest.start()

    def _first_visible(self) -> int:
        middle = self.area.verticalScrollBar().value() + self.area.viewport().height() // 2
        below = (number for number, label in enumerate(self._labels) if label.geometry().bottom() >= middle)
        return next(below, len(self._labels) - 1)

    def _draw_visible(self) -> None:
        top = self.area.verticalScrollBar().value()
        bottom = top + self.area.viewport().height()
        for number, label in enumerate(self._labels):
            near = label.geometry().bottom() >= top - label.height() and label.y() <= bottom + label.height()
            scale = self._scale(self._sizes[number][0]) * self.devicePixelRatioF()
            if not near:
                self._forget(number)
            elif self._drawn.get(number) != scale:
                self._drawn[number] = scale
                work = partial(self._pages_of.picture, number, scale)
                self.calls.call(("page", number), work, partial(self._take, number))

    def _forget(self, number: int) -> None:
        if self._drawn.pop(number, None) is not None:
            self._labels[number].clear()

    def _take(self, number: int, picture: NDArray[np.uint8]) -> None:
        if number in self._drawn:
            height, width = picture.shape[:2]
            image = QImage(picture.data, width, height, picture.strides[0], QImage.Format.Format_RGBX8888)
            self._labels[number].setPixmap(QPixmap.fromImage(image))

    # Saving.

    def _ask_to_save(self) -> None:
        dialog = QFileDialog(self, self.tr("Save PDF"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.selectFile("document.pdf")  # says nothing about the patient
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the PDF to a file."""

        def write() -> None:
            try:
                write_bytes(path, read_document(self.derived.path).data)
            except OSError as error:
                text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: {reason}.")
                raise SenseError(message(text, path=path.name, reason=error.strerror or "")) from error

        def done(_result: Any) -> None:
            self.setWindowModified(False)

        self.calls.call("save", write, done)

    # Window.

    def retranslate(self) -> None:
        super().retranslate()
        texts = (self.tr("Zoom out"), self.tr("Zoom in"), self.tr("Fit to width"), self.tr("Save PDF…"))
        for button, text in zip(self._buttons, texts, strict=True):
            button.setToolTip(text)
            button.setAccessibleName(text)
        if self._sizes:
            self._scrolled()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._labels:
            self._arrange()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._pages_of.close()  # what is being drawn need not be waited for
        super().closeEvent(event)
        self._pages_of.close()
