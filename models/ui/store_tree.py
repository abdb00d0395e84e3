"""The list at the left of the Models page: packs, and models in them."""

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from models.shelves import Choice, Shelf, ShelvedModel, Shelves
from models.store import Verification
from models.ui.wording import in_words, megabytes, milliseconds, task_name

_CHOICE = Qt.ItemDataRole.UserRole
_NUMBERS = (3, 4)


class StoreTree(QTreeView):
    """Emits `chosen(choice)` when another row is current, `removal_asked` for the key Delete.

    A choice is a `Shelf`, a `ShelvedModel`, a `Verification` (a damaged model) or None.
    """

    chosen = Signal(object)
    removal_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelves: Shelves | None = None
        self._wanted = ""
        self._rows = QStandardItemModel(0, 5, self)
        self.setModel(self._rows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionsMovable(False)
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen.emit(self.choice()))

    def choice(self) -> Choice:
        """Give what the current row stands for."""
        return self.currentIndex().siblingAtColumn(0).data(_CHOICE)

    def show_shelves(self, shelves: Shelves) -> None:
        """Show what is in the store; the row that was current stays so where it is still there."""
        before = _name_of(self.choice())
        place = self.currentIndex()
        row = (place.parent().row(), place.row())
        self._shelves = shelves
        self._fill()
        self._choose(before, row)
        self._choose_wanted()
        self.chosen.emit(self.choice())

    def select(self, name: str) -> None:
        """Make the row of a pack, or of `ID@VERSION`, current, as soon as there is one."""
        self._wanted = name
        self._choose_wanted()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._rows.setHorizontalHeaderLabels(
            [self.tr("Model"), self.tr("Version"), self.tr("Task"), self.tr("Size"), self.tr("Speed here")]
        )
        if self._shelves is not None:
            self.show_shelves(self._shelves)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.removal_asked.emit()
        else:
            super().keyPressEvent(event)

    def _fill(self) -> None:
        blocker = self.selectionModel().blockSignals(True)
        self._rows.removeRows(0, self._rows.rowCount())
        for shelf in self._shelves.shelves if self._shelves else ():
            if shelf.pack is None and not shelf.models:
                continue
            heading = self._shelf_row(shelf)
            for shelved in shelf.models:
                heading[0].appendRow(self._model_row(shelved))
            self._rows.appendRow(heading)
            self.setFirstColumnSpanned(self._rows.rowCount() - 1, self.rootIndex(), True)
        for damaged in self._shelves.damaged if self._shelves else ():
            row = _row([damaged.name, self.tr("damaged"), "", "", ""], damaged)
            row[1].setForeground(self.palette().brush(QPalette.ColorRole.BrightText))
            self._rows.appendRow(row)
        self.expandAll()
        self.selectionModel().blockSignals(blocker)

    def _shelf_row(self, shelf: Shelf) -> list[QStandardItem]:
        title = in_words(shelf.pack.title) if shelf.pack else self.tr("Your own models")
        state = megabytes(_bytes(shelf)) if shelf.models else self.tr("not added")
        row = _row([f"{title} · {state}", "", "", "", ""], shelf)
        font = self.font()
        font.setBold(bool(shelf.models))
        row[0].setFont(font)
        if not shelf.models:
            row[0].setForeground(self.palette().brush(QPalette.ColorRole.PlaceholderText))
        return row

    def _model_row(self, shelved: ShelvedModel) -> list[QStandardItem]:
        card, fastest = shelved.model.card, shelved.fastest
        size = megabytes(shelved.model.size_bytes)
        version = card.version if shelved.model.in_use else self.tr("{version}, not in use")
        row = _row(
            [
                in_words(card.title),
                version.format(version=card.version),
                task_name(card.task),
                size,
                milliseconds(fastest) if fastest else "–",
            ],
            shelved,
        )
        if not shelved.model.in_use:
            for item in row:
                item.setForeground(self.palette().brush(QPalette.ColorRole.PlaceholderText))
        return row

    def _choose_wanted(self) -> None:
        if self._wanted and (index := self._index_of(self._wanted)) is not None:
            self._wanted = ""
            self.setCurrentIndex(index)

    def _index_of(self, name: str) -> QModelIndex | None:
        found = (index for index in _indexes(self._rows) if _name_of(index.data(_CHOICE)) == name)
        return next(found, None)

    def _choose(self, name: str, row: tuple[int, int]) -> None:
        """Make the row with this name current, else the one that is now at its place, else the first."""
        if (index := self._index_of(name)) is not None:
            self.setCurrentIndex(index)
            return
        parent = self._rows.index(row[0], 0) if row[0] >= 0 else self.rootIndex()
        for index in (self._rows.index(row[1], 0, parent), self._rows.index(0, 0)):
            if index.isValid():
                self.setCurrentIndex(index)
                return


def _row(texts: list[str], choice: object) -> list[QStandardItem]:
    row = [QStandardItem(text) for text in texts]
    row[0].setData(choice, _CHOICE)
    row[0].setToolTip(texts[0])
    for column in _NUMBERS:
        row[column].setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return row


def _indexes(rows: QStandardItemModel) -> list[QModelIndex]:
    found = []
    for outer in range(rows.rowCount()):
        top = rows.index(outer, 0)
        found += [top, *(rows.index(inner, 0, top) for inner in range(rows.rowCount(top)))]
    return found


def _name_of(choice: Choice) -> str:
    if isinstance(choice, ShelvedModel | Verification):
        return choice.name
    return "" if choice is None else choice.pack.name if choice.pack else "*own*"


def _bytes(shelf: Shelf) -> int:
    return sum(shelved.model.size_bytes for shelved in shelf.models)
