"""Reads the weights that PyTorch saved, without PyTorch and without running what the file says.

Such a file is a zip with a pickle that names the arrays, and their numbers one file each. Only the few names
that describe arrays are known to the unpickler; everything else, such as code to run, is refused.
"""

import io
import pickle
import zipfile
from collections import OrderedDict
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


def read_torch_weights(data: bytes, name: str) -> "dict[str, NDArray[Any]]":
    """Give the arrays by name.

    Parameters
    ----------
    data : bytes
        A file that `torch.save(model.state_dict(), …)` wrote, with PyTorch 1.6 or later.
    name : str
        What errors call it.

    Raises
    ------
    BadInput
        When it is damaged, of another kind, or names anything that is no array.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            root = next(item for item in archive.namelist() if item.endswith("/data.pkl"))
            loaded = _Reader(archive, root.removesuffix("data.pkl")).load()
    # Unpickling what is damaged may raise anything.
    except Exception as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a file of weights.")
        raise BadInput(message(text, path=name)) from error
    return {str(key): value for key, value in loaded.items() if hasattr(value, "shape")}


class _Reader(pickle.Unpickler):
    def __init__(self, archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(io.BytesIO(archive.read(f"{folder}data.pkl")))
        self._archive, self._folder = archive, folder
        self._read: dict[str, NDArray[Any]] = {}

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module_name, global_name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _array
        if module_name == "torch" and global_name in _KINDS:
            return _KINDS[global_name]
        raise pickle.UnpicklingError(f"{module_name}.{global_name}")

    def persistent_load(self, pid: Any, /) -> Any:
        """Give the numbers of a storage: ("storage", kind, key, device, count)."""
        import numpy as np

        _, kind, key, _, _ = pid
        if key not in self._read:
            self._read[key] = np.frombuffer(self._archive.read(f"{self._folder}data/{key}"), kind)
        return self._read[key]


def _array(
    numbers: "NDArray[Any]", offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
) -> "NDArray[Any]":
    """Cut an array out of its storage; offset and strides count numbers."""
    import numpy as np

    last = offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
    if 0 in shape:
        return np.zeros(shape, numbers.dtype)
    if offset < 0 or min(strides, default=0) < 0 or last >= numbers.size:
        raise ValueError("an array lies outside its storage")
    steps = tuple(step * numbers.itemsize for step in strides)
    return np.lib.stride_tricks.as_strided(numbers[offset:], shape, steps).copy()
