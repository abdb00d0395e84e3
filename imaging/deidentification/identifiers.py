"""The words that tell who a patient is, gathered from instances and taken out of their free text."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from imaging.deidentification.dummies import TEXT
from imaging.deidentification.profile import Action, Rules

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# Identifiers that are no PN: patient and issuer, address, telephone, record, accession, study, admission,
# institution, station, device, orders, procedure steps.
_IDENTIFYING = (
    0x00080050,
    0x00080080,
    0x00080081,
    0x00081010,
    0x00100020,
    0x00100021,
    0x00101000,
    0x00101040,
    0x00101090,
    0x00102154,
    0x00102155,
    0x00181000,
    0x00200010,
    0x00380010,
    0x00400009,
    0x00400253,
    0x00401001,
    0x00402016,
    0x00402017,
)
_BIRTH_DATE = 0x00100030
_SEPARATORS = re.compile(r"[\^=\s,.;\\]+")
_NOT_A_NAME = {"MR", "MRS", "MS", "DR", "MD", "CT", "PT", "US", "NM", "XA", "ANONYMOUS", "REMOVED"}
_SHORT = 5  # shorter words count only where they stand alone
_LIMITS = {"SH": 16, "CS": 16, "AE": 16, "LO": 64, "PN": 64, "ST": 1024, "LT": 10240}
_PATTERNS = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+"  # electronic mail
    r"|\d{5,}"  # numbers of patients, records, telephones
    r"|\+?\d[\d ()/-]{6,}\d"  # telephone numbers
    r"|\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b"  # dates
    r"|\b(?:[Dd]r|[Mm]rs?|[Mm]s|[Pp]rof)\b\.? +\w+"  # persons
)


class Identifiers:
    """Identifying words, found in any letter case.

    Parameters
    ----------
    words : iterable of str
        Too short ones are left out: they would be found everywhere.
    """

    def __init__(self, words: Iterable[str]) -> None:
        told = {word.lower(): word for word in words if _tells(word)}
        self._words = sorted(told.items(), key=lambda item: (-len(item[0]), item[0]))
        self._bytes = tuple({code for word in told if len(word) >= _SHORT for code in _codes(word)})

    def scrub(self, text: str, vr: str, *, patterns: bool = False) -> str:
        """Take the words out of `text`, and with `patterns` also what looks like a number, date or person."""
        lower, clean = text.lower(), text
        # Of the thousands of words of a batch a text holds none or two: those alone are searched for.
        held = [word for low, word in self._words if low in lower]
        if held:
            clean = re.sub("|".join(map(_pattern, held)), TEXT, text, flags=re.IGNORECASE)
        if patterns:
            clean = _PATTERNS.sub(TEXT, clean)
        return clean if clean == text else clean[: _LIMITS.get(vr)]

    def are_in(self, data: bytes) -> bool:
        """Tell whether bytes hold one of the longer words, in Latin letters, UTF-8 or UTF-16."""
        lower = data.lower()
        return any(code in lower for code in self._bytes)


def _codes(word: str) -> set[bytes]:
    return {word.encode(encoding, "ignore") for encoding in ("utf-8", "latin-1", "utf-16-le")} - {b""}


def identifiers_of(dataset: "Dataset", rules: Rules) -> Identifiers:
    """Gather names, numbers and addresses of an instance, at any depth, but not what the options retain."""
    return Identifiers(_words(dataset, rules))


def identifying_words(dataset: "Dataset", rules: Rules) -> set[str]:
    """Give the words themselves, for the identifiers of a whole batch."""
    return {word for word in _words(dataset, rules) if _tells(word)}


def _words(dataset: "Dataset", rules: Rules) -> Iterator[str]:
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:
            continue  # a value that cannot be read is removed later
        if element.VR == "SQ":
            for item in element.value:
                yield from _words(item, rules)
        elif element.VR == "PN":
            for name in texts_of(element.value):
                yield from _name_words(name)
        elif tag == _BIRTH_DATE:
            for text in texts_of(element.value):
                yield from _dates(text)
        elif tag in _IDENTIFYING and rules.action(int(tag)) is not Action.KEEP:
            yield from (text.strip() for text in texts_of(element.value))


def texts_of(value: Any) -> list[str]:
    """Give the values of a text element, none where it is empty."""
    from pydicom.multival import MultiValue

    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, MultiValue | list) else [str(value)]


def _name_words(name: str) -> Iterator[str]:
    for group in name.split("="):
        words = [word for word in _SEPARATORS.split(group) if word]
        yield from words
        if not group.isascii():
            yield "".join(words)  # a Chinese, Japanese or Korean name is written without a space


def _dates(text: str) -> Iterator[str]:
    digits = re.sub(r"\D", "", text)
    if len(digits) == 8:
        year, month, day = digits[:4], digits[4:6], digits[6:]
        yield digits
        for separator in "-./":
            yield separator.join((year, month, day))
            yield separator.join((day, month, year))
            yield separator.join((month, day, year))


def _tells(word: str) -> bool:
    if word.upper() in _NOT_A_NAME:
        return False
    return len(word) >= (2 if not word.isdecimal() else 4)


def _pattern(word: str) -> str:
    escaped = re.escape(word)
    if not word.isascii() or len(word) >= _SHORT:
        return escaped
    return rf"(?<![^\W_]){escaped}(?![^\W_])"
