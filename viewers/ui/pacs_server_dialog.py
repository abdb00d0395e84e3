"""The dialog that describes one server."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.errors import UsageError
from core.services import Services
from imaging.pacs.peers import DEFAULT_AET, PeerAddress, remove_peer, save_peer

_WIDTH = 520
_ADDRESSES = "dimse://AET@host:104, https://host/dicom-web"


class PacsServerDialog(QDialog):
    """Adds a server, or changes one; `accept` saves it, or says why it cannot be.

    Parameters
    ----------
    services : Services
        The program around it.
    peer : PeerAddress, optional
        What is changed; a new one when not given.
    """

    def __init__(self, services: Services, peer: PeerAddress | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._services, self._before = services, peer
        self.name, self.url = QLineEdit(), QLineEdit()
        self.aet = QLineEdit(maxLength=16)
        self.tls = QCheckBox()
        self.move_port = QSpinBox(maximum=65535)
        self.token_file, self.ca, self.certificate, self.key = (QLineEdit() for _ in range(4))
        self._files = (self.token_file, self.ca, self.certificate, self.key)
        self._browse = [QPushButton(autoDefault=False) for _ in self._files]
        self._labels = [QLabel() for _ in range(8)]
        self.error = QLabel(wordWrap=True, objectName="jobError")
        self.error.hide()
        buttons = QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(buttons)
        self._lay_out()
        self._show(peer or PeerAddress("dimse://AET@host:104", name="", aet=DEFAULT_AET), new=peer is None)
        self.retranslate()

    @property
    def saved_name(self) -> str:
        """The name that the server has been saved under."""
        return self.name.text().strip()

    def accept(self) -> None:
        try:
            peer = PeerAddress(
                self.url.text().strip(),
                name=self.saved_name or " ",
                aet=self.aet.text().strip(),
                tls=self.tls.isChecked(),
                ca=self.ca.text().strip(),
                certificate=self.certificate.text().strip(),
                key=self.key.text().strip(),
                token_file=self.token_file.text().strip(),
                move_port=self.move_port.value(),
            )
            save_peer(self._services.library.settings, peer)
        except UsageError as error:
            hint = f" {self._services.translate(error.hint)}" if error.hint else ""
            self.error.setText(self._services.translate(error.message) + hint)
            self.error.show()
            return
        if self._before is not None and self._before.name != peer.name:
            remove_peer(self._services.library.settings, self._before.name)
        super().accept()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Server"))
        texts = (
            self.tr("Name"),
            self.tr("Address"),
            self.tr("Our AE title"),
            self.tr("Receive by C-MOVE on port"),
            self.tr("Bearer token file"),
            self.tr("Certificate authorities"),
            self.tr("Our certificate"),
            self.tr("Its private key"),
        )
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
        self.url.setPlaceholderText(_ADDRESSES)
        self.tls.setText(self.tr("Encrypt with TLS"))
        self.move_port.setSpecialValueText(self.tr("C-GET instead"))
        self.ca.setPlaceholderText(self.tr("Trust the system's"))
        for edit in (self.token_file, self.certificate, self.key):
            edit.setPlaceholderText(self.tr("None"))
        for button in self._browse:
            button.setText(self.tr("Browse…"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(self._labels[0], self.name)
        form.addRow(self._labels[1], self.url)
        form.addRow(self._labels[2], self.aet)
        form.addRow("", self.tls)
        form.addRow(self._labels[3], self.move_port)
        for label, edit, button in zip(self._labels[4:], self._files, self._browse, strict=True):
            row = QHBoxLayout()
            row.addWidget(edit, 1)
            row.addWidget(button)
            form.addRow(label, row)
            button.clicked.connect(lambda _checked=False, chosen=edit: self._choose_file(chosen))
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.error)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.setMinimumWidth(_WIDTH)

    def _show(self, peer: PeerAddress, *, new: bool) -> None:
        if not new:
            self.name.setText(peer.name)
            self.url.setText(peer.url)
        self.aet.setText(peer.aet)
        self.tls.setChecked(peer.tls)
        self.move_port.setValue(peer.move_port)
        self.token_file.setText(peer.token_file)
        self.ca.setText(peer.ca)
        self.certificate.setText(peer.certificate)
        self.key.setText(peer.key)

    def _choose_file(self, edit: QLineEdit) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose file"), edit.text())
        if path:
            edit.setText(path)
