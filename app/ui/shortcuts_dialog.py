"""The keyboard shortcuts: all of them, found by a word, and changed where the user likes others."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.shortcuts import Shortcuts
from app.translator import translate_title
from app.ui.command_actions import MENUS, CommandActions
from app.ui.translated import TranslatedDialog
from core.command import Command

_COMMAND = Qt.ItemDataRole.UserRole


class ShortcutsDialog(TranslatedDialog):
    """A list of commands by menu; the keys of the chosen one are edited below it."""

    def __init__(self, shortcuts: Shortcuts, actions: CommandActions, parent: QWidget) -> None:
        super().__init__(parent)
        self._shortcuts, self._actions = shortcuts, actions
        self.resize(640, 620)
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.list = QTreeWidget(self)
        self.list.setColumnCount(2)
        self.list.setRootIsDecorated(False)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.keys = QKeySequenceEdit(self)
        self.keys.setMaximumSequenceLength(1)
        self._chosen, self.conflict = QLabel(self), QLabel(self)
        self.conflict.setObjectName("jobError")
        self.conflict.setWordWrap(True)
        self._assign, self._remove, self._default, self._reset = (QPushButton(self) for _ in range(4))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.search.setPlaceholderText(self.tr("Find a command or a key"))
        self.list.setHeaderLabels([self.tr("Command"), self.tr("Keys")])
        self._assign.setText(self.tr("Assign"))
        self._remove.setText(self.tr("Remove"))
        self._default.setText(self.tr("Default"))
        self._reset.setText(self.tr("Reset all"))
        self._fill()

    def choose(self, command_id: str) -> None:
        """Select a command in the list."""
        for item in self._items():
            if item.data(0, _COMMAND) == command_id:
                self.list.setCurrentItem(item)

    def assign(self) -> None:
        """Give the chosen command the keys that were typed; a rival loses them only if the user says so."""
        command = self._command()
        if command is None:
            return
        keys = self.keys.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        rivals = self._shortcuts.rivals(command, keys)
        if rivals and not self.conflict.text():
            self._warn(rivals)
            return
        for rival in rivals:
            self._shortcuts.change(rival, self._shortcuts.without(rival, keys))
        self._change(command, keys)

    def _lay_out(self) -> None:
        edit = QHBoxLayout()
        edit.addWidget(self._chosen, 1)
        for widget in (self.keys, self._assign, self._remove, self._default):
            edit.addWidget(widget)
        bottom = QHBoxLayout()
        bottom.addWidget(self._reset)
        bottom.addWidget(self._buttons)
        layout = QVBoxLayout(self)
        for widget in (self.search, self.list):
            layout.addWidget(widget)
        layout.addLayout(edit)
        layout.addWidget(self.conflict)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self._buttons.rejected.connect(self.close)
        self.finished.connect(self.deleteLater)
        self.search.textChanged.connect(self._fill)
        self.list.currentItemChanged.connect(self._show_chosen)
        self.keys.keySequenceChanged.connect(self.conflict.clear)
        self._assign.clicked.connect(self.assign)
        self._remove.clicked.connect(lambda: self._change(self._command(), ""))
        self._default.clicked.connect(self._restore_default)
        self._reset.clicked.connect(self._reset_all)

    def _fill(self) -> None:
        chosen = self.list.currentItem().data(0, _COMMAND) if self.list.currentItem() else None
        self.list.clear()
        for menu in MENUS:
            commands = [c for c in self._actions.commands.values() if str(c.menu).partition("/")[0] == menu]
            children = [item for command in commands if (item := self._item(command)) is not None]
            if children:
                group = QTreeWidgetItem(self.list, [self._actions.menu_title(commands[0])])
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                group.addChildren(children)
        self.list.expandAll()
        self.list.resizeColumnToContents(1)
        if chosen:
            self.choose(chosen)
        self._show_chosen()

    def _item(self, command: Command) -> QTreeWidgetItem | None:
        keys = QKeySequence.listToString(
            QKeySequence.listFromString(self._shortcuts.of(command)), QKeySequence.SequenceFormat.NativeText
        )
        title = translate_title(command.title)
        if self.search.text().casefold() not in f"{title} {keys}".casefold():
            return None
        item = QTreeWidgetItem([title, keys])
        item.setData(0, _COMMAND, command.id)
        font = item.font(1)
        font.setBold(self._shortcuts.is_changed(command))
        item.setFont(1, font)
        return item

    def _items(self) -> list[QTreeWidgetItem]:
        groups = [self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())]
        return [group.child(row) for group in groups for row in range(group.childCount())]

    def _command(self) -> Command | None:
        item = self.list.currentItem()
        return self._actions.commands.get(item.data(0, _COMMAND)) if item else None

    def _show_chosen(self) -> None:
        command = self._command()
        for widget in (self.keys, self._assign, self._remove, self._default):
            widget.setEnabled(command is not None)
        self.conflict.clear()
        self._chosen.setText(translate_title(command.title) if command else self.tr("Choose a command"))
        first = QKeySequence.listFromString(self._shortcuts.of(command)) if command else []
        self.keys.setKeySequence(first[0] if first else QKeySequence())

    def _warn(self, rivals: list[Command]) -> None:
        names = ", ".join(translate_title(rival.title) for rival in rivals)
        text = self.tr("These keys belong to: {names}. Assign again to take them.")
        self.conflict.setText(text.format(names=names))

    def _change(self, command: Command | None, keys: str) -> None:
        if command is not None:
            self._shortcuts.change(command, keys)
            self._show_changes()

    def _restore_default(self) -> None:
        command = self._command()
        self._change(command, command.shortcut or "" if command else "")

    def _reset_all(self) -> None:
        self._shortcuts.reset()
        self._show_changes()

    def _show_changes(self) -> None:
        self._actions.apply_shortcuts()
        self._fill()
