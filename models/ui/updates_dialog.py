"""The organisation's model server: which is trusted, what it offers, and getting it."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.services import Services
from models.store_commands import ModelsReport
from models.ui.offer_tree import OfferTree
from models.ui.status_label import StatusLabel
from models.ui.store_work import StoreWork
from models.ui.wording import megabytes
from models.ui.work_strip import WorkStrip
from models.update_commands import OfferReport, ServerReport, trusted_server

_SIZE = (780, 480)
_EXAMPLE = "https://models.example.org"


class UpdatesDialog(QDialog):
    """A window over the Models page; it asks the server only when a button is pressed.

    Parameters
    ----------
    services : Services
        The program around it.
    work : StoreWork
        Does what is asked for.
    """

    def __init__(self, services: Services, work: StoreWork, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._services, self._work = services, work
        self._server = trusted_server(services.library).current()
        self.url, self.root = QLineEdit(placeholderText=_EXAMPLE), QLineEdit()
        self._labels = [QLabel(), QLabel()]
        self.browse, self.trust, self.check, self.forget, self.get, self.close_button = (
            QPushButton(autoDefault=False) for _ in range(6)
        )
        self.offer = OfferTree()
        self._note, self._address = QLabel(wordWrap=True, objectName="dim"), QLabel(wordWrap=True)
        self._address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status = StatusLabel(services)
        self._server_rows = QStackedWidget()
        self._lay_out(WorkStrip(services, work))
        self._connect()
        self.retranslate()

    # What the user does.

    def trust_server(self) -> None:
        """Trust the server whose address and root were given."""
        self._work.trust(self.url.text().strip(), Path(self.root.text().strip()))

    def check_now(self) -> None:
        """Ask the server what it offers."""
        self.status.tell(self.tr("Asking the server…"))
        self._work.check_updates()

    def get_marked(self) -> None:
        """Download and add the marked models."""
        if names := tuple(model.name for model in self.offer.marked()):
            self._work.update(names)

    def _choose_root(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Root of trust"), "", "root.json (*.json)")
        if path:
            self.root.setText(path)

    # What comes of it.

    def _done(self, kind: str, result: object) -> None:
        if isinstance(result, ServerReport):
            self._server = result.server
            self.offer.show_offer(None)
            self.status.tell("")
        elif isinstance(result, OfferReport):
            self.offer.show_offer(result.offer)
            refused = [self._services.translate(item.reason) for item in result.offer.rejected]
            count = self.tr("Updates: {updates}, other models: {others}").format(
                updates=len(result.offer.updates),
                others=len(result.offer.models) - len(result.offer.updates),
            )
            text = count if result.offer.models else self.tr("Everything that the server offers is here.")
            self.status.tell(" ".join([text, *refused]), error=bool(refused))
        elif isinstance(result, ModelsReport) and kind == "update":
            names = ", ".join(f"{model.card.id} {model.card.version}" for model in result.models)
            self.status.tell(self.tr("Models added: {names}").format(names=names))
            self._work.check_updates()
        self.refresh()

    def refresh(self) -> None:
        """Show the server and enable what can be done now."""
        self._server_rows.setCurrentIndex(0 if self._server is None else 1)
        if self._server is not None:
            fingerprint = self._server.fingerprint
            text = self.tr("Server: {url}\nSHA-256 of its root: {fingerprint}")
            self._address.setText(text.format(url=self._server.url, fingerprint=fingerprint))
        self.trust.setEnabled(bool(self.url.text().strip() and self.root.text().strip()))
        marked = self.offer.marked()
        self.get.setEnabled(bool(marked))
        size = megabytes(sum(model.size_bytes for model in marked))
        text = (
            self.tr("Download and add ({size})").format(size=size) if marked else self.tr("Download and add")
        )
        self.get.setText(text)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Updates"))
        self._note.setText(
            self.tr(
                "Your organisation's model server signs what it offers. Its root of trust, root.json, comes "
                "to you by another way than the server. The versions that are here stay, and you can go back "
                "to them."
            )
        )
        for label, text in zip(self._labels, (self.tr("Address"), self.tr("Root of trust")), strict=True):
            label.setText(text)
        self.root.setPlaceholderText("root.json")
        self.browse.setText(self.tr("Browse…"))
        self.trust.setText(self.tr("Trust this server"))
        self.check.setText(self.tr("Check now"))
        self.forget.setText(self.tr("Forget server"))
        self.close_button.setText(self.tr("Close"))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _lay_out(self, progress: WorkStrip) -> None:
        asking, known = QWidget(), QWidget()
        form = QFormLayout(asking)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self._labels[0], self.url)
        row = QHBoxLayout()
        row.addWidget(self.root, 1)
        row.addWidget(self.browse)
        row.addWidget(self.trust)
        form.addRow(self._labels[1], row)
        row = QHBoxLayout(known)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._address, 1)
        row.addWidget(self.check)
        row.addWidget(self.forget)
        self._server_rows.addWidget(asking)
        self._server_rows.addWidget(known)
        bottom = QHBoxLayout()
        bottom.addWidget(self.get)
        bottom.addStretch(1)
        bottom.addWidget(self.close_button)
        self.get.setProperty("primary", True)
        layout = QVBoxLayout(self)
        layout.addWidget(self._note)
        layout.addWidget(self._server_rows)
        layout.addWidget(self.offer, 1)
        layout.addWidget(progress)
        layout.addWidget(self.status)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self.browse.clicked.connect(self._choose_root)
        self.trust.clicked.connect(self.trust_server)
        self.check.clicked.connect(self.check_now)
        self.forget.clicked.connect(self._work.forget_server)
        self.get.clicked.connect(self.get_marked)
        self.close_button.clicked.connect(self.close)
        self.offer.marked_changed.connect(self.refresh)
        self.url.textChanged.connect(self.refresh)
        self.root.textChanged.connect(self.refresh)
        self._work.done.connect(self._done)
        self._work.failed.connect(self.status.refuse)
