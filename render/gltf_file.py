"""The container of glTF 2.0: JSON, buffers, accessors and pictures of a .glb or .gltf file."""

import base64
import json
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

_GLB_MAGIC = b"glTF"
_JSON_CHUNK, _BINARY_CHUNK = 0x4E4F534A, 0x004E4942
_TYPES: dict[int, Any] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_MOST_ELEMENTS = 1 << 28


class GltfFile:
    """What a glTF file holds, by number.

    Parameters
    ----------
    path : Path
        A binary (.glb, .vrm) or a JSON file (.gltf), whose buffers and pictures lie beside it.

    Raises
    ------
    ValueError
        When the file is damaged; also from the methods.
    """

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._binary = b""
        data = path.read_bytes()
        text = self._split(data) if data[:4] == _GLB_MAGIC else data
        self.json: dict[str, Any] = json.loads(text)
        if not str(self.json["asset"]["version"]).startswith("2"):
            raise ValueError("not glTF 2")
        self._buffers: dict[int, bytes] = {}

    def _split(self, data: bytes) -> bytes:
        """Give the JSON of a binary file, and keep its buffer."""
        chunks: dict[int, bytes] = {}
        at = 12
        while at + 8 <= len(data):
            length = int.from_bytes(data[at : at + 4], "little")
            kind = int.from_bytes(data[at + 4 : at + 8], "little")
            if at + 8 + length > len(data):
                raise ValueError("it ends too early")
            chunks.setdefault(kind, data[at + 8 : at + 8 + length])
            at += 8 + length
        self._binary = chunks.get(_BINARY_CHUNK, b"")
        return chunks[_JSON_CHUNK]

    def items(self, name: str) -> list[dict[str, Any]]:
        """Give a top-level list: "nodes", "meshes", ...; empty where it is absent."""
        return list(self.json.get(name, []))

    @cached_property
    def required_extensions(self) -> frozenset[str]:
        """Extensions without which the file cannot be understood."""
        return frozenset(self.json.get("extensionsRequired", []))

    def accessor(self, number: int) -> NDArray[Any]:
        """Give the elements of an accessor, (count, width); normalised integers as float32."""
        told = self.items("accessors")[number]
        kind, width, count = (
            np.dtype(_TYPES[told["componentType"]]),
            _WIDTHS[told["type"]],
            int(told["count"]),
        )
        if not 0 <= count * width <= _MOST_ELEMENTS:
            raise ValueError("an accessor of no sensible length")
        values = np.zeros((count, width), kind)
        if "bufferView" in told:
            values = self._elements(told["bufferView"], int(told.get("byteOffset", 0)), kind, width, count)
        if "sparse" in told:
            values = self._with_sparse(values.copy(), told["sparse"])
        if told.get("normalized") and kind.kind in "iu":
            values = np.maximum(values.astype(np.float32) / np.iinfo(kind).max, -1)
        return values

    def _elements(self, view: int, offset: int, kind: Any, width: int, count: int) -> NDArray[Any]:
        told = self.items("bufferViews")[view]
        data = self._view(view)
        stride = int(told.get("byteStride", kind.itemsize * width))
        if offset < 0 or stride < kind.itemsize * width:
            raise ValueError("a buffer view of no sensible stride")
        if count and offset + (count - 1) * stride + kind.itemsize * width > len(data):
            raise ValueError("an accessor beyond its buffer")
        made = np.ndarray((count, width), kind, data, offset, (stride, kind.itemsize))
        return np.ascontiguousarray(made)

    def _with_sparse(self, values: NDArray[Any], told: Any) -> NDArray[Any]:
        count, where, what = int(told["count"]), told["indices"], told["values"]
        index_type = np.dtype(_TYPES[where["componentType"]])
        index = self._elements(where["bufferView"], int(where.get("byteOffset", 0)), index_type, 1, count)
        offset = int(what.get("byteOffset", 0))
        values[index[:, 0]] = self._elements(what["bufferView"], offset, values.dtype, values.shape[1], count)
        return values

    def _view(self, number: int) -> bytes:
        told = self.items("bufferViews")[number]
        start = int(told.get("byteOffset", 0))
        end = start + int(told["byteLength"])
        data = self._buffer(int(told["buffer"]))
        if not 0 <= start <= end <= len(data):
            raise ValueError("a view beyond its buffer")
        return data[start:end]

    def _buffer(self, number: int) -> bytes:
        if number not in self._buffers:
            uri = self.items("buffers")[number].get("uri")
            self._buffers[number] = self._binary if uri is None else self._at(uri)
        return self._buffers[number]

    def _at(self, uri: str) -> bytes:
        """Read what a URI holds: data, or a file in the folder of this one."""
        if uri.startswith("data:"):
            return base64.b64decode(uri.partition(",")[2])
        path = (self._folder / unquote(uri)).resolve()
        if "://" in uri or not path.is_relative_to(self._folder.resolve()):
            raise ValueError("a part of it outside its folder")
        return path.read_bytes()

    def picture(self, number: int) -> NDArray[np.uint8]:
        """Give a picture, (height, width, 4)."""
        import cv2

        told = self.items("images")[number]
        data = self._view(told["bufferView"]) if "bufferView" in told else self._at(told["uri"])
        read: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if read is None:
            raise ValueError("a picture that cannot be decoded")
        if read.dtype == np.uint16:
            read = (read >> 8).astype(np.uint8)
        shape = 1 if read.ndim == 2 else read.shape[2]
        code = {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_BGR2RGBA, 4: cv2.COLOR_BGRA2RGBA}[shape]
        return np.ascontiguousarray(cv2.cvtColor(read, code), np.uint8)
