"""Meshes as binary STL files: triangles only, for printers and for measuring."""

from pathlib import Path

import numpy as np

from core.atomic_write import atomic_file
from core.progress import SILENT, Progress
from core.provenance import Provenance
from core.textured_mesh import TexturedMesh
from native import _core

_FACET_BYTES = 50


def write_stl(
    path: Path,
    mesh: TexturedMesh,
    *,
    name: str,
    unit_known: bool,
    provenance: Provenance,
    progress: Progress = SILENT,
) -> None:
    """Write the shape of a mesh, without its colours, atomically.

    Parameters
    ----------
    path : Path
        The file.
    mesh : TexturedMesh
        With one triangle at least.
    name : str
        Stands in the header as far as it fits.
    unit_known : bool
        Whether the unit is the metre; STL has none, the header tells it.
    provenance : Provenance
        Its version is told in the header.

    Raises
    ------
    SenseError
        When the file cannot be written.
    ValueError
        When the mesh has no triangle.
    """
    if not len(mesh.triangles):
        raise ValueError("triangles")
    progress.check()
    facets = np.empty((len(mesh.triangles), _FACET_BYTES), np.uint8)
    positions = np.ascontiguousarray(mesh.positions, np.float64)
    _core.stl_facets(positions, np.ascontiguousarray(mesh.triangles, np.int64), facets)
    unit = "metres" if unit_known else "no scale"
    header = f"Sense Workstation {provenance.version}, Y up, {unit}, {name}".encode("ascii", "replace")
    with atomic_file(path) as partial, partial.open("wb") as file:
        file.write(header[:80].ljust(80) + len(facets).to_bytes(4, "little"))
        file.write(facets.data)
