"""The tool bar of the Care workspace: every button runs a command."""

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QMenu, QSpinBox, QToolBar, QToolButton, QWidget

from core.services import Services
from imaging.reslice import Interpolation, Projection
from viewers.annotation_kinds import KIND_OF, TOOL_OF, TRAITS
from viewers.layouts import LAYOUTS
from viewers.mouse_tools import MouseTool
from viewers.mpr_state import LONGEST_SLAB_MM
from viewers.overlay import projection_title
from viewers.ui.viewer_controls import LAYOUT_COMMANDS, LAYOUT_ICONS, TOOL_ICONS, preset_command
from viewers.viewer_document import ViewerDocument

_ICON = QSize(20, 20)
# Border, padding and buttons of a spin box.
_SPIN_ROOM = 36


class ViewerToolbar(QToolBar):
    """Tools, windows, slab, layout and film, in one row.

    Parameters
    ----------
    services : Services
        Runs the commands.
    document : ViewerDocument
        What the controls show.
    """

    def __init__(self, services: Services, document: ViewerDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._actions: dict[str, QAction] = {}
        self._drawing: MouseTool | None = None
        self.setIconSize(_ICON)
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._add("care.toggle-library", "library", "library-shown")
        self.addSeparator()
        self._add_tools()
        self._measure = self._add_menu("measure")
        self._measure.setCheckable(True)
        self.addSeparator()
        self._presets = self._add_menu("picture")
        self._add("care.invert", "invert", "inverted")
        self.addSeparator()
        self._add_slab()
        self._interpolation = self._add(
            "care.interpolation-nearest", "interpolation", "interpolation-nearest"
        )
        self.addSeparator()
        self._layouts = self._add_menu("layout-2x2")
        self._add("care.toggle-link", "link", "linked")
        self._add("care.toggle-crosshair", "crosshair", "crosshair")
        self._add("care.toggle-patient", "eye-off", "patient-hidden")
        self._add("care.reset", "reset", None)
        self.addSeparator()
        self._add_film()
        self.addSeparator()
        self._add("care.save-view", "save", None)
        self._add("care.copy-view", "copy", None)
        self._show_overflow()
        self._presets.menu().aboutToShow.connect(self._fill_presets)
        self._layouts.menu().aboutToShow.connect(self._fill_layouts)
        self._measure.menu().aboutToShow.connect(self._fill_measure)
        self.retranslate()

    def refresh(self, states: set[str], frames_per_second: float) -> None:
        """Show the state of document and workspace in the controls."""
        opened, deep = "series-open" in states, "depth-open" in states
        for command, action in self._actions.items():
            action.setChecked(action.data() in states)
            action.setEnabled(opened or command in _ALWAYS)
        for control in (self._slab, self._projection):
            control.setEnabled(deep)
        self._actions["care.play"].setEnabled(deep)
        self._actions["care.bounce"].setEnabled(deep)
        self._show_icon(self._actions["care.play"], "pause" if "playing" in states else "play")
        self._show_measure(states)
        self._presets.setEnabled("grey-open" in states)
        self._layouts.setEnabled("not-single" in states)
        self._show_icon(self._layouts, LAYOUT_ICONS[self._document.state.layout_id])
        self._show_values(frames_per_second)

    def _show_values(self, frames_per_second: float) -> None:
        state = self._document.state
        for control, value in ((self._slab, state.slab_mm), (self._rate, round(frames_per_second))):
            control.blockSignals(True)
            control.setValue(value)
            control.blockSignals(False)
        self._projection.setCurrentIndex(list(Projection).index(state.projection))
        nearest = state.interpolation is Interpolation.NEAREST
        command = "care.interpolation-linear" if nearest else "care.interpolation-nearest"
        self._interpolation.setProperty("command", command)

    def _show_measure(self, states: set[str]) -> None:
        """Show the chosen tool on the button, or the ruler."""
        chosen = next((tool for tool in KIND_OF if f"tool-{tool.value}" in states), None)
        self._drawing = chosen
        self._measure.setEnabled("series-open" in states)
        self._measure.setChecked(chosen is not None)
        self._show_icon(self._measure, "measure" if chosen is None else TRAITS[KIND_OF[chosen]].icon)

    def _show_icon(self, control: QAction | QToolButton, icon: str) -> None:
        if control.property("icon-name") != icon:
            control.setProperty("icon-name", icon)
            self._services.set_icon(control, icon)

    # Making the controls.

    def _add(self, command: str, icon: str, state: str | None) -> QAction:
        action = QAction(self)
        self._services.set_icon(action, icon)
        action.setCheckable(state is not None)
        action.setData(state)
        action.setProperty("command", command)
        action.triggered.connect(partial(self._run, action))
        self._actions[command] = action
        self.addAction(action)
        return action

    def _add_tools(self) -> None:
        group = QActionGroup(self)
        for tool, icon in TOOL_ICONS.items():
            group.addAction(self._add(f"care.tool-{tool.value}", icon, f"tool-{tool.value}"))

    def _add_menu(self, icon: str) -> QToolButton:
        button = QToolButton()
        self._services.set_icon(button, icon)
        button.setIconSize(_ICON)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setMenu(QMenu(button))
        self.addWidget(button)
        return button

    def _add_slab(self) -> None:
        self._slab = QDoubleSpinBox(maximum=LONGEST_SLAB_MM, decimals=1, singleStep=1.0)
        self._slab.setKeyboardTracking(False)
        self._slab.setFixedWidth(self.fontMetrics().horizontalAdvance("100.0 mm") + _SPIN_ROOM)
        self._slab.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._slab.valueChanged.connect(self._document.set_slab)
        self._projection = QComboBox()
        self._projection.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._projection.addItems(["" for _ in Projection])
        self._projection.activated.connect(self._choose_projection)
        self.addWidget(self._slab)
        self.addWidget(self._projection)

    def _add_film(self) -> None:
        self._add("care.play", "play", "playing")
        self._rate = QSpinBox(minimum=1, maximum=60)
        self._rate.setKeyboardTracking(False)
        self._rate.setFixedWidth(self.fontMetrics().horizontalAdvance("60 /s") + _SPIN_ROOM)
        self._rate.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.rate_changed = self._rate.valueChanged
        self.addWidget(self._rate)
        self._add("care.bounce", "refresh", "bouncing")

    def _run(self, action: QAction) -> None:
        self._services.run_command(action.property("command"))

    def _show_overflow(self) -> None:
        # Qt's own sign for what has no room is hardly visible on dark ground.
        more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if more is not None:
            more.setStyleSheet("QToolButton { padding: 0; margin: 0; border: none; }")
            self._services.set_icon(more, "more")

    def _choose_projection(self, index: int) -> None:
        self._services.run_command(f"care.slab-{list(Projection)[index].value}")

    # Menus and texts.

    def _fill_presets(self) -> None:
        menu = self._presets.menu()
        menu.clear()
        for preset in self._document.presets:
            text = self._services.translate(preset.title)
            menu.addAction(text, partial(self._services.run_command, preset_command(preset.id)))

    def _fill_measure(self) -> None:
        menu = self._measure.menu()
        menu.clear()
        for kind, traits in TRAITS.items():
            action = menu.addAction(self._services.translate(traits.title))
            action.setCheckable(True)
            action.setChecked(TOOL_OF[kind] is self._drawing)
            self._services.set_icon(action, traits.icon)
            action.triggered.connect(partial(self._services.run_command, f"care.tool-{kind.value}"))

    def _fill_layouts(self) -> None:
        menu = self._layouts.menu()
        menu.clear()
        for layout in LAYOUTS.values():
            action = menu.addAction(self._services.translate(layout.title))
            self._services.set_icon(action, LAYOUT_ICONS[layout.id])
            action.triggered.connect(partial(self._services.run_command, LAYOUT_COMMANDS[layout.id]))

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        for command, text in self._texts().items():
            self._actions[command].setText(text)
        titles = {
            self._measure: self.tr("Measure and annotate"),
            self._presets: self.tr("Window"),
            self._layouts: self.tr("Layout"),
        }
        for button, text in titles.items():
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._slab.setSuffix(self.tr(" mm"))
        self._slab.setToolTip(self.tr("Slab thickness"))
        self._projection.setToolTip(self.tr("What becomes of the values in the slab"))
        for index, projection in enumerate(Projection):
            self._projection.setItemText(index, self._services.translate(projection_title(projection)))
        self._rate.setSuffix(self.tr(" /s"))
        self._rate.setToolTip(self.tr("Slices a second"))

    def _texts(self) -> dict[str, str]:
        return {
            "care.toggle-library": self.tr("Library"),
            "care.tool-window": self.tr("Set window"),
            "care.tool-crosshair": self.tr("Move crosshair"),
            "care.tool-scroll": self.tr("Scroll slices"),
            "care.tool-zoom": self.tr("Zoom"),
            "care.tool-pan": self.tr("Pan"),
            "care.invert": self.tr("Invert"),
            "care.interpolation-nearest": self.tr("Show stored pixels"),
            "care.toggle-link": self.tr("Link positions"),
            "care.toggle-crosshair": self.tr("Show crosshair"),
            "care.toggle-patient": self.tr("Hide patient data"),
            "care.reset": self.tr("Reset views"),
            "care.play": self.tr("Play slices"),
            "care.bounce": self.tr("Play back and forth"),
            "care.save-view": self.tr("Save view as picture…"),
            "care.copy-view": self.tr("Copy view"),
        }

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


_ALWAYS = {"care.toggle-library", *(f"care.tool-{tool.value}" for tool in TOOL_ICONS)}
