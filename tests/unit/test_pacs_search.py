from datetime import date

import pytest

from imaging.pacs.records import Query, RemoteStudy
from viewers.pacs_search import Period, study_row, typed_query

TODAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("period", "dates"),
    [(Period.TODAY, "20260305-"), (Period.WEEK, "20260226-"), (Period.MONTH, "20260203-"), (Period.ANY, "")],
)
def test_periods(period: Period, dates: str) -> None:
    assert period.dates(TODAY) == dates


def test_names_are_found_by_any_part_and_ids_by_their_beginning() -> None:
    query = typed_query(" 12 ", " ada", "CT", Period.ANY, TODAY)
    assert query == Query(patient_id="12*", patient_name="*ada*", modality="CT")
    assert typed_query("", " ", "", Period.ANY, TODAY).matching() == {}
    assert typed_query("1*", "", "", Period.ANY, TODAY).patient_id == "1*"


def test_rows_show_dates_and_names_as_people_write_them() -> None:
    values = {
        "PatientName": "Wang^XiaoDong=王^小东",
        "PatientID": "7",
        "StudyDate": "20260102",
        "ModalitiesInStudy": "CT\\SR",
        "StudyDescription": "Head",
        "NumberOfStudyRelatedInstances": "12",
    }
    assert study_row(RemoteStudy.of(values)) == ("Wang XiaoDong", "7", "2026-01-02", "CT, SR", "Head", "12")
    assert study_row(RemoteStudy.of({"StudyDate": "2026"})) == ("", "", "2026", "", "", "")
