"""The buttons of the Live page."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from core.services import Services
from reconstruction.slam.sequence_layouts import Sensor


class LiveBar(QWidget):
    """Where pictures come from, and what is done with what they give.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera, self.address, self.file, self.folder, self.map = (QPushButton() for _ in range(5))
        self.number = QSpinBox(minimum=0, maximum=9)
        self.sensor = QComboBox()
        self.sensor.addItems([""] * len(Sensor))
        self.calibration, self.pause, self.stop, self.save, self.remove = (QPushButton() for _ in range(5))
        self.record = QPushButton(checkable=True)
        self.pause.setCheckable(True)
        self.tracks = QCheckBox(checked=True)
        icons = {
            self.camera: "camera",
            self.address: "link",
            self.file: "file",
            self.folder: "folder-open",
            self.map: "scene",
            self.calibration: "grid",
            self.pause: "pause",
            self.stop: "cancel",
            self.record: "camera",
            self.save: "save",
            self.remove: "clear",
        }
        for button, icon in icons.items():
            services.set_icon(button, icon)
        sources, work = QHBoxLayout(), QHBoxLayout()
        for widget in (self.camera, self.number, self.address, self.file, self.folder, self.map):
            sources.addWidget(widget)
        sources.addStretch(1)
        for widget in (self.sensor, self.calibration):
            sources.addWidget(widget)
        for widget in (self.pause, self.stop, self.record, self.save, self.remove):
            work.addWidget(widget)
        work.addStretch(1)
        work.addWidget(self.tracks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(sources)
        column.addLayout(work)
        self.retranslate()

    @property
    def chosen_sensor(self) -> Sensor:
        """What is used of a recording."""
        return list(Sensor)[self.sensor.currentIndex()]

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.camera.setText(self.tr("Camera"))
        self.number.setToolTip(self.tr("Which camera: 0 is the first"))
        self.number.setAccessibleName(self.tr("Which camera"))
        self.address.setText(self.tr("Network camera…"))
        self.file.setText(self.tr("Open film…"))
        self.folder.setText(self.tr("Open recording…"))
        self.map.setText(self.tr("Open map…"))
        self.map.setToolTip(self.tr("Look for the camera in a map of another day"))
        for index, text in enumerate(
            (self.tr("One camera"), self.tr("Two cameras"), self.tr("Colour and depth"))
        ):
            self.sensor.setItemText(index, text)
        self.sensor.setAccessibleName(self.tr("What is used of a recording"))
        self.calibration.setText(self.tr("Calibration…"))
        self.calibration.setToolTip(
            self.tr("Focal length and distortion of the camera; without them sizes and angles are uncertain")
        )
        self.pause.setText(self.tr("Pause"))
        self.stop.setText(self.tr("Stop"))
        self.record.setText(self.tr("Record…"))
        self.record.setToolTip(self.tr("Write the pictures into a folder that can be followed again"))
        self.save.setText(self.tr("Save map…"))
        self.save.setToolTip(self.tr("Write the map, the way of the camera and the keyframes into a folder"))
        self.remove.setText(self.tr("Remove objects"))
        self.tracks.setText(self.tr("Points"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
