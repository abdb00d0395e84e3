"""The Basic Application Level Confidentiality Profile and its options (DICOM PS3.15 Table E.1-1)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message
from imaging.deidentification.attribute_types import AttributeType, attribute_type

EDITION = "2026c"
_TABLE = Path(__file__).with_name("attributes.tsv")
_REPEATING = (0x5000, 0x6000)


class ProfileOption(StrEnum):
    """The profile and the options that may be added to it (PS3.15 E.3)."""

    BASIC = "basic"
    CLEAN_DESCRIPTORS = "clean-descriptors"
    CLEAN_STRUCTURED_CONTENT = "clean-structured-content"
    CLEAN_GRAPHICS = "clean-graphics"
    CLEAN_PIXEL = "clean-pixel"
    DEFACE = "deface"  # Clean Recognizable Visual Features
    RETAIN_DATES = "retain-dates"  # shifted: Longitudinal Temporal Information with Modified Dates
    RETAIN_FULL_DATES = "retain-full-dates"
    RETAIN_DEVICE = "retain-device"
    RETAIN_INSTITUTION = "retain-institution"
    RETAIN_UIDS = "retain-uids"
    RETAIN_CHARACTERISTICS = "retain-characteristics"
    RETAIN_SAFE_PRIVATE = "retain-safe-private"


class Action(StrEnum):
    """What happens to an attribute."""

    REMOVE = "removed"
    EMPTY = "emptied"
    DUMMY = "replaced"
    UID = "UID replaced"
    CLEAN = "cleaned"
    KEEP = "kept"


# The order of the letters in the table.
COLUMNS = (
    ProfileOption.RETAIN_UIDS,
    ProfileOption.RETAIN_DEVICE,
    ProfileOption.RETAIN_INSTITUTION,
    ProfileOption.RETAIN_CHARACTERISTICS,
    ProfileOption.RETAIN_FULL_DATES,
    ProfileOption.RETAIN_DATES,
    ProfileOption.CLEAN_DESCRIPTORS,
    ProfileOption.CLEAN_STRUCTURED_CONTENT,
    ProfileOption.CLEAN_GRAPHICS,
)

_BASIC = {"X": Action.REMOVE, "Z": Action.EMPTY, "D": Action.DUMMY, "U": Action.UID}
# What leaves the object valid, the best first: a dummy is valid everywhere, an empty value but in type 1.
_BY_TYPE = {
    AttributeType.VALUE: "D",
    AttributeType.EMPTY: "ZD",
    AttributeType.OPTIONAL: "XZD",
}
_OPTION = {"K": Action.KEEP, "C": Action.CLEAN, "X": Action.REMOVE}
_STRICTEST = (Action.REMOVE, Action.CLEAN, Action.KEEP)


@dataclass(frozen=True)
class ProfileRow:
    """One row of the table.

    Parameters
    ----------
    tag : str
        Eight hexadecimal digits; X for any.
    basic : str
        Action codes of the Basic Profile, such as `"X/Z/D"`.
    options : str
        One letter for each of `COLUMNS`.
    keyword : str
        Of the attribute.
    """

    tag: str
    basic: str
    options: str
    keyword: str

    def basic_action(self, needed: AttributeType = AttributeType.VALUE) -> Action:
        """Give what the Basic Profile does with an attribute of the type `needed` (PS3.15 table E.1-1a)."""
        codes = self.basic.split("/")
        if len(codes) == 1:
            return _BASIC[codes[0]]
        if "U*" in codes:
            return Action.UID  # a sequence whose UIDs are replaced is valid whatever its type
        return next((_BASIC[code] for code in _BY_TYPE[needed] if code in codes), Action.DUMMY)

    def action(
        self, options: Collection[ProfileOption], needed: AttributeType = AttributeType.VALUE
    ) -> Action:
        """Give what happens under `options`; where they differ, the one that leaves less."""
        letters = {
            letter
            for letter, option in zip(self.options, COLUMNS, strict=True)
            if letter != "-" and option in options
        }
        chosen = {_OPTION[letter] for letter in letters}
        return next((action for action in _STRICTEST if action in chosen), self.basic_action(needed))


@lru_cache(maxsize=1)
def profile_table() -> tuple[ProfileRow, ...]:
    """Read the table."""
    lines = _TABLE.read_text(encoding="ascii").splitlines()
    return tuple(ProfileRow(*line.split("\t")) for line in lines if not line.startswith("#"))


class Rules:
    """The action for every attribute under a choice of options.

    Parameters
    ----------
    options : collection of ProfileOption
        Beside the Basic Profile, which always applies.

    Raises
    ------
    UsageError
        When dates shall be both kept and shifted.
    """

    def __init__(self, options: Collection[ProfileOption]) -> None:
        self.options = frozenset(options)
        if {ProfileOption.RETAIN_DATES, ProfileOption.RETAIN_FULL_DATES} <= self.options:
            text = QT_TRANSLATE_NOOP("Message", "retain-dates and retain-full-dates exclude one another.")
            raise UsageError(message(text), message(QT_TRANSLATE_NOOP("Message", "Choose one of the two.")))
        self._rows = {int(row.tag, 16): row for row in profile_table() if "X" not in row.tag}

    def action(self, tag: int, parent: str = "", sop_class_uid: str = "") -> Action | None:
        """Give the action for a standard attribute; None where the table does not name it.

        Parameters
        ----------
        tag : int
            Group and element.
        parent : str
            Keyword of the sequence that it lies in; "" for the data set itself.
        sop_class_uid : str
            Kind of object, which says what has to be there.
        """
        if (tag >> 16) & 0xFF00 in _REPEATING:
            return self._drawn(tag)
        row = self._rows.get(tag)
        return row.action(self.options, _type(row, parent, sop_class_uid)) if row else None

    def basic(self, tag: int, parent: str = "", sop_class_uid: str = "") -> Action:
        """Give the Basic Profile's action, for an attribute that cannot be cleaned otherwise."""
        row = self._rows.get(tag)
        return row.basic_action(_type(row, parent, sop_class_uid)) if row else Action.REMOVE

    def _drawn(self, tag: int) -> Action:
        """Give the action for a part of a curve or an overlay: what describes it goes with its data."""
        if ProfileOption.CLEAN_GRAPHICS in self.options and tag >> 16 >= 0x6000 and tag & 0xFFFF != 0x4000:
            return Action.KEEP
        return Action.REMOVE

    def codes(self) -> Iterator[tuple[str, str]]:
        """Give code value and meaning of the profile and its options (PS3.16 CID 7050)."""
        yield _CODES[ProfileOption.BASIC]
        yield from (
            _CODES[option] for option in ProfileOption if option in self.options and option != "basic"
        )


