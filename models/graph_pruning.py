"""Networks without what is not asked for."""

from collections.abc import Collection
from pathlib import Path


def without_unused(path: Path, outputs: Collection[str]) -> bytes:
    """Give an ONNX file that computes only some of its outputs.

    ONNX Runtime computes all outputs of a file, whichever are fetched.

    Parameters
    ----------
    path : Path
        The file, without data files and subgraphs.
    outputs : collection of str
        Names of the outputs that are kept, in the order of the file.
    """
    import onnx

    model = onnx.load(str(path))
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    kept = [output for output in graph.output if output.name in outputs]
    needed: set[str] = set()
    waiting = [output.name for output in kept]
    while waiting:
        node = makers.get(waiting.pop())
        if node is not None and node.output[0] not in needed:
            needed.add(node.output[0])
            waiting += [name for name in node.input if name]
    nodes = [node for node in graph.node if node.output[0] in needed]
    used = {name for node in nodes for name in node.input}
    constants = [constant for constant in graph.initializer if constant.name in used]
    del graph.node[:], graph.output[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.output.extend(kept)
    graph.initializer.extend(constants)
    return model.SerializeToString()
