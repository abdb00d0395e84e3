"""The ONNX graph of a TFLite network, whose pictures lie with their channels first where that saves work."""

from typing import TYPE_CHECKING, Any

from models.onnx_builder import OnnxBuilder
from models.tflite_file import TfliteModel
from models.tflite_sparsity import constant_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TO_FIRST, _TO_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


class OnnxGraph(OnnxBuilder):
    """Turns the tensors of a TFLite graph into named ONNX values, in one or both layouts.

    TFLite's pictures are (batch, height, width, channels). Convolutions ask for them with the channels first;
    element by element it does not matter. A value is transposed only when it is asked for in the layout that
    it does not have, and then once.

    Parameters
    ----------
    model : TfliteModel
        Where shapes and constants come from.
    """

    def __init__(self, model: TfliteModel) -> None:
        super().__init__()
        self.shapes = [tensor.shape for tensor in model.tensors]
        self._tensors = model.tensors
        self._constants: dict[int, NDArray[Any]] = {}
        self._names: dict[tuple[int, bool], str] = {}

    def constant(self, tensor: int) -> "NDArray[Any] | None":
        """Give the values of a constant tensor, None for a computed one."""
        if tensor not in self._constants:
            values = constant_of(self._tensors[tensor])
            if values is None:
                return None
            self._constants[tensor] = values
        return self._constants[tensor]

    def set_constant(self, tensor: int, values: "NDArray[Any]") -> None:
        """Say that a tensor is known while converting."""
        self._constants[tensor] = values

    def has_first(self, tensor: int) -> bool:
        """Tell whether the tensor is there with its channels first."""
        return (tensor, True) in self._names

    def is_computed(self, tensor: int) -> bool:
        """Tell whether the tensor is no constant."""
        return self.constant(tensor) is None

    def get(self, tensor: int, *, first: bool = False) -> str:
        """Give the name of a tensor's value, with the channels first (rank 4 only) or as TFLite has it."""
        key = (tensor, first)
        if key not in self._names:
            values = self.constant(tensor)
            if values is not None:
                self._names[key] = self.initializer(channels_first(values) if first else values)
            else:
                self._names[key] = self._transposed(tensor, first)
        return self._names[key]

    def set(self, tensor: int, name: str, *, first: bool = False) -> None:
        """Say which value a tensor has."""
        self._names[tensor, first] = name

    def _transposed(self, tensor: int, first: bool) -> str:
        name = self._names[tensor, not first]
        batch, height, width, channels = self.shapes[tensor]
        if channels == 1 or height * width == 1:  # the order in memory is the same
            shape = (batch, channels, height, width) if first else self.shapes[tensor]
            return self.reshape(name, shape)
        return self.node("Transpose", [name], perm=list(_TO_FIRST if first else _TO_LAST))


def channels_first(values: "NDArray[Any]") -> "NDArray[Any]":
    """Bring a constant to rank 4 and its channels to the front, as broadcasting against pictures needs it."""
    shape = (1,) * (4 - values.ndim) + values.shape
    return values.reshape(shape).transpose(_TO_FIRST)
