"""The buttons above the 3D view of a reconstruction."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QToolButton, QWidget

from core.services import Services
from reconstruction.shown_result import Layer, ShownResult
from reconstruction.ui.result_tools import Tool

_ICONS = {
    Tool.DISTANCE: "measure",
    Tool.AREA: "area",
    Tool.SCALE: "ruler-scale",
    Tool.FLOOR: "floor",
    Tool.CROP: "crop",
    Tool.BRUSH: "brush",
}


class ResultBar(QWidget):
    """What is shown, and from where.

    Signals: `layer_chosen(Layer)`, `cameras_shown(bool)`, `home_asked`, `tool_chosen(Tool)`,
    `comparison_asked(bool)`, `export_asked`, `report_asked`.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    layer_chosen = Signal(object)
    cameras_shown = Signal(bool)
    home_asked = Signal()
    tool_chosen = Signal(object)
    comparison_asked = Signal(bool)
    export_asked = Signal()
    report_asked = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._layers: list[Layer] = []
        self.layer = QComboBox(sizeAdjustPolicy=QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.cameras = self.button("camera", checkable=True)
        self.cameras.setChecked(True)
        self.home = self.button("reset")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(6, 4, 6, 4)
        self.tools = {tool: self.button(icon, checkable=True) for tool, icon in _ICONS.items()}
        self.compare = self.button("layout-1x2", checkable=True)
        self.report, self.export = QPushButton(), QPushButton()
        services.set_icon(self.report, "info")
        services.set_icon(self.export, "export")
        for widget in (self.layer, self.cameras, self.home, self.compare):
            self.row.addWidget(widget)
        self.row.addSpacing(16)
        for tool, button in self.tools.items():
            self.row.addWidget(button)
            button.clicked.connect(lambda checked, tool=tool: self._choose(tool if checked else Tool.TURN))
        self.row.addStretch(1)
        self.row.addWidget(self.report)
        self.row.addWidget(self.export)
        self.layer.activated.connect(lambda row: self.layer_chosen.emit(self._layers[row]))
        self.cameras.toggled.connect(self.cameras_shown)
        self.home.clicked.connect(self.home_asked)
        self.compare.toggled.connect(self.comparison_asked)
        self.export.clicked.connect(self.export_asked)
        self.report.clicked.connect(self.report_asked)
        self.retranslate()

    def button(self, icon: str, *, checkable: bool = False) -> QToolButton:
        """Make a button of the bar."""
        made = QToolButton(autoRaise=True, focusPolicy=Qt.FocusPolicy.TabFocus, checkable=checkable)
        made.setIconSize(QSize(18, 18))
        self._services.set_icon(made, icon)
        return made

    def _choose(self, tool: Tool) -> None:
        self.tool_chosen.emit(tool)

    def show_tool(self, tool: Tool) -> None:
        """Show which tool is in hand."""
        for one, button in self.tools.items():
            button.setChecked(one is tool)

    def show_result(self, result: ShownResult, layer: Layer) -> None:
        """Offer the layers that a result has."""
        self._layers = [one for one in Layer if one in result.layers]
        self._fill()
        self.layer.setCurrentIndex(self._layers.index(layer))

    def _fill(self) -> None:
        texts = {
            Layer.SPARSE: self.tr("Sparse points"),
            Layer.DENSE: self.tr("Dense points"),
            Layer.MESH: self.tr("Mesh"),
        }
        chosen = max(0, self.layer.currentIndex())
        self.layer.clear()
        self.layer.addItems([texts[layer] for layer in self._layers])
        self.layer.setCurrentIndex(chosen)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._fill()
        self.layer.setAccessibleName(self.tr("What is shown"))
        self.layer.setToolTip(self.tr("What is shown"))
        self.report.setText(self.tr("Report"))
        self.report.setToolTip(self.tr("Open the report in the browser"))
        self.export.setText(self.tr("Export…"))
        tips = {
            self.cameras: self.tr("Show the cameras"),
            self.home: self.tr("Reset the view (Home)"),
            self.compare: self.tr("Compare with the photograph"),
            self.tools[Tool.DISTANCE]: self.tr("Measure a distance"),
            self.tools[Tool.AREA]: self.tr("Measure an area"),
            self.tools[Tool.SCALE]: self.tr("Set the scale by a known distance"),
            self.tools[Tool.FLOOR]: self.tr("Set the floor, turn"),
            self.tools[Tool.CROP]: self.tr("Crop box"),
            self.tools[Tool.BRUSH]: self.tr("Brush away"),
        }
        for button, text in tips.items():
            button.setToolTip(text)
            button.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
