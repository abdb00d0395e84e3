"""The dialog that asks which series of the library are sent."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.series import Series
from core.services import Services
from core.study import Study
from viewers.ui.background_calls import BackgroundCalls

_SIZE = (620, 480)
_MOST = 300  # studies; a search finds the others
_UID = Qt.ItemDataRole.UserRole
Listed = list[tuple[Study, list[Series]]]


class PacsSendDialog(QDialog):
    """Lists studies and their series with a box each; a study's box stands for all of its series.

    Parameters
    ----------
    services : Services
        The program around it.
    chosen : collection of str
        UIDs of the series that are checked at first.
    """

    def __init__(self, services: Services, chosen: Collection[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._library, self._chosen = services.library, set(chosen)
        self._calls = BackgroundCalls(services.report_error)
        self.resize(*_SIZE)
        self.search = QLineEdit(clearButtonEnabled=True)
        self.tree = QTreeWidget(columnCount=2, rootIsDecorated=True, uniformRowHeights=True)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(buttons)
        layout = QVBoxLayout(self)
        for widget in (self.search, self.tree, self.buttons):
            layout.addWidget(widget)
        self.search.textChanged.connect(self._list)
        self.tree.itemChanged.connect(self._toggled)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(lambda _result: self._calls.close())
        self.retranslate()
        self._list()

    @property
    def series_uids(self) -> list[str]:
        """What is to be sent, also what a search hides."""
        return sorted(self._chosen)

    def _list(self) -> None:
        library, search = self._library, self.search.text()

        def read() -> Listed:
            from imaging.index import StudyIndex

            with StudyIndex.open(library) as index:
                return [(study, index.series_of(study.study_uid)) for study in index.studies(search)[:_MOST]]

        self._calls.call("list", read, self._show)

    def _show(self, listed: Listed) -> None:
        self.tree.blockSignals(True)
        self.tree.clear()
        for study, series in listed:
            parent = QTreeWidgetItem([_study_title(study), _day(study.date)])
            parent.setFlags(parent.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate)
            for uid, title in {one.series_uid: _series_title(one) for one in series}.items():
                child = QTreeWidgetItem(parent, [title])
                child.setData(0, _UID, uid)
                state = Qt.CheckState.Checked if uid in self._chosen else Qt.CheckState.Unchecked
                child.setCheckState(0, state)
            self.tree.addTopLevelItem(parent)
            parent.setExpanded(len(listed) == 1 or parent.checkState(0) is not Qt.CheckState.Unchecked)
        self.tree.blockSignals(False)
        self._refresh()

    def _toggled(self, item: QTreeWidgetItem, _column: int) -> None:
        uid = item.data(0, _UID)
        if uid and item.checkState(0) is Qt.CheckState.Checked:
            self._chosen.add(uid)
        elif uid:
            self._chosen.discard(uid)
        self._refresh()

    def _refresh(self) -> None:
        button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        button.setEnabled(bool(self._chosen))
        button.setText(self.tr("Send series: {count}").format(count=len(self._chosen)))

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Send series"))
        self.search.setPlaceholderText(self.tr("Search"))
        self.tree.setHeaderLabels([self.tr("Study and series"), self.tr("Date")])
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _study_title(study: Study) -> str:
    name = study.patient_name.split("=")[0].replace("^", " ").strip()
    return "  ".join(filter(None, (name, study.patient_id)))


def _day(date: str) -> str:
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 and date.isdecimal() else date


def _series_title(series: Series) -> str:
    return "  ".join(filter(None, (series.number, series.modality, series.description)))
