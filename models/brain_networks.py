"""The networks of brain extraction, built from their published weights.

deepbet: L. Fisch et al., "deepbet: fast brain extraction of T1-weighted MRI using convolutional neural
networks", Computers in Biology and Medicine 2024 (a LinkNet). HD-BET: F. Isensee et al., "Automated brain
extraction of multisequence MRI using artificial neural networks", Human Brain Mapping 2019 (a U-Net).
"""

from typing import TYPE_CHECKING, Any

from models.pack import Network, PackageFiles, PackModel
from models.torch_weights import read_torch_weights
from models.volume_layers import VolumeLayers

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FREE = ("batch", 1, "depth", "height", "width")
_SLOPE, _OUTER_SLOPE = 0.01, 0.1


def make_deepbet(files: PackageFiles, model: PackModel) -> Network:
    """Build one of deepbet's two networks."""
    return Network(deepbet_network(read_torch_weights(files.read(model.archive), model.id)))


def make_hd_bet(files: PackageFiles, model: PackModel) -> Network:
    """Build HD-BET's network of one fold."""
    return Network(hd_bet_network(read_torch_weights(files.read(model.archive), model.id)))


def deepbet_network(weights: "dict[str, NDArray[Any]]") -> bytes:
    """Give the ONNX file: `volume` (n, 1, d, h, w) to `probability` (n, 2, d, h, w), multiples of 32."""
    net = VolumeLayers(weights)
    first = _layer(net, "init.0", "volume", stride=2)
    levels = [net.node("MaxPool", [first], kernel_shape=[3] * 3, strides=[2] * 3, pads=[1] * 6)]
    for number in range(4):
        levels.append(_down(net, f"down{number}", levels[-1], stride=1 if number == 0 else 2))
    value = _up(net, "up0", levels[4], stride=2)
    for number, skipped in ((1, levels[3]), (2, levels[2]), (3, levels[1])):
        stride = 1 if number == 3 else 2
        value = _up(net, f"up{number}", net.node("Add", [value, skipped]), stride=stride)
    value = net.node("Add", [value, levels[0]])
    value = net.transposed("tp_conv1.0", value, stride=2)
    value = net.relu(net.normalised(value))
    value = net.transposed("tp_conv2", _layer(net, "conv.0", value), stride=2)
    net.name_output(net.node("Softmax", [value], axis=1), "probability")
    return net.finish({"volume": _FREE}, {"probability": ("batch", 2, *_FREE[2:])})


def _layer(net: VolumeLayers, name: str, given: str, *, stride: int = 1) -> str:
    value = net.convolution(name, given, stride=stride)
    return net.relu(net.normalised(value))


def _down(net: VolumeLayers, name: str, given: str, *, stride: int) -> str:
    for block in ("block1", "block2"):
        convolutions = f"{name}.{block}.double_conv"
        value = net.convolution(f"{convolutions}.3", _layer(net, f"{convolutions}.0", given, stride=stride))
        value = net.normalised(value)
        shortcut = f"{name}.{block}.downsample.0"
        if net.has(shortcut):
            smaller = net.convolution(shortcut, given, stride=stride)
            given = net.normalised(smaller)
        given, stride = net.relu(net.node("Add", [value, given])), 1
    return given


def _up(net: VolumeLayers, name: str, given: str, *, stride: int) -> str:
    value = net.transposed(f"{name}.tp_conv.0", _layer(net, f"{name}.conv1.0", given), stride=stride)
    return _layer(net, f"{name}.conv2.0", net.relu(net.normalised(value)))


def hd_bet_network(weights: "dict[str, NDArray[Any]]") -> bytes:
    """Give the ONNX file: `volume` (n, 1, d, h, w) to `probability` (n, 2, d, h, w), multiples of 16."""
    net = VolumeLayers(weights)
    value, skipped = net.convolution("init_conv", "volume"), list[str]()
    for level in range(1, 5):
        value = _normal(net, f"down{level}.bn", _context(net, f"context{level}", value))
        skipped.append(value)
        value = net.convolution(f"down{level}.downsample", value, stride=2)
    value = _normal(net, "bn_after_context5", _context(net, "context5", value), _OUTER_SLOPE)
    for level in range(1, 5):
        value = _normal(
            net, f"up{level}.bn", net.convolution(f"up{level}.upsample_conv", _doubled(net, value))
        )
        value = net.node("Concat", [skipped.pop(), value], axis=1)
        if level < 4:
            value = _normal(net, f"loc{level}.bn_1", net.convolution(f"loc{level}.conv1", value))
            value = _normal(net, f"loc{level}.bn_2", net.convolution(f"loc{level}.conv2", value))
    for number in (1, 2):
        value = net.convolution(f"end_conv_{number}", value)
        value = _normal(net, f"end_conv_{number}_bn", value, _OUTER_SLOPE)
    value = net.convolution("seg_layer", value)
    net.name_output(net.node("Softmax", [value], axis=1), "probability")
    return net.finish({"volume": _FREE}, {"probability": ("batch", 2, *_FREE[2:])})


def _normal(net: VolumeLayers, name: str, given: str, slope: float = _SLOPE) -> str:
    return net.relu(net.normalised(given, name=name), slope=slope)


def _context(net: VolumeLayers, name: str, given: str) -> str:
    value = net.convolution(f"{name}.conv1", _normal(net, f"{name}.bn_1", given))
    value = net.convolution(f"{name}.conv2", _normal(net, f"{name}.bn_2", value))
    return net.node("Add", [value, given])


def _doubled(net: VolumeLayers, given: str) -> str:
    import numpy as np

    scales = net.initializer(np.array([1, 1, 2, 2, 2], np.float32))
    return net.node(
        "Resize", [given, "", scales], mode="linear", coordinate_transformation_mode="align_corners"
    )
