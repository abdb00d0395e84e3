"""Every row of the profile's table, applied to a data set that has the attribute."""

from collections import Counter
from typing import Any

import pytest
from pydicom.datadict import DicomDictionary, dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import CTImageStorage, PositronEmissionTomographyImageStorage, SegmentationStorage

from core.errors import UsageError
from imaging.deidentification.attribute_types import AttributeType, attribute_type
from imaging.deidentification.cleaning import Cleaner
from imaging.deidentification.dummies import dummy
from imaging.deidentification.identifiers import Identifiers
from imaging.deidentification.profile import (
    COLUMNS,
    Action,
    ProfileOption,
    ProfileRow,
    Rules,
    profile_table,
)
from imaging.deidentification.pseudonyms import Pseudonyms

SECRET = "Zygmuntowicz"
VALUES: dict[str, Any] = {
    "AS": "067Y",
    "CS": SECRET.upper(),
    "DA": "20240131",
    "DT": "20240131123456",
    "TM": "123456",
    "DS": "1.5",
    "IS": "7",
    "FD": 1.5,
    "FL": 1.5,
    "US": 7,
    "UL": 7,
    "SS": 7,
    "AT": 0x00100010,
    "UI": "1.2.826.0.1.77",
    "OB": SECRET.encode(),
    "UN": SECRET.encode(),
    "OW": SECRET.encode(),
}
NEWER_VRS = {"0040E012": "UR"}  # not in every dictionary
ROWS = [row for row in profile_table() if "X" not in row.tag]


def vr_of(row: ProfileRow) -> str:
    try:
        return dictionary_VR(int(row.tag, 16))
    except KeyError:
        if row.keyword.endswith("Sequence"):
            return "SQ"
        return "DT" if row.keyword.endswith("DateTime") else NEWER_VRS.get(row.tag, "LO")


def with_attribute(row: ProfileRow) -> Dataset:
    vr, data = vr_of(row), Dataset()
    value: Any = VALUES.get(vr, SECRET)
    if vr == "SQ":
        item = Dataset()
        item.PatientComments = SECRET
        item.ReferencedSOPInstanceUID = VALUES["UI"]
        value = [item]
    data.add_new(int(row.tag, 16), vr, value)
    return data


def cleaned(data: Dataset, *options: ProfileOption) -> Dataset:
    cleaner = Cleaner(
        Rules(options), Pseudonyms(b"key"), Identifiers([SECRET]), patient="SW-PATIENT", days=10
    )
    cleaner.clean(data)
    return data


def nested(data: Dataset) -> Dataset:
    outer, middle = Dataset(), Dataset()
    middle.add_new(0x00081199, "SQ", [data])
    outer.add_new(0x00081115, "SQ", [middle])
    return outer


def expect(row: ProfileRow, data: Dataset, action: Action) -> None:
    tag, vr = int(row.tag, 16), vr_of(row)
    assert SECRET.lower() not in str(data).lower()
    if action is Action.REMOVE:
        assert tag not in data
        return
    value = data[tag].value
    if vr == "SQ":
        assert (len(value) == 0) == (action is Action.EMPTY)
        assert VALUES["UI"] not in str(value)
    elif tag in (0x00100010, 0x00100020):
        assert str(value) == "SW-PATIENT"
    elif action is Action.EMPTY:
        assert value in (None, "", [])
    elif action is Action.UID or (action is Action.DUMMY and vr == "UI"):
        assert value == Pseudonyms(b"key").uid(VALUES["UI"])
    else:
        assert value == dummy(vr)


def test_the_table_is_that_of_the_standard() -> None:
    table = profile_table()
    assert len(table) == 655
    assert len({row.tag for row in table}) == 655
    assert Counter(row.basic for row in table) == {
        "X": 415,
        "D": 93,
        "U": 55,
        "Z": 42,
        "X/D": 23,
        "X/Z": 11,
        "X/Z/D": 8,
        "Z/D": 6,
        "X/Z/U*": 2,
    }
    assert all(len(row.options) == len(COLUMNS) and set(row.options) <= set("-KCX") for row in table)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.keyword)
def test_a_row_under_the_basic_profile(row: ProfileRow) -> None:
    if row.tag.startswith(("0000", "0002", "0004")):
        assert row.basic_action() in (Action.REMOVE, Action.UID)
        return  # commands, file meta information and DICOMDIRs are no part of an instance
    expect(row, cleaned(with_attribute(row)), row.basic_action(attribute_type(row.keyword, "", "")))
    inner = cleaned(nested(with_attribute(row)))[0x00081115].value[0][0x00081199].value[0]
    expect(row, inner, row.basic_action(attribute_type(row.keyword, "ReferencedSOPSequence", "")))


def cleaned_as(sop_class: str, **attributes: Any) -> Dataset:
    data = Dataset()
    for keyword, value in attributes.items():
        setattr(data, keyword, value)
    Cleaner(
        Rules(()), Pseudonyms(b"key"), Identifiers([]), patient="SW-PATIENT", days=10, sop_class_uid=sop_class
    ).clean(data)
    return data


def test_what_may_be_absent_goes_and_what_must_be_there_is_replaced() -> None:
    """A CT image need not have a series date, an encapsulated STL has to (PS3.3 A.3.3, A.85)."""
    given = {"SeriesDate": "20240131", "ContentDate": "20240131", "DeviceSerialNumber": "4711"}
    given |= {"OperatorsName": SECRET, "AcquisitionDate": "20240131"}
    ct = cleaned_as(CTImageStorage, **given)
    assert "SeriesDate" not in ct
    assert "DeviceSerialNumber" not in ct
    assert "OperatorsName" not in ct
    assert "AcquisitionDate" not in ct
    assert "ContentDate" in ct
    assert not ct.ContentDate
    seg = cleaned_as(SegmentationStorage, **given)
    assert seg.DeviceSerialNumber == "REMOVED"
    assert seg.ContentDate == "19000101"
    pet = cleaned_as(PositronEmissionTomographyImageStorage, **given)
    assert "AcquisitionDate" in pet
    assert not pet.AcquisitionDate
    unknown = cleaned_as("1.2.826.0.1.4711", **given)
    assert unknown.SeriesDate == "19000101"


