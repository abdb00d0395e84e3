"""A picture with boxes on it that can be moved, sized, drawn and removed."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from imaging.deidentification.burned_text import Picture
from viewers.box_editing import BoxEditing, Grip

_REACH = 7.0  # of the mouse, in pixels of the screen
_INK, _CHOSEN = QColor("#ff5d5d"), QColor("#ffd166")
_CURSORS = {
    Grip.INSIDE: Qt.CursorShape.SizeAllCursor,
    Grip.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Grip.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Grip.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Grip.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
}


class BoxCanvas(QWidget):
    """Emits `changed` after every change of the boxes."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 240)
        self._image = QImage()
        self._editing: BoxEditing | None = None
        self.retranslate()

    def show_picture(self, picture: Picture, editing: BoxEditing | None) -> None:
        """Show a picture; without `editing` it has no boxes and none can be drawn."""
        rows, columns = picture.shape
        self._image = QImage(picture.data, columns, rows, columns, QImage.Format.Format_Grayscale8).copy()
        self._editing = editing
        self.update()

    def remove_selected(self) -> None:
        """Take the selected box away."""
        if self._editing is not None and self._editing.selected is not None:
            self._editing.remove_selected()
            self._told()

    def clear(self) -> None:
        """Take all boxes away."""
        if self._editing is not None:
            self._editing.clear()
            self._told()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setAccessibleName(self.tr("Picture with the boxes that will be blanked"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place, scale = self._placed()
        painter.drawImage(place, self._image)
        if self._editing is None:
            return
        for index, box in enumerate(self._editing.boxes):
            chosen = index == self._editing.selected
            ink = _CHOSEN if chosen else _INK
            left, top = place.x() + box.x * scale, place.y() + box.y * scale
            where = QRectF(left, top, box.width * scale, box.height * scale)
            veil = QColor(ink)
            veil.setAlpha(70)
            painter.fillRect(where, veil)
            painter.setPen(QPen(ink, 2.0 if chosen else 1.0))
            painter.drawRect(where)
            if chosen:
                for corner in (where.topLeft(), where.topRight(), where.bottomLeft(), where.bottomRight()):
                    painter.fillRect(QRectF(corner.x() - 3, corner.y() - 3, 6, 6), ink)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._editing is not None and event.button() == Qt.MouseButton.LeftButton:
            x, y = self._pixel(event.position())
            self._editing.press(x, y, _REACH / self._placed()[1])
            self._told()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._editing is None:
            return
        x, y = self._pixel(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._editing.drag(x, y)
            self._told()
        else:
            met = self._editing.grip_at(x, y, _REACH / self._placed()[1])
            self.setCursor(_CURSORS[met[1]] if met else Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._editing is not None and event.button() == Qt.MouseButton.LeftButton:
            self._editing.release()
            self._told()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_selected()
        else:
            super().keyPressEvent(event)

    def _told(self) -> None:
        self.update()
        self.changed.emit()

    def _placed(self) -> tuple[QRectF, float]:
        """Give where the picture is drawn, and the size of one of its pixels."""
        width, height = self._image.width(), self._image.height()
        scale = min(self.width() / max(1, width), self.height() / max(1, height))
        left, top = (self.width() - width * scale) / 2, (self.height() - height * scale) / 2
        return QRectF(left, top, width * scale, height * scale), scale

    def _pixel(self, point: QPointF) -> tuple[float, float]:
        place, scale = self._placed()
        return (point.x() - place.x()) / scale, (point.y() - place.y()) / scale
