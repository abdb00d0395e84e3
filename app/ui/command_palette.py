"""Ctrl+K: any command by a few letters of its title, without the mouse."""

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.fuzzy import fuzzy_match
from app.ui.translated import TranslatedFrame

_ROW_HEIGHT, _WIDTH, _MOST_ROWS = 34, 620, 11


@dataclass(frozen=True)
class PaletteEntry:
    """A command as the palette shows it.

    Parameters
    ----------
    id : str
        What is emitted when it is chosen.
    title, english, menu, keys : str
        Title in the language of the window and in English (both are searched), menu, and key sequence.
    """

    id: str
    title: str
    english: str
    menu: str
    keys: str


@dataclass(frozen=True)
class _Found:
    entry: PaletteEntry
    positions: tuple[int, ...]


def find_entries(entries: list[PaletteEntry], typed: str, recent: list[str]) -> list[_Found]:
    """Give the entries that match, best first; those used recently come first among equals."""
    rank = {entry_id: place for place, entry_id in enumerate(recent)}
    found: list[tuple[float, int, int, _Found]] = []
    for order, entry in enumerate(entries):
        match, english = fuzzy_match(typed, entry.title), fuzzy_match(typed, entry.english)
        if match is None and english is None:
            continue
        score = max(m.score for m in (match, english) if m)
        place = rank.get(entry.id, len(rank))
        found.append((-score, place, order, _Found(entry, match.positions if match else ())))
    return [item[-1] for item in sorted(found, key=lambda item: item[:3])]


class _Model(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: list[_Found] = []

    def show(self, found: list[_Found]) -> None:
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.found)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        found = self.found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.entry.title
        return found if role == Qt.ItemDataRole.UserRole else None


class _Delegate(QStyledItemDelegate):
    """Title with the matching letters in bold, menu, and keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(0, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        found: _Found = index.data(Qt.ItemDataRole.UserRole)
        palette, rect = option.palette, option.rect.adjusted(14, 0, -14, 0)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Highlight))
        text_role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, found.entry.keys)
        painter.setPen(palette.color(text_role))
        x = _draw_title(painter, rect, found, option.font)
        painter.setFont(option.font)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        menu = rect.adjusted(x - rect.x() + 12, 0, 0, 0)
        painter.drawText(menu, Qt.AlignmentFlag.AlignVCenter, found.entry.menu)
        painter.restore()


def _draw_title(painter: QPainter, rect: QRect, found: _Found, font: QFont) -> int:
    bold = QFont(font)
    bold.setBold(True)
    x = rect.x()
    for place, letter in enumerate(found.entry.title):
        painter.setFont(bold if place in found.positions else font)
        painter.drawText(
            QRect(x, rect.y(), rect.width(), rect.height()), Qt.AlignmentFlag.AlignVCenter, letter
        )
        x += painter.fontMetrics().horizontalAdvance(letter)
    return x


class CommandPalette(TranslatedFrame):
    """A list over the window; emits `chosen(id)`."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setAutoFillBackground(True)
        self._entries: list[PaletteEntry] = []
        self._recent: list[str] = []
        self._before: QWidget | None = None
        self.line = QLineEdit(self)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._search)
        self._model = _Model(self)
        self.list = QListView(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._run_current)
        self._nothing = QLabel(self)
        self._nothing.setProperty("dim", True)
        self._nothing.setContentsMargins(14, 8, 14, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 5)
        layout.setSpacing(4)
        for widget in (self.line, self.list, self._nothing):
            layout.addWidget(widget)
        self.hide()
        self.retranslate()

    def open(self, entries: list[PaletteEntry], recent: list[str]) -> None:
        """Show the palette over the window with an empty line, ready for typing."""
        self._entries, self._recent = entries, recent
        self._before = self.window().focusWidget()
        self.line.clear()
        self._search("")
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Hide it and give the focus back."""
        if self.isVisible():
            self.hide()
            if self._before is not None:
                self._before.setFocus()
            self._before = None

    def retranslate(self) -> None:
        self.line.setPlaceholderText(self.tr("Type a command"))
        self.line.setAccessibleName(self.tr("Command palette"))
        self._nothing.setText(self.tr("No command matches."))

    def place(self) -> None:
        """Sit at the top centre of the window, no higher than what is found."""
        host = self.parentWidget().rect()
        rows = min(_MOST_ROWS, self._model.rowCount())
        self.list.setFixedHeight(rows * _ROW_HEIGHT + (4 if rows else 0))
        width = min(_WIDTH, host.width() - 40)
        self.layout().activate()
        self.setGeometry((host.width() - width) // 2, 70, width, self.layout().totalSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._on_key(event.key())
            if event.type() == QEvent.Type.FocusOut and self.isVisible():
                self._before = None
                self.hide()
        return super().eventFilter(watched, event)

    def _on_key(self, key: int) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if key in steps:
            self._move(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run_current()
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            return False
        return True

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            row = self.list.currentIndex().row() + step
            # One step past an end goes round; a page stops there.
            row = row % rows if abs(step) == 1 else min(max(row, 0), rows - 1)
            self.list.setCurrentIndex(self._model.index(row))

    def _search(self, typed: str) -> None:
        self._model.show(find_entries(self._entries, typed, self._recent))
        self.list.setCurrentIndex(self._model.index(0))
        self._nothing.setVisible(not self._model.found)
        self.place()

    def _run_current(self) -> None:
        row = self.list.currentIndex().row()
        if 0 <= row < len(self._model.found):
            entry_id = self._model.found[row].entry.id
            self.close_palette()
            self.chosen.emit(entry_id)
