"""The network of local features, built from its published weights: XFeat (Potje et al. 2024).

Pictures of any size whose sides are multiples of 32; batch normalisation is folded into the convolutions.
"""

from typing import TYPE_CHECKING, Any

from models.onnx_builder import OnnxBuilder
from models.pack import Network, PackageFiles, PackModel
from models.torch_weights import read_torch_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELL = 8
_EPSILON = 1e-5


def make_feature_network(files: PackageFiles, model: PackModel) -> Network:
    """Build the network."""
    return Network(feature_network(read_torch_weights(files.read(model.archive), model.id)))


def feature_network(weights: "dict[str, NDArray[Any]]") -> bytes:
    """Give the ONNX file of the weights, named as in XFeat's own code.

    Takes `picture` (1, 3, height, width); gives `descriptors` (1, 64, height / 8, width / 8) of unit length,
    `keypoints` (1, 1, height, width), `reliability` (1, 1, height / 8, width / 8).
    """
    net = _Net(weights)
    grey = net.node("ReduceMean", ["picture"], axes=[1], keepdims=1)
    grey = net.instance_norm(grey, 4, _EPSILON)
    features = _backbone(net, grey)
    net.name_output(net.node("LpNormalization", [features], axis=1, p=2), "descriptors")
    sure = net.layers("heatmap_head", features, ((0, 1), (0, 1)))
    net.name_output(net.node("Sigmoid", [net.convolution("heatmap_head.2", sure, padding=0)]), "reliability")
    cells = net.node("SpaceToDepth", [grey], blocksize=CELL)
    cells = net.layers("keypoint_head", cells, ((0, 1), (0, 1), (0, 1)))
    chances = net.node("Softmax", [net.convolution("keypoint_head.3", cells, padding=0)], axis=1)
    # The last channel stands for no keypoint in the cell.
    inside = net.node("Slice", [chances, net.integers([0]), net.integers([CELL * CELL]), net.integers([1])])
    net.name_output(net.node("DepthToSpace", [inside], blocksize=CELL, mode="DCR"), "keypoints")
    return net.finish(
        {"picture": (1, 3, "height", "width")},
        {
            "descriptors": (1, 64, "rows", "columns"),
            "keypoints": (1, 1, "height", "width"),
            "reliability": (1, 1, "rows", "columns"),
        },
    )


def _backbone(net: "_Net", grey: str) -> str:
    """Give features in three sizes, brought to an eighth of the picture's and added."""
    pooled = net.node("AveragePool", [grey], kernel_shape=[4, 4], strides=[4, 4])
    skipped = net.convolution("skip1.1", pooled, padding=0)
    first = net.layers("block1", grey, ((1, 1), (1, 2), (1, 1), (1, 2)))
    second = net.layers("block2", net.node("Add", [first, skipped]), ((1, 1), (1, 1)))
    third = net.layers("block3", second, ((1, 2), (1, 1), (0, 1)))
    fourth = net.layers("block4", third, ((1, 2), (1, 1), (1, 1)))
    fifth = net.layers("block5", fourth, ((1, 2), (1, 1), (1, 1), (0, 1)))
    size = net.node("Shape", [third])
    wide = [net.resized(part, size) for part in (fourth, fifth)]
    fused = net.node("Add", [net.node("Add", [third, wide[0]]), wide[1]])
    return net.convolution("block_fusion.2", net.layers("block_fusion", fused, ((1, 1), (1, 1))), padding=0)


class _Net(OnnxBuilder):
    def __init__(self, weights: "dict[str, NDArray[Any]]") -> None:
        super().__init__()
        self._weights = weights

    def layers(self, at: str, given: str, layers: tuple[tuple[int, int], ...]) -> str:
        """Add convolutions with normalisation and ReLU, by padding and stride."""
        for number, (padding, stride) in enumerate(layers):
            name = f"{at}.{number}.layer.0"
            given = self.node("Relu", [self.convolution(name, given, padding=padding, stride=stride)])
        return given

    def convolution(self, at: str, given: str, *, padding: int, stride: int = 1) -> str:
        import numpy as np

        weight, bias = self._weights[f"{at}.weight"], self._weights.get(f"{at}.bias")
        norm = f"{at.removesuffix('.0')}.1"
        if f"{norm}.running_var" in self._weights:
            scale = 1.0 / np.sqrt(self._weights[f"{norm}.running_var"].astype(np.float64) + _EPSILON)
            weight = (weight * scale[:, None, None, None]).astype(np.float32)
            bias = (-self._weights[f"{norm}.running_mean"] * scale).astype(np.float32)
        inputs = [given, self.initializer(weight), *([self.initializer(bias)] if bias is not None else [])]
        return self.node("Conv", inputs, pads=[padding] * 4, strides=[stride] * 2)

    def resized(self, given: str, size: str) -> str:
        """Bring to a size (that of another value) by linear interpolation."""
        return self.node("Resize", [given, "", "", size], mode="linear")
