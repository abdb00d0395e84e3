"""Asks for the address of a model or of a package."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

_WIDTH = 560
_EXAMPLE = "https://models.example.org/liver.onnx"


class AddressDialog(QDialog):
    """Asks from where to download, and for the digest if it is known.

    Parameters
    ----------
    agreed : callable
        Called as `agreed(address, sha256)`.
    """

    def __init__(self, agreed: Callable[[str, str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._agreed = agreed
        self.url, self.sha256 = QLineEdit(placeholderText=_EXAMPLE), QLineEdit()
        self._labels = [QLabel(), QLabel()]
        self._note = QLabel(wordWrap=True, objectName="dim")
        kinds = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(kinds)
        form = QFormLayout()
        form.addRow(self._labels[0], self.url)
        form.addRow(self._labels[1], self.sha256)
        layout = QVBoxLayout(self)
        layout.addWidget(self._note)
        layout.addLayout(form)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.url.textChanged.connect(self._enable)
        self._enable()
        self.retranslate()

    def accept(self) -> None:
        self._agreed(self.url.text().strip(), self.sha256.text().strip())
        super().accept()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Add model from an address"))
        self._note.setText(
            self.tr(
                "An ONNX file whose card lies beside it as NAME.card.json, or the package of a pack, is "
                "downloaded from this address now."
            )
        )
        for label, text in zip(self._labels, (self.tr("Address"), "SHA-256"), strict=True):
            label.setText(text)
        self.sha256.setPlaceholderText(self.tr("What the file must have, if you know it"))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Download and add"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _enable(self) -> None:
        ready = self.url.text().strip().startswith(("https://", "http://"))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)
