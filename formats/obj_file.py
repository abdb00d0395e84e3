"""Textured meshes as Wavefront OBJ files with their materials (MTL) and pictures beside them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file, write_bytes
from core.progress import SILENT, Progress
from core.provenance import Provenance
from core.textured_mesh import TexturedMesh
from formats.mesh_parts import MeshPart, mesh_parts
from formats.texture_page import PageFormat, encoded_page

_ROWS = 50_000  # written at once


def write_obj(
    path: Path,
    mesh: TexturedMesh,
    *,
    name: str,
    unit_known: bool,
    provenance: Provenance,
    pictures: PageFormat = PageFormat.JPEG,
    progress: Progress = SILENT,
) -> None:
    """Write a mesh with its texture, or its colours at the vertices; each file atomically, the OBJ last.

    Materials are in NAME.mtl and pages in NAME-1.jpg and on, blanks in NAME replaced by underscores: many
    programs end a name at a blank. OBJ has no unit; a comment tells it.

    Parameters
    ----------
    path : Path
        The OBJ file.
    mesh : TexturedMesh
        With one triangle at least.
    name : str
        Of the mesh in the file.
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
    parts = list(mesh_parts(mesh))
    stem = "_".join(path.stem.split())
    says = f"# Sense Workstation {provenance.version}, Y up, {'metres' if unit_known else 'no scale'}\n"
    for part in parts:
        if part.page is not None:
            progress.check()
            picture = encoded_page(mesh.pages[part.page], pictures)
            write_bytes(path.with_name(_picture(stem, part, pictures)), picture)
    if mesh.pages:
        write_bytes(path.with_name(f"{stem}.mtl"), (says + _materials(stem, parts, pictures)).encode())
    with atomic_file(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(says + (f"mtllib {stem}.mtl\n" if mesh.pages else "") + f"o {' '.join(name.split())}\n")
        first = 1
        for part in parts:
            for text in _part(mesh, part, first):
                progress.check()
                file.write(text)
            first += len(part.vertices)


def _picture(stem: str, part: MeshPart, pictures: PageFormat) -> str:
    return f"{stem}-{(part.page or 0) + 1}{pictures.suffix}"


def _material(part: MeshPart) -> str:
    return f"material_{(part.page or 0) + 1}"


def _materials(stem: str, parts: list[MeshPart], pictures: PageFormat) -> str:
    """Give materials without a gloss: photographs hold their light already."""
    lines: list[str] = []
    for part in parts:
        lines += [f"newmtl {_material(part)}", "Ka 1 1 1", "Kd 1 1 1", "Ks 0 0 0", "illum 1"]
        lines.append(f"map_Kd {_picture(stem, part, pictures)}")
    return "\n".join(lines) + "\n"


def _part(mesh: TexturedMesh, part: MeshPart, first: int) -> Iterator[str]:
    positions = mesh.positions[part.vertices].astype(np.float64)
    corners = part.triangles + first
    if mesh.uv is not None:
        yield from _lines("v %.7g %.7g %.7g\n", positions)
        # OBJ counts from the lower left corner of a picture.
        yield from _lines("vt %.7g %.7g\n", mesh.uv[part.vertices].astype(np.float64) * (1, -1) + (0, 1))
        yield f"usemtl {_material(part)}\n"
        yield from _lines("f %d/%d %d/%d %d/%d\n", np.repeat(corners, 2, axis=1))
        return
    if mesh.colours is None:
        yield from _lines("v %.7g %.7g %.7g\n", positions)
    else:
        levels = mesh.colours[part.vertices] / 255.0
        yield from _lines("v %.7g %.7g %.7g %.4g %.4g %.4g\n", np.concatenate([positions, levels], axis=1))
    yield from _lines("f %d %d %d\n", corners)


def _lines(form: str, rows: NDArray[Any]) -> Iterator[str]:
    for start in range(0, len(rows), _ROWS):
        piece = rows[start : start + _ROWS]
        yield (form * len(piece)) % tuple(piece.reshape(-1).tolist())
