"""TFLite's operators on any tensors: arithmetic, reductions and changes of shape."""

from typing import Any

from models.onnx_graph import OnnxGraph
from models.tflite_convolutions import activated
from models.tflite_file import TfliteOperator

_FIRST_AXIS = (0, 2, 3, 1)  # where TFLite's axes are with the channels first


def unary(graph: OnnxGraph, operator: TfliteOperator, *kinds: str) -> None:
    """One value, through one or several ONNX operators, in the layout that it has."""
    (source,), (target,) = operator.inputs, operator.outputs
    first = graph.has_first(source)
    name = graph.get(source, first=first)
    for kind in kinds:
        name = graph.node(kind, [name])
    graph.set(target, name, first=first)


def binary(graph: OnnxGraph, operator: TfliteOperator, kind: str, *, fused: bool = True) -> None:
    """Two values, broadcast; with the channels first where all that is computed can be."""
    (target,) = operator.outputs
    first = _all_first(graph, operator)
    name = graph.node(kind, [graph.get(source, first=first) for source in operator.inputs])
    activation = operator.options.scalar(0, "int8") if fused else 0
    graph.set(target, activated(graph, name, activation), first=first)


def squared_difference(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """SQUARED_DIFFERENCE."""
    first = _all_first(graph, operator)
    name = graph.node("Sub", [graph.get(source, first=first) for source in operator.inputs])
    graph.set(operator.outputs[0], graph.node("Mul", [name, name]), first=first)


def _all_first(graph: OnnxGraph, operator: TfliteOperator) -> bool:
    computed = [source for source in operator.inputs if graph.is_computed(source)]
    return (
        len(graph.shapes[operator.outputs[0]]) == 4
        and all(len(graph.shapes[source]) == 4 for source in computed)
        and any(graph.has_first(source) for source in computed)
    )


def constants_of(graph: OnnxGraph, tensor: int) -> list[int]:
    """Give whole numbers that an operator takes as a tensor, such as axes."""
    values = graph.constant(tensor)
    if values is None:
        raise NotImplementedError("computed shape")
    return [int(value) for value in values.ravel()]


def reduction(graph: OnnxGraph, operator: TfliteOperator, kind: str) -> None:
    """MEAN and SUM."""
    source, target = operator.inputs[0], operator.outputs[0]
    rank, kept = len(graph.shapes[source]), bool(operator.options.scalar(0, "bool"))
    first = kept and graph.has_first(source)
    axes = [axis % rank for axis in constants_of(graph, operator.inputs[1])]
    axes = sorted(_FIRST_AXIS[axis] if first else axis for axis in axes)
    names, attributes = [graph.get(source, first=first)], dict[str, Any](keepdims=int(kept))
    if kind == "ReduceSum":
        names.append(graph.integers(axes))
    else:
        attributes["axes"] = axes
    graph.set(target, graph.node(kind, names, **attributes), first=first)


def reshape(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """RESHAPE to the shape that the target is declared with."""
    source, target = operator.inputs[0], operator.outputs[0]
    graph.set(target, graph.reshape(graph.get(source), graph.shapes[target]))


def transpose(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """TRANSPOSE."""
    source, order = operator.inputs
    name = graph.node("Transpose", [graph.get(source)], perm=constants_of(graph, order))
    graph.set(operator.outputs[0], name)


def concatenation(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """CONCATENATION."""
    (target,) = operator.outputs
    first = _all_first(graph, operator)
    axis = operator.options.scalar(0) % len(graph.shapes[target])
    names = [graph.get(source, first=first) for source in operator.inputs]
    name = graph.node("Concat", names, axis=_FIRST_AXIS[axis] if first else axis)
    graph.set(target, activated(graph, name, operator.options.scalar(1, "int8")), first=first)


def pad(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """PAD with zeros."""
    source, amounts = operator.inputs
    pairs = list(zip(*[iter(constants_of(graph, amounts))] * 2, strict=True))
    first = len(pairs) == 4
    if first:
        pairs = [pairs[0], pairs[3], pairs[1], pairs[2]]
    flat = [before for before, _ in pairs] + [after for _, after in pairs]
    name = graph.node("Pad", [graph.get(source, first=first), graph.integers(flat)])
    graph.set(operator.outputs[0], name, first=first)


def strided_slice(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """STRIDED_SLICE without new axes."""
    source, *bounds = operator.inputs
    starts, ends, steps = (constants_of(graph, tensor) for tensor in bounds)
    options = operator.options
    if options.scalar(2) or options.scalar(3):
        raise NotImplementedError("ellipsis and new axes of STRIDED_SLICE")
    shrunk = [axis for axis in range(len(starts)) if options.scalar(4) >> axis & 1]
    for axis, step in enumerate(steps):
        if options.scalar(0) >> axis & 1:
            starts[axis] = 0 if step > 0 else 2**31
        if options.scalar(1) >> axis & 1:
            ends[axis] = 2**31 if step > 0 else -(2**31)
        if axis in shrunk:
            ends[axis] = starts[axis] + 1 if starts[axis] != -1 else 2**31
    axes = list(range(len(starts)))
    name = graph.node(
        "Slice", [graph.get(source), *(graph.integers(values) for values in (starts, ends, axes, steps))]
    )
    graph.set(operator.outputs[0], graph.reshape(name, graph.shapes[operator.outputs[0]]) if shrunk else name)


def fully_connected(graph: OnnxGraph, operator: TfliteOperator) -> None:
    """FULLY_CONNECTED: weights (out, in)."""
    source, weights, *bias = operator.inputs
    (target,) = operator.outputs
    outputs, inputs = graph.shapes[weights]
    rows = graph.reshape(graph.get(source), (-1, inputs))
    names = [rows, graph.get(weights), *(graph.get(tensor) for tensor in bias if tensor >= 0)]
    name = activated(graph, graph.node("Gemm", names, transB=1), operator.options.scalar(0, "int8"))
    shape = graph.shapes[target]
    graph.set(target, name if len(shape) == 2 else graph.reshape(name, (*shape[:-1], outputs)))
