"""The row of buttons above the 3D view, and its menus."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from core.services import Services
from render.volume_look import VolumeMode
from viewers.ui.clip_menu import fill_clip_menu
from viewers.ui.fusion_bar import series_title
from viewers.volume_presets import PresetEntry, PresetGroup, preset_entries
from viewers.volume_scene import Background, VolumeTool

if TYPE_CHECKING:
    from viewers.ui.picture_saving import PictureSaver
    from viewers.ui.volume_view import VolumeView

_TOOL_ICONS = {
    VolumeTool.ROTATE: "rotate",
    VolumeTool.PAN: "pan",
    VolumeTool.ZOOM: "zoom",
    VolumeTool.WINDOW: "window-level",
}


class VolumeToolbar(QWidget):
    """Preset menu, tools, crop, spin, reset, and a menu with everything else."""

    def __init__(self, view: "VolumeView", services: Services) -> None:
        super().__init__()
        self._view = view
        self._services = services
        self._saver: PictureSaver | None = None
        self._preset = self._button(None, fill=self._fill_presets)
        self._preset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._preset.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._tools = {tool: self._tool_button(tool) for tool in VolumeTool}
        self._crop = self._button("crop", checked=view.set_cropping)
        self._clip = self._button("clip", fill=lambda menu: fill_clip_menu(menu, view.clips))
        self._spin = self._button("play", checked=view.set_spinning)
        self._reset = self._button("reset", clicked=view.reset_view)
        self._more = self._button("more", fill=self._fill_more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.setSpacing(2)
        layout.addWidget(self._preset)
        layout.addStretch(1)
        for button in (*self._tools.values(), *self._others()):
            layout.addWidget(button)
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out tools where the pane is narrow; mouse buttons, keys and menus still have them."""
        room = event.size().width() - self._preset.sizeHint().width() - 12
        for button in (
            self._more,
            self._crop,
            self._clip,
            self._reset,
            self._tools[VolumeTool.ROTATE],
            *self._less(),
        ):
            room -= button.sizeHint().width() + 2
            button.setVisible(room >= 0)

    def _less(self) -> tuple[QToolButton, ...]:
        others = [button for tool, button in self._tools.items() if tool is not VolumeTool.ROTATE]
        return *reversed(others), self._spin

    def _others(self) -> tuple[QToolButton, ...]:
        return self._crop, self._clip, self._spin, self._reset, self._more

    # What the view tells

    def volume_changed(self) -> None:
        """Follow the view to another volume."""
        shown = self._view.scene is not None
        for button in (self._preset, *self._tools.values(), *self._others()):
            button.setEnabled(shown)
        self.look_changed()
        self.tool_changed()

    def look_changed(self) -> None:
        """Follow the view to another preset, crop or spin."""
        scene = self._view.scene
        title = "" if scene is None else self._title_of(scene.preset)
        self._preset.setText(title or self.tr("Preset"))
        self._crop.setChecked(self._view.crop.shown)
        self._spin.setChecked(self._view.spinning)

    def tool_changed(self) -> None:
        """Follow the view to another tool."""
        for tool, button in self._tools.items():
            button.setChecked(tool is self._view.tool)

    def popup(self, place: QPoint) -> None:
        """Show the menu with everything at a place on the screen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        presets = menu.addMenu(self.tr("Preset"))
        self._fill_presets(presets)
        menu.addSeparator()
        self._fill_more(menu)
        menu.popup(place)

    # Buttons and menus

    def _button(
        self,
        icon: str | None,
        *,
        fill: Callable[[QMenu], None] | None = None,
        checked: Callable[[bool], None] | None = None,
        clicked: Callable[[], None] | None = None,
    ) -> QToolButton:
        button = QToolButton(autoRaise=True, focusPolicy=Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(18, 18))
        if icon is not None:
            self._services.set_icon(button, icon)
        if fill is not None:
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            menu = QMenu(button)
            menu.aboutToShow.connect(lambda: (menu.clear(), fill(menu)))
            button.setMenu(menu)
        if checked is not None:
            button.setCheckable(True)
            button.clicked.connect(checked)
        if clicked is not None:
            button.clicked.connect(lambda: clicked())
        return button

    def _tool_button(self, tool: VolumeTool) -> QToolButton:
        button = self._button(_TOOL_ICONS[tool], clicked=lambda: self._view.set_tool(tool))
        button.setCheckable(True)
        button.setChecked(tool is VolumeTool.ROTATE)
        return button

    def _fill_presets(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        entries = preset_entries(self._modality(), self._services.library.settings)
        for before, entry in zip((None, *entries), entries, strict=False):
            if before is not None and entry.group is not before.group:
                menu.addSeparator()
            choose = lambda _checked=False, chosen=entry.id: self._view.looks.set_preset(chosen)  # noqa: E731
            scene = self._view.scene
            checked = scene is not None and scene.preset == entry.id
            self._choice(menu, group, self._title(entry), checked, choose)

    def _modality(self) -> str:
        return self._view.series.modality if self._view.series is not None else ""

    def _fill_more(self, menu: QMenu) -> None:
        view = self._view
        scene = view.scene
        if scene is None:
            return
        self._fill_views(menu.addMenu(self.tr("Look from")))
        self._fill_modes(menu.addMenu(self.tr("Mode")))
        fill_clip_menu(menu.addMenu(self.tr("Clip planes")), view.clips)
        self._fill_fusion(menu.addMenu(self.tr("Fuse with")))
        menu.addAction(self.tr("Add surfaces…"), view.surfaces.ask)
        if scene.surfaces:
            menu.addAction(self.tr("Remove surfaces"), view.surfaces.remove_all)
        self._fill_backgrounds(menu.addMenu(self.tr("Background")))
        shading = menu.addAction(self.tr("Shading"), lambda: view.looks.set_shaded(not scene.look.shaded))
        shading.setCheckable(True)
        shading.setChecked(scene.look.shaded)
        menu.addSeparator()
        menu.addAction(self.tr("Edit transfer function…"), view.edit_transfer_function)
        menu.addAction(self.tr("Reset look"), view.looks.reset_all)
        reset_crop = menu.addAction(self.tr("Reset crop box"), view.looks.reset_crop)
        reset_crop.setEnabled(scene.look.crop is not None)
        menu.addSeparator()
        menu.addAction(self.tr("Save picture…"), self.save_picture)
        menu.addAction(self.tr("Copy picture"), view.copy_picture)
        menu.addAction(self.tr("Save turntable…"), view.turntable.ask)

    def _fill_views(self, menu: QMenu) -> None:
        titles = {
            "A": self.tr("Front (A)"),
            "P": self.tr("Back (P)"),
            "L": self.tr("Left (L)"),
            "R": self.tr("Right (R)"),
            "S": self.tr("Head (S)"),
            "I": self.tr("Feet (I)"),
        }
        for letter, title in titles.items():
            menu.addAction(title, lambda letter=letter: self._view.look_from(letter))

    def _fill_modes(self, menu: QMenu) -> None:
        titles = {
            VolumeMode.COMPOSITE: self.tr("Volume rendering"),
            VolumeMode.MIP: self.tr("Maximum intensity projection"),
            VolumeMode.MINIP: self.tr("Minimum intensity projection"),
            VolumeMode.MEAN: self.tr("Mean projection"),
            VolumeMode.ISOSURFACE: self.tr("Isosurface"),
        }
        group = QActionGroup(menu)
        current = self._view.scene.look.mode if self._view.scene is not None else None
        for mode, title in titles.items():
            choose = lambda _checked=False, chosen=mode: self._view.looks.set_mode(chosen)  # noqa: E731
            self._choice(menu, group, title, mode is current, choose)

    def _fill_backgrounds(self, menu: QMenu) -> None:
        titles = {
            Background.BLACK: self.tr("Black"),
            Background.GRADIENT: self.tr("Blue gradient"),
            Background.WHITE: self.tr("White"),
        }
        group = QActionGroup(menu)
        current = self._view.scene.background if self._view.scene is not None else None
        for background, title in titles.items():
            choose = lambda _checked=False, chosen=background: self._view.set_background(chosen)  # noqa: E731
            self._choice(menu, group, title, background is current, choose)

    def _fill_fusion(self, menu: QMenu) -> None:
        fusion = self._view.fusion
        if not fusion.partners:
            nothing = menu.addAction(self.tr("No other volume lies in the same frame of reference"))
            nothing.setEnabled(False)
            return
        group = QActionGroup(menu)
        self._choice(menu, group, self.tr("Nothing"), fusion.shown is None, lambda: fusion.remove())
        menu.addSeparator()
        for series in fusion.partners:
            choose = lambda _checked=False, chosen=series: fusion.fuse(chosen)  # noqa: E731
            self._choice(menu, group, series_title(series, self._services), series is fusion.shown, choose)

    def popup_fusion(self) -> None:
        """Show what can be fused as a menu in the view."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_fusion(menu)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _choice(
        self, menu: QMenu, group: QActionGroup, title: str, checked: bool, choose: Callable[..., None]
    ) -> QAction:
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(checked)
        group.addAction(action)
        action.triggered.connect(choose)
        return action

    def _title(self, entry: PresetEntry) -> str:
        own = entry.group is PresetGroup.OWN
        return entry.title if own else QCoreApplication.translate("Preset", entry.title)

    def _title_of(self, preset: str) -> str:
        entries = preset_entries(self._modality(), self._services.library.settings)
        return next((self._title(entry) for entry in entries if entry.id == preset), "")

    def save_picture(self) -> None:
        """Ask for a file and write the picture of the view to it as PNG."""
        from viewers.ui.picture_saving import PictureSaver

        if self._saver is None:
            self._saver = PictureSaver(self._services, self)
        name = f"{self._modality() or 'picture'}-volume.png"  # the name says nothing about the patient
        self._saver.ask(self._view.picture(), name, self)

    # Texts

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        tips = {
            self._preset: self.tr("Preset of colours and opacity"),
            self._tools[VolumeTool.ROTATE]: self.tr("Rotate with the left button"),
            self._tools[VolumeTool.PAN]: self.tr(
                "Move with the left button (always: Shift or middle button)"
            ),
            self._tools[VolumeTool.ZOOM]: self.tr(
                "Zoom with the left button (always: wheel or right button)"
            ),
            self._tools[VolumeTool.WINDOW]: self.tr(
                "Shift colours and opacity with the left button (always: Ctrl)"
            ),
            self._crop: self.tr("Crop box: drag its handles, or C and [ ]"),
            self._clip: self.tr("Clip planes: drag a middle, or the end of an arrow to turn"),
            self._spin: self.tr("Turn by itself"),
            self._reset: self.tr("Reset the view (Home)"),
            self._more: self.tr("More"),
        }
        for button, text in tips.items():
            button.setToolTip(text)
            button.setAccessibleName(text)
        self.look_changed()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