_CODES = {
    ProfileOption.BASIC: ("113100", "Basic Application Confidentiality Profile"),
    ProfileOption.CLEAN_PIXEL: ("113101", "Clean Pixel Data Option"),
    ProfileOption.DEFACE: ("113102", "Clean Recognizable Visual Features Option"),
    ProfileOption.CLEAN_GRAPHICS: ("113103", "Clean Graphics Option"),
    ProfileOption.CLEAN_STRUCTURED_CONTENT: ("113104", "Clean Structured Content Option"),
    ProfileOption.CLEAN_DESCRIPTORS: ("113105", "Clean Descriptors Option"),
    ProfileOption.RETAIN_FULL_DATES: (
        "113106",
        "Retain Longitudinal Temporal Information Full Dates Option",
    ),
    ProfileOption.RETAIN_DATES: (
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    ProfileOption.RETAIN_CHARACTERISTICS: ("113108", "Retain Patient Characteristics Option"),
    ProfileOption.RETAIN_DEVICE: ("113109", "Retain Device Identity Option"),
    ProfileOption.RETAIN_UIDS: ("113110", "Retain UIDs Option"),
    ProfileOption.RETAIN_SAFE_PRIVATE: ("113111", "Retain Safe Private Option"),
    ProfileOption.RETAIN_INSTITUTION: ("113112", "Retain Institution Identity Option"),
}


def _type(row: ProfileRow, parent: str, sop_class_uid: str) -> AttributeType:
    return attribute_type(row.keyword, parent, sop_class_uid) if "/" in row.basic else AttributeType.OPTIONAL
