"""Menus and keys, made from the declared commands."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.shortcuts import Shortcuts
from app.translator import translate_title
from app.ui.command_palette import PaletteEntry
from core.command import Command, Registry

MENUS = ("file", "edit", "view", "image", "tools", "help")


class CommandActions(QObject):
    """One action for each command that has a menu, and one for each workspace.

    Parameters
    ----------
    registry : Registry
        What there is.
    shortcuts : Shortcuts
        The keys in force.
    window : QWidget
        Whose keys they are.
    """

    chosen = Signal(str)
    workspace_chosen = Signal(str)

    def __init__(self, registry: Registry, shortcuts: Shortcuts, window: QWidget) -> None:
        super().__init__(window)
        self._registry = registry
        self._shortcuts = shortcuts
        self._menus: dict[str, QMenu] = {}
        self.commands = {command.id: command for command in registry.commands if command.menu}
        self.actions = {command_id: QAction(window) for command_id in self.commands}
        self.workspace_actions = {workspace.id: QAction(window) for workspace in registry.workspaces}
        for command_id, action in self.actions.items():
            action.setCheckable(self.commands[command_id].checked_when is not None)
            action.setMenuRole(QAction.MenuRole.NoRole)
            action.triggered.connect(partial(self._choose, command_id))
            window.addAction(action)
        for number, (workspace_id, action) in enumerate(self.workspace_actions.items(), start=1):
            action.setCheckable(True)
            action.setShortcut(QKeySequence(f"Alt+{number}"))
            action.triggered.connect(partial(self._choose_workspace, workspace_id))
            window.addAction(action)
        self.apply_shortcuts()

    def fill(self, menu_bar: QMenuBar) -> None:
        """Put the actions into the menus that have any."""
        used = {str(command.menu).partition("/")[0] for command in self.commands.values()} | {"view"}
        for name in MENUS:
            if name in used:
                self._menus[name] = menu_bar.addMenu("")
        self._menus["view"].addActions(list(self.workspace_actions.values()))
        last_group = {"view": "workspaces"}
        for command in sorted(self.commands.values(), key=_ends_its_menu):
            path = str(command.menu)
            name, _, group = path.partition("/")
            if path in self._registry.submenus:
                self._submenu(path).addAction(self.actions[command.id])
                continue
            if name in last_group and last_group[name] != group:
                self._menus[name].addSeparator()
            last_group[name] = group
            self._menus[name].addAction(self.actions[command.id])
        self.retranslate()

    def _submenu(self, path: str) -> QMenu:
        if path not in self._menus:
            outer, _, _ = path.rpartition("/")
            nested = outer in self._registry.submenus
            parent = self._submenu(outer) if nested else self._menus[path.partition("/")[0]]
            self._menus[path] = parent.addMenu("")
        return self._menus[path]

    def update(self, states: set[str], workspace_id: str) -> None:
        """Enable and check every action by the states of window and front workspace."""
        for command_id, action in self.actions.items():
            action.setEnabled(_enabled(self.commands[command_id], states, workspace_id))
            if action.isCheckable():
                action.setChecked(self.commands[command_id].checked_when in states)
        for other_id, action in self.workspace_actions.items():
            action.setChecked(other_id == workspace_id)

    def apply_shortcuts(self) -> None:
        """Give every action the keys in force."""
        for command_id, action in self.actions.items():
            keys = self._shortcuts.of(self.commands[command_id])
            action.setShortcuts(QKeySequence.listFromString(keys))

    def retranslate(self) -> None:
        """Show titles in the language of the window."""
        for command_id, action in self.actions.items():
            action.setText(translate_title(self.commands[command_id].title))
        for workspace in self._registry.workspaces:
            self.workspace_actions[workspace.id].setText(translate_title(workspace.title))
        titles = {
            "file": self.tr("&File"),
            "edit": self.tr("&Edit"),
            "view": self.tr("&View"),
            "image": self.tr("&Image"),
            "tools": self.tr("&Tools"),
            "help": self.tr("&Help"),
        }
        for path, menu in self._menus.items():
            submenu = self._registry.submenus.get(path)
            menu.setTitle(translate_title(submenu.title) if submenu else titles[path])

    def palette_entries(self) -> list[PaletteEntry]:
        """Give the workspaces, and every command that can be done now."""
        entries = []
        for workspace in self._registry.workspaces:
            action = self.workspace_actions[workspace.id]
            keys = action.shortcut().toString()
            entries.append(
                PaletteEntry(f"workspace:{workspace.id}", action.text(), workspace.title, "", keys)
            )
        for command_id, action in self.actions.items():
            if action.isEnabled() and command_id != "app.show-palette":
                command, keys = self.commands[command_id], action.shortcut().toString()
                menu = self.menu_title(command)
                entries.append(PaletteEntry(command_id, action.text(), command.title, menu, keys))
        return entries

    def menu_title(self, command: Command) -> str:
        """Give the title of the menu that a command is in, for the palette."""
        menu = self._menus.get(str(command.menu).partition("/")[0])
        return menu.title().split("(&")[0].replace("&", "") if menu else ""

    def _choose(self, command_id: str) -> None:
        self.chosen.emit(command_id)

    def _choose_workspace(self, workspace_id: str) -> None:
        self.workspace_chosen.emit(workspace_id)


def _ends_its_menu(command: Command) -> bool:
    """Put what everybody expects at the end of a menu there, after the commands of all packages."""
    return command.menu in ("file/quit", "edit/settings", "help/about")


def _enabled(command: Command, states: set[str], workspace_id: str) -> bool:
    in_front = command.workspace is None or command.workspace == workspace_id
    return in_front and (command.enabled_when is None or command.enabled_when in states)
