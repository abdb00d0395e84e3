"""Modality and VOI look-up tables (PS3.3 C.11.1 and C.11.2)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset


@dataclass(frozen=True)
class TableFacts:
    """What the header of an image says about its tables.

    Parameters
    ----------
    modality_range : tuple of float, optional
        Lowest and highest value that the modality table gives; None without such a table.
    modality_type : str
        Unit of these values.
    voi_range : tuple of float, optional
        First and last value that the VOI table tells apart.
    """

    modality_range: tuple[float, float] | None = None
    modality_type: str = ""
    voi_range: tuple[float, float] | None = None


NO_TABLES = TableFacts()


@dataclass(frozen=True, eq=False)
class Table:
    """A look-up table.

    Parameters
    ----------
    first : int
        Value that the first entry stands for. What lies below it gets this entry, what lies above the last.
    entries : (n,) uint16
        What the values become.
    """

    first: int
    entries: "NDArray[Any]"

    def apply(self, stored: "NDArray[Any]") -> "NDArray[Any]":
        """Look up every value."""
        import numpy as np

        # In 64 bits: the first value may lie outside what the stored type holds.
        return self.entries[np.clip(stored.astype(np.int64) - self.first, 0, len(self.entries) - 1)]


def modality_table(data: "Dataset") -> Table | None:
    """Give the modality table of an image, or None; an empty or broken one counts as none."""
    sequence = data.get("ModalityLUTSequence")
    return _table(data, sequence[0]) if sequence else None


def table_facts(data: "Dataset") -> TableFacts:
    """Give the facts about the tables of an image that need no pixels."""
    modality = modality_table(data)
    sequence = data.get("VOILUTSequence")
    voi = _table(data, sequence[0]) if sequence else None
    return TableFacts(
        None if modality is None else (float(modality.entries.min()), float(modality.entries.max())),
        "" if modality is None else str(data.ModalityLUTSequence[0].get("ModalityLUTType", "")),
        None if voi is None else (float(voi.first), float(voi.first + len(voi.entries) - 1)),
    )


def _table(data: "Dataset", item: "Dataset") -> Table | None:
    descriptor, stored = item.get("LUTDescriptor"), item.get("LUTData")
    if descriptor is None or stored is None or len(descriptor) != 3:
        return None
    count, first, _bits = (int(value) for value in descriptor)
    # The count is unsigned, 0 stands for 65,536; only the first value has the sign of the pixels.
    count = (count & 0xFFFF) or 1 << 16
    if data.get("PixelRepresentation") == 1 and first >= 1 << 15:
        first -= 1 << 16
    entries = _entries(stored, count, little_endian=data.original_encoding[1] is not False)
    return Table(first, entries) if len(entries) == count else None


def _entries(stored: Any, count: int, *, little_endian: bool) -> "NDArray[Any]":
    import numpy as np

    if not isinstance(stored, bytes):
        values = [stored] if isinstance(stored, int) else list(stored)
        return (np.array(values[:count], np.int64) & 0xFFFF).astype(np.uint16)
    # Entries of up to 8 bits may be packed two to a word.
    width = 2 if len(stored) >= 2 * count else 1
    kind = "u1" if width == 1 else "<u2" if little_endian else ">u2"
    return np.frombuffer(stored[: count * width // width * width], kind)[:count].astype(np.uint16)
