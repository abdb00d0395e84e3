"""Consistent replacements, and dates that move together."""

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from imaging.deidentification.dates import shifted
from imaging.deidentification.pseudonyms import Pseudonyms

uids = st.from_regex(r"[12]\.(0|[1-9]\d{0,9})(\.(0|[1-9]\d{0,9})){1,4}", fullmatch=True)


@given(uids, uids)
def test_uids_are_valid_consistent_and_known_again(one: str, other: str) -> None:
    pseudonyms = Pseudonyms(b"one")
    new = pseudonyms.uid(one)
    assert UID(new).is_valid
    assert (new == one) == one.startswith("1.2.840.10008.")
    assert new == Pseudonyms(b"one").uid(one)
    assert (new == pseudonyms.uid(other)) == (one == other)
    assert pseudonyms.uid(new) == new
    if new != one:
        assert Pseudonyms(b"two").uid(one) != new
        assert Pseudonyms(b"two").uid(new) != new


@given(st.text(), st.text())
def test_patients_are_told_apart_and_known_again(one: str, other: str) -> None:
    pseudonyms = Pseudonyms(b"one")
    name = pseudonyms.patient(one)
    assert name.isascii()
    assert len(name) <= 64
    assert (name == pseudonyms.patient(other)) == (one == other)
    assert pseudonyms.patient(name) == name
    assert pseudonyms.days(name) == 0
    assert 1 <= pseudonyms.days(one) <= 3650


def test_dicoms_own_uids_stay() -> None:
    assert Pseudonyms(b"").uid("1.2.840.10008.5.1.4.1.1.2") == "1.2.840.10008.5.1.4.1.1.2"


@given(st.dates(min_value=date(1920, 1, 1)), st.integers(1, 3650))
def test_a_date_moves_by_days(day: date, days: int) -> None:
    text = f"{day:%Y%m%d}"
    moved = shifted("DA", text, days)
    assert moved is not None
    assert (day - datetime.strptime(moved, "%Y%m%d").date()).days == days
    assert shifted("DT", f"{text}101500.25+0100", days) == f"{moved}101500.25+0100"


def test_what_is_no_date_is_none() -> None:
    assert shifted("DA", "20261301", 1) is None
    assert shifted("DA", "Smith", 1) is None
    assert shifted("DT", "202601", 1) is None
    assert shifted("TM", "noon", 1) is None
    assert shifted("TM", "101500.5", 1) == "101500.5"
    assert shifted("DA", "2026.01.02", 1) == "20260101"
    assert shifted("DA", " ", 1) == ""
