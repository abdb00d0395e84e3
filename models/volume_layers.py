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

    def normalised(self, given: str, *, channels: int = 0, name: str = "") -> str:
        """Normalise every channel by itself, scaled and shifted where `name` has weights for that."""
        import numpy as np

        if name:
            scale, shift = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        else:
            scale, shift = np.ones(channels, np.float32), np.zeros(channels, np.float32)
        inputs = [given, self.initializer(scale), self.initializer(shift)]
        return self.node("InstanceNormalization", inputs, epsilon=_EPSILON)

    def relu(self, given: str, *, slope: float = 0.0) -> str:
        """Cut what is negative, or multiply it by `slope`."""
        return self.node("LeakyRelu", [given], alpha=slope) if slope else self.node("Relu", [given])

    def channels_of(self, name: str, *, transposed: bool = False) -> int:
        """Give how many channels a convolution gives."""
        return int(self._weights[f"{name}.weight"].shape[1 if transposed else 0])

    def has(self, name: str) -> bool:
        """Tell whether there are such weights."""
        return f"{name}.weight" in self._weights

    def _inputs(self, name: str, given: str) -> list[str]:
        inputs = [given, self.initializer(self._weights[f"{name}.weight"])]
        if f"{name}.bias" in self._weights:
            inputs.append(self.initializer(self._weights[f"{name}.bias"]))
        return inputs
