"""Tables of results as spreadsheets read them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.message import message
from core.result_table import Column, ResultTable

COLUMNS = (Column(message("Segment")), Column(message("Volume"), "ml", 3))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), st.floats(allow_nan=False))
def test_what_is_written_is_read_again(name, value):
    heading, row = csv.reader(io.StringIO(ResultTable(COLUMNS, ((name, value),)).written(str), newline=""))
    assert heading == ["Segment", "Volume (ml)"]
    assert row[0].removeprefix("'") == name.removeprefix("'")
    assert float(row[1]) == value


def test_no_name_is_taken_for_a_formula():
    names = ("=1+1", "+1", "-1", "@sum", "plain")
    written = ResultTable(COLUMNS, tuple((name, 1.0) for name in names)).written(str, delimiter="\t")
    assert [line.split("\t")[0] for line in written.splitlines()[1:]] == [
        *("'=1+1", "'+1", "'-1", "'@sum", "plain")
    ]


def test_what_is_missing_is_empty():
    assert ResultTable(COLUMNS, (("Liver", None),)).written(str).splitlines()[1] == "Liver,"


def test_rows_are_as_long_as_the_columns():
    with pytest.raises(ValueError, match="length"):
        ResultTable(COLUMNS, (("Liver",),))
