"""The studies that a PACS has found, as a table that can be sorted."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from imaging.pacs.records import RemoteStudy
from viewers.pacs_search import study_row

_Index = QModelIndex | QPersistentModelIndex
COUNT_COLUMN = 5
SORT_ROLE = Qt.ItemDataRole.UserRole
STUDY_ROLE = Qt.ItemDataRole.UserRole + 1


class StudyTable(QAbstractTableModel):
    """One row for each study."""

    def __init__(self) -> None:
        super().__init__()
        self._studies: list[RemoteStudy] = []
        self._rows: list[tuple[str, ...]] = []
        self._titles = ("",) * (COUNT_COLUMN + 1)

    def show_studies(self, studies: Sequence[RemoteStudy]) -> None:
        """Take the place of what was found before."""
        self.beginResetModel()
        self._studies, self._rows = list(studies), [study_row(study) for study in studies]
        self.endResetModel()

    def retranslate(self) -> None:
        """Write the titles in the current language."""
        self._titles = (
            self.tr("Patient"),
            self.tr("Patient ID"),
            self.tr("Date"),
            self.tr("Modality"),
            self.tr("Description"),
            self.tr("Images"),
        )
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, COUNT_COLUMN)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else COUNT_COLUMN + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[row][column]
        if role == SORT_ROLE:
            text = self._rows[row][column]
            return int(text or 0) if column == COUNT_COLUMN else text.casefold()
        if role == STUDY_ROLE:
            return self._studies[row]
        if role == Qt.ItemDataRole.TextAlignmentRole and column == COUNT_COLUMN:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None
