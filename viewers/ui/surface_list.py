"""The parts of a surface model as a list: a check box shows and hides, a swatch tells the colour."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from viewers.surface_model import SurfaceLook, SurfaceModel
from viewers.ui.objects_tree import swatch

_ROLE = Qt.ItemDataRole.UserRole


class SurfaceList(QListWidget):
    """Follows a look.

    Signals: `shown_changed(key, shown)`, `part_chosen(key)`, "" where none is chosen any more.
    """

    shown_changed = Signal(str, bool)
    part_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._updating = False
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemChanged.connect(self._changed)
        self.itemSelectionChanged.connect(self._selected)

    def set_model(self, model: SurfaceModel, look: SurfaceLook, titles: dict[str, str]) -> None:
        """List the parts of a model under these titles."""
        with self._quietly():
            self.clear()
            for part in model.parts:
                item = QListWidgetItem(swatch(QColor(*look.colour(part))), titles[part.key], self)
                item.setToolTip(titles[part.key])
                item.setData(_ROLE, part.key)
            self.follow(model, look)

    def follow(self, model: SurfaceModel, look: SurfaceLook) -> None:
        """Show another look of the same model."""
        with self._quietly():
            for row, part in enumerate(model.parts):
                item = self.item(row)
                shown = Qt.CheckState.Checked if look.shows(part) else Qt.CheckState.Unchecked
                item.setCheckState(shown)
                item.setSelected(part.key == look.chosen)
                if part.key == look.chosen:
                    self.scrollToItem(item)

    @staticmethod
    def key_of(item: QListWidgetItem) -> str:
        """Give the key of the part that a row stands for."""
        return str(item.data(_ROLE))

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        before, self._updating = self._updating, True
        try:
            yield
        finally:
            self._updating = before

    def _changed(self, item: QListWidgetItem) -> None:
        if not self._updating:
            checked = item.checkState() is Qt.CheckState.Checked
            self.shown_changed.emit(self.key_of(item), checked)

    def _selected(self) -> None:
        if not self._updating:
            chosen = self.selectedItems()
            self.part_chosen.emit(self.key_of(chosen[0]) if chosen else "")
