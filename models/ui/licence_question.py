"""Asks for the licence of a model that tells none."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from core.model_card import KNOWN_LICENCES

_WIDTH = 480


class LicenceQuestion(QDialog):
    """Offers the licences under which models may be kept; none is chosen from the start.

    Parameters
    ----------
    chosen : callable
        Called as `chosen(SPDX identifier)`.
    """

    def __init__(self, chosen: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._chosen = chosen
        self._note, self._label = QLabel(wordWrap=True), QLabel()
        self.licence = QComboBox()
        self.licence.addItems(["", *sorted(KNOWN_LICENCES)])
        kinds = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(kinds)
        form = QFormLayout()
        form.addRow(self._label, self.licence)
        layout = QVBoxLayout(self)
        layout.addWidget(self._note)
        layout.addLayout(form)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.licence.currentTextChanged.connect(self._enable)
        self._enable()
        self.retranslate()

    def accept(self) -> None:
        self._chosen(self.licence.currentText())
        super().accept()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Add model"))
        self._note.setText(
            self.tr(
                "The files of this model do not tell its licence. Whoever gave it to you knows it; it stands "
                "on the card from then on."
            )
        )
        self._label.setText(self.tr("Licence"))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Add"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _enable(self) -> None:
        ready = bool(self.licence.currentText())
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)
