"""Reads the weights that PyTorch saved, without PyTorch and without running what the file says.

Such a file holds a pickle that names the arrays, and their numbers: in a zip, or in older files behind it.
Only the few names that describe arrays are known to the unpickler; everything else, such as code to run, is
refused.
"""

import io
import math
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KINDS = {
    **{"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8"},
    **{
        "IntStorage": "<i4",
        "ShortStorage": "<i2",
        "CharStorage": "i1",
        "ByteStorage": "u1",
        "BoolStorage": "?",
    },
}


_MAGIC, _LEGACY_PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


def read_torch_weights(data: bytes, name: str) -> "dict[str, NDArray[Any]]":
    """Give the arrays by name.

    Parameters
    ----------
    data : bytes
        A file that `torch.save(model.state_dict(), …)` or `torch.jit.save(model, …)` wrote. Of a TorchScript
        module the arrays of its modules are given, whatever their code does.
    name : str
        What errors call it.

    Raises
    ------
    BadInput
        When it is damaged, of another kind, or names anything that is no array.
    """
    try:
        loaded = _from_zip(data) if data[:2] == b"PK" else _from_stream(data)
        return dict(_arrays_in(loaded, ""))
    # Unpickling what is damaged may raise anything.
    except Exception as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a file of weights.")
        raise BadInput(message(text, path=name)) from error


class _Module:
    """A module of TorchScript: only what it holds is kept."""


def _arrays_in(loaded: Any, name: str) -> "Iterator[tuple[str, NDArray[Any]]]":
    """Find the arrays, by names that dots join."""
    if hasattr(loaded, "shape"):
        yield name, loaded
        return
    held = vars(loaded) if isinstance(loaded, _Module) else loaded
    if isinstance(held, dict):
        for key, value in held.items():
            yield from _arrays_in(value, f"{name}.{key}" if name else str(key))


def _from_zip(data: bytes) -> Any:
    """Read the form since PyTorch 1.6, which TorchScript has too: one file for every storage."""
    import numpy as np

    read: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = next(item for item in archive.namelist() if item.endswith("/data.pkl"))
        folder = root.removesuffix("data.pkl")

        def storage(kind: str, key: str, _count: int) -> "NDArray[Any]":
            if key not in read:
                read[key] = np.frombuffer(archive.read(f"{folder}data/{key}"), kind)
            return read[key]

        return _Reader(io.BytesIO(archive.read(root)), storage).load()


def _from_stream(data: bytes) -> Any:
    """Read the form before that: pickles, and behind them the numbers of all storages."""
    import numpy as np

    file, kinds = io.BytesIO(data), {}

    def noted(kind: str, key: str, count: int) -> "NDArray[Any]":
        kinds[key] = np.dtype(kind)
        return np.broadcast_to(np.zeros(1, kind), count)

    if [_Reader(file, noted).load() for _ in range(3)][:2] != [_MAGIC, _LEGACY_PROTOCOL]:
        raise ValueError("not a file of weights")
    start = file.tell()
    _Reader(file, noted).load()
    read: dict[str, NDArray[Any]] = {}
    for key in _Reader(file, noted).load():
        count = int.from_bytes(file.read(8), "little")
        read[key] = np.frombuffer(file.read(count * kinds[key].itemsize), kinds[key])
    file.seek(start)
    return _Reader(file, lambda _kind, key, _count: read[key]).load()


class _Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, storage: "Callable[[str, str, int], NDArray[Any]]") -> None:
        super().__init__(file)
        self._storage = storage

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module_name == "torch._utils" and global_name in ("_rebuild_tensor_v2", "_rebuild_tensor"):
            return _array
        if module_name == "torch" and global_name in _KINDS:
            return _KINDS[global_name]
        if module_name.startswith("__torch__"):
            return _Module
        raise pickle.UnpicklingError(f"{module_name}.{global_name}")

    def persistent_load(self, pid: Any, /) -> Any:
        """Give the numbers of a storage: ("storage", kind, key, device, count)."""
        _, kind, key, _, count, *_ = pid
        return self._storage(kind, str(key), int(count))


def _array(
    numbers: "NDArray[Any]", offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
) -> "NDArray[Any]":
    """Cut an array out of its storage; offset and strides count numbers."""
    import numpy as np

    last = offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
    if 0 in shape:
        return np.zeros(shape, numbers.dtype)
    within = offset >= 0 and min(strides, default=0) >= 0 and last < numbers.size
    if not within or math.prod(shape) > numbers.size:
        raise ValueError("an array lies outside its storage, or is larger")
    steps = tuple(step * numbers.strides[0] for step in strides)
    return np.lib.stride_tricks.as_strided(numbers[offset:], shape, steps).copy()