def test_the_place_of_an_attribute_says_its_type() -> None:
    for parent, expected in (
        ("", AttributeType.OPTIONAL),
        ("PerformingPhysicianIdentificationSequence", AttributeType.VALUE),
        ("BeamSequence", AttributeType.OPTIONAL),
        ("ROICreatorSequence", AttributeType.EMPTY),
        ("NoSuchSequence", AttributeType.OPTIONAL),
    ):
        assert attribute_type("InstitutionName", parent, "") is expected


@pytest.mark.parametrize("vr", ["DA", "DT", "TM"])
def test_dates_that_the_table_does_not_name_go(vr: str) -> None:
    named = {int(row.tag, 16) for row in ROWS}
    tags = [tag for tag, entry in DicomDictionary.items() if entry[0] == vr and tag not in named]
    assert tags
    for tag in tags:
        data = Dataset()
        data.add_new(tag, vr, VALUES[vr])
        assert len(cleaned(data)) == 0
        data.add_new(tag, vr, VALUES[vr])
        shifted = str(cleaned(data, ProfileOption.RETAIN_DATES)[tag].value)
        assert shifted.startswith("20240121" if vr != "TM" else "123456")


@pytest.mark.parametrize("row", [row for row in ROWS if set(row.options) != {"-"}], ids=lambda r: r.keyword)
def test_a_row_under_each_of_its_options(row: ProfileRow) -> None:
    if row.tag.startswith(("0000", "0002", "0004")):
        return
    tag, vr = int(row.tag, 16), vr_of(row)
    for letter, option in zip(row.options, COLUMNS, strict=True):
        if letter == "-" or option is None:
            continue
        data = cleaned(with_attribute(row), option)
        assert SECRET.lower() not in str(data).lower()
        if letter == "X":
            assert tag not in data
        elif letter == "C" and vr in ("DA", "DT"):
            assert str(data[tag].value).startswith("20240121")
        elif letter == "K" and vr in VALUES and vr not in ("CS", "OB", "UN", "OW"):
            assert data[tag].value == VALUES[vr]
        elif letter == "K" and vr == "SQ":
            assert len(data[tag].value) == 1
        elif letter == "C" and vr in ("LO", "SH", "ST", "LT", "UT", "UC"):
            assert data[tag].value == "REMOVED"  # all that it said was the name


@pytest.mark.parametrize("group", [0x5000, 0x501E, 0x6000, 0x601E])
def test_curves_and_overlays_go(group: int) -> None:
    data = Dataset()
    data.add_new(group << 16 | 0x0010, "US", 4)
    data.add_new(group << 16 | 0x3000, "OW", SECRET.encode())
    assert len(cleaned(data)) == 0


def test_two_options_that_differ_leave_the_less() -> None:
    row = ProfileRow("00104000", "X", "-K----C--", "PatientComments")
    assert row.action([ProfileOption.RETAIN_DEVICE]) is Action.KEEP
    assert row.action([ProfileOption.RETAIN_DEVICE, ProfileOption.CLEAN_DESCRIPTORS]) is Action.CLEAN


def test_dates_cannot_be_both_kept_and_shifted() -> None:
    with pytest.raises(UsageError):
        Rules([ProfileOption.RETAIN_DATES, ProfileOption.RETAIN_FULL_DATES])


def test_free_text_loses_the_name_and_keeps_the_rest() -> None:
    data = Dataset()
    data.SeriesDescription = "T1 head of zygmuntowicz, tel. 040 123 4567, for Dr. Who"
    text = cleaned(data, ProfileOption.CLEAN_DESCRIPTORS).SeriesDescription
    assert text.startswith("T1 head of REMOVED")
    assert "123" not in text
    assert "Who" not in text


def test_ages_over_89_are_not_told() -> None:
    data = Dataset()
    data.PatientAge = "101Y"
    assert cleaned(data, ProfileOption.RETAIN_CHARACTERISTICS).PatientAge == "090Y"


def test_only_safe_private_attributes_stay() -> None:
    data = Dataset()
    block = data.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "1000")  # b value: safe
    block.add_new(0x0D, "LO", "DIRECTIONAL")  # another VR than the list's
    block.add_new(0x55, "LO", SECRET)
    other = data.private_block(0x0019, "ACME", create=True)
    other.add_new(0x0C, "IS", "1000")
    kept = cleaned(data, ProfileOption.RETAIN_SAFE_PRIVATE)
    assert [int(element.tag) for element in kept] == [0x00190010, 0x0019100C]
    assert len(cleaned(kept)) == 0


def test_what_nobody_knows_goes() -> None:
    data = Dataset()
    data.add_new(0x00081198, "LO", "FAILED")  # known, and not in the table
    data.add_new(0x00080003, "UN", b"unknown")
    data.add_new(0x00180050, "DS", "1.0")
    raw = RawDataElement(Tag(0x00180051), "DS", 8, b"Zygmunto", 0, False, True)
    data._dict[Tag(0x00180051)] = raw  # type: ignore[attr-defined]
    cleaned(data)
    assert [int(element.tag) for element in data] == [0x00081198, 0x00180050]
