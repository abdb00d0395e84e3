"""Layers of networks of volumes, built from weights that are named as PyTorch names them."""

from typing import TYPE_CHECKING, Any

from models.onnx_builder import OnnxBuilder

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EPSILON = 1e-5


class VolumeLayers(OnnxBuilder):
    """An ONNX graph under construction; values are (batch, channels, d, h, w).

    Parameters
    ----------
    weights : dict
        Arrays by name, "down1.conv.weight".
    """

    def __init__(self, weights: "dict[str, NDArray[Any]]") -> None:
        super().__init__()
        self._weights = weights

    def convolution(self, name: str, given: str, *, stride: int = 1) -> str:
        """Convolve, with half the kernel as padding."""
        kernel = list(self._weights[f"{name}.weight"].shape[2:])
        pads = [size // 2 for size in kernel] * 2
        return self.node(
            "Conv", self._inputs(name, given), kernel_shape=kernel, strides=[stride] * 3, pads=pads
        )

    def transposed(self, name: str, given: str, *, stride: int) -> str:
        """Convolve the other way; what comes out is `stride` times as large."""
        kernel = list(self._weights[f"{name}.weight"].shape[2:])
        pads = [(size - 1) // 2 for size in kernel]
        more = [stride - size + 2 * pad for size, pad in zip(kernel, pads, strict=True)]
        return self.node(
            "ConvTranspose",
            self._inputs(name, given),
            kernel_shape=kernel,
            strides=[stride] * 3,
            pads=pads * 2,
            output_padding=more,
        )

    def normalised(self, given: str, *, name: str = "") -> str:
        """Normalise every channel by itself, scaled and shifted where `name` has weights for that.

        ONNX Runtime's own operator adds millions of voxels in single precision, one after the other. Here the
        slices are averaged first, and then their averages, which is a hundred times as precise.
        """
        centred = self.node("Sub", [given, self._average(given)])
        variance = self._average(self.node("Mul", [centred, centred]))
        deviation = self.node("Sqrt", [self.node("Add", [variance, self.number(_EPSILON)])])
        if not name:
            return self.node("Div", [centred, deviation])
        scale, shift = (
            self.initializer(self._weights[f"{name}.{part}"].reshape(1, -1, 1, 1, 1))
            for part in ("weight", "bias")
        )
        scaled = self.node("Mul", [centred, self.node("Div", [scale, deviation])])
        return self.node("Add", [scaled, shift])

    def _average(self, given: str) -> str:
        rows = self.node("ReduceMean", [given], axes=[4], keepdims=1)
        slices = self.node("ReduceMean", [rows], axes=[3], keepdims=1)
        return self.node("ReduceMean", [slices], axes=[2], keepdims=1)

    def relu(self, given: str, *, slope: float = 0.0) -> str:
        """Cut what is negative, or multiply it by `slope`."""
        return self.node("LeakyRelu", [given], alpha=slope) if slope else self.node("Relu", [given])

    def has(self, name: str) -> bool:
        """Tell whether there are such weights."""
        return f"{name}.weight" in self._weights

    def _inputs(self, name: str, given: str) -> list[str]:
        inputs = [given, self.initializer(self._weights[f"{name}.weight"])]
        if f"{name}.bias" in self._weights:
            inputs.append(self.initializer(self._weights[f"{name}.bias"]))
        return inputs
