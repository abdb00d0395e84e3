"""Sparse constants of TFLite files, made dense."""

from typing import TYPE_CHECKING, Any

from models.tflite_file import Fields, TfliteTensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INDEX_DTYPES = {1: "<i4", 2: "<u2", 3: "u1"}


def constant_of(tensor: TfliteTensor) -> "NDArray[Any] | None":
    """Give the values of a constant in its shape, None where the tensor is computed."""
    if tensor.data is None:
        return None
    if tensor.sparsity is None:
        return tensor.data.reshape(tensor.shape)
    return _dense(tensor, tensor.sparsity)


def _dense(tensor: TfliteTensor, sparsity: Fields) -> "NDArray[Any]":
    """Put the stored values where the traversal of the levels comes by (the TACO format, Kjolstad 2017).

    Level by level, in the order of `traversal_order`, positions grow into their children: all of them where
    the level is dense, those listed where it is compressed. Levels after the tensor's own axes are those of
    blocks, which `block_map` assigns.
    """
    import numpy as np

    order = [int(axis) for axis in sparsity.array(0, "<i4")]
    blocks = [int(axis) for axis in sparsity.array(1, "<i4")]
    levels = sparsity.tables(2)
    coordinates = np.zeros((len(order), 1), np.int64)
    sizes = dict.fromkeys(range(len(order)), 1)
    for axis, level in zip(order, levels, strict=True):
        if level.scalar(0, "int8") == 0:
            sizes[axis] = level.scalar(1)
            counts = np.full(coordinates.shape[1], sizes[axis], np.int64)
            inner = np.tile(np.arange(sizes[axis]), coordinates.shape[1])
        else:
            segments, inner = _indices(level, 2), _indices(level, 4)
            counts = np.diff(segments)
        coordinates = np.repeat(coordinates, counts, axis=1)
        coordinates[axis] = inner
    for number, axis in enumerate(blocks):
        block = len(tensor.shape) + number
        coordinates[axis] = coordinates[axis] * sizes[block] + coordinates[block]
    data = tensor.data
    assert data is not None
    dense = np.zeros(tensor.shape, data.dtype)
    if len(data) != coordinates.shape[1]:
        raise ValueError("the values of a sparse tensor do not fill its pattern")
    dense[tuple(coordinates[: len(tensor.shape)])] = data
    return dense


def _indices(level: Fields, position: int) -> "NDArray[Any]":
    import numpy as np

    vector = level.table(position + 1)
    if vector is None:
        raise ValueError("a level of a sparse tensor has no indices")
    return vector.array(0, _INDEX_DTYPES[level.scalar(position, "uint8")]).astype(np.int64)
