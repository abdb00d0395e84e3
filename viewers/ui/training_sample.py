"""A picture of the training data beside what the model says about it now."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

# Told apart by people with and without colour vision (Okabe and Ito 2008).
_COLOURS = np.array(
    [[0, 0, 0], [230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [0, 114, 178], [213, 94, 0]]
)
_OPACITY = 0.5
_GAP = 8


def coloured(grey: NDArray[np.uint8], labels: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Lay colours over a grey picture, (h, w, 3)."""
    rgb = np.repeat(grey[..., None], 3, axis=2).astype(np.float32)
    if labels is not None:
        inside = labels > 0
        colours = _COLOURS[(labels[inside].astype(int) - 1) % (len(_COLOURS) - 1) + 1]
        rgb[inside] = (1.0 - _OPACITY) * rgb[inside] + _OPACITY * colours
    return np.ascontiguousarray(rgb.astype(np.uint8))


class TrainingSample(QWidget):
    """Two pictures: with the user's labels, and with those of the model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: list[QImage] = []
        self._texts = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 130)

    def sizeHint(self) -> QSize:
        return QSize(560, 260)

    @property
    def shown(self) -> int:
        """How many pictures there are."""
        return len(self._pictures)

    def set_texts(self, truth: str, prediction: str) -> None:
        """Say what stands above the pictures."""
        self._texts = (truth, prediction)
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._pictures = []
        self.update()

    def show_sample(self, pictures: dict[str, NDArray[np.uint8]]) -> None:
        """Show a sample of the engine."""
        found = [pictures.get("truth"), pictures.get("prediction")]
        grey = pictures["image"]
        self._pictures = [_image(coloured(grey, labels)) for labels in found if labels is not None]
        if not self._pictures:
            self._pictures = [_image(coloured(grey, None))]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._pictures:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        line = self.fontMetrics().height() + 4
        width = (self.width() - _GAP) / 2.0
        for number, picture in enumerate(self._pictures):
            left = number * (width + _GAP)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            if len(self._pictures) > 1:
                flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
                painter.drawText(QRectF(left, 0, width, line), flags, self._texts[number])
            room = QRectF(left, line, width, self.height() - line)
            scale = min(room.width() / picture.width(), room.height() / picture.height())
            size = picture.width() * scale, picture.height() * scale
            place = room.center().x() - size[0] / 2, room.center().y() - size[1] / 2
            painter.drawImage(QRectF(*place, *size), picture)


def _image(rgb: NDArray[np.uint8]) -> QImage:
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
