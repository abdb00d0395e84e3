import io
import pickle
import sys
import types
import zipfile
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

from core.errors import BadInput
from models.torch_weights import read_torch_weights

ARRAYS = {"a.weight": np.arange(6, dtype=np.float32), "a.bias": np.arange(4, dtype=np.float32)}


class FloatStorage:
    """Stands for PyTorch's."""


class Stored:
    """Pickled as PyTorch does a tensor of the whole storage."""

    def __init__(self, key: str, values: np.ndarray[Any, Any]) -> None:
        self.key, self.values = key, values

    def __reduce__(self) -> Any:
        shape = self.values.shape
        return _rebuild_tensor_v2, (Storage(self.key, len(self.values)), 0, shape, (1,))


class Storage:
    def __init__(self, key: str, count: int) -> None:
        self.key, self.count = key, count


def _rebuild_tensor_v2(*_: Any) -> None:
    """Stands for PyTorch's."""


class Writer(pickle.Pickler):
    def persistent_id(self, obj: Any, /) -> Any:
        if isinstance(obj, Storage):
            return ("storage", FloatStorage, obj.key, "cpu", obj.count)
        return None


@pytest.fixture(autouse=True)
def torch_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pickler believe that the stand-ins are PyTorch's own."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage, utils._rebuild_tensor_v2 = FloatStorage, _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    monkeypatch.setattr(FloatStorage, "__module__", "torch")
    monkeypatch.setattr(_rebuild_tensor_v2, "__module__", "torch._utils")


def pickled(value: Any) -> bytes:
    file = io.BytesIO()
    Writer(file, 2).dump(value)
    return file.getvalue()


def tensors(arrays: "dict[str, np.ndarray[Any, Any]]") -> "OrderedDict[str, Stored]":
    return OrderedDict((name, Stored(str(key), array)) for key, (name, array) in enumerate(arrays.items()))


def legacy(arrays: "dict[str, np.ndarray[Any, Any]]" = ARRAYS) -> bytes:
    parts = [pickled(0x1950A86A20F9469CFC6C), pickled(1001), pickled({"little_endian": True})]
    parts += [pickled(tensors(arrays)), pickled([str(key) for key in range(len(arrays))])]
    for array in arrays.values():
        parts += [len(array).to_bytes(8, "little"), array.tobytes()]
    return b"".join(parts)


def test_weights_from_before_the_zip_format_are_read() -> None:
    read = read_torch_weights(legacy(), "old.model")
    assert read.keys() == ARRAYS.keys()
    assert all(np.array_equal(read[name], array) for name, array in ARRAYS.items())


def test_large_old_weights_are_read_from_their_own_numbers_only() -> None:
    large = {"w": np.arange(4_000_000, dtype=np.float32)}
    assert np.array_equal(read_torch_weights(legacy(large), "old.model")["w"], large["w"])


@pytest.mark.parametrize(("shape", "strides"), [((10**6, 10**6), (0, 0)), ((7,), (1,)), ((2, 4), (3, 1))])
def test_an_array_larger_than_its_numbers_is_refused(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    def claimed(own: Stored) -> Any:
        return _rebuild_tensor_v2, (Storage(own.key, len(own.values)), 0, shape, strides)

    monkeypatch.setattr(Stored, "__reduce__", claimed)
    with pytest.raises(BadInput, match=r"old\.model"):
        read_torch_weights(legacy({"w": ARRAYS["a.weight"]}), "old.model")


def test_the_arrays_of_a_script_module_are_read_and_its_code_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("__torch__.net")
    layer: Any = type("Layer", (), {"__module__": "__torch__.net"})
    module.Layer = layer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "__torch__", types.ModuleType("__torch__"))
    monkeypatch.setitem(sys.modules, "__torch__.net", module)
    net, inner = layer(), layer()
    inner.weight, inner.training = Stored("0", ARRAYS["a.weight"]), False
    net.down = inner
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("net/data.pkl", pickled(net))
        archive.writestr("net/data/0", ARRAYS["a.weight"].tobytes())
        archive.writestr("net/code/__torch__/net.py", "raise SystemExit")
    read = read_torch_weights(file.getvalue(), "net.pt")
    assert list(read) == ["down.weight"]
    assert np.array_equal(read["down.weight"], ARRAYS["a.weight"])


@pytest.mark.parametrize("size", [0, 3, 40, 200, len(legacy.__name__)])
def test_what_is_cut_off_is_told(size: int) -> None:
    with pytest.raises(BadInput, match=r"old\.model"):
        read_torch_weights(legacy()[:size], "old.model")


def test_nothing_that_a_file_names_is_run() -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return print, ("run",)

    data = pickled(0x1950A86A20F9469CFC6C) + pickled(1001) + pickled({}) + pickled({"a": Evil()})
    with pytest.raises(BadInput):
        read_torch_weights(data, "evil.model")
