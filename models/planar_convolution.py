"""Computes the convolutions of volumes as convolutions of their slices, for which ONNX Runtime is faster.

ONNX Runtime has direct convolutions of pictures, in the layout that the processor likes. Those of volumes it
multiplies as matrices, after every voxel's neighbours were copied. A convolution over three slices is one of
a picture whose channels are those of the three. The volume goes in chunks of slices, so that these channels
take little memory.
"""

import itertools
import math
import platform
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST_CHANNELS = 16
_CHUNK_BYTES = 24 << 20
_X86 = ("x86_64", "amd64")
_KIND = "Conv"


def planar_convolutions_help() -> bool:
    """Tell whether this processor has the direct convolutions."""
    return platform.machine().lower() in _X86


def with_planar_convolutions(network: Any) -> bool:
    """Replace the convolutions of volumes of a known size, in place; tell whether there were any.

    Parameters
    ----------
    network : onnx.ModelProto
        All weights are in it.
    """
    graph = network.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == _KIND and _is_of_volumes(node, weights)]
    if not convolutions:
        return False
    shapes = _shapes(network)
    nodes: list[Any] = []
    changed = False
    for node in graph.node:
        plan = _plan(node, weights, shapes) if node in convolutions else None
        nodes += [node] if plan is None else plan.nodes(graph)
        changed = changed or plan is not None
    del graph.node[:]
    graph.node.extend(nodes)
    return changed


def _is_of_volumes(node: Any, weights: dict[str, Any]) -> bool:
    return node.input[1] in weights and len(weights[node.input[1]].dims) == 5


def _shapes(network: Any) -> dict[str, tuple[int, ...]]:
    """Give the shape of every value that has a known one."""
    import onnx

    inferred = onnx.shape_inference.infer_shapes(network).graph
    found: dict[str, tuple[int, ...]] = {}
    for item in (*inferred.input, *inferred.value_info, *inferred.output):
        sides = [side.dim_value for side in item.type.tensor_type.shape.dim]
        if sides and all(sides):
            found[item.name] = tuple(sides)
    return found


def _plan(node: Any, weights: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> "_Slices | None":
    """Say how a convolution is computed by slices; None where it stays as it is."""
    from onnx import TensorProto, helper, numpy_helper

    said = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    shape, tensor = shapes.get(node.input[0], ()), weights[node.input[1]]
    kernel = tuple(tensor.dims)
    plain = (
        said.get("group", 1) == 1
        and set(said.get("dilations", [1])) == {1}
        and said.get("auto_pad", b"NOTSET") == b"NOTSET"
        and tensor.data_type == TensorProto.FLOAT
        and len(shape) == 5
    )
    if not plain or shape[0] != 1 or kernel[2] == 1 or kernel[1] % 4 or kernel[1] < _LEAST_CHANNELS:
        return None
    pads = list(said.get("pads", [0] * 6))
    if max(pads[0], pads[3]) >= kernel[2]:  # some slices of the result would see none of the volume
        return None
    strides = list(said.get("strides", [1] * 3))
    return _Slices(node, numpy_helper.to_array(tensor), shape, pads, strides)


@dataclass
class _Slices:
    """One convolution.

    Parameters
    ----------
    node : onnx.NodeProto
    kernel : (to, channels, d, h, w) float32
    shape : tuple of int
        1, channels, d, h, w of what it is given.
    pads : list of int
        Before d, h, w and after them.
    strides : list of int
    """

    node: Any
    kernel: NDArray[np.float32]
    shape: tuple[int, ...]
    pads: list[int]
    strides: list[int]
    _made: list[Any] = field(default_factory=list[Any], init=False)

    def nodes(self, graph: Any) -> list[Any]:
        """Give the nodes that take the convolution's place, and put their constants into the graph."""
        wide, channels, deep = self.kernel.shape[:3]
        rows = (self.shape[2] + self.pads[0] + self.pads[3] - deep) // self.strides[0] + 1
        flat = self.kernel.transpose(0, 2, 1, 3, 4).reshape(wide, deep * channels, *self.kernel.shape[3:])
        kernel = self._constant(graph, "kernel", flat)
        chunk = max(1, min(rows, _CHUNK_BYTES // (4 * deep * channels * self.shape[3] * self.shape[4])))
        parts = math.ceil(rows / chunk)
        edges = [round(part * rows / parts) for part in range(parts + 1)]
        done: list[str] = []
        for first, last in itertools.pairwise(edges):
            stacked = self._stacked(graph, first, last)
            slices = self._add(
                "Conv",
                [stacked, kernel, *self.node.input[2:]],
                f"{first}/slices",
                pads=[*self.pads[1:3], *self.pads[4:6]],
                strides=self.strides[1:],
                kernel_shape=list(flat.shape[2:]),
            )
            planes = self._add("Transpose", [slices], f"{first}/planes", perm=[1, 0, 2, 3])
            size = self._constant(graph, f"{first}/size", self._size(last - first))
            done.append(self._add("Reshape", [planes, size], f"{first}/volume" if parts > 1 else ""))
        if parts > 1:
            self._add("Concat", done, "", axis=2)
        return self._made

    def _stacked(self, graph: Any, first: int, last: int) -> str:
        """Give what some rows of the result are made of: the channels of neighbouring slices together."""
        channels, deep, depth = self.shape[1], self.kernel.shape[2], self.shape[2]
        low = first * self.strides[0] - self.pads[0]
        high = (last - 1) * self.strides[0] - self.pads[0] + deep
        around = np.array([max(0, -low), 0, 0, 0, max(0, high - depth), 0, 0, 0])
        low, high = max(low, 0), min(high, depth)
        volume = self.node.input[0]
        if (low, high) != (0, depth):
            limits = [
                self._constant(graph, f"{first}/{name}", np.array([value]))
                for name, value in (("low", low), ("high", high), ("axis", 2))
            ]
            volume = self._add("Slice", [volume, *limits], f"{first}/part")
        size = self._constant(graph, f"{first}/planar", np.array([channels, high - low, *self.shape[3:]]))
        planes = self._add("Reshape", [volume, size], f"{first}/given")
        slices = self._add("Transpose", [planes], f"{first}/turned", perm=[1, 0, 2, 3])
        if around.any():
            empty = self._constant(graph, f"{first}/around", around)
            slices = self._add("Pad", [slices, empty], f"{first}/padded")
        wanted = np.arange(last - first)[:, None] * self.strides[0] + np.arange(deep)
        index = self._constant(graph, f"{first}/index", wanted.astype(np.int64))
        near = self._add("Gather", [slices, index], f"{first}/near", axis=0)
        size = self._constant(graph, f"{first}/stack", np.array([-1, deep * channels, *self.shape[3:]]))
        return self._add("Reshape", [near, size], f"{first}/stacked")

    def _size(self, rows: int) -> NDArray[np.int64]:
        """Give the shape of the result."""
        height, width = (
            (self.shape[axis + 2] + self.pads[axis] + self.pads[axis + 3] - self.kernel.shape[axis + 2])
            // self.strides[axis]
            + 1
            for axis in (1, 2)
        )
        return np.array([1, self.kernel.shape[0], rows, height, width])

    def _add(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        from onnx import helper

        output = f"{self.node.output[0]}/planar/{name}" if name else self.node.output[0]
        self._made.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def _constant(self, graph: Any, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        label = f"{self.node.output[0]}/planar/{name}"
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), label))
        return label
