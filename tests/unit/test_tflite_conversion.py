from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from models.tflite_conversion import convert_tflite
from models.tflite_convolutions import same_padding
from models.tflite_file import Fields, TfliteTensor, read_tflite
from models.tflite_sparsity import constant_of


@dataclass
class Levels(Fields):
    """The tables that `constant_of` reads, without a flatbuffer."""

    arrays: dict[int, Any] = field(default_factory=dict)
    scalars: dict[int, int] = field(default_factory=dict)
    inner: dict[int, Any] = field(default_factory=dict)

    def scalar(self, position: int, kind: str = "int32", default: int = 0) -> int:
        return self.scalars.get(position, default)

    def array(self, position: int, dtype: str) -> Any:
        return np.asarray(self.arrays.get(position, []), dtype)

    def table(self, position: int) -> Any:
        return self.inner.get(position)

    def tables(self, position: int) -> Any:
        return self.inner.get(position, [])


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0, 2.5]), min_size=4, max_size=4), min_size=1, max_size=5))
def test_a_compressed_matrix_is_made_dense(rows: list[list[float]]) -> None:
    matrix = np.array(rows, np.float16)
    segments = np.concatenate([[0], np.cumsum(np.count_nonzero(matrix, axis=1))])
    compressed = Levels(
        scalars={0: 1, 2: 1, 4: 3},
        inner={3: Levels(arrays={0: segments}), 5: Levels(arrays={0: np.nonzero(matrix)[1]})},
    )
    dense = Levels(scalars={0: 0, 1: len(rows)})
    sparsity = Levels(arrays={0: [0, 1]}, inner={2: [dense, compressed]})
    tensor = TfliteTensor("w", matrix.shape, "<f2", matrix[matrix != 0], sparsity)
    assert np.array_equal(constant_of(tensor), matrix)


@pytest.mark.parametrize(
    ("arguments", "padding"),
    [
        ((224, 3, 2), (0, 1)),
        ((224, 3, 1), (1, 1)),
        ((7, 5, 2), (2, 2)),
        ((8, 1, 2), (0, 0)),
        ((9, 3, 1, 2), (2, 2)),
    ],
)
def test_same_padding_is_tensorflows(arguments: tuple[int, ...], padding: tuple[int, int]) -> None:
    assert same_padding(*arguments) == padding


@settings(max_examples=300)
@given(st.binary(max_size=200), st.booleans())
def test_damaged_files_are_refused(data: bytes, marked: bool) -> None:
    data = data[:4] + b"TFL3" + data[4:] if marked else data
    with pytest.raises(BadInput, match="damaged or not a TFLite file"):
        read_tflite(data, "odd.tflite")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BadInput):
        convert_tflite(b"", "odd.tflite", [], [])
