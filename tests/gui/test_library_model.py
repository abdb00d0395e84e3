import dataclasses

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester

from core.message import message
from core.series import Series
from core.study import Study
from viewers.library_list import SERIES_MIME_TYPE, decode_series, series_key
from viewers.ui.library_model import LibraryModel, LibraryRole

_STUDY = Study("s0", "Ang^Li", "7", "", "F", "20240301", "101500", "A1", "Head", ("CT",), 2, 120)


def _studies(*names):
    return [dataclasses.replace(_STUDY, study_uid=name) for name in names]


def _series(study_uid, *names):
    return [Series(f"{study_uid}.{name}", study_uid, "", "CT", name, "1", 60, None) for name in names]


@pytest.fixture
def model(qapp):
    made = LibraryModel(str)
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    made.deleteLater()


def _uids(model):
    return [model.study(model.index(row, 0)).study_uid for row in range(model.rowCount())]


def test_series_are_asked_for_only_when_a_study_is_opened(qtbot):
    model = LibraryModel(str)  # without the tester, which fetches by itself
    model.set_studies(_studies("a", "b"))
    parent = model.index(1, 0)
    assert model.hasChildren(parent)
    assert model.rowCount(parent) == 0
    with qtbot.waitSignal(model.series_wanted) as asked:
        model.fetchMore(parent)
    assert asked.args == ["b"]
    model.set_series("b", _series("b", "head", "chest"))
    assert [model.series(model.index(row, 0, parent)).description for row in range(2)] == ["head", "chest"]


def test_rows_that_stay_keep_their_index(model):
    model.set_studies(_studies("a", "c", "d"))
    model.set_series("c", _series("c", "one", "two"))
    study = QPersistentModelIndex(model.study_index("c"))
    series = QPersistentModelIndex(model.index(1, 0, model.study_index("c")))
    model.set_studies(_studies("a", "b", "c"))
    assert _uids(model) == ["a", "b", "c"]
    assert study.row() == 2
    assert model.series(QModelIndex(series)).description == "two"
    model.set_studies(_studies("c", "b", "e"))
    assert _uids(model) == ["c", "b", "e"]
    assert study.row() == 0
    assert model.series(QModelIndex(series)).description == "two"


def test_indices_of_removed_rows_become_invalid_when_the_order_changes(model):
    model.set_studies(_studies("a", "b", "c"))
    model.set_series("a", _series("a", "one"))
    series = QPersistentModelIndex(model.index(0, 0, model.study_index("a")))
    model.set_studies(_studies("c", "b"))
    assert not series.isValid()


def test_series_in_another_order_replace_the_old_ones(model):
    model.set_studies(_studies("a"))
    model.set_series("a", _series("a", "one", "two"))
    model.set_series("a", _series("a", "two", "one", "three"))
    parent = model.index(0, 0)
    assert [model.series(model.index(row, 0, parent)).description for row in range(3)] == [
        "two",
        "one",
        "three",
    ]


def test_a_grown_study_asks_for_its_series_again(model, qtbot):
    model.set_studies(_studies("a"))
    model.fetchMore(model.index(0, 0))
    with qtbot.waitSignal(model.series_wanted):
        model.set_studies([dataclasses.replace(_STUDY, study_uid="a", instances=500)])


def test_a_picture_is_asked_for_once_and_shown(model):
    asked = []
    model.thumbnail_wanted.connect(asked.append)
    model.set_studies(_studies("a"))
    model.set_series("a", _series("a", "one"))
    index = model.index(0, 0, model.index(0, 0))
    for _ in range(3):
        assert index.data(Qt.ItemDataRole.DecorationRole) is None
    assert len(asked) == 1
    model.set_thumbnail(asked[0], QImage(4, 4, QImage.Format.Format_Grayscale8))
    assert index.data(Qt.ItemDataRole.DecorationRole).width() == 4


def test_a_series_that_has_grown_asks_for_another_picture_and_keeps_the_old_one(model):
    asked = []
    model.thumbnail_wanted.connect(asked.append)
    model.set_studies(_studies("a"))
    model.set_series("a", _series("a", "one"))
    index = model.index(0, 0, model.index(0, 0))
    index.data(Qt.ItemDataRole.DecorationRole)
    model.set_thumbnail(asked[0], QImage(4, 4, QImage.Format.Format_Grayscale8))
    model.set_series("a", [dataclasses.replace(_series("a", "one")[0], instances=61)])
    assert index.data(Qt.ItemDataRole.DecorationRole).width() == 4
    assert [series.instances for series in asked] == [60, 61]


def test_warnings_are_the_tooltip(model):
    model.set_studies(_studies("a"))
    series = dataclasses.replace(
        _series("a", "one")[0], warnings=(message("Tilted by {x}.", x=3), message("Gap."))
    )
    model.set_series("a", [series])
    assert model.index(0, 0, model.index(0, 0)).data(Qt.ItemDataRole.ToolTipRole) == "Tilted by 3.\nGap."


def test_only_series_can_be_dragged_and_carry_their_uid(model):
    model.set_studies(_studies("a"))
    model.set_series("a", _series("a", "one"))
    study = model.index(0, 0)
    series = model.index(0, 0, study)
    assert not study.flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert series.flags() & Qt.ItemFlag.ItemIsDragEnabled
    data = model.mimeData([series]).data(SERIES_MIME_TYPE).data()
    assert decode_series(data) == [("a.one", "")]


def test_parts_that_play_together_have_one_row(model):
    parts = [dataclasses.replace(_series("a", "one")[0], part=f"time {n}") for n in range(3)]
    other = _series("a", "two")
    model.set_studies(_studies("a"))
    model.set_groups("a", [parts, other])
    parent = model.study_index("a")
    assert model.rowCount(parent) == 2
    rows = [model.index(row, 0, parent) for row in range(2)]
    assert [row.data(LibraryRole.VOLUMES) for row in rows] == [3, 1]
    assert model.series_index("a", series_key(parts[2])) == rows[0]
    assert model.series(rows[0]).part == "time 0"
