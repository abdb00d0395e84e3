"""Studies and their series as a tree for Qt's views; series are asked for when a study is opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage

from core.message import Message
from core.series import Series
from core.study import Study
from viewers.library_list import SERIES_MIME_TYPE, SeriesKey, encode_series, row_steps, series_key

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class LibraryRole(IntEnum):
    """What the delegate and the browser read besides the text."""

    STUDY = Qt.ItemDataRole.UserRole
    SERIES = Qt.ItemDataRole.UserRole + 1
    VOLUMES = Qt.ItemDataRole.UserRole + 2


@dataclass
class _Branch:
    """One study with the series that are known of it; `key` is the internal id of its children."""

    key: int
    study: Study
    row: int = 0
    series: list[Series] = field(default_factory=list[Series])
    asked: bool = False


class LibraryModel(QAbstractItemModel):
    """Two levels: studies, and below them their series.

    Nothing is held for a study that was never opened but the study itself. `series_wanted(study_uid)` asks
    for the series of one, `thumbnail_wanted(series)` for a picture; the answers come by `set_series` and
    `set_thumbnail`.

    Parameters
    ----------
    translate : callable
        Gives a message in the language of the window.
    """

    series_wanted = Signal(str)
    thumbnail_wanted = Signal(object)

    def __init__(self, translate: Callable[[Message], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._branches: list[_Branch] = []
        self._by_key: dict[int, _Branch] = {}
        self._by_uid: dict[str, _Branch] = {}
        self._next_key = 1
        self._volumes: dict[SeriesKey, int] = {}
        self._shown_as: dict[SeriesKey, SeriesKey] = {}
        self._thumbnails: dict[SeriesKey, QImage | None] = {}
        self._asked_thumbnails: dict[SeriesKey, int] = {}  # with the number of images that the series had

    # What Qt asks for

    def index(self, row: int, column: int, parent: _Index = _ROOT) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._branches[parent.row()].key if parent.isValid() else 0)

    def parent(self, index: _Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        branch = self._by_key.get(index.internalId()) if index.isValid() else None
        return QModelIndex() if branch is None else self.createIndex(branch.row, 0, 0)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        if not parent.isValid():
            return len(self._branches)
        return 0 if parent.internalId() else len(self._branches[parent.row()].series)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 1

    def hasChildren(self, parent: _Index = _ROOT) -> bool:
        if not parent.isValid():
            return bool(self._branches)
        return not parent.internalId() and self._branches[parent.row()].study.series > 0

    def canFetchMore(self, parent: _Index) -> bool:
        return self._is_study(parent) and not self._branches[parent.row()].asked

    def fetchMore(self, parent: _Index) -> None:
        if self.canFetchMore(parent):
            branch = self._branches[parent.row()]
            branch.asked = True
            self.series_wanted.emit(branch.study.study_uid)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self.study(index) or self.series(index)
        if role == LibraryRole.STUDY:
            return item if isinstance(item, Study) else None
        if role == LibraryRole.SERIES:
            return item if isinstance(item, Series) else None
        if role == LibraryRole.VOLUMES:
            return self._volumes.get(series_key(item), 1) if isinstance(item, Series) else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item.patient_name or item.patient_id if isinstance(item, Study) else item.description
        if role == Qt.ItemDataRole.DecorationRole and isinstance(item, Series):
            return self._thumbnail(item)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(item, Series):
            return "\n".join(self._translate(warning) for warning in item.warnings) or None
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() and index.internalId() else flags

    def mimeTypes(self) -> list[str]:
        return [SERIES_MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(SERIES_MIME_TYPE, encode_series([s for i in indexes if (s := self.series(i))]))
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    # What the browser asks for and tells

    def study(self, index: _Index) -> Study | None:
        """Give the study of a row on the first level."""
        return self._branches[index.row()].study if self._is_study(index) else None

    def series(self, index: _Index) -> Series | None:
        """Give the series of a row on the second level."""
        branch = self._by_key.get(index.internalId()) if index.isValid() else None
        return branch.series[index.row()] if branch else None

    def study_index(self, study_uid: str) -> QModelIndex:
        """Give the row of a study; invalid when it is not listed."""
        branch = self._by_uid.get(study_uid)
        return QModelIndex() if branch is None else self.createIndex(branch.row, 0, 0)

    def series_index(self, study_uid: str, key: SeriesKey) -> QModelIndex:
        """Give the row of a series; invalid when it is not listed or its study was not opened yet.

        Parts that play together have one row, that of the first.
        """
        key = self._shown_as.get(key, key)
        branch = self._by_uid.get(study_uid)
        for row, series in enumerate(branch.series if branch else ()):
            if branch and series_key(series) == key:
                return self.createIndex(row, 0, branch.key)
        return QModelIndex()

    def set_studies(self, studies: Sequence[Study]) -> None:
        """Show these studies in this order; the open ones stay open."""
        old = [branch.study.study_uid for branch in self._branches]
        steps = row_steps(old, [study.study_uid for study in studies])
        if steps is None:
            self._reorder(studies)
            return
        for step in steps:
            if step.insert:
                self.beginInsertRows(QModelIndex(), step.first, step.last)
                self._branches[step.first : step.first] = self._made(studies[step.first : step.last + 1])
                self._number()
                self.endInsertRows()
            else:
                self.beginRemoveRows(QModelIndex(), step.first, step.last)
                del self._branches[step.first : step.last + 1]
                self._number()
                self.endRemoveRows()
        self._update(studies)

    def set_series(self, study_uid: str, series: Sequence[Series]) -> None:
        """Show these series below their study."""
        branch = self._by_uid.get(study_uid)
        if branch is None:
            return
        parent = self.createIndex(branch.row, 0, 0)
        new = [series_key(one) for one in series]
        steps = row_steps([series_key(one) for one in branch.series], new)
        if steps is None:
            steps = []
            self._replace_series(branch, parent, [])
            self._replace_series(branch, parent, list(series))
        for step in steps:
            if step.insert:
                self.beginInsertRows(parent, step.first, step.last)
                branch.series[step.first : step.first] = series[step.first : step.last + 1]
                self.endInsertRows()
            else:
                self.beginRemoveRows(parent, step.first, step.last)
                del branch.series[step.first : step.last + 1]
                self.endRemoveRows()
        branch.series[:] = series
        if series:
            self.dataChanged.emit(self.index(0, 0, parent), self.index(len(series) - 1, 0, parent))

    def set_groups(self, study_uid: str, groups: Sequence[Sequence[Series]]) -> None:
        """Show one row below a study for each group of parts that play together."""
        for group in groups:
            first = series_key(group[0])
            self._volumes[first] = len(group)
            self._shown_as |= {series_key(part): first for part in group}
        self.set_series(study_uid, [group[0] for group in groups])

    def set_thumbnail(self, series: Series, image: QImage | None) -> None:
        """Show a picture with a series; None when there is none (yet)."""
        self._thumbnails[series_key(series)] = image
        index = self.series_index(series.study_uid, series_key(series))
        if index.isValid():
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def forget_thumbnail(self, series: Series) -> None:
        """Ask for a picture again when the series is next seen."""
        self._asked_thumbnails.pop(series_key(series), None)

    def _is_study(self, index: _Index) -> bool:
        return index.isValid() and not index.internalId()

    def _thumbnail(self, series: Series) -> QImage | None:
        key = series_key(series)
        if self._asked_thumbnails.get(key) != series.instances:
            self._asked_thumbnails[key] = series.instances
            self.thumbnail_wanted.emit(series)
        return self._thumbnails.get(key)

    def _made(self, studies: Sequence[Study]) -> list[_Branch]:
        first = self._next_key
        self._next_key += len(studies)
        return [_Branch(first + number, study) for number, study in enumerate(studies)]

    def _number(self) -> None:
        for row, branch in enumerate(self._branches):
            branch.row = row
        self._by_key = {branch.key: branch for branch in self._branches}
        self._by_uid = {branch.study.study_uid: branch for branch in self._branches}

    def _reorder(self, studies: Sequence[Study]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = [(self._by_key.get(i.internalId()), self.study(i), i.row()) for i in before]
        known = self._by_uid
        self._branches = [known.get(study.study_uid) or self._made([study])[0] for study in studies]
        self._number()
        after = [self._moved(branch, study, row) for branch, study, row in places]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self._update(studies)

    def _moved(self, branch: _Branch | None, study: Study | None, row: int) -> QModelIndex:
        if study is not None:
            return self.study_index(study.study_uid)
        kept = branch is not None and branch.key in self._by_key
        return self.createIndex(row, 0, branch.key) if branch is not None and kept else QModelIndex()

    def _update(self, studies: Sequence[Study]) -> None:
        for branch, study in zip(self._branches, studies, strict=True):
            if branch.study == study:
                continue
            branch.study = study
            index = self.createIndex(branch.row, 0, 0)
            self.dataChanged.emit(index, index)
            if branch.asked:
                self.series_wanted.emit(study.study_uid)

    def _replace_series(self, branch: _Branch, parent: QModelIndex, series: list[Series]) -> None:
        if branch.series:
            self.beginRemoveRows(parent, 0, len(branch.series) - 1)
            branch.series = []
            self.endRemoveRows()
        if series:
            self.beginInsertRows(parent, 0, len(series) - 1)
            branch.series = series
            self.endInsertRows()
