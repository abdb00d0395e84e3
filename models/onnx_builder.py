"""An ONNX graph under construction: nodes, constants, and the layers that networks are made of."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import NodeProto, TensorProto

OPSET, IR_VERSION = 17, 9
_SMALLEST_HALF = 256

Shape = Sequence[int | str]


class OnnxBuilder:
    """Adds nodes one after the other; every method gives the name of the value that it makes."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.initializers: list[TensorProto] = []
        self._used = 0

    def node(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node with one output."""
        return self.split_node(kind, inputs, 1, **attributes)[0]

    def split_node(self, kind: str, inputs: Sequence[str], outputs: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs."""
        from onnx import helper

        names = [self._new_name(kind.lower()) for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def integers(self, values: Sequence[int]) -> str:
        """Add whole numbers, as shapes and axes are given."""
        import numpy as np

        return self.initializer(np.asarray(values, np.int64))

    def number(self, value: float) -> str:
        """Add one number."""
        import numpy as np

        return self.initializer(np.array(value, np.float32))

    def initializer(self, values: "NDArray[Any]") -> str:
        """Add a constant; weights in half precision are stored so, and widened when they are loaded."""
        import numpy as np
        from onnx import TensorProto, numpy_helper

        name = self._new_name("constant")
        values = values.copy(order="C")
        if values.dtype == np.float16 and values.size < _SMALLEST_HALF:
            values = values.astype(np.float32)
        self.initializers.append(numpy_helper.from_array(values, name))
        if values.dtype == np.float16:
            return self.node("Cast", [name], to=TensorProto.FLOAT)
        return name

    def reshape(self, name: str, shape: Sequence[int]) -> str:
        """Give a value another shape; 0 keeps a size, -1 takes what is left."""
        return self.node("Reshape", [name, self.integers(shape)])

    def linear(self, name: str, weight: "NDArray[Any]", bias: "NDArray[Any] | None" = None) -> str:
        """Multiply the last axis by a matrix (outputs, inputs), as PyTorch keeps it, and add the bias."""
        product = self.node("MatMul", [name, self.initializer(weight.T)])
        return product if bias is None else self.node("Add", [product, self.initializer(bias)])

    def layer_norm(
        self, name: str, weight: "NDArray[Any]", bias: "NDArray[Any]", epsilon: float = 1e-5
    ) -> str:
        """Normalise the last axis to mean 0 and variance 1, then scale and shift it."""
        inputs = [name, self.initializer(weight), self.initializer(bias)]
        return self.node("LayerNormalization", inputs, axis=-1, epsilon=epsilon)

    def instance_norm(self, name: str, rank: int, epsilon: float = 1e-5) -> str:
        """Normalise every channel of (batch, channels, …), of `rank` axes, by itself.

        The means are taken axis by axis: ONNX Runtime adds up a whole channel in single precision itself,
        which loses two digits over a million pixels.
        """
        centred = self.node("Sub", [name, self._mean(name, rank)])
        variance = self._mean(self.node("Mul", [centred, centred]), rank)
        deviation = self.node("Sqrt", [self.node("Add", [variance, self.number(epsilon)])])
        return self.node("Div", [centred, deviation])

    def _mean(self, name: str, rank: int) -> str:
        for axis in range(rank - 1, 1, -1):
            name = self.node("ReduceMean", [name], axes=[axis])
        return name

    def gelu(self, name: str) -> str:
        """Apply x times the normal distribution function of x (Hendrycks and Gimpel 2016)."""
        scaled = self.node("Erf", [self.node("Mul", [name, self.number(0.5**0.5)])])
        halved = self.node("Mul", [name, self.number(0.5)])
        return self.node("Mul", [halved, self.node("Add", [scaled, self.number(1.0)])])

    def heads(self, name: str, count: int, size: int) -> str:
        """Split the last axis into heads: (batch, length, count * size) to (batch, count, length, size)."""
        return self.node("Transpose", [self.reshape(name, (0, -1, count, size))], perm=[0, 2, 1, 3])

    def attention(self, query: str, key: str, value: str, size: int, mask: str | None = None) -> str:
        """Attend by scaled dot products (Vaswani et al. 2017), with `mask` added to the scores.

        All of them are split into heads; the heads are joined again.
        """
        turned = self.node("Transpose", [key], perm=[0, 1, 3, 2])
        scores = self.node("MatMul", [self.node("Mul", [query, self.number(size**-0.5)]), turned])
        if mask is not None:
            scores = self.node("Add", [scores, mask])
        mixed = self.node("MatMul", [self.node("Softmax", [scores], axis=-1), value])
        joined = self.node("Transpose", [mixed], perm=[0, 2, 1, 3])
        return self.reshape(joined, (0, 0, -1))

    def finish(
        self,
        inputs: Mapping[str, Shape],
        outputs: Mapping[str, Shape],
        kinds: Mapping[str, int] | None = None,
    ) -> bytes:
        """Make the file; `kinds` are the types (`TensorProto.INT64`) of what is not float32."""
        from onnx import TensorProto, helper

        def described(values: Mapping[str, Shape]) -> list[Any]:
            return [
                helper.make_tensor_value_info(name, (kinds or {}).get(name, TensorProto.FLOAT), shape)
                for name, shape in values.items()
            ]

        graph = helper.make_graph(
            self.nodes, "converted", described(inputs), described(outputs), self.initializers
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="sense-workstation",
        )
        return model.SerializeToString()

    def name_output(self, value: str, name: str) -> None:
        """Give a value the name of an output."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [value], [name]))

    def _new_name(self, kind: str) -> str:
        self._used += 1
        return f"{kind}_{self._used}"
