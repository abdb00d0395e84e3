import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.study import Study
from viewers.library_list import (
    LibraryCounts,
    LibraryQuery,
    StudyOrder,
    count,
    decode_series,
    find_studies,
    row_steps,
    sort_studies,
)

_STUDY = Study("1.2", "Ang^Li", "7", "", "F", "20240301", "101500", "A1", "Head", ("CT",), 3, 120)


def _study(uid, **changes):
    return dataclasses.replace(_STUDY, study_uid=uid, **changes)


class _Studies:
    def __init__(self, *studies):
        self._studies = studies

    def studies(self, search=""):
        return [study for study in self._studies if search in study.description]


@given(st.lists(st.integers(0, 12), unique=True), st.lists(st.integers(0, 12), unique=True))
def test_row_steps_lead_from_old_to_new(old, new):
    steps = row_steps(old, new)
    common = [key for key in old if key in new]
    assert (steps is None) == (common != [key for key in new if key in old])
    rows = list(old)
    for step in steps or ():
        if step.insert:
            rows[step.first : step.first] = new[step.first : step.last + 1]
        else:
            del rows[step.first : step.last + 1]
    assert steps is None or rows == new


@pytest.mark.parametrize(
    ("order", "uids"),
    [(StudyOrder.NEWEST, "cab"), (StudyOrder.OLDEST, "acb"), (StudyOrder.NAME, "bca")],
)
def test_studies_are_sorted_and_undated_ones_come_last(order, uids):
    studies = [
        _study("a", date="20200101", patient_name="Zhao"),
        _study("b", date="", patient_name="adam"),
        _study("c", date="20230101", patient_name="Berg"),
    ]
    assert "".join(study.study_uid for study in sort_studies(studies, order)) == uids


def test_the_answer_counts_what_is_shown_and_what_there_is():
    source = _Studies(
        _study("a"),
        _study("b", patient_id="8", modalities=("MR", "CT"), description="Knee"),
        _study("c", patient_id="8", modalities=("MR",), description="Knee"),
    )
    answer = find_studies(source, LibraryQuery("Knee", modalities=frozenset({"CT"})))
    assert [study.study_uid for study in answer.studies] == ["b"]
    assert answer.shown == LibraryCounts(1, 1, 3, 120)
    assert answer.total == LibraryCounts(2, 3, 9, 360)
    assert answer.modalities == ("CT", "MR")


def test_patients_are_told_apart_by_name_where_they_share_an_id():
    assert count([_study("a", patient_id=""), _study("b", patient_id="", patient_name="Other")]).patients == 2


@pytest.mark.parametrize("data", [b"", b"{", b"3", b'["a"]', b"[[1, 2, 3]]", b"\xff"])
def test_foreign_drag_data_holds_no_series(data):
    assert decode_series(data) == []
