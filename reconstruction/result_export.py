"""Writing a reconstruction as it was edited."""

from pathlib import Path

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.provenance import Provenance
from formats.mesh_export import MESH_SUFFIXES, write_mesh
from reconstruction.edited_scene import EditedScene
from reconstruction.mesh_of_nodes import mesh_of_nodes
from reconstruction.result_edits import ResultEdits
from reconstruction.shown_result import Layer

EXPORTED = MESH_SUFFIXES


def export_result(
    path: Path, edited: EditedScene, edits: ResultEdits, *, progress: Progress = SILENT
) -> None:
    """Write the mesh, cut, placed and scaled as it is shown, in the format that the suffix of `path` names.

    Raises
    ------
    BadInput
        When there is no mesh, or nothing is left of it.
    SenseError
        When the file cannot be written.
    """
    result = edited.result
    mesh = mesh_of_nodes(edited.nodes(Layer.MESH, edits)) if Layer.MESH in result.layers else None
    if mesh is None:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "There is no mesh to export.")))
    progress.check()
    source = result.facts.get("provenance", {})
    provenance = Provenance(
        "reconstruction.export",
        tuple(sorted(result.cameras)),
        {"edits": edits.to_json(), "made_from": source},
        "cut and placed by hand" if not edits.is_none else "as reconstructed",
    )
    known = result.has_scale or edits.measured
    write_mesh(path, mesh, name=path.stem, unit_known=known, provenance=provenance, progress=progress)
