"""The network of DISK's local features, built from its published weights.

M. Tyszkiewicz, P. Fua, E. Trulls, "DISK: Learning local features with policy gradient", 2020: a U-Net whose
convolutions follow instance normalisation and a leaky gate. The sides of the picture are multiples of 16.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from models.onnx_builder import OnnxBuilder
from models.pack import Network, PackageFiles, PackModel
from models.torch_weights import read_torch_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP = 16
_UNET = "extractor.unet"
_EPSILON = 1e-5


def make_disk_network(files: PackageFiles, model: PackModel) -> Network:
    """Build the network."""
    return Network(disk_network(read_torch_weights(files.read(model.archive), model.id)))


def disk_network(weights: "dict[str, NDArray[Any]]") -> bytes:
    """Give the ONNX file of the weights, named as in DISK's own code.

    Takes `picture` (1, 3, height, width) from 0 to 1; gives `descriptors` (1, 128, height, width), of any
    length, and `heat` (1, 1, height, width), the logit of a point.
    """
    net = _Net(weights)
    down = [net.convolution(f"{_UNET}.path_down.0.1", "picture")]
    while f"{_UNET}.path_down.{len(down)}.1.3.weight" in weights:
        half = net.node("AveragePool", [down[-1]], kernel_shape=[2, 2], strides=[2, 2])
        down.append(net.gated(f"{_UNET}.path_down.{len(down)}.1", half))
    value = down.pop()
    for number, beside in enumerate(reversed(down)):
        wide = net.node(
            "Resize", [value, "", net.initializer(np.array([1, 1, 2, 2], np.float32))], mode="linear"
        )
        both = net.node("Concat", [wide, beside], axis=1)
        value = net.gated(f"{_UNET}.path_up.{number}.conv", both)
    size = len(weights[f"{_UNET}.path_up.{len(down) - 1}.conv.3.bias"]) - 1
    parts = net.split_node("Split", [value, net.integers([size, 1])], 2, axis=1)
    for part, name in zip(parts, ("descriptors", "heat"), strict=True):
        net.name_output(part, name)
    return net.finish(
        {"picture": (1, 3, "height", "width")},
        {"descriptors": (1, size, "height", "width"), "heat": (1, 1, "height", "width")},
    )


class _Net(OnnxBuilder):
    def __init__(self, weights: "dict[str, NDArray[Any]]") -> None:
        super().__init__()
        self._weights = weights

    def gated(self, at: str, given: str) -> str:
        """Normalise every channel, weaken what is negative by a factor of the channel's own, and convolve."""
        slope = self._weights[f"{at}.1.weight"].reshape(-1, 1, 1)
        normal = self.instance_norm(given, 4, _EPSILON)
        # Sums of products: ONNX Runtime's own operator for this is many times slower.
        passed = self.node("Mul", [self.node("Relu", [normal]), self.initializer(1.0 - slope)])
        weak = self.node("Mul", [normal, self.initializer(slope)])
        return self.convolution(at, self.node("Add", [passed, weak]))

    def convolution(self, at: str, given: str) -> str:
        weight, bias = (self._weights[f"{at}.3.{kind}"] for kind in ("weight", "bias"))
        around = weight.shape[2] // 2
        return self.node("Conv", [given, self.initializer(weight), self.initializer(bias)], pads=[around] * 4)
