"""Textured meshes as binary PLY files, with pages as MeshLab reads them."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file, write_bytes
from core.progress import SILENT, Progress
from core.provenance import Provenance
from core.textured_mesh import TexturedMesh
from formats.texture_page import PageFormat, encoded_page

_POSITION = [("x", "<f4"), ("y", "<f4"), ("z", "<f4")]
_COLOUR = [("red", "u1"), ("green", "u1"), ("blue", "u1")]
_TYPES = {"<f4": "float", "u1": "uchar", "<i4": "int"}


def write_ply(
    path: Path,
    mesh: TexturedMesh,
    *,
    name: str,
    unit_known: bool,
    provenance: Provenance,
    pictures: PageFormat = PageFormat.JPEG,
    progress: Progress = SILENT,
) -> None:
    """Write a mesh with its texture, or its colours at the vertices; each file atomically, the PLY last.

    Pages are NAME-1.jpg and on beside the file (`comment TextureFile`), with coordinates at the corners of
    the triangles and `texnumber`. PLY has no unit; a comment tells it.

    Parameters
    ----------
    path : Path
        The file.
    mesh : TexturedMesh
        With one triangle at least.
    name : str
        Told in a comment.
    unit_known : bool
        Whether the unit is the metre.
    provenance : Provenance
        Its version is told in a comment.
    pictures : PageFormat
        How the pages are stored.

    Raises
    ------
    SenseError
        When a file cannot be written.
    ValueError
        When the mesh has no triangle.
    """
    if not len(mesh.triangles):
        raise ValueError("triangles")
    files = [f"{path.stem}-{number + 1}{pictures.suffix}" for number in range(len(mesh.pages))]
    for file_name, page in zip(files, mesh.pages, strict=True):
        progress.check()
        write_bytes(path.with_name(file_name), encoded_page(page, pictures))
    vertices, faces = _vertices(mesh), _faces(mesh)
    comments = [
        f"Sense Workstation {provenance.version}, Y up, {'metres' if unit_known else 'no scale'}",
        " ".join(name.split()),
        *(f"TextureFile {file_name}" for file_name in files),
    ]
    with atomic_file(path) as partial, partial.open("wb") as file:
        file.write(_header(comments, vertices, faces).encode())
        file.write(vertices.data)
        progress.check()
        file.write(faces.data)


def _vertices(mesh: TexturedMesh) -> NDArray[Any]:
    coloured = mesh.uv is None and mesh.colours is not None
    rows = np.zeros(len(mesh.positions), _POSITION + (_COLOUR if coloured else []))
    for axis, (key, _) in enumerate(_POSITION):
        rows[key] = mesh.positions[:, axis]
    if coloured and mesh.colours is not None:
        for channel, (key, _) in enumerate(_COLOUR):
            rows[key] = mesh.colours[:, channel]
    return rows


def _faces(mesh: TexturedMesh) -> NDArray[Any]:
    fields: list[Any] = [("three", "u1"), ("vertex_indices", "<i4", 3)]
    if mesh.uv is not None:
        fields += [("six", "u1"), ("texcoord", "<f4", 6), ("texnumber", "<i4")]
    rows = np.zeros(len(mesh.triangles), fields)
    rows["three"], rows["vertex_indices"] = 3, mesh.triangles
    if mesh.uv is not None:
        places = np.stack([mesh.uv[:, 0], 1 - mesh.uv[:, 1]], axis=1)  # from the lower left corner
        rows["six"], rows["texcoord"] = 6, places[mesh.triangles].reshape(-1, 6)
        rows["texnumber"] = 0 if mesh.page_of_triangle is None else mesh.page_of_triangle
    return rows


def _header(comments: list[str], vertices: NDArray[Any], faces: NDArray[Any]) -> str:
    lines = ["ply", "format binary_little_endian 1.0", *(f"comment {text}" for text in comments)]
    lines.append(f"element vertex {len(vertices)}")
    kinds: list[Any] = vertices.dtype.descr
    lines += [f"property {_TYPES[kind.replace('|', '')]} {key}" for key, kind in kinds]
    lines += [f"element face {len(faces)}", "property list uchar int vertex_indices"]
    if "texcoord" in (faces.dtype.names or ()):
        lines += ["property list uchar float texcoord", "property int texnumber"]
    return "\n".join([*lines, "end_header", ""])
