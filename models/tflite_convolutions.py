"""TFLite's operators on pictures: convolutions, pooling and resizing, with the channels first."""

import struct
from typing import TYPE_CHECKING, Any

from models.onnx_graph import OnnxGraph
from models.tflite_file import TfliteOperator

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SAME = 0
_DOWN, _ACROSS = 1, 2


def activated(graph: OnnxGraph, name: str, activation: int) -> str:
    """Add the activation that TFLite fuses into an operator."""
    import numpy as np

    if activation == 0:
        return name
    if activation == 1:
        return graph.node("Relu", [name])
    if activation in (2, 3):
        low, high = ((-1.0, 1.0), (0.0, 6.0))[activation - 2]
        bounds = [graph.initializer(np.array(bound, np.float32)) for bound in (low, high)]
        return graph.node("Clip", [name, *bounds])
    if activation == 4:
        return graph.node("Tanh", [name])
    raise NotImplementedError(f"fused activation {activation}")


def same_padding(size: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Give what TensorFlow's SAME adds before and after an axis."""
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def _pads(
    graph: OnnxGraph,
    tensor: int,
    scheme: int,
    kernel: tuple[int, int],
    strides: list[int],
    dilations: list[int],
) -> list[int]:
    if scheme != _SAME:
        return [0, 0, 0, 0]
    shape = graph.shapes[tensor]
    top, bottom = same_padding(shape[_DOWN], kernel[0], strides[0], dilations[0])
    left, right = same_padding(shape[_ACROSS], kernel[1], strides[1], dilations[1])
    return [top, left, bottom, right]


def convolution(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """CONV_2D: weights (out, height, width, in)."""
    options = operator.options
    strides = [options.scalar(2), options.scalar(1)]
    dilations = [options.scalar(5, default=1), options.scalar(4, default=1)]
    weights = _weights(graph, operator.inputs[1]).transpose(0, 3, 1, 2)
    groups = graph.shapes[operator.inputs[0]][3] // weights.shape[1]
    _convolve(graph, operator, weights, groups, strides, dilations, options.scalar(3, "int8"))


def depthwise_convolution(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """DEPTHWISE_CONV_2D: weights (1, height, width, out), a group for every channel."""
    options = operator.options
    strides = [options.scalar(2), options.scalar(1)]
    dilations = [options.scalar(6, default=1), options.scalar(5, default=1)]
    weights = _weights(graph, operator.inputs[1]).transpose(3, 0, 1, 2)
    groups = graph.shapes[operator.inputs[0]][3]
    _convolve(graph, operator, weights, groups, strides, dilations, options.scalar(4, "int8"))


def _weights(graph: OnnxGraph, tensor: int) -> "NDArray[Any]":
    values = graph.constant(tensor)
    if values is None:
        raise NotImplementedError("computed weights")
    return values


def _bias(graph: OnnxGraph, operator: TfliteOperator, position: int = 2) -> list[str]:
    if len(operator.inputs) <= position or operator.inputs[position] < 0:
        return []
    return [graph.get(operator.inputs[position])]


def _convolve(
    graph: OnnxGraph,
    operator: TfliteOperator,
    weights: "NDArray[Any]",
    groups: int,
    strides: list[int],
    dilations: list[int],
    activation: int,
) -> None:
    (source, *_), (target,) = operator.inputs, operator.outputs
    kernel = (int(weights.shape[2]), int(weights.shape[3]))
    if kernel == (1, 1) and strides == [1, 1] and groups == 1 and 1 in graph.shapes[source][1:3]:
        _multiply_rows(graph, operator, weights[:, :, 0, 0], activation)
        return
    name = graph.node(
        "Conv",
        [graph.get(source, first=True), graph.initializer(weights), *_bias(graph, operator)],
        kernel_shape=list(kernel),
        strides=strides,
        dilations=dilations,
        group=groups,
        pads=_pads(graph, source, operator.options.scalar(0, "int8"), kernel, strides, dilations),
    )
    graph.set(target, activated(graph, name, activation), first=True)


def _multiply_rows(
    graph: OnnxGraph, operator: TfliteOperator, weights: "NDArray[Any]", activation: int
) -> None:
    """Convolve a single row or column of points one by one: a product of matrices, the channels last."""
    product = graph.linear(graph.get(operator.inputs[0]), weights)
    bias = _bias(graph, operator)
    name = graph.node("Add", [product, *bias]) if bias else product
    graph.set(operator.outputs[0], activated(graph, name, activation))


def transposed_convolution(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """MediaPipe's Convolution2DTransposeBias: weights (out, height, width, in), then the bias.

    Its options are the C structure TfLiteTransposeConvParams: padding (1 is SAME), strides across and down.
    """
    padding, across, down = struct.unpack_from("<3i", operator.custom_options)
    (source, *_), (target,) = operator.inputs, operator.outputs
    weights = _weights(graph, operator.inputs[1]).transpose(3, 0, 1, 2)
    strides = (down, across)
    pads, growth = [0, 0, 0, 0], [0, 0]
    for axis, (kernel, stride) in enumerate(zip(weights.shape[2:], strides, strict=True)):
        surplus = int(kernel) - stride
        if padding == 1 and surplus > 0:
            pads[axis], pads[axis + 2] = surplus // 2, surplus - surplus // 2
        growth[axis] = max(-surplus, 0)
    name = graph.node(
        "ConvTranspose",
        [graph.get(source, first=True), graph.initializer(weights), *_bias(graph, operator)],
        kernel_shape=[int(size) for size in weights.shape[2:]],
        strides=list(strides),
        pads=pads,
        output_padding=growth,
    )
    graph.set(target, name, first=True)


def pooling(graph: OnnxGraph, operator: TfliteOperator, kind: str) -> None:
    """MAX_POOL_2D and AVERAGE_POOL_2D."""
    options, (source,), (target,) = operator.options, operator.inputs, operator.outputs
    strides, kernel = [options.scalar(2), options.scalar(1)], (options.scalar(4), options.scalar(3))
    name = graph.node(
        kind,
        [graph.get(source, first=True)],
        kernel_shape=list(kernel),
        strides=strides,
        pads=_pads(graph, source, options.scalar(0, "int8"), kernel, strides, [1, 1]),
    )
    graph.set(target, activated(graph, name, options.scalar(5, "int8")), first=True)


def resizing(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """RESIZE_BILINEAR, with the three conventions of where pixels lie."""
    aligned, centred = operator.options.scalar(2, "bool"), operator.options.scalar(3, "bool")
    mode = "align_corners" if aligned else "half_pixel" if centred else "asymmetric"
    source, target = operator.inputs[0], operator.outputs[0]
    batch, height, width, channels = graph.shapes[target]
    name = graph.node(
        "Resize",
        [graph.get(source, first=True), "", "", graph.integers((batch, channels, height, width))],
        mode="linear",
        coordinate_transformation_mode=mode,
    )
    graph.set(target, name, first=True)


def depth_to_space(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """DEPTH_TO_SPACE: the channel counts within a block, row by row."""
    (source,), (target,) = operator.inputs, operator.outputs
    name = graph.node(
        "DepthToSpace", [graph.get(source, first=True)], blocksize=operator.options.scalar(0), mode="DCR"
    )
    graph.set(target, name, first=True)


def parametric_relu(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """PRELU: slope * x + (1 - slope) * relu(x), with both products as convolutions of single channels.

    ONNX Runtime's own PRelu takes three times as long, and needs a layout that its convolutions must leave.
    Where no slope is above 1, (1 - slope) * relu(x) is relu((1 - slope) * x), which it runs as one operator.
    """
    import numpy as np

    (source, slope), (target,) = operator.inputs, operator.outputs
    channels = graph.shapes[source][-1]
    slopes = _weights(graph, slope).astype(np.float32)
    first = len(graph.shapes[source]) == 4
    name = graph.get(source, first=first)
    if not first or slopes.size != channels:
        graph.set(target, graph.node("PRelu", [name, graph.get(slope, first=first)]), first=first)
        return
    scales = slopes.reshape(channels, 1, 1, 1)

    def scaled(value: str, scale: "NDArray[Any]") -> str:
        return graph.node("Conv", [value, graph.initializer(scale)], group=channels, kernel_shape=[1, 1])

    if slopes.max() <= 1:
        bent = graph.node("Relu", [scaled(name, 1 - scales)])
    else:
        bent = scaled(graph.node("Relu", [name]), 1 - scales)
    graph.set(target, graph.node("Add", [scaled(name, scales), bent]), first=True)
