"""Layer normalisation, which TFLite spells out in ten operators, as the one operator that ONNX has for it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.onnx_graph import OnnxGraph
from models.tflite_file import TfliteOperator

_ADD, _MUL, _MEAN, _NEG, _RSQRT, _SQUARED_DIFFERENCE = 0, 18, 40, 59, 76, 99


@dataclass(frozen=True)
class LayerNorm:
    """What the operators compute together: the last axis of `source` normalised and scaled by `gain`."""

    source: int
    target: int
    gain: int
    epsilon: int
    operators: tuple[TfliteOperator, ...]


def layer_norms(graph: OnnxGraph, operators: Sequence[TfliteOperator]) -> list[LayerNorm]:
    """Find `x * s + (-mean) * s` with `s = gain / sqrt(variance + epsilon)`, as TensorFlow writes it."""
    makers = {tensor: operator for operator in operators for tensor in operator.outputs}
    uses = Counter(tensor for operator in operators for tensor in operator.inputs)
    found = [_ending_in(graph, makers, operator) for operator in operators if operator.code == _ADD]
    return [norm for norm in found if norm is not None and _by_itself(norm, uses)]


def _by_itself(norm: LayerNorm, uses: Counter[int]) -> bool:
    """Tell whether nothing else needs what is computed on the way."""
    within = Counter(tensor for operator in norm.operators for tensor in operator.inputs)
    return all(uses[operator.outputs[0]] == within[operator.outputs[0]] for operator in norm.operators[:-1])


def _ending_in(graph: OnnxGraph, makers: dict[int, TfliteOperator], end: TfliteOperator) -> LayerNorm | None:
    def step(tensor: int, code: int) -> TfliteOperator:
        maker = makers.get(tensor)
        if maker is None or maker.code != code:
            raise LookupError
        return maker

    try:
        scaled, shifted = (step(tensor, _MUL) for tensor in end.inputs)
        scale = shifted.inputs[1]
        negated = step(shifted.inputs[0], _NEG)
        mean = step(negated.inputs[0], _MEAN)
        gained = step(scale, _MUL)
        root = step(gained.inputs[0], _RSQRT)
        widened = step(root.inputs[0], _ADD)
        variance = step(widened.inputs[0], _MEAN)
        apart = step(variance.inputs[0], _SQUARED_DIFFERENCE)
    except (LookupError, ValueError):
        return None
    source, gain, epsilon = mean.inputs[0], gained.inputs[1], widened.inputs[1]
    fits = scaled.inputs == (source, scale) and apart.inputs == (source, mean.outputs[0])
    chain = (mean, negated, apart, variance, widened, root, gained, scaled, shifted, end)
    if not fits or not _constants_fit(graph, source, gain, epsilon, (mean, variance)):
        return None
    return LayerNorm(source, end.outputs[0], gain, epsilon, chain)


def _constants_fit(
    graph: OnnxGraph, source: int, gain: int, epsilon: int, means: tuple[TfliteOperator, ...]
) -> bool:
    rank = len(graph.shapes[source])
    axes = [graph.constant(mean.inputs[1]) for mean in means]
    over_last = all(
        axis is not None and [int(item) % rank for item in axis.ravel()] == [rank - 1] for axis in axes
    )
    size, small = graph.constant(gain), graph.constant(epsilon)
    return over_last and size is not None and size.ndim == 1 and small is not None and small.size == 1


def normalisation(graph: OnnxGraph, norm: LayerNorm) -> None:
    """Write the one operator."""
    gain, epsilon = graph.constant(norm.gain), graph.constant(norm.epsilon)
    assert gain is not None
    assert epsilon is not None
    weight = np.asarray(gain, np.float32)
    name = graph.layer_norm(graph.get(norm.source), weight, np.zeros_like(weight), float(epsilon.ravel()[0]))
    graph.set(norm.target, name)
