"""Layer normalisation as TensorFlow spells it out becomes one operator, which computes the same."""

import numpy as np
import onnxruntime
import pytest

from models.tflite_conversion import convert_tflite
from models.tflite_file import Fields, TfliteModel, TfliteOperator, TfliteTensor

ROWS, CHANNELS, EPSILON = 5, 16, 1e-3
GAIN = np.linspace(0.5, 2.0, CHANNELS, dtype=np.float32)


class Kept(Fields):
    """Options with `keep_dims` set."""

    def __init__(self) -> None:
        pass

    def scalar(self, position: int, kind: str = "int32", default: int = 0) -> int:
        return 1 if kind == "bool" else 0


def spelt_out(*, reads_mean: bool = False) -> TfliteModel:
    """The ten operators; with another one that reads the mean when `reads_mean`."""
    rows, single = (1, 1, ROWS, CHANNELS), (1, 1, ROWS, 1)
    constants = {1: np.array([3], np.int32), 5: np.array(EPSILON, np.float32), 8: GAIN}
    shapes = {
        0: rows,
        3: rows,
        9: rows,
        11: rows,
        12: rows,
        13: rows,
        14: rows,
        1: (1,),
        5: (),
        8: (CHANNELS,),
    }
    tensors = tuple(
        TfliteTensor(str(k), shapes.get(k, single), "<i4" if k == 1 else "<f4", data, None)
        for k, data in ((k, constants[k].ravel() if k in constants else None) for k in range(15))
    )
    steps = (
        (40, (0, 1), 2),  # mean
        (59, (2,), 10),  # its negative
        (99, (0, 2), 3),
        (40, (3, 1), 4),  # variance
        (0, (4, 5), 6),
        (76, (6,), 7),
        (18, (7, 8), 9),  # scale
        (18, (0, 9), 11),
        (18, (10, 9), 12),
        (0, (11, 12), 13),
        (0, (13, 2) if reads_mean else (13, 0), 14),
    )
    operators = tuple(TfliteOperator(code, given, (made,), Kept(), b"") for code, given, made in steps)
    return TfliteModel(tensors, (0,), (14,), operators)


@pytest.mark.parametrize("reads_mean", [False, True])
def test_the_one_operator_computes_the_same(monkeypatch: pytest.MonkeyPatch, reads_mean: bool) -> None:
    model = spelt_out(reads_mean=reads_mean)
    monkeypatch.setattr("models.tflite_conversion.read_tflite", lambda _data, _name: model)
    network = convert_tflite(b"", "x", ["rows"], ["out"])
    assert (b"LayerNormalization" in network) != reads_mean
    values = np.random.default_rng(0).normal(3.0, 2.0, (1, 1, ROWS, CHANNELS)).astype(np.float32)
    session = onnxruntime.InferenceSession(network)
    (found,) = session.run(None, {"rows": values.transpose(0, 3, 1, 2)})
    mean = values.mean(-1, keepdims=True)
    normal = (values - mean) / np.sqrt(values.var(-1, keepdims=True) + EPSILON) * GAIN
    np.testing.assert_allclose(found, normal + (mean if reads_mean else values), atol=1e-4)
