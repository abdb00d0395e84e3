"""Textured meshes in the format that a file's suffix names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.provenance import Provenance
from core.textured_mesh import TexturedMesh
from formats.glb_file import write_glb
from formats.obj_file import write_obj
from formats.ply_file import write_ply
from formats.stl_file import write_stl
from formats.usdz_file import write_usdz

_WRITERS: dict[str, Callable[..., Any]] = {
    ".glb": write_glb,
    ".usdz": write_usdz,
    ".obj": write_obj,
    ".ply": write_ply,
    ".stl": write_stl,
}
MESH_SUFFIXES = tuple(_WRITERS)


def write_mesh(
    path: Path,
    mesh: TexturedMesh,
    *,
    name: str,
    unit_known: bool,
    provenance: Provenance,
    progress: Progress = SILENT,
) -> None:
    """Write a mesh as GLB, USDZ, OBJ, PLY or STL, by the suffix of `path`.

    Parameters
    ----------
    path : Path
        The file; OBJ and PLY have their pictures beside them.
    mesh : TexturedMesh
        With one triangle at least.
    name : str
        Of the mesh in the file.
    unit_known : bool
        Whether the unit is the metre.
    provenance : Provenance
        How the mesh was made.

    Raises
    ------
    BadInput
        When the suffix names no such format.
    SenseError
        When the file cannot be written.
    ValueError
        When the mesh has no triangle.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        text = QT_TRANSLATE_NOOP("Message", "{path}: {suffix} is not a format for meshes.")
        hint = QT_TRANSLATE_NOOP("Message", "Use .glb, .usdz, .obj, .ply or .stl.")
        raise BadInput(message(text, path=str(path), suffix=path.suffix or "''"), message(hint))
    writer(path, mesh, name=name, unit_known=unit_known, provenance=provenance, progress=progress)
