"""The PACS page: servers, a search, what it finds, and the exchange of studies."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.errors import SenseError
from core.series import Series
from core.services import Services
from imaging.pacs.exchange import Retrieved
from imaging.pacs.peers import PeerAddress, remove_peer, saved_peers
from imaging.pacs.records import RemoteStudy
from imaging.pacs.sending import Sent
from viewers.pacs_search import MODALITIES, Period, typed_query
from viewers.ui.import_progress import ImportProgress
from viewers.ui.pacs_exchange import PACS_GROUP, PacsExchange
from viewers.ui.pacs_results import SORT_ROLE, STUDY_ROLE, StudyTable
from viewers.ui.pacs_send_dialog import PacsSendDialog
from viewers.ui.pacs_server_dialog import PacsServerDialog

_SIZE = (900, 560)
_DESCRIPTION_COLUMN = 4


class PacsPage(QDialog):
    """A window beside the workspace; everything that it asks for runs as a job.

    Parameters
    ----------
    services : Services
        The program around it.
    exchange : PacsExchange
        Does the work.
    open_series : callable
        Gives the series that is open, or None.
    """

    study_came = Signal(object)

    def __init__(
        self,
        services: Services,
        exchange: PacsExchange,
        open_series: Callable[[], Series | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._services, self._exchange, self._open_series = services, exchange, open_series
        self._waiting = 0
        self.resize(*_SIZE)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._list_servers("")
        self.retranslate()

    def _make_widgets(self) -> None:
        self.servers = QComboBox(minimumContentsLength=18)
        self.add, self.edit, self.remove, self.test = (QPushButton(autoDefault=False) for _ in range(4))
        self.patient_id, self.patient_name = QLineEdit(), QLineEdit()
        self.modality, self.period = QComboBox(), QComboBox()
        for period in Period:
            self.period.addItem("", period)
        self.period.setCurrentIndex(self.period.findData(Period.MONTH))
        self.modality.addItem("", "")
        for modality in MODALITIES:
            self.modality.addItem(modality, modality)
        self._labels = [QLabel() for _ in range(5)]
        self.search = QPushButton(default=True)
        self.model = StudyTable()
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT_ROLE)
        self.table = QTableView(sortingEnabled=True, showGrid=False, alternatingRowColors=True)
        self.table.setModel(self._sorted)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_DESCRIPTION_COLUMN, QHeaderView.ResizeMode.Stretch)
        self.progress = _PacsProgress(self._services)
        self.status = QLabel(wordWrap=True)
        self.get, self.send, self.send_waiting, self.close_button = (
            QPushButton(autoDefault=False) for _ in range(4)
        )

    def _lay_out(self) -> None:
        servers = QHBoxLayout()
        servers.addWidget(self._labels[0])
        servers.addWidget(self.servers, 1)
        for button in (self.test, self.add, self.edit, self.remove):
            servers.addWidget(button)
        fields = QGridLayout()
        for column, field in enumerate((self.patient_id, self.patient_name, self.modality, self.period)):
            self._labels[column + 1].setBuddy(field)
            fields.addWidget(self._labels[column + 1], 0, column)
            fields.addWidget(field, 1, column)
        fields.addWidget(self.search, 1, 4)
        fields.setColumnStretch(0, 1)
        fields.setColumnStretch(1, 1)
        bottom = QHBoxLayout()
        for button in (self.get, self.send, self.send_waiting):
            bottom.addWidget(button)
        bottom.addStretch(1)
        bottom.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.addLayout(servers)
        layout.addLayout(fields)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self._ask_for_server(None))
        self.edit.clicked.connect(lambda: self._ask_for_server(self.peer()))
        self.remove.clicked.connect(self._remove_server)
        self.test.clicked.connect(self._test)
        self.search.clicked.connect(self.start_search)
        self.get.clicked.connect(self.start_get)
        self.table.doubleClicked.connect(self.start_get)
        self.send.clicked.connect(self._send)
        self.send_waiting.clicked.connect(self._exchange.send_waiting)
        self.close_button.clicked.connect(self.close)
        self.table.selectionModel().selectionChanged.connect(self.refresh)
        self._sorted.modelReset.connect(self.refresh)
        self._exchange.echoed.connect(self._echoed)
        self._exchange.found.connect(self._found)
        self._exchange.retrieved.connect(self._retrieved)
        self._exchange.sent.connect(self._sent)
        self._exchange.failed.connect(self._failed)
        self._exchange.waiting.connect(self._show_waiting)

    # What the user does.

    def peer(self) -> PeerAddress | None:
        """Give the chosen server."""
        return self.servers.currentData()

    def study(self) -> RemoteStudy | None:
        """Give the chosen study."""
        rows = self.table.selectionModel().selectedRows()
        return rows[0].data(STUDY_ROLE) if rows else None

    def start_search(self) -> None:
        """Look for what was typed and chosen."""
        if (peer := self.peer()) is None:
            return
        query = typed_query(
            self.patient_id.text(),
            self.patient_name.text(),
            self.modality.currentData(),
            self.period.currentData(),
            date.today(),
        )
        self.model.show_studies(())
        self._tell(self.tr("Searching…"))
        self._exchange.search(peer, query)

    def start_get(self) -> None:
        """Get the chosen study; it is opened when it is here."""
        if (peer := self.peer()) is not None and (study := self.study()) is not None:
            self._tell(self.tr("Getting…"))
            self._exchange.retrieve(peer, study.study_uid)

    def _test(self) -> None:
        if (peer := self.peer()) is not None:
            self._tell(self.tr("Testing {name}…").format(name=peer.name))
            self._exchange.echo(peer)

    def _send(self) -> None:
        series, peer = self._open_series(), self.peer()
        if peer is not None:
            dialog = PacsSendDialog(self._services, [series.series_uid] if series else [], self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.accepted.connect(lambda: self._send_series(peer, dialog.series_uids))
            dialog.open()

    def _send_series(self, peer: PeerAddress, series_uids: list[str]) -> None:
        self._tell(self.tr("Sending…"))
        self._exchange.send(peer, series_uids)

    def _ask_for_server(self, peer: PeerAddress | None) -> None:
        dialog = PacsServerDialog(self._services, peer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._list_servers(dialog.saved_name))
        dialog.open()

    def _remove_server(self) -> None:
        if (peer := self.peer()) is not None:
            remove_peer(self._services.library.settings, peer.name)
            self._list_servers("")

    def _list_servers(self, chosen: str) -> None:
        self.servers.clear()
        for peer in saved_peers(self._services.library.settings):
            self.servers.addItem(peer.name, peer)
            self.servers.setItemData(self.servers.count() - 1, peer.url, Qt.ItemDataRole.ToolTipRole)
        self.servers.setCurrentIndex(max(0, self.servers.findText(chosen)))
        self._tell("" if self.servers.count() else self.tr("Add a server to search it."))
        self.refresh()

    # What comes of it.

    def _echoed(self, peer: PeerAddress) -> None:
        self._tell(self.tr("{name} answers.").format(name=peer.name))

    def _found(self, studies: list[RemoteStudy]) -> None:
        self.model.show_studies(studies)
        found = self.tr("Studies found: {count}").format(count=len(studies))
        self._tell(found if studies else self.tr("No study matches."))
        if studies:
            self.table.selectRow(0)
            self.table.setFocus()

    def _retrieved(self, got: Retrieved) -> None:
        count = got.received + got.present
        self._tell(self.tr("The study is here: {count} images.").format(count=count))
        self.study_came.emit(got)

    def _sent(self, sent: Sent) -> None:
        if sent.error is not None:
            self._failed(sent.error)
        else:
            text = self.tr("Images sent: {sent}, waiting: {waiting}, refused: {refused}")
            counts = {"sent": sent.sent, "waiting": sent.waiting, "refused": len(sent.rejected)}
            self._tell(text.format(**counts))
        self._exchange.look_at_queue()

    def _failed(self, error: SenseError) -> None:
        hint = f" {self._services.translate(error.hint)}" if error.hint else ""
        self._tell(self._services.translate(error.message) + hint, error=True)

    def _show_waiting(self, count: int) -> None:
        self._waiting = count
        self.refresh()

    def _tell(self, text: str, *, error: bool = False) -> None:
        self.status.setObjectName("jobError" if error else "dim")
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(text)

    def refresh(self) -> None:
        """Enable what can be done now."""
        has_peer = self.peer() is not None
        for widget in (self.edit, self.remove, self.test, self.search):
            widget.setEnabled(has_peer)
        self.get.setEnabled(has_peer and self.study() is not None)
        self.send.setEnabled(has_peer)
        self.send_waiting.setVisible(self._waiting > 0)
        self.send_waiting.setText(self.tr("Send what waits ({count})").format(count=self._waiting))

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("PACS"))
        titles = (
            self.tr("Server"),
            self.tr("Patient ID"),
            self.tr("Patient name"),
            self.tr("Modality"),
            self.tr("Date"),
        )
        for label, title in zip(self._labels, titles, strict=True):
            label.setText(title)
        self.add.setText(self.tr("Add…"))
        self.edit.setText(self.tr("Edit…"))
        self.remove.setText(self.tr("Remove"))
        self.test.setText(self.tr("Test"))
        self.search.setText(self.tr("Search"))
        self.get.setText(self.tr("Get and open"))
        self.send.setText(self.tr("Send series…"))
        self.close_button.setText(self.tr("Close"))
        self.modality.setItemText(0, self.tr("Any"))
        periods = (self.tr("Today"), self.tr("Last 7 days"), self.tr("Last 30 days"), self.tr("Any date"))
        for row, text in enumerate(periods):
            self.period.setItemText(row, text)
        self.model.retranslate()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._exchange.look_at_queue()
        self.refresh()


class _PacsProgress(ImportProgress):
    """How far the exchange is, and a button that ends it."""

    GROUP = PACS_GROUP

    def retranslate(self) -> None:
        super().retranslate()
        self._cancel.setToolTip(self.tr("Stop; what has come already stays"))
        self._bar.setAccessibleName(self.tr("Progress of the exchange"))
