"""The line below the buttons: what the tool in hand does, and what belongs to it."""

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QWidget

from reconstruction.ui.result_tools import ResultTools, Tool


class ToolStrip(QWidget):
    """Shown while a tool is in hand.

    Parameters
    ----------
    tools : ResultTools
        What it tells of.
    """

    def __init__(self, tools: ResultTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self.hint = QLabel(wordWrap=True)
        self.length = QDoubleSpinBox(decimals=4, minimum=0.0001, maximum=100_000.0, value=1.0, suffix=" m")
        self.apply, self.finish, self.no_crop = QPushButton(), QPushButton(), QPushButton()
        self.angle = QDoubleSpinBox(decimals=1, minimum=-180.0, maximum=180.0, value=90.0, suffix="°")
        self.turn, self.over, self.centre, self.reset = (QPushButton() for _ in range(4))
        self._of_tool = {
            Tool.SCALE: (self.length, self.apply),
            Tool.CROP: (self.no_crop,),
            Tool.FLOOR: (self.angle, self.turn, self.over, self.centre, self.reset),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 4)
        row.addWidget(self.hint, 1)
        for widgets in self._of_tool.values():
            for widget in widgets:
                row.addWidget(widget)
        row.addWidget(self.finish)
        self.apply.clicked.connect(lambda: tools.set_length(self.length.value()))
        self.no_crop.clicked.connect(self._remove_crop)
        self.turn.clicked.connect(lambda: tools.turn(_about_y(np.radians(self.angle.value()))))
        self.centre.clicked.connect(tools.centre)
        self.over.clicked.connect(lambda: tools.turn(np.diag([1.0, -1.0, -1.0])))
        self.reset.clicked.connect(tools.reset_place)
        self.finish.clicked.connect(lambda: tools.choose(Tool.TURN))
        tools.changed.connect(self.follow)
        self.retranslate()

    def _remove_crop(self) -> None:
        self._tools.set_crop(None)
        self._tools.choose(Tool.TURN)

    def follow(self) -> None:
        """Show what belongs to the tool in hand."""
        tool = self._tools.tool
        self.setVisible(tool is not Tool.TURN)
        for of, widgets in self._of_tool.items():
            for widget in widgets:
                widget.setVisible(of is tool)
        self.apply.setEnabled(len(self._tools.picked) == 2)
        texts = {
            Tool.TURN: "",
            Tool.DISTANCE: self.tr("Click points to measure the way along them. Backspace takes one back."),
            Tool.AREA: self.tr("Click the corners of an area. Backspace takes one back."),
            Tool.SCALE: self.tr("Click two points whose distance you know, then type it."),
            Tool.FLOOR: self.tr("Click three points of the floor: it becomes level, at height 0."),
            Tool.CROP: self.tr(
                "Drag the handles: only what is inside stays. C chooses the next face, [ and ] move it."
            ),
            Tool.BRUSH: self.tr("Brush away what does not belong there. [ and ] change the size."),
        }
        self.hint.setText(self._tools.measured_text() or texts[tool])

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.length.setAccessibleName(self.tr("Distance of the two points"))
        self.apply.setText(self.tr("Set scale"))
        self.no_crop.setText(self.tr("Remove the box"))
        self.angle.setAccessibleName(self.tr("Angle to turn by, seen from above"))
        self.turn.setText(self.tr("Turn"))
        self.centre.setText(self.tr("Centre"))
        self.centre.setToolTip(self.tr("Move the middle over the origin"))
        self.over.setText(self.tr("Upside down"))
        self.reset.setText(self.tr("Reset place"))
        self.reset.setToolTip(self.tr("Back to the place and scale that the reconstruction found"))
        self.finish.setText(self.tr("Done"))
        self.follow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _about_y(angle: float) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, 0, sine], [0, 1.0, 0], [-sine, 0, cosine]])
