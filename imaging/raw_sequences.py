"""Sequences in little endian (PS3.5 7.5) as plain values: pydicom's data sets cost a hundred times as much.

A file of 20,000 frames has 100,000 items; only a few of their attributes are wanted.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED = 0xFFFFFFFF
_LONG_VRS = frozenset(
    map(str.encode, ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])
)
_DEEPEST = 16
_TAG = struct.Struct("<HH")
_HEAD = struct.Struct("<HHI")
_LENGTH = struct.Struct("<I")
_SHORT_LENGTH = struct.Struct("<H")


@dataclass(slots=True)
class RawItem:
    """One item of a sequence.

    Parameters
    ----------
    values : dict of int to tuple
        VR (b"" in implicit VR) and value field by tag.
    sequences : dict of int to list of RawItem
        Nested ones.
    """

    values: dict[int, tuple[bytes, bytes]] = field(default_factory=dict[int, "tuple[bytes, bytes]"])
    sequences: dict[int, "list[RawItem]"] = field(default_factory=dict[int, "list[RawItem]"])


def end_of_sequence(data: Any, at: int, *, explicit: bool) -> int:
    """Give where a sequence of undefined length ends that begins at `at`, before its delimiter.

    Parameters
    ----------
    data : bytes or mmap
        The whole file.

    Raises
    ------
    ValueError
        When it is damaged, or has no end.
    """
    try:
        _, end = _Reader(data, explicit, frozenset(), keeps=False).items(at, len(data), 0)
        last = _TAG.unpack_from(data, end - 8)
    except (struct.error, IndexError) as error:
        raise ValueError("a sequence is cut off") from error
    if last != (0xFFFE, 0xE0DD):
        raise ValueError("a sequence without an end")
    return end - 8


def read_items(data: bytes, *, explicit: bool, sequences: frozenset[int]) -> list[RawItem]:
    """Read the items of a sequence's value field.

    Parameters
    ----------
    sequences : frozenset of int
        Tags that are sequences, which implicit VR does not say; others are kept as they are, or left out
        where their length is undefined.

    Raises
    ------
    ValueError
        When it is damaged.
    """
    reader = _Reader(data, explicit, sequences)
    try:
        items, _ = reader.items(0, len(data), 0)
    except (struct.error, IndexError) as error:
        raise ValueError("a sequence is cut off") from error
    return items


@dataclass(frozen=True)
class _Reader:
    data: Any  # bytes, or a file in memory
    explicit: bool
    sequence_tags: frozenset[int]
    keeps: bool = True

    def items(self, at: int, end: int, depth: int) -> tuple[list[RawItem], int]:
        """Read items until `end`, or until the delimiter of the sequence; give them and where they end."""
        if depth > _DEEPEST:
            raise ValueError("sequences within sequences without end")
        found: list[RawItem] = []
        while at < end:
            group, element, length = _HEAD.unpack_from(self.data, at)
            tag = group << 16 | element
            at += 8
            if tag == _SEQUENCE_END:
                return found, at
            if tag != _ITEM or (length != _UNDEFINED and at + length > end):
                raise ValueError("no item where one must be")
            item, at = self.item(at, end if length == _UNDEFINED else at + length, depth)
            if self.keeps:
                found.append(item)
        return found, at

    def item(self, at: int, end: int, depth: int) -> tuple[RawItem, int]:
        """Read the elements of an item."""
        item = RawItem()
        while at < end:
            group, element = _TAG.unpack_from(self.data, at)
            tag = group << 16 | element
            if tag == _ITEM_END:
                return item, at + 8
            vr, length, at = self._head(at)
            is_sequence = vr == b"SQ" or tag in self.sequence_tags or length == _UNDEFINED
            if is_sequence:
                # What is of unknown VR is in implicit VR (PS3.5 6.2.2 note 2).
                reader = (
                    self if vr in (b"SQ", b"") else _Reader(self.data, False, self.sequence_tags, self.keeps)
                )
                item.sequences[tag], at = reader.items(
                    at, end if length == _UNDEFINED else at + length, depth + 1
                )
                continue
            if at + length > end:
                raise ValueError("a value is cut off")
            if self.keeps:
                item.values[tag] = vr, self.data[at : at + length]
            at += length
        return item, at

    def _head(self, at: int) -> tuple[bytes, int, int]:
        """Give VR and length of an element, and where its value begins."""
        if not self.explicit:
            return b"", _LENGTH.unpack_from(self.data, at + 4)[0], at + 8
        vr = self.data[at + 4 : at + 6]
        if vr in _LONG_VRS:
            return vr, _LENGTH.unpack_from(self.data, at + 8)[0], at + 12
        return vr, _SHORT_LENGTH.unpack_from(self.data, at + 6)[0], at + 8


def value_of(vr: bytes, data: bytes) -> Any:
    """Decode a value as pydicom does: a number or a text, a list of them where there are several.

    None where it is empty, or its VR is not one of those that functional groups are written in.
    """
    decode = _DECODERS.get(vr)
    found = decode(data) if decode is not None else []
    return found[0] if len(found) == 1 else (found or None)


def _numbers(code: str, size: int) -> Callable[[bytes], list[Any]]:
    return lambda data: list(struct.unpack(f"<{len(data) // size}{code}", data[: len(data) // size * size]))


def _texts(data: bytes) -> list[Any]:
    text = data.decode("latin-1").rstrip("\0 ")
    return [part.strip() for part in text.split("\\")] if text else []


def _decimals(data: bytes) -> list[Any]:
    return [float(part) for part in _texts(data)]


_DECODERS: Mapping[bytes, Callable[[bytes], list[Any]]] = {
    b"FD": _numbers("d", 8),
    b"FL": _numbers("f", 4),
    b"US": _numbers("H", 2),
    b"SS": _numbers("h", 2),
    b"UL": _numbers("I", 4),
    b"SL": _numbers("i", 4),
    b"DS": _decimals,
    b"IS": lambda data: [int(float(part)) for part in _texts(data)],
    b"CS": _texts,
    b"SH": _texts,
    b"LO": _texts,
    b"UI": _texts,
}
