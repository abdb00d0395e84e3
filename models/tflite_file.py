"""Reads TFLite files: the flatbuffer of TensorFlow Lite's schema, version 3.

The numbers are the positions of the fields in the tables of TensorFlow's `schema.fbs`.
"""

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message

if TYPE_CHECKING:
    import numpy as np
    from flatbuffers.table import Table
    from numpy.typing import NDArray

_IDENTIFIER = b"TFL3"
_DTYPES = {0: "<f4", 1: "<f2", 2: "<i4", 3: "u1", 4: "<i8", 6: "?", 9: "i1", 10: "<f8"}
_SCALARS = {"bool": "?", "int8": "<b", "uint8": "<B", "int32": "<i", "uint32": "<I"}


class Fields:
    """The fields of one table by position.

    Parameters
    ----------
    table : flatbuffers.table.Table or None
        None where the options of an operator were left out: then every field has its default.
    """

    def __init__(self, table: "Table | None") -> None:
        self._table = table

    def _offset(self, position: int) -> int:
        return 0 if self._table is None else int(self._table.Offset(4 + 2 * position))

    def scalar(self, position: int, kind: str = "int32", default: int = 0) -> int:
        """Give a number of the kind bool, int8, uint8, int32 or uint32."""
        offset = self._offset(position)
        if not offset or self._table is None:
            return default
        return int(struct.unpack_from(_SCALARS[kind], self._table.Bytes, self._table.Pos + offset)[0])

    def text(self, position: int) -> str:
        """Give a string, "" where there is none."""
        offset = self._offset(position)
        return self._table.String(self._table.Pos + offset).decode("utf-8") if offset and self._table else ""

    def array(self, position: int, dtype: str) -> "NDArray[Any]":
        """Give a vector of numbers, empty where there is none."""
        import numpy as np

        offset = self._offset(position)
        if not offset or self._table is None:
            return np.empty(0, dtype)
        start, length = self._table.Vector(offset), self._table.VectorLen(offset)
        return np.frombuffer(self._table.Bytes, dtype, length, start)

    def table(self, position: int) -> "Fields | None":
        """Give the table that a field (or a union) points to, None where there is none."""
        offset = self._offset(position)
        if not offset or self._table is None:
            return None
        return self._at(self._table.Indirect(self._table.Pos + offset))

    def tables(self, position: int) -> "list[Fields]":
        """Give a vector of tables."""
        offset = self._offset(position)
        if not offset or self._table is None:
            return []
        start = self._table.Vector(offset)
        return [
            self._at(self._table.Indirect(start + 4 * number))
            for number in range(self._table.VectorLen(offset))
        ]

    def _at(self, position: int) -> "Fields":
        from flatbuffers.table import Table

        assert self._table is not None
        return Fields(Table(self._table.Bytes, position))


@dataclass(frozen=True)
class TfliteTensor:
    """A tensor of the graph.

    Parameters
    ----------
    name : str
        Its name.
    shape : tuple of int
        Its sizes; pictures are (batch, height, width, channels).
    dtype : str
        NumPy's name of its type; "" for one that is not read here.
    data : ndarray, optional
        Its values as they are stored, flat; None where they are computed.
    sparsity : Fields, optional
        How the values of a sparse constant lie.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    data: "NDArray[np.generic] | None"
    sparsity: Fields | None


@dataclass(frozen=True)
class TfliteOperator:
    """An operator: its code (the name where it is a custom one), tensors by number, and options."""

    code: int | str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Fields
    custom_options: bytes


@dataclass(frozen=True)
class TfliteModel:
    """The only graph of a file."""

    tensors: tuple[TfliteTensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: tuple[TfliteOperator, ...]


def read_tflite(data: bytes, name: str) -> TfliteModel:
    """Read a TFLite file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What errors call it.

    Raises
    ------
    BadInput
        When it is damaged, no TFLite file, or holds more than one graph.
    """
    try:
        if data[4:8] != _IDENTIFIER:
            raise ValueError("another kind of file")
        return _read(data)
    except (ValueError, struct.error, IndexError, KeyError, TypeError, AssertionError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a TFLite file.")
        raise BadInput(message(text, path=name)) from error


def _read(data: bytes) -> TfliteModel:
    from flatbuffers.table import Table

    model = Fields(Table(data, struct.unpack_from("<I", data)[0]))
    (graph,) = model.tables(2)
    codes = [_code(fields) for fields in model.tables(1)]
    buffers = model.tables(4)
    return TfliteModel(
        tuple(_tensor(fields, buffers) for fields in graph.tables(0)),
        _numbers(graph, 1),
        _numbers(graph, 2),
        tuple(_operator(fields, codes) for fields in graph.tables(3)),
    )


def _numbers(fields: Fields, position: int) -> tuple[int, ...]:
    return tuple(int(number) for number in fields.array(position, "<i4"))


def _code(fields: Fields) -> int | str:
    # Codes over 127 did not fit into the old field, which holds 127 then.
    return fields.text(1) or max(fields.scalar(0, "int8"), fields.scalar(3))


def _tensor(fields: Fields, buffers: list[Fields]) -> TfliteTensor:
    dtype = _DTYPES.get(fields.scalar(1, "int8"), "")
    stored = buffers[fields.scalar(2, "uint32")].array(0, "u1")
    data = stored.view(dtype) if dtype and len(stored) else None
    return TfliteTensor(fields.text(3), _numbers(fields, 0), dtype, data, fields.table(6))


def _operator(fields: Fields, codes: list[int | str]) -> TfliteOperator:
    return TfliteOperator(
        codes[fields.scalar(0, "uint32")],
        _numbers(fields, 1),
        _numbers(fields, 2),
        fields.table(4) or Fields(None),
        fields.array(5, "u1").tobytes(),
    )
