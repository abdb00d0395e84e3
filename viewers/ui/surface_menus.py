"""The menus of a window with surfaces."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QMenuBar

from viewers.surface_reading import SHOWN_SUFFIXES

if TYPE_CHECKING:
    from viewers.ui.surface_window import SurfaceWindow

_SIDES = "APLRSI"


@dataclass(frozen=True, eq=False)
class _Item:
    """An action with its texts: what it is called is asked again when the language changes."""

    action: QAction
    title: Callable[[], str]
    key: str = ""  # one that the view answers itself


class SurfaceMenus(QMenuBar):
    """Everything that the window can do, by name and with its key.

    Parameters
    ----------
    window : SurfaceWindow
        Whose menus they are.
    """

    def __init__(self, window: "SurfaceWindow") -> None:
        super().__init__(window)
        self._window = window
        self._items: list[_Item] = []
        self._file, self._view, self._parts = (self.addMenu("") for _ in range(3))
        self._fill_file()
        self._fill_view()
        self._fill_parts()

    def _fill_file(self) -> None:
        window, menu = self._window, self._file
        standard = QKeySequence.StandardKey
        self._add(menu, lambda: self.tr("Open surfaces…"), self.ask_for_files, standard.Open)
        menu.addSeparator()
        self.save = self._add(
            menu, lambda: self.tr("Save picture…"), window.ask_to_save_picture, standard.Save
        )
        self.copy = self._add(menu, lambda: self.tr("Copy picture"), self._copy, standard.Copy)
        self.film = self._add(menu, lambda: self.tr("Save turntable…"), window.turntable.ask)
        menu.addSeparator()
        self._add(menu, lambda: self.tr("Close"), window.close, standard.Close)

    def _fill_view(self) -> None:
        window, menu = self._window, self._view
        titles = (
            lambda: self.tr("From the front"),
            lambda: self.tr("From the back"),
            lambda: self.tr("From the left"),
            lambda: self.tr("From the right"),
            lambda: self.tr("From above"),
            lambda: self.tr("From below"),
        )
        self.sides = [
            self._add(menu, title, lambda _=False, side=side: window.view.look_from(side), own_key=side)
            for side, title in zip(_SIDES, titles, strict=True)
        ]
        menu.addSeparator()
        self.home = self._add(menu, lambda: self.tr("Reset the view"), window.go_home, own_key="Home")
        self.spin = self._add(menu, lambda: self.tr("Turn by itself"), window.set_spinning)
        self.spin.setCheckable(True)

    def _fill_parts(self) -> None:
        window, menu = self._window, self._parts
        self.all_shown = self._add(menu, lambda: self.tr("Show all"), window.show_all)
        self.alone = self._add(menu, lambda: self.tr("Show only the chosen surface"), window.show_chosen_only)
        self.near = self._add(menu, lambda: self.tr("Go near the chosen surface"), window.go_near_chosen)

    def _add(
        self,
        menu: QMenu,
        title: Callable[[], str],
        act: Callable[..., object],
        key: QKeySequence.StandardKey | None = None,
        own_key: str = "",
    ) -> QAction:
        action = menu.addAction("")
        action.triggered.connect(act)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        self._items.append(_Item(action, title, own_key))
        return action

    # Following the window

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._file.setTitle(self.tr("&File"))
        self._view.setTitle(self.tr("&View"))
        self._parts.setTitle(self.tr("&Surfaces"))
        for item in self._items:
            # What follows a tab is shown as the key, and is none: the view has its keys already.
            item.action.setText(f"{item.title()}\t{item.key}" if item.key else item.title())

    def follow(self) -> None:
        """Enable and check what the window can do now."""
        window = self._window
        model, look = window.model, window.view.look
        for action in (self.save, self.copy, self.film, *self.sides, self.home, self.spin):
            action.setEnabled(model is not None)
        chosen = model is not None and model.part(look.chosen) is not None
        self.all_shown.setEnabled(model is not None and bool(look.hidden))
        self.alone.setEnabled(chosen)
        self.near.setEnabled(chosen)
        self.spin.setChecked(window.view.spinning)

    # What it does itself

    def ask_for_files(self) -> None:
        """Ask for files and open them, each in a window of its own."""
        dialog = QFileDialog(self._window, self.tr("Open surfaces"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        kinds = " ".join(f"*{suffix}" for suffix in SHOWN_SUFFIXES)
        dialog.setNameFilter(self.tr("Surfaces and points ({kinds})").format(kinds=kinds))
        dialog.filesSelected.connect(lambda names: self._window.open_files([Path(name) for name in names]))
        dialog.open()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self._window.view.picture())
