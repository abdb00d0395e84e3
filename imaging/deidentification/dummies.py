"""Values that mean nothing and are valid for their VR (DICOM PS3.5 6.2)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

TEXT = "REMOVED"
TEXT_VRS = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
_VALUES: dict[str, object] = {
    "AS": "000D",
    "AT": 0,
    "DA": "19000101",
    "DS": "0",
    "DT": "19000101000000",
    "FD": 0.0,
    "FL": 0.0,
    "IS": "0",
    "OB": b"\0\0",
    "OD": bytes(8),
    "OF": bytes(4),
    "OL": bytes(4),
    "OV": bytes(8),
    "OW": b"\0\0",
    "SL": 0,
    "SS": 0,
    "SV": 0,
    "TM": "000000",
    "UL": 0,
    "UN": b"\0\0",
    "UR": "urn:removed",
    "US": 0,
    "UV": 0,
}


def dummy(vr: str) -> object:
    """Give a value for `vr`, which is neither UI (those are mapped) nor SQ."""
    return _VALUES.get(vr, TEXT if vr in TEXT_VRS else b"\0\0")


def removed_content() -> "Dataset":
    """Give a content item that says that the content was removed (PS3.3 C.17.3)."""
    from pydicom.dataset import Dataset

    concept = Dataset()
    concept.CodeValue, concept.CodingSchemeDesignator, concept.CodeMeaning = "121106", "DCM", "Comment"
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.ConceptNameCodeSequence = [concept]
    item.TextValue = TEXT
    return item
