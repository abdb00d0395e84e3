"""Reads the weights of CTranslate2's format: named arrays one after the other, little-endian, version 6."""

import struct
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

_VERSION = 6
_KINDS = ("<f4", "i1", "<i2", "<i4", "<f2")


def read_ctranslate2(data: bytes, name: str) -> "dict[str, NDArray[Any]]":
    """Give the arrays by name; those with a second name by both.

    Parameters
    ----------
    data : bytes
        `model.bin`.
    name : str
        What errors call it.

    Raises
    ------
    BadInput
        When it is damaged, of another version, or holds numbers of a kind that is not read.
    """
    try:
        return _Reader(data).arrays()
    except (ValueError, IndexError, struct.error) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a file of weights.")
        raise BadInput(message(text, path=name)) from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def arrays(self) -> "dict[str, NDArray[Any]]":
        import numpy as np

        if self._number("<I") != _VERSION:
            raise ValueError("another version")
        self._text()  # what kind of network
        self._number("<I")
        found: dict[str, NDArray[Any]] = {}
        for _ in range(self._number("<I")):
            name = self._text()
            shape = [self._number("<I") for _ in range(self._number("<B"))]
            kind = _KINDS[self._number("<B")]
            found[name] = np.frombuffer(self._bytes(self._number("<I")), kind).reshape(shape)
        for _ in range(self._number("<I")):
            alias, name = self._text(), self._text()
            found[alias] = found[name] if name in found else _missing(name)
        return found

    def _number(self, kind: str) -> int:
        return struct.unpack(kind, self._bytes(struct.calcsize(kind)))[0]

    def _text(self) -> str:
        return self._bytes(self._number("<H")).rstrip(b"\0").decode()

    def _bytes(self, count: int) -> bytes:
        part = self._data[self._at : self._at + count]
        if len(part) != count:
            raise ValueError("cut off")
        self._at += count
        return part


def _missing(name: str) -> "NDArray[Any]":
    raise ValueError(name)
