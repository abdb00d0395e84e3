"""Private attributes that are known to be safe (part of DICOM PS3.15 Table E.3.10-1)."""

from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("safe_private.tsv")


@lru_cache(maxsize=1)
def safe_private_attributes() -> dict[tuple[str, int, int], str]:
    """Give the VR of every safe attribute by creator, group and element within the creator's block."""
    rows = (line.split("\t") for line in _TABLE.read_text(encoding="ascii").splitlines())
    return {(row[3], int(row[0], 16), int(row[1], 16)): row[2] for row in rows if not row[0].startswith("#")}


def is_safe(creator: str, tag: int, vr: str) -> bool:
    """Tell whether a private attribute may stay.

    Parameters
    ----------
    creator : str
        Of the block it lies in; vendors differ in upper and lower case only by mistake, so case counts.
    tag : int
        Group and element.
    vr : str
        As found in the file: an attribute whose VR differs from the list's is somebody else's.
    """
    return safe_private_attributes().get((creator.strip(), tag >> 16, tag & 0xFF)) == vr
