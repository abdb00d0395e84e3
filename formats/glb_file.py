"""Textured meshes as binary glTF 2.0 (GLB).

Photographs hold their light already: the material is unlit (KHR_materials_unlit), and rough and not metallic
for programs that do not know that extension.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file
from core.progress import SILENT, Progress
from core.provenance import Provenance
from core.textured_mesh import TexturedMesh
from formats.linear_colour import linear_colours
from formats.mesh_normals import smooth_normals
from formats.mesh_parts import MeshPart, mesh_parts
from formats.texture_page import PageFormat, encoded_page

_MAGIC, _VERSION, _JSON_CHUNK, _BINARY_CHUNK = b"glTF", 2, b"JSON", b"BIN\0"
_UNSIGNED_SHORT, _UNSIGNED_INT, _FLOAT = 5123, 5125, 5126
_VERTICES, _INDICES = 34962, 34963
_LINEAR, _MIPMAPPED, _CLAMP = 9729, 9987, 33071
_MOST_SHORT = 65535  # the last number would restart a strip
_UNLIT = "KHR_materials_unlit"


def write_glb(
    path: Path,
    mesh: TexturedMesh,
    *,
    name: str,
    unit_known: bool,
    provenance: Provenance,
    pictures: PageFormat = PageFormat.JPEG,
    progress: Progress = SILENT,
) -> None:
    """Write a mesh with its texture, or its colours at the vertices, atomically.

    Parameters
    ----------
    path : Path
        The file.
    mesh : TexturedMesh
        With one triangle at least.
    name : str
        Of the mesh in the file.
    unit_known : bool
        Whether the unit is the metre; the file says it where it is not (`asset.extras.scale`).
    provenance : Provenance
        Kept in `asset.extras`.
    pictures : PageFormat
        How the pages are stored.

    Raises
    ------
    SenseError
        When the file cannot be written.
    ValueError
        When the mesh has no triangle.
    """
    content = _Content(name, unit_known, provenance)
    content.add_mesh(mesh, pictures, progress)
    with atomic_file(path) as partial, partial.open("wb") as file:
        content.write(file, progress)


class _Content:
    """The JSON of a file, and the bytes of its buffer in order."""

    def __init__(self, name: str, unit_known: bool, provenance: Provenance) -> None:
        extras: dict[str, Any] = {"provenance": provenance.to_json()}
        if not unit_known:
            extras["scale"] = "none"
        self._json: dict[str, Any] = {
            "asset": {
                "version": "2.0",
                "generator": f"Sense Workstation {provenance.version}",
                "extras": extras,
            },
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"name": name, "mesh": 0}],
            "meshes": [{"name": name, "primitives": []}],
            "materials": [],
            "accessors": [],
            "bufferViews": [],
            "extensionsUsed": [_UNLIT],
        }
        self._pieces: list[NDArray[Any] | bytes] = []
        self._length = 0

    def add_mesh(self, mesh: TexturedMesh, pictures: PageFormat, progress: Progress) -> None:
        """Add the parts of a mesh and what they show."""
        normals = smooth_normals(mesh.positions, mesh.triangles)
        for part in mesh_parts(mesh):
            progress.check()
            attributes = self._attributes(mesh, part, normals)
            small = len(part.vertices) <= _MOST_SHORT
            index = part.triangles.reshape(-1).astype("<u2" if small else "<u4")
            indices = self._accessor(index, "SCALAR", _UNSIGNED_SHORT if small else _UNSIGNED_INT, _INDICES)
            material = self._material(None if part.page is None else mesh.pages[part.page], pictures)
            self._json["meshes"][0]["primitives"].append(
                {"attributes": attributes, "indices": indices, "material": material, "mode": 4}
            )

    def _attributes(self, mesh: TexturedMesh, part: MeshPart, normals: NDArray[np.float32]) -> dict[str, int]:
        positions = mesh.positions[part.vertices].astype("<f4")
        place = self._accessor(positions, "VEC3", _FLOAT, _VERTICES)
        self._json["accessors"][place] |= {
            "min": [float(value) for value in positions.min(axis=0)],
            "max": [float(value) for value in positions.max(axis=0)],
        }
        made = {"POSITION": place}
        made["NORMAL"] = self._accessor(normals[part.vertices].astype("<f4"), "VEC3", _FLOAT, _VERTICES)
        if mesh.uv is not None:
            uv = mesh.uv[part.vertices].astype("<f4")
            made["TEXCOORD_0"] = self._accessor(uv, "VEC2", _FLOAT, _VERTICES)
        elif mesh.colours is not None:
            colours = _linear(mesh.colours[part.vertices])
            made["COLOR_0"] = self._accessor(colours, "VEC4", _UNSIGNED_SHORT, _VERTICES)
            self._json["accessors"][made["COLOR_0"]]["normalized"] = True
        return made

    def _material(self, page: NDArray[np.uint8] | None, pictures: PageFormat) -> int:
        surface: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 1.0}
        if page is not None:
            images, textures = self._json.setdefault("images", []), self._json.setdefault("textures", [])
            self._json["samplers"] = [
                {"magFilter": _LINEAR, "minFilter": _MIPMAPPED, "wrapS": _CLAMP, "wrapT": _CLAMP}
            ]
            view = self._view(encoded_page(page, pictures), None)
            images.append({"bufferView": view, "mimeType": pictures.mime_type})
            textures.append({"source": len(images) - 1, "sampler": 0})
            surface["baseColorTexture"] = {"index": len(textures) - 1}
        self._json["materials"].append(
            {"pbrMetallicRoughness": surface, "extensions": {_UNLIT: {}}, "doubleSided": True}
        )
        return len(self._json["materials"]) - 1

    def _accessor(self, values: NDArray[Any], kind: str, component: int, target: int) -> int:
        accessors = self._json["accessors"]
        view = self._view(values, target)
        accessors.append({"bufferView": view, "componentType": component, "count": len(values), "type": kind})
        return len(accessors) - 1

    def _view(self, data: NDArray[Any] | bytes, target: int | None) -> int:
        length = len(data) if isinstance(data, bytes) else data.nbytes
        view = {"buffer": 0, "byteOffset": self._length, "byteLength": length}
        self._json["bufferViews"].append(view if target is None else {**view, "target": target})
        self._pieces.append(data)
        self._length += _padded(length)
        return len(self._json["bufferViews"]) - 1

    def write(self, file: BinaryIO, progress: Progress) -> None:
        """Write the container: its header, the JSON and the buffer, each to whole words."""
        self._json["buffers"] = [{"byteLength": self._length}]
        text = json.dumps(self._json, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        text += b" " * (_padded(len(text)) - len(text))
        whole = 12 + 8 + len(text) + 8 + self._length
        file.write(_MAGIC + _word(_VERSION) + _word(whole) + _word(len(text)) + _JSON_CHUNK + text)
        file.write(_word(self._length) + _BINARY_CHUNK)
        for piece in self._padded_pieces():
            progress.check()
            file.write(piece)

    def _padded_pieces(self) -> Iterator[Any]:
        for data in self._pieces:
            length = len(data) if isinstance(data, bytes) else data.nbytes
            yield data if isinstance(data, bytes) else np.ascontiguousarray(data).reshape(-1).data
            yield b"\0" * (_padded(length) - length)


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4


def _word(number: int) -> bytes:
    return number.to_bytes(4, "little")


def _linear(colours: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Give the linear colours that glTF wants at vertices, opaque (n, 4)."""
    made = np.full((len(colours), 4), 65535, "<u2")
    made[:, :3] = np.rint(linear_colours(colours) * 65535)
    return made
