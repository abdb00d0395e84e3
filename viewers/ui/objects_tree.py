"""The derived objects of the open series as a tree: a row for each, with its segments or structures below."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from core.message import Message
from viewers.derived_objects import DerivedObject
from viewers.object_layer import LayerItem, LayerLook
from viewers.object_titles import told_apart
from viewers.shown_objects import ShownObjects

_ROLE = Qt.ItemDataRole.UserRole
_SWATCH = 12
# More than these are easier to look through when the user opens the row.
_MOST_OPENED = 12


class ObjectsTree(QTreeWidget):
    """Follows a `ShownObjects`; a check box shows and hides.

    Parameters
    ----------
    objects : ShownObjects
        What is listed.
    translate : callable
        Gives a message in the user's language.
    """

    row_activated = Signal(str, str)

    def __init__(
        self, objects: ShownObjects, translate: Callable[[Message], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._objects = objects
        self._translate = translate
        self._structure: tuple[object, ...] = ()
        self._updating = False
        self.setHeaderHidden(True)
        self.setIndentation(16)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.itemChanged.connect(self._checked)
        self.itemActivated.connect(lambda item, _column: self.row_activated.emit(*row_of(item)))

    @property
    def current_row(self) -> tuple[str, str]:
        """Give SOP instance UID and item key ("" for the object itself) of the current row; "" for none."""
        return row_of(self.currentItem())

    def refresh(self) -> None:
        """Follow the objects."""
        structure = tuple((one.sop_uid, self._keys(one.sop_uid)) for one in self._objects.objects)
        with self._quietly():
            if structure != self._structure:
                self._rebuild()
                self._structure = structure
            titles = told_apart([self._title(derived) for derived in self._objects.objects])
            for number, derived in enumerate(self._objects.objects):
                self._update(self.topLevelItem(number), derived, titles[number])

    def _keys(self, sop_uid: str) -> tuple[str, ...]:
        layer = self._objects.layer(sop_uid)
        return () if layer is None else tuple(item.key for item in layer.items)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._updating = True
        try:
            yield
        finally:
            self._updating = False

    def _rebuild(self) -> None:
        known = [self.topLevelItem(number) for number in range(self.topLevelItemCount())]
        seen = {row_of(item)[0]: item.isExpanded() for item in known if item.childCount()}
        current = self.current_row
        self.clear()
        for derived in self._objects.objects:
            top = self._row(self.invisibleRootItem(), derived.sop_uid, "")
            keys = self._keys(derived.sop_uid)
            for key in keys:
                self._row(top, derived.sop_uid, key)
            top.setExpanded(seen.get(derived.sop_uid, len(keys) <= _MOST_OPENED))
        self._select(current)

    def _row(self, parent: QTreeWidgetItem, sop_uid: str, key: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent)
        item.setData(0, _ROLE, (sop_uid, key))
        return item

    def _select(self, row: tuple[str, str]) -> None:
        if self.topLevelItemCount():
            tops = [self.topLevelItem(number) for number in range(self.topLevelItemCount())]
            rows = [*tops, *(top.child(number) for top in tops for number in range(top.childCount()))]
            self.setCurrentItem(next((item for item in rows if row_of(item) == row), rows[0]))

    def _title(self, derived: DerivedObject) -> str:
        kind = self._translate(Message(derived.kind.title))
        return kind if derived.title in ("", kind) else f"{kind}  ·  {derived.title}"

    def _update(self, top: QTreeWidgetItem, derived: DerivedObject, title: str) -> None:
        look, layer = self._objects.look(derived.sop_uid), self._objects.layer(derived.sop_uid)
        failure = self._objects.failure(derived.sop_uid)
        if self._objects.reading(derived.sop_uid):
            title = self.tr("{title} (being read)").format(title=title)
        elif failure is not None:
            title = self.tr("{title} (cannot be read)").format(title=title)
        top.setText(0, title)
        notes = () if layer is None else layer.notes
        sentences = [self._translate(note) for note in (*((failure,) if failure else ()), *notes)]
        top.setToolTip(0, "\n".join([title, *sentences]))
        if derived.kind.read:
            top.setCheckState(0, _state(look.visible))
        for number, item in enumerate(() if layer is None else layer.items):
            self._update_item(top.child(number), item, look)

    def _update_item(self, row: QTreeWidgetItem, item: LayerItem, look: LayerLook) -> None:
        title = self._translate(item.title)
        row.setText(0, title)
        row.setToolTip(0, title)
        row.setCheckState(0, _state(look.shows(item)))
        row.setIcon(0, QIcon() if item.colour is None else swatch(QColor(*look.colour(item))))

    def _checked(self, item: QTreeWidgetItem) -> None:
        if self._updating:
            return
        sop_uid, key = row_of(item)
        checked = item.checkState(0) is Qt.CheckState.Checked
        if key:
            self._objects.set_item_visible(sop_uid, key, visible=checked)
        else:
            self._objects.set_visible(sop_uid, visible=checked)


def row_of(item: QTreeWidgetItem | None) -> tuple[str, str]:
    """Give the SOP instance UID and the item key of a row; empty texts where there is none."""
    data = None if item is None else item.data(0, _ROLE)
    return ("", "") if data is None else (str(data[0]), str(data[1]))


def _state(checked: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked


def swatch(colour: QColor) -> QIcon:
    """Give a small square in a colour."""
    pixmap = QPixmap(2 * _SWATCH, 2 * _SWATCH)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(0, 0, _SWATCH, _SWATCH, 3, 3)
    return QIcon(pixmap)
