"""Networks of volumes as ONNX Runtime computes them well: precisely, and fast on a processor."""

from pathlib import Path
from typing import Any

from models.planar_convolution import planar_convolutions_help, with_planar_convolutions
from models.precise_normalisation import with_precise_normalisation

_LARGEST_BYTES = 900 << 20  # a message of Protocol Buffers holds 2 GiB


def adapted_network(path: Path, *, on_processor: bool) -> bytes | None:
    """Give the network with its normalisations and, for a processor, its convolutions replaced.

    Parameters
    ----------
    path : Path
        A network whose values are (batch, channels, d, h, w).
    on_processor : bool
        It runs there, and not on a graphics card.

    Returns
    -------
    bytes or None
        None where there is nothing to replace, or the weights lie in other files or are no single precision.
    """
    import onnx
    from onnx import TensorProto

    if path.stat().st_size > _LARGEST_BYTES:
        return None
    network = onnx.load(str(path), load_external_data=False)
    graph = network.graph
    single = all(item.type.tensor_type.elem_type == TensorProto.FLOAT for item in graph.input)
    outside = any(tensor.data_location == TensorProto.EXTERNAL for tensor in graph.initializer)
    if not single or outside:
        return None
    changed = with_precise_normalisation(network)
    if on_processor and planar_convolutions_help():
        changed = with_planar_convolutions(network) or changed
    if not changed:
        return None
    _forget_unused(graph)
    return network.SerializeToString()


def _forget_unused(graph: Any) -> None:
    """Remove the weights that were replaced."""
    from onnx import AttributeProto

    used = {item.name for item in graph.output}
    for node in graph.node:
        used.update(node.input)
        if any(item.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS) for item in node.attribute):
            return  # a graph within may use them
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
