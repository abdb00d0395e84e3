"""Converts TFLite networks to ONNX, without TensorFlow.

Half-precision constants stay so in the file; sparse ones are made dense; pictures lie with their channels
first, so that convolutions need no transposes between them.
"""

from collections.abc import Callable, Sequence
from functools import partial

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from models.onnx_graph import OnnxGraph
from models.tflite_convolutions import (
    convolution,
    depth_to_space,
    depthwise_convolution,
    parametric_relu,
    pooling,
    resizing,
    transposed_convolution,
)
from models.tflite_elementwise import (
    binary,
    concatenation,
    fully_connected,
    pad,
    reduction,
    reshape,
    squared_difference,
    strided_slice,
    transpose,
    unary,
)
from models.tflite_file import TfliteModel, TfliteOperator, read_tflite
from models.tflite_normalisation import layer_norms, normalisation

_FOLDED = (6, 124)  # DEQUANTIZE of half precision and DENSIFY: constants in another form

# By the codes of TensorFlow Lite's schema (BuiltinOperator).
_OPERATORS: dict[int | str, Callable[[OnnxGraph, TfliteOperator], None]] = {
    0: partial(binary, kind="Add"),
    1: partial(pooling, kind="AveragePool"),
    2: concatenation,
    3: convolution,
    4: depthwise_convolution,
    5: depth_to_space,
    9: fully_connected,
    14: lambda graph, operator: unary(graph, operator, "Sigmoid"),
    17: partial(pooling, kind="MaxPool"),
    18: partial(binary, kind="Mul"),
    19: lambda graph, operator: unary(graph, operator, "Relu"),
    22: reshape,
    23: resizing,
    34: pad,
    39: transpose,
    40: partial(reduction, kind="ReduceMean"),
    41: partial(binary, kind="Sub"),
    42: partial(binary, kind="Div"),
    45: strided_slice,
    54: parametric_relu,
    59: lambda graph, operator: unary(graph, operator, "Neg"),
    74: partial(reduction, kind="ReduceSum"),
    75: lambda graph, operator: unary(graph, operator, "Sqrt"),
    76: lambda graph, operator: unary(graph, operator, "Sqrt", "Reciprocal"),
    99: squared_difference,
    117: lambda graph, operator: unary(graph, operator, "HardSwish"),
    "Convolution2DTransposeBias": transposed_convolution,
}


def convert_tflite(data: bytes, name: str, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    """Convert one network.

    Parameters
    ----------
    data : bytes
        The TFLite file.
    name : str
        What errors call it.
    inputs, outputs : sequence of str
        Names for the inputs and outputs in the order of the file.

    Returns
    -------
    bytes
        The ONNX file. Inputs of rank 4 are (batch, channels, height, width), outputs as TFLite has them.

    Raises
    ------
    BadInput
        When the file is damaged or has an operator that is not converted.
    """
    model = read_tflite(data, name)
    try:
        return _convert(model, inputs, outputs)
    except NotImplementedError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be converted: {reason} is not supported.")
        raise BadInput(message(text, path=name, reason=str(error))) from error
    except (ValueError, IndexError, KeyError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a TFLite file.")
        raise BadInput(message(text, path=name)) from error


def _convert(model: TfliteModel, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    graph = OnnxGraph(model)
    input_shapes: dict[str, tuple[int, ...]] = {}
    for tensor, name in zip(model.inputs, inputs, strict=True):
        shape = graph.shapes[tensor]
        first = len(shape) == 4
        graph.set(tensor, name, first=first)
        input_shapes[name] = (shape[0], shape[3], shape[1], shape[2]) if first else shape
    computed = [operator for operator in model.operators if operator.code not in _FOLDED]
    for operator in model.operators:
        if operator.code in _FOLDED:
            _fold(graph, operator)
    norms = layer_norms(graph, computed)
    ends = {id(norm.operators[-1]): norm for norm in norms}
    within = {id(operator) for norm in norms for operator in norm.operators}
    for operator in computed:
        if id(operator) in ends:
            normalisation(graph, ends[id(operator)])
        elif id(operator) not in within:
            _convert_operator(graph, operator)
    for tensor, name in zip(model.outputs, outputs, strict=True):
        graph.name_output(graph.get(tensor), name)
    output_shapes = {name: graph.shapes[tensor] for tensor, name in zip(model.outputs, outputs, strict=True)}
    return graph.finish(input_shapes, output_shapes)


def _fold(graph: OnnxGraph, operator: TfliteOperator) -> None:
    values = graph.constant(operator.inputs[0])
    if values is None or values.dtype.kind != "f":
        raise NotImplementedError("quantised arithmetic")
    graph.set_constant(operator.outputs[0], values)


def _convert_operator(graph: OnnxGraph, operator: TfliteOperator) -> None:
    convert = _OPERATORS.get(operator.code)
    if convert is None:
        raise NotImplementedError(f"operator {operator.code}")
    convert(graph, operator)
