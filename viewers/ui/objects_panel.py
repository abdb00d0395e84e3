"""The panel of derived objects: what belongs to the open images, and how it is shown over them."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.command import resolve
from core.services import Services
from viewers.derived_objects import DerivedObject
from viewers.object_layer import LayerItem
from viewers.ui.objects_tree import ObjectsTree
from viewers.ui.surface_opening import has_surfaces, show_derived_surfaces, surface_look
from viewers.viewer_document import ViewerDocument


class ObjectsPanel(QWidget):
    """Segmentations, structures, doses, reports and the like of the open series.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose objects are listed.
    """

    report_wanted = Signal(object)

    def __init__(self, services: Services, document: ViewerDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._objects = document.objects
        self._title = QLabel()
        self._eye = QToolButton(autoRaise=True, clicked=lambda: services.run_command("care.toggle-objects"))
        self.tree = ObjectsTree(self._objects, services.translate)
        self.tree.row_activated.connect(self.activate_row)
        self.tree.currentItemChanged.connect(lambda *_: self._show_opacity())
        self.tree.customContextMenuRequested.connect(self._menu)
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.tree)
        self._pages.addWidget(self.empty)
        self._opacity_title = QLabel()
        self.opacity = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=100, pageStep=10)
        self.opacity.valueChanged.connect(self._opacity_moved)
        self._arrange()
        self._objects.listen(self.refresh)
        self.retranslate()
        self.refresh()

    def _arrange(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._eye)
        foot.addWidget(self._opacity_title)
        foot.addWidget(self.opacity, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 2, 6, 6)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        layout.addLayout(foot)

    # What the user does.

    def activate_row(self, sop_uid: str, key: str) -> None:
        """Open an object to be read, or go to where an item, or the first of an object, is best seen."""
        derived = self._derived(sop_uid)
        if derived is None:
            return
        if derived.kind.page and not key:
            resolve(derived.kind.page)(self._services, derived, self)
            return
        if derived.kind.read and not self._objects.look(sop_uid).visible:
            self._objects.set_visible(sop_uid, visible=True)
        self._go_to(sop_uid, key)

    def _go_to(self, sop_uid: str, key: str) -> None:
        layer = self._objects.layer(sop_uid)
        if layer is None:
            return
        keys = [key] if key else [item.key for item in layer.items if self._objects.look(sop_uid).shows(item)]
        point = next((found for one in keys if (found := layer.centre(one)) is not None), None)
        if point is not None:
            self._document.go_to(point)

    def _opacity_moved(self, percent: int) -> None:
        sop_uid, _ = self.tree.current_row
        if sop_uid:
            self._objects.set_opacity(sop_uid, percent / 100)

    def _menu(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is None:
            return
        self.tree.setCurrentItem(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, act in self._actions(*self.tree.current_row):
            menu.addAction(text, act)
        if not menu.isEmpty():
            menu.popup(self.tree.viewport().mapToGlobal(place))

    def _actions(self, sop_uid: str, key: str) -> list[tuple[str, Callable[[], None]]]:
        derived, layer, item = self._derived(sop_uid), self._objects.layer(sop_uid), self._item(sop_uid, key)
        actions: list[tuple[str, Callable[[], None]]] = []
        if derived is not None and derived.kind.page:
            actions.append((self.tr("Open"), lambda: self.activate_row(sop_uid, "")))
        if layer is not None and (not key or layer.centre(key) is not None):
            actions.append((self.tr("Go to"), lambda: self._go_to(sop_uid, key)))
        if derived is not None and derived.kind.id == "report":
            actions.append((self.tr("Change measurements"), lambda: self.report_wanted.emit(derived)))
        if derived is not None and has_surfaces(derived):
            actions.append((self.tr("Show as surfaces"), lambda: self._show_surfaces(derived)))
            run = self._services.run_command
            actions.append((self.tr("Measure segments…"), lambda: run("care.measure")))
            actions.append((self.tr("Convert segments…"), lambda: run("care.convert")))
        if item is not None:
            actions.append((self.tr("Show only this"), lambda: self._objects.show_only(sop_uid, key)))
            if item.colour is not None:
                actions.append((self.tr("Change colour…"), lambda: self._choose_colour(sop_uid, item)))
        return actions

    @property
    def segments(self) -> DerivedObject | None:
        """The selected segmentation or structure set; where none is, the first visible one, or any."""
        chosen = self._derived(self.tree.current_row[0])
        able = [one for one in self._objects.objects if has_surfaces(one)]
        visible = [one for one in able if self._objects.look(one.sop_uid).visible]
        wanted = [chosen] if chosen in able else visible or able
        return wanted[0] if wanted else None

    def show_surfaces(self) -> None:
        """Show the object that `segments` gives as surfaces."""
        derived = self.segments
        if derived is not None:
            self._show_surfaces(derived)

    def _show_surfaces(self, derived: DerivedObject) -> None:
        layer, look = self._objects.layer(derived.sop_uid), self._objects.look(derived.sop_uid)
        series = self._document.series
        geometry = None if series is None else series.geometry
        show_derived_surfaces(self._services, derived, geometry, surface_look(layer, look), self)

    def _choose_colour(self, sop_uid: str, item: LayerItem) -> None:
        dialog = QColorDialog(QColor(*self._objects.look(sop_uid).colour(item)), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Colour of {title}").format(title=self._services.translate(item.title)))
        dialog.colorSelected.connect(
            lambda colour: self._objects.set_colour(
                sop_uid, item.key, (colour.red(), colour.green(), colour.blue())
            )
        )
        dialog.open()

    # Following.

    def refresh(self) -> None:
        """Follow the objects."""
        self.tree.refresh()
        some = bool(self._objects.objects)
        self._pages.setCurrentWidget(self.tree if some else self.empty)
        self._show_empty()
        self._eye.setEnabled(some)
        for widget in (self._opacity_title, self.opacity):
            widget.setVisible(some)
        icon = "eye-off" if self._objects.hidden else "eye"
        if self._eye.property("icon-name") != icon:
            self._eye.setProperty("icon-name", icon)
            self._services.set_icon(self._eye, icon)
        self._show_opacity()

    def _show_opacity(self) -> None:
        sop_uid, _ = self.tree.current_row
        derived = self._derived(sop_uid)
        self.opacity.setEnabled(derived is not None and bool(derived.kind.read))
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(self._objects.look(sop_uid).opacity * 100))
        self.opacity.blockSignals(False)

    def _derived(self, sop_uid: str) -> DerivedObject | None:
        return next((one for one in self._objects.objects if one.sop_uid == sop_uid), None)

    def _item(self, sop_uid: str, key: str) -> LayerItem | None:
        layer = self._objects.layer(sop_uid)
        return next((item for item in layer.items if item.key == key), None) if layer and key else None

    # Language.

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._title.setText(self.tr("Overlays and reports"))
        self.tree.setAccessibleName(self.tr("Overlays and reports"))
        self._eye.setToolTip(self.tr("Show or hide all overlays"))
        self._eye.setAccessibleName(self.tr("Show or hide all overlays"))
        self._opacity_title.setText(self.tr("Opacity"))
        self.opacity.setAccessibleName(self.tr("Opacity"))
        self._show_empty()
        self.tree.refresh()

    def _show_empty(self) -> None:
        nothing = self.tr("The library holds no segmentations, structures, doses or reports of this series.")
        none_open = self.tr("Segmentations, structures, doses and reports of the open series stand here.")
        self.empty.setText(none_open if self._document.series is None else nothing)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
