"""Buttons that keep, rename and delete 3D presets of the user's own."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QPushButton, QWidget

from core.services import Services
from viewers.ui.question import Question
from viewers.user_presets import (
    USER_PREFIX,
    UserPreset,
    delete_user_preset,
    rename_user_preset,
    save_user_preset,
    user_presets,
)

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView


class PresetButtons(QWidget):
    """Reset the view's preset, save its look as a preset, rename or delete the one in use."""

    def __init__(self, view: "VolumeView", services: Services) -> None:
        super().__init__()
        self._view = view
        self._settings = services.library.settings
        self._reset = QPushButton(autoDefault=False, clicked=lambda: view.looks.reset_preset())
        self._rename = QPushButton(autoDefault=False, clicked=self._ask_new_name)
        self._delete = QPushButton(autoDefault=False, clicked=self._ask_delete)
        self._save = QPushButton(autoDefault=False, clicked=self._ask_name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._reset)
        layout.addStretch(1)
        for button in (self._rename, self._delete, self._save):
            layout.addWidget(button)
        self.retranslate()

    def preset_changed(self) -> None:
        """Follow the view to another preset."""
        self._rename.setVisible(bool(self._own_name()))
        self._delete.setVisible(bool(self._own_name()))

    def save(self, name: str) -> None:
        """Keep the look of the view under a name, and use it."""
        scene, name = self._view.scene, name.strip()
        if scene is not None and name:
            save_user_preset(self._settings, UserPreset(name, scene.look.transfer, scene.look.shaded))
            self._view.looks.name_preset(USER_PREFIX + name)

    def rename(self, new_name: str) -> None:
        """Give the preset in use another name."""
        name, new_name = self._own_name(), new_name.strip()
        if name and new_name:
            rename_user_preset(self._settings, name, new_name)
            self._view.looks.name_preset(USER_PREFIX + new_name)

    def delete(self) -> None:
        """Forget the preset in use; the look stays as it is until another is chosen."""
        delete_user_preset(self._settings, self._own_name())
        self._view.looks.name_preset("")

    def _own_name(self) -> str:
        scene = self._view.scene
        preset = "" if scene is None else scene.preset
        return preset.removeprefix(USER_PREFIX) if preset.startswith(USER_PREFIX) else ""

    def _ask_name(self) -> None:
        self._ask(self.tr("Save preset"), self._own_name() or self.tr("My preset"), self._confirm_save)

    def _ask_new_name(self) -> None:
        self._ask(self.tr("Rename preset"), self._own_name(), self.rename)

    def _ask(self, title: str, name: str, take: object) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("Name"))
        dialog.setTextValue(name)
        dialog.textValueSelected.connect(take)
        dialog.open()

    def _confirm_save(self, name: str) -> None:
        taken = name.strip() in {preset.name for preset in user_presets(self._settings)}
        if not taken or name.strip() == self._own_name():
            self.save(name)
            return

        def write(question: Question) -> None:
            question.setWindowTitle(self.window().windowTitle())
            question.setText(self.tr("Replace the preset “{name}”?").format(name=name.strip()))
            question.verb.setText(self.tr("Replace"))

        Question(self, write, lambda: self.save(name)).open()

    def _ask_delete(self) -> None:
        name = self._own_name()

        def write(question: Question) -> None:
            question.setWindowTitle(self.window().windowTitle())
            question.setText(self.tr("Delete the preset “{name}”?").format(name=name))
            question.verb.setText(self.tr("Delete"))

        Question(self, write, self.delete).open()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._reset.setText(self.tr("Reset to preset"))
        self._rename.setText(self.tr("Rename preset…"))
        self._delete.setText(self.tr("Delete preset…"))
        self._save.setText(self.tr("Save as preset…"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
