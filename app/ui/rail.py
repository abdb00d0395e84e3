"""The rail at the left: one button for each workspace, and the settings at the bottom."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from app.icons import set_icon
from app.translator import translate_title
from app.ui.translated import TranslatedFrame
from core.command import Workspace


class Rail(TranslatedFrame):
    """Emits `chosen(workspace id)` and `settings_chosen`."""

    chosen = Signal(str)
    settings_chosen = Signal()

    def __init__(self, workspaces: tuple[Workspace, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(78)
        self._workspaces = workspaces
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(2)
        for workspace in workspaces:
            button = self._button(workspace.icon)
            button.setCheckable(True)
            button.clicked.connect(partial(self._choose, workspace.id))
            self._group.addButton(button)
            self._buttons[workspace.id] = button
            layout.addWidget(button)
        layout.addStretch(1)
        self._settings = self._button("settings")
        self._settings.clicked.connect(self.settings_chosen)
        layout.addWidget(self._settings)
        self.retranslate()

    def mark(self, workspace_id: str) -> None:
        """Show which workspace is in front."""
        self._buttons[workspace_id].setChecked(True)

    def retranslate(self) -> None:
        for workspace in self._workspaces:
            self._buttons[workspace.id].setText(translate_title(workspace.title))
        self._settings.setText(self.tr("Settings"))

    def _choose(self, workspace_id: str) -> None:
        self.chosen.emit(workspace_id)

    def _button(self, icon_name: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(24, 24))
        button.setFixedWidth(77)
        set_icon(button, icon_name)
        return button
