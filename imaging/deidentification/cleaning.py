"""Applies the profile to a data set and to every item within it (DICOM PS3.15 E.1.1)."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imaging.deidentification.dates import shifted
from imaging.deidentification.dummies import TEXT_VRS, dummy, removed_content
from imaging.deidentification.identifiers import Identifiers, texts_of
from imaging.deidentification.profile import Action, ProfileOption, Rules
from imaging.deidentification.pseudonyms import Pseudonyms
from imaging.deidentification.safe_private import is_safe

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

_PATIENT = (0x00100010, 0x00100020)
_AGE, _CONTENT, _CONTENT_TEMPLATE = 0x00101010, 0x0040A730, 0x0040A504
_PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
_BYTES = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_DATES = frozenset({"DA", "DT", "TM"})
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[\s\0]*|[\s\0]*")
_FORMS = {"DS": _NUMBER, "IS": _NUMBER, "AS": re.compile(r"(\d{3}[DWMY])?[\s\0]*")}
_OLDEST = 89  # ages above are rare enough to tell a person (45 CFR 164.514(b)(2)(i)(C))
# UIDs of kinds of things, which are the same everywhere: SOP classes, transfer syntaxes, coding schemes.
_KINDS = frozenset(
    {
        0x00080016,
        0x0008001A,
        0x0008001B,
        0x00080062,
        0x0008010C,
        0x00080117,
        0x00080118,
        0x0008040E,
        0x00081150,
        0x0008115A,
        0x00083002,
        0x00340003,
        0x04000010,
        0x04000510,
        0x30100052,
        0x30100053,
    }
)

Change = tuple[str, str, str]


@dataclass
class Cleaner:
    """Cleans the data sets of one patient.

    Parameters
    ----------
    rules : Rules
        What happens to which attribute.
    pseudonyms : Pseudonyms
        Gives the replacements.
    identifiers : Identifiers
        Words that must not stay in any text.
    patient : str
        Pseudonym of the patient.
    days : int
        By which dates are shifted.
    sop_class_uid : str
        Kind of object, which says what has to be there; "" where it is not known.
    changes : Counter of (tags, keyword, action)
        What was done, without any value; tags and keyword are those along the way from the data set down.
    """

    rules: Rules
    pseudonyms: Pseudonyms
    identifiers: Identifiers
    patient: str
    days: int
    sop_class_uid: str = ""
    changes: Counter[Change] = field(default_factory=Counter[Change])

    def clean(
        self, dataset: "Dataset", path: tuple["DataElement", ...] = (), *, strict: bool = False
    ) -> None:
        """Clean `dataset` in place.

        Parameters
        ----------
        path : tuple of DataElement
            The sequences it lies in.
        strict : bool
            Let no text pass, as within a sequence that is to be replaced.
        """
        for tag in sorted(dataset.keys()):
            if tag not in dataset:
                continue  # went together with another one
            try:
                element = dataset[tag]
            except Exception:
                # pydicom raises whatever it likes on a value that its VR does not allow.
                self._note(path, tag, "", Action.REMOVE)
                del dataset[tag]
                continue
            self._element(dataset, element, path, strict=strict)
        self._drop_creators(dataset)

    def _element(
        self, dataset: "Dataset", element: "DataElement", path: tuple["DataElement", ...], *, strict: bool
    ) -> None:
        tag = int(element.tag)
        action = (
            self._private(dataset, element) if tag >> 16 & 1 else self._standard(element, path, strict=strict)
        )
        if action is None or tag in _PIXELS:
            return
        if action is Action.CLEAN and not _can_clean(element):
            action = self.rules.basic(tag, _parent(path), self.sop_class_uid)
        action = self._act(dataset, element, action, path, strict=strict)
        if action is not Action.KEEP:
            self._note(path, tag, element.keyword, action)

    def _private(self, dataset: "Dataset", element: "DataElement") -> Action | None:
        tag = element.tag
        if ProfileOption.RETAIN_SAFE_PRIVATE in self.rules.options:
            if tag.is_private_creator:
                return None  # decided when it is known what of its block stays
            creator = _creator_tag(tag)
            if creator in dataset and is_safe(str(dataset[creator].value), int(tag), element.VR):
                return Action.KEEP
        return Action.REMOVE

    def _standard(self, element: "DataElement", path: tuple["DataElement", ...], *, strict: bool) -> Action:
        tag = int(element.tag)
        action = self.rules.action(tag, _parent(path), self.sop_class_uid)
        if action is not None:
            return action
        if tag & 0xFFFF == 0 or not element.keyword or tag >> 16 in (0x0000, 0x0002):
            return Action.REMOVE  # lengths of groups, and what the dictionary does not know
        if element.VR == "UI":
            return Action.KEEP if tag in _KINDS else self._unlisted_uid()
        if element.VR == "PN":
            return Action.DUMMY
        if element.VR in _DATES:
            return self._unlisted_date()
        if strict and element.VR in TEXT_VRS - {"CS"}:
            return Action.DUMMY
        if strict and element.VR in _BYTES:
            return Action.REMOVE
        return Action.KEEP

    def _unlisted_uid(self) -> Action:
        return Action.KEEP if ProfileOption.RETAIN_UIDS in self.rules.options else Action.UID

    def _unlisted_date(self) -> Action:
        if ProfileOption.RETAIN_DATES in self.rules.options:
            return Action.CLEAN
        return Action.KEEP if ProfileOption.RETAIN_FULL_DATES in self.rules.options else Action.REMOVE

    def _act(
        self,
        dataset: "Dataset",
        element: "DataElement",
        action: Action,
        path: tuple["DataElement", ...],
        *,
        strict: bool,
    ) -> Action:
        """Do what `action` says, and tell what was done in fact."""
        if int(element.tag) in _PATIENT and action in (Action.EMPTY, Action.DUMMY):
            element.value = self.patient
            return Action.DUMMY
        if action is Action.REMOVE:
            del dataset[element.tag]
        elif action is Action.EMPTY:
            element.value = [] if element.VR == "SQ" else None
        elif element.VR == "SQ":
            return self._sequence(dataset, element, action, path, strict=strict)
        elif action is Action.DUMMY:
            element.value = dummy(element.VR) if element.VR != "UI" else self._new_uids(element)
        elif action is Action.UID:
            element.value = self._new_uids(element)
        else:
            return self._kept(dataset, element, _parent(path), cleaned=action is Action.CLEAN)
        return action

    def _sequence(
        self,
        dataset: "Dataset",
        element: "DataElement",
        action: Action,
        path: tuple["DataElement", ...],
        *,
        strict: bool,
    ) -> Action:
        if action is Action.DUMMY and int(element.tag) == _CONTENT:
            element.value = [removed_content()]
            if _CONTENT_TEMPLATE in dataset:
                del dataset[_CONTENT_TEMPLATE]
            return action
        for item in element.value:
            self.clean(item, (*path, element), strict=strict or action is Action.DUMMY)
        return Action.KEEP if action is Action.UID else action

    def _new_uids(self, element: "DataElement") -> Any:
        new = [self.pseudonyms.uid(uid.strip(" \0")) for uid in texts_of(element.value)]
        return new if len(new) != 1 else new[0]

    def _kept(self, dataset: "Dataset", element: "DataElement", parent: str, *, cleaned: bool) -> Action:
        """Keep a value but for the words that tell who the patient is."""
        vr, tag = element.VR, int(element.tag)
        if vr in _DATES:
            return self._date(dataset, element, parent, cleaned=cleaned)
        if vr in _BYTES:
            data = element.value
            if isinstance(data, bytes) and self.identifiers.are_in(data):
                del dataset[tag]
                return Action.REMOVE
            return Action.KEEP
        if vr in _FORMS and not all(_FORMS[vr].fullmatch(text) for text in texts_of(element.value)):
            del dataset[tag]  # pydicom lets text through where numbers should be
            return Action.REMOVE
        if tag == _AGE:
            return _cap_age(element)
        if vr not in TEXT_VRS:
            return Action.KEEP
        return _mapped(element, lambda text: self.identifiers.scrub(text, vr, patterns=cleaned))

    def _date(self, dataset: "Dataset", element: "DataElement", parent: str, *, cleaned: bool) -> Action:
        days = self.days if cleaned else 0
        new = [shifted(element.VR, text, days) for text in texts_of(element.value)]
        if None in new:
            # Not a date: who knows what it says.
            action = self.rules.basic(int(element.tag), parent, self.sop_class_uid)
            if action is Action.REMOVE:
                del dataset[element.tag]
            else:
                element.value = dummy(element.VR) if action is Action.DUMMY else None
            return action
        if cleaned:
            element.value = new if len(new) != 1 else new[0]
        return Action.CLEAN if cleaned and days else Action.KEEP

    def _drop_creators(self, dataset: "Dataset") -> None:
        """Remove the private creators whose block is empty now."""
        private = [tag for tag in list(dataset.keys()) if tag.is_private]
        used = {_creator_tag(tag) for tag in private if not tag.is_private_creator}
        for tag in private:
            if tag.is_private_creator and int(tag) not in used:
                del dataset[tag]

    def _note(self, path: tuple["DataElement", ...], tag: int, keyword: str, action: Action) -> None:
        tags = "".join(f"{_shown(int(element.tag))}" for element in path) + _shown(tag)
        names = [element.keyword for element in path] + [
            keyword or ("private" if tag >> 16 & 1 else "unknown")
        ]
        self.changes[tags, ".".join(names), action.value] += 1


def _parent(path: tuple["DataElement", ...]) -> str:
    return path[-1].keyword if path else ""


def _can_clean(element: "DataElement") -> bool:
    return element.VR in TEXT_VRS or element.VR in _DATES or element.VR == "SQ"


def _creator_tag(tag: int) -> int:
    return (tag & 0xFFFF0000) | (tag >> 8 & 0xFF)


def _shown(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _mapped(element: "DataElement", change: Callable[[str], str]) -> Action:
    old = texts_of(element.value)
    new = [change(text) for text in old]
    if new == old:
        return Action.KEEP
    element.value = new if len(new) != 1 else new[0]
    return Action.CLEAN


def _cap_age(element: "DataElement") -> Action:
    text = str(element.value or "")
    if text[:3].isdecimal() and text.endswith("Y") and int(text[:3]) > _OLDEST:
        element.value = f"{_OLDEST + 1:03d}Y"
        return Action.CLEAN
    return Action.KEEP
