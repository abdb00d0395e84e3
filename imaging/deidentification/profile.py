"""The Basic Application Level Confidentiality Profile and its options (DICOM PS3.15 Table E.1-1)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message

EDITION = "2026c"
_TABLE = Path(__file__).with_name("attributes.tsv")
_REPEATING = (0x5000, 0x6000)


class ProfileOption(StrEnum):
    """The profile and the options that may be added to it (PS3.15 E.3)."""

    BASIC = "basic"
    CLEAN_DESCRIPTORS = "clean-descriptors"
    CLEAN_STRUCTURED_CONTENT = "clean-structured-content"
    CLEAN_PIXEL = "clean-pixel"
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
    None,  # Clean Graphics: there is no sound way to clean what is drawn, so it is removed
)

# One action has to leave the object valid whatever its IOD asks for (type 1, 2 or 3): a value that means
# nothing is valid everywhere, an empty one everywhere but in type 1.
_BASIC = {
    "X": Action.REMOVE,
    "Z": Action.EMPTY,
    "D": Action.DUMMY,
    "U": Action.UID,
    "Z/D": Action.DUMMY,
    "X/D": Action.DUMMY,
    "X/Z/D": Action.DUMMY,
    "X/Z": Action.EMPTY,
    "X/Z/U*": Action.UID,
}
_OPTION = {"K": Action.KEEP, "C": Action.CLEAN, "X": Action.REMOVE}
_STRICTEST = (Action.REMOVE, Action.CLEAN, Action.KEEP)
# An empty sequence is not valid here, and its absence always is (PS3.3 C.7.2.1).
_ABSENT = {0x00081110}


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

    def basic_action(self) -> Action:
        """Give what the Basic Profile does."""
        return Action.REMOVE if "X" not in self.tag and int(self.tag, 16) in _ABSENT else _BASIC[self.basic]

    def action(self, options: Collection[ProfileOption]) -> Action:
        """Give what happens under `options`; where they differ, the one that leaves less."""
        letters = {
            letter
            for letter, option in zip(self.options, COLUMNS, strict=True)
            if letter != "-" and option is not None and option in options
        }
        chosen = {_OPTION[letter] for letter in letters}
        return next((action for action in _STRICTEST if action in chosen), self.basic_action())


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
        rows = [row for row in profile_table() if "X" not in row.tag]
        self._actions = {int(row.tag, 16): row.action(self.options) for row in rows}
        self._basic = {int(row.tag, 16): row.basic_action() for row in rows}

    def action(self, tag: int) -> Action | None:
        """Give the action for a standard attribute; None where the table does not name it."""
        if (tag >> 16) & 0xFF00 in _REPEATING:
            # All of a curve or overlay goes: what describes it is not valid without its data.
            return Action.REMOVE
        return self._actions.get(tag)

    def basic(self, tag: int) -> Action:
        """Give the Basic Profile's action, for an attribute that cannot be cleaned otherwise."""
        return self._basic.get(tag, Action.REMOVE)

    def codes(self) -> Iterator[tuple[str, str]]:
        """Give code value and meaning of the profile and its options (PS3.16 CID 7050)."""
        yield _CODES[ProfileOption.BASIC]
        yield from (
            _CODES[option] for option in ProfileOption if option in self.options and option != "basic"
        )


_CODES = {
    ProfileOption.BASIC: ("113100", "Basic Application Confidentiality Profile"),
    ProfileOption.CLEAN_PIXEL: ("113101", "Clean Pixel Data Option"),
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
