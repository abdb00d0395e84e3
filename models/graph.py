"""What an ONNX file asks for and gives, found out without trusting it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.worker_process import WorkerDied, WorkerLimits, WorkerProcess, WorkerTimedOut

# A protocol buffer cannot be larger; bigger networks keep their weights in data files.
LARGEST_GRAPH_BYTES = 2**31 - 1
_LIMITS = WorkerLimits(seconds=120.0, memory_bytes=8 * 2**30)


@dataclass(frozen=True)
class Tensor:
    """An input or output of a graph.

    Parameters
    ----------
    name, dtype : str
        Its name, and ONNX Runtime's name of its type ("tensor(float)").
    shape : tuple of (int or None)
        None where the size is free.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class Graph:
    """Inputs and outputs of a network, and the files beside it that hold weights."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    data_files: tuple[str, ...]


def inspect_graph(path: Path) -> Graph:
    """Read and load the network in a process of its own.

    Raises
    ------
    BadInput
        When it is too large, damaged, keeps weights outside its folder or cannot be loaded.
    """
    if path.stat().st_size > LARGEST_GRAPH_BYTES:
        text = QT_TRANSLATE_NOOP("Message", "{path} is larger than 2 GB, which an ONNX file cannot be.")
        hint = QT_TRANSLATE_NOOP("Message", "Export it with its weights in a data file beside it.")
        raise BadInput(message(text, path=str(path)), message(hint))
    worker = WorkerProcess(_LIMITS)
    try:
        return worker.call(inspect_here, path)
    except (WorkerDied, WorkerTimedOut) as error:
        text = QT_TRANSLATE_NOOP(
            "Message", "{path} cannot be loaded: it crashes, hangs or needs too much memory."
        )
        raise BadInput(message(text, path=str(path))) from error
    finally:
        worker.close()


def inspect_here(path: Path) -> Graph:
    """Do what `inspect_graph` does, in the process that runs."""
    data_files = _data_files(path)
    from models.session import open_session

    session = open_session(path, ("CPUExecutionProvider",))
    return Graph(
        tuple(tensor_of(item) for item in session.get_inputs()),
        tuple(tensor_of(item) for item in session.get_outputs()),
        data_files,
    )


def tensor_of(item: Any) -> Tensor:
    """Describe an input or output of a session."""
    shape = tuple(size if isinstance(size, int) and size > 0 else None for size in item.shape)
    return Tensor(item.name, item.type, shape)


def _data_files(path: Path) -> tuple[str, ...]:
    """Give the names of the files that hold weights, all of them in the folder of `path`."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(str(path), load_external_data=False)
    except (DecodeError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    if not model.ir_version or not model.graph.node:
        raise _damaged(path)
    graphs = [model.graph, *model.functions]
    names = {location for graph in graphs for location in _locations(graph)}
    for name in names:
        if not is_plain_name(name):
            text = QT_TRANSLATE_NOOP("Message", "{path} keeps weights outside its own folder ({location}).")
            raise BadInput(message(text, path=str(path), location=name))
    return tuple(sorted(names))


def is_plain_name(name: str) -> bool:
    """Tell whether `name` is that of a file in the same folder, on every system."""
    parts = PurePosixPath(name).parts
    return (
        parts == (name,) == PureWindowsPath(name).parts and name not in ("", ".", "..") and "\0" not in name
    )


def _locations(graph: Any) -> Iterator[str]:
    """Find the locations of all tensors with external data, in subgraphs too."""
    for tensor in getattr(graph, "initializer", ()):
        yield from _location(tensor)
    for sparse in getattr(graph, "sparse_initializer", ()):
        yield from _location(sparse.values)
        yield from _location(sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            for tensor in (attribute.t, *attribute.tensors):
                yield from _location(tensor)
            for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
                yield from _location(sparse.values)
                yield from _location(sparse.indices)
            for inner in (attribute.g, *attribute.graphs):
                yield from _locations(inner)


def _location(tensor: Any) -> Iterator[str]:
    # The location counts even where the tensor says that its data are inside.
    yield from (entry.value for entry in tensor.external_data if entry.key == "location")


def _damaged(path: Path) -> BadInput:
    return BadInput(
        message(QT_TRANSLATE_NOOP("Message", "{path} is damaged or not an ONNX file."), path=str(path))
    )
