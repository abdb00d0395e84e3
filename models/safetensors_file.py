"""Reads weights in the safetensors format: a header in JSON, then arrays as they lie in memory."""

import json
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I8": "<i1", "U8": "<u1"}


def read_safetensors(data: bytes, name: str) -> "dict[str, NDArray[Any]]":
    """Give the arrays by name.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What errors call it.

    Raises
    ------
    BadInput
        When it is damaged or holds numbers of a kind that is not read (bfloat16).
    """
    import numpy as np

    try:
        start = 8 + int.from_bytes(data[:8], "little")
        header: dict[str, Any] = json.loads(data[8:start])
        header.pop("__metadata__", None)
        arrays: dict[str, NDArray[Any]] = {}
        for key, entry in header.items():
            first, last = entry["data_offsets"]
            values = np.frombuffer(data[start + first : start + last], _KINDS[entry["dtype"]])
            arrays[key] = values.reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a file of weights.")
        raise BadInput(message(text, path=name)) from error
    return arrays
