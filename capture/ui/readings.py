"""What is read off a face: its head, its gaze and its expression."""

import math

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from capture.found import Face
from capture.ui.expression_bars import ExpressionBars

_NOTHING = "–"


class Readings(QWidget):
    """The panel beside the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = ExpressionBars()
        self.head, self.gaze = QLabel(_NOTHING, wordWrap=True), QLabel(_NOTHING, wordWrap=True)
        self._titles = [QLabel(objectName="sectionTitle") for _ in range(3)]
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        for title, value in zip(self._titles, (self.head, self.gaze), strict=False):
            column.addWidget(title)
            column.addWidget(value)
        column.addWidget(self._titles[2])
        scroll = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.bars)
        column.addWidget(scroll, 1)
        self.setFixedWidth(self.bars.sizeHint().width() + 40)
        self.retranslate()

    def show_face(self, face: Face | None) -> None:
        """Show what a face gives, or that there is none."""
        self.bars.show_values(None if face is None else face.coefficients)
        if face is None or face.pose is None or face.gaze is None:
            self.head.setText(_NOTHING)
            self.gaze.setText(_NOTHING)
            return
        yaw, pitch, roll = face.pose.angles_deg
        distance = float(face.pose.camera_from_head[2, 3])
        text = self.tr("turned {yaw:+.0f}°, raised {pitch:+.0f}°, tilted {roll:+.0f}°; {distance:.2f} m away")
        self.head.setText(text.format(yaw=yaw, pitch=pitch, roll=roll, distance=distance))
        x, y, z = face.gaze.both
        across, up = math.degrees(math.atan2(x, z)), math.degrees(math.asin(max(min(y, 1.0), -1.0)))
        self.gaze.setText(self.tr("{across:+.0f}° to the left, {up:+.0f}° up").format(across=across, up=up))

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        for title, text in zip(
            self._titles, (self.tr("Head"), self.tr("Gaze"), self.tr("Expression")), strict=True
        ):
            title.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
