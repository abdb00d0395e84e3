import io
import json
import pickle
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from models.safetensors_file import read_safetensors
from models.torch_weights import read_torch_weights


def torch_file(pickled: bytes, **storages: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        for name, data in storages.items():
            archive.writestr(f"archive/data/{name.removeprefix('s')}", data)
    return file.getvalue()


def described(shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> bytes:
    """Write the pickle that PyTorch writes for one array."""

    def integers(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(b"J" + value.to_bytes(4, "little", signed=True) for value in values) + b"t"

    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ"
    rest = b"J" + offset.to_bytes(4, "little", signed=True) + integers(shape) + integers(strides)
    build = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + rest + b"\x89ccollections\nOrderedDict\n)RtR"
    return b"\x80\x02}X\x01\x00\x00\x00a" + build + b"s."


NUMBERS = np.arange(6, dtype="<f4").tobytes()


def test_arrays_are_cut_out_of_their_storage() -> None:
    loaded = read_torch_weights(torch_file(described((2, 3), (3, 1)), s0=NUMBERS), "w")
    assert loaded["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    turned = read_torch_weights(torch_file(described((3, 2), (1, 3)), s0=NUMBERS), "w")
    assert turned["a"].tolist() == [[0, 3], [1, 4], [2, 5]]
    part = read_torch_weights(torch_file(described((2,), (2,), 1), s0=NUMBERS), "w")
    assert part["a"].tolist() == [1, 3]


@pytest.mark.parametrize(
    "pickled",
    [described((7,), (1,)), described((2,), (1,), -1), described((2,), (-1,), 3), described((2,), (9,))],
)
def test_arrays_outside_their_storage_are_refused(pickled: bytes) -> None:
    with pytest.raises(BadInput, match="damaged or not a file of weights"):
        read_torch_weights(torch_file(pickled, s0=NUMBERS), "w")


class Evil:
    def __reduce__(self) -> Any:
        return (print, ("run",))


def test_nothing_that_the_file_names_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput):
        read_torch_weights(torch_file(pickle.dumps({"a": Evil()})), "w")
    assert capsys.readouterr().out == ""


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_damaged_files_are_refused(data: bytes) -> None:
    for read in (read_torch_weights, read_safetensors):
        try:
            read(data, "w")
        except BadInput:
            continue


def safetensors(**arrays: np.ndarray) -> bytes:
    header, body = {}, b""
    for name, values in arrays.items():
        kind = {"float32": "F32", "float16": "F16", "int64": "I64"}[values.dtype.name]
        offsets = [len(body), len(body) + values.nbytes]
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": offsets}
        body += values.tobytes()
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    return len(text).to_bytes(8, "little") + text + body


def test_safetensors() -> None:
    wide, half = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(2, np.float16)
    loaded = read_safetensors(safetensors(wide=wide, half=half), "w")
    assert loaded["wide"].tolist() == wide.tolist()
    assert loaded["half"].dtype == np.float16
    for damaged in (b"", safetensors(wide=wide)[:-1], b"\xff" * 20):
        with pytest.raises(BadInput):
            read_safetensors(damaged, "w")
