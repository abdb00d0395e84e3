"""The values of raw DICOM elements."""

import math
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from imaging.tags import Tag
from imaging.text import decode_text, person_name


class Elements:
    """Typed access to the raw values of one file; a value that cannot be read counts as absent.

    Parameters
    ----------
    values : mapping of int to bytes
        Value fields by tag, as a reader gave them.
    little_endian : bool
        Byte order of binary numbers.
    """

    def __init__(self, values: Mapping[int, bytes], *, little_endian: bool = True) -> None:
        self._values = values
        self._order: Literal["little", "big"] = "little" if little_endian else "big"
        sets = self.ascii(Tag.CHARACTER_SET)
        self._sets = tuple(name.strip() for name in sets.split("\\")) if sets else ()

    def holds(self, tag: int) -> bool:
        """Tell whether the element is there."""
        return tag in self._values

    def ascii(self, tag: int) -> str:
        """Give a value of plain text or numbers; "" when absent."""
        value = self._values.get(tag)
        return _ascii(value) if value else ""

    def text(self, tag: int, *, person: bool = False) -> str:
        """Give a decoded text, a person name as one shows it; "" when absent."""
        value = self._values.get(tag, b"")
        return _text(value, self._sets, person) if value else ""

    def integer(self, tag: int) -> int | None:
        """Give a US value (the first one)."""
        value = self._values.get(tag, b"")[:2]
        return int.from_bytes(value, self._order) if len(value) == 2 else None

    def numbers(self, tag: int, count: int | None = None) -> tuple[float, ...] | None:
        """Give DS or IS values; None unless all are finite and, if asked for, exactly `count`."""
        value = self._values.get(tag)
        found = _numbers(value) if value else None
        return found if found is not None and count in (None, len(found)) else None

    def number(self, tag: int) -> float | None:
        """Give the first of DS or IS values."""
        numbers = self.numbers(tag)
        return numbers[0] if numbers else None

    def double(self, tag: int) -> str:
        """Give an FD value as text; "" when absent."""
        value = self._values.get(tag, b"")
        mark = "<d" if self._order == "little" else ">d"
        return format(struct.unpack(mark, value)[0], ".10g") if len(value) == 8 else ""


# Nearly all values of a series are the same in each of its files.
@lru_cache(maxsize=4096)
def _ascii(value: bytes) -> str:
    return value.decode("latin-1").strip("\0 \t\r\n")


@lru_cache(maxsize=4096)
def _text(value: bytes, character_sets: tuple[str, ...], person: bool) -> str:
    text = decode_text(value, character_sets, person=person)
    return person_name(text) if person else text


@lru_cache(maxsize=4096)
def _numbers(value: bytes) -> tuple[float, ...] | None:
    try:
        found = tuple(map(float, _ascii(value).split("\\")))
    except ValueError:
        return None
    return found if all(map(math.isfinite, found)) else None
