"""A photograph and the reconstruction seen by its camera, with a line between that can be dragged."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from reconstruction.comparison import Comparison

_BACKGROUND, _PAPER = QColor(38, 42, 47), QColor(15, 18, 20, 200)
_STEP = 0.02


class CompareView(QWidget):
    """Shows the photograph left of the line and the reconstruction right of it; arrows move it, too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.share = 0.5
        self._photograph = self._rendered = QImage()
        self._note = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setMinimumSize(120, 90)
        self.retranslate()

    def show_comparison(self, comparison: Comparison) -> None:
        """Show two pictures."""
        self._photograph, self._rendered = _image(comparison.photograph), _image(comparison.rendered)
        self._note = ""
        self.update()

    def show_note(self, note: str) -> None:
        """Show a sentence instead."""
        self._photograph = self._rendered = QImage()
        self._note = note
        self.update()

    @property
    def has_pictures(self) -> bool:
        """Whether there is something to compare."""
        return not self._photograph.isNull()

    def _place(self) -> QRectF:
        size = self._photograph.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        x, y = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(x, y, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), _BACKGROUND)
            if self._photograph.isNull():
                painter.setPen(QColor(190, 190, 190))
                box = self.rect().adjusted(24, 24, -24, -24)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)
            else:
                self._paint(painter, self._place())

    def _paint(self, painter: QPainter, place: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._rendered)
        line = place.x() + self.share * place.width()
        painter.save()
        painter.setClipRect(QRectF(place.x(), place.y(), line - place.x(), place.height()))
        painter.drawImage(place, self._photograph)
        painter.restore()
        painter.setPen(QPen(QColor(255, 255, 255), 2))
        painter.drawLine(QPointF(line, place.top()), QPointF(line, place.bottom()))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(QPointF(line, place.center().y()), 7, 7)
        self._label(painter, self.tr("Photograph"), QPointF(place.left() + 10, place.top() + 10), left=True)
        self._label(
            painter, self.tr("Reconstruction"), QPointF(place.right() - 10, place.top() + 10), left=False
        )

    def _label(self, painter: QPainter, text: str, corner: QPointF, *, left: bool) -> None:
        width = painter.fontMetrics().horizontalAdvance(text) + 14
        box = QRectF(corner.x() - (0 if left else width), corner.y(), width, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PAPER)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(235, 235, 235))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _move_line(self, share: float) -> None:
        self.share = min(1.0, max(0.0, share))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.has_pictures and event.buttons() & Qt.MouseButton.LeftButton:
            place = self._place()
            self._move_line((event.position().x() - place.x()) / place.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}
        if event.key() in steps:
            self._move_line(self.share + steps[event.key()])
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setAccessibleName(self.tr("Photograph and reconstruction"))
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _image(pixels: np.ndarray) -> QImage:
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGBA8888
    return QImage(np.ascontiguousarray(pixels).tobytes(), width, height, channels * width, kind).copy()
