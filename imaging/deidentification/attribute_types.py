"""Whether an attribute has to be there and to have a value (DICOM PS3.5 7.4), by the kind of object."""

from enum import IntEnum
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("attribute_types.tsv")
_ROOT = "1.2.840.10008.5.1.4."


class AttributeType(IntEnum):
    """Type 1 needs a value, type 2 may be empty, type 3 may be absent; 1C and 2C count as 1 and 2."""

    VALUE = 1
    EMPTY = 2
    OPTIONAL = 3


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, str], dict[str, AttributeType]]:
    found: dict[tuple[str, str], dict[str, AttributeType]] = {}
    for line in _TABLE.read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            continue
        keyword, parent, kind, classes = line.split("\t")
        row = found.setdefault((keyword, parent.strip("-")), {})
        row.update(dict.fromkeys(classes.split(), AttributeType(int(kind))))
    return found


def attribute_type(keyword: str, parent: str, sop_class_uid: str) -> AttributeType:
    """Give the type of an attribute whose action in the profile depends on it.

    Parameters
    ----------
    keyword : str
        Of the attribute.
    parent : str
        Keyword of the sequence that it lies in; "" for the data set itself.
    sop_class_uid : str
        Kind of object; the strictest type of all kinds for one that is not known.

    Returns
    -------
    AttributeType
        OPTIONAL where no module of the standard has it at that place.
    """
    row = _table().get((keyword, parent))
    if row is None:
        return AttributeType.OPTIONAL
    return row.get(sop_class_uid.removeprefix(_ROOT), row["*"])
