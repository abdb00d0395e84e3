"""Segmentation objects, structure sets, label maps and surfaces, each turned into the others."""

from dataclasses import dataclass, replace
from pathlib import Path

from core.atomic_write import atomic_file, refuse_existing
from core.errors import BadInput, UsageError
from core.mesh import Mesh
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, PartProgress, Progress
from core.provenance import Provenance
from core.segmentation import Segmentation
from imaging.conversion_source import Form, Source, needs_reference, on_slices, suffix_of
from imaging.label_map_files import LABEL_MAP_SUFFIXES, write_label_map
from imaging.mesh_files import MESH_SUFFIXES, write_meshes
from imaging.reference_series import ReferenceSeries
from imaging.segmentation_writing import write_segmentation
from imaging.structure_set_writing import write_structure_set
from imaging.surface import surface_of

_COMMAND = "care.convert"


@dataclass(frozen=True, eq=False)
class Converted:
    """What was written.

    Parameters
    ----------
    form : Form
    files : tuple of Path
        One, or several numbered label maps where segments overlap.
    segmentation : Segmentation, optional
        As written; None where surfaces went straight into another file.
    meshes : tuple of Mesh
        As written.
    notes : tuple of Message
        What the user should know about it.
    """

    form: Form
    files: tuple[Path, ...]
    segmentation: Segmentation | None = None
    meshes: tuple[Mesh, ...] = ()
    notes: tuple[Message, ...] = ()


def form_of(output: Path, source: Form, wanted: Form | None = None) -> Form:
    """Choose what to write by the name; a `.dcm` is a structure set where the input is a segmentation object.

    Raises
    ------
    UsageError
        For a suffix that is none of ours.
    """
    suffix = suffix_of(output)
    if suffix in LABEL_MAP_SUFFIXES:
        return Form.LABEL_MAP
    if suffix in MESH_SUFFIXES:
        return Form.SURFACE
    if suffix == ".dcm":
        return wanted or (Form.STRUCTURE_SET if source is Form.SEGMENTATION else Form.SEGMENTATION)
    text = QT_TRANSLATE_NOOP("Message", "{path}: there is no conversion to {suffix}.")
    hint = QT_TRANSLATE_NOOP("Message", "Use .dcm, .nii.gz, .nrrd, .stl, .obj, .ply or .glb.")
    raise UsageError(message(text, path=str(output), suffix=suffix or "-"), message(hint))


def convert(
    source: Source,
    output: Path,
    form: Form,
    reference: ReferenceSeries | None,
    *,
    inputs: tuple[str, ...] = (),
    provenance: Provenance | None = None,
    slices_reversed: bool = False,
    force: bool = False,
    progress: Progress = SILENT,
) -> Converted:
    """Write `source` as `form`, complete or not at all. Geometry is kept: nothing is resampled.

    Parameters
    ----------
    reference : ReferenceSeries, optional
        The images; needed to write DICOM and to read contours. A surface becomes a label map on their slices,
        without them on a grid of 1 mm.
    inputs : tuple of str
        Identifiers of the source, for the provenance.
    provenance : Provenance, optional
        How the source was made, where it was made just now; else that it was converted is told.
    slices_reversed : bool
        See `imaging.label_map_files.write_label_map`.

    Raises
    ------
    UsageError
        When the reference that is needed is not there.
    BadInput
        When the output exists, or cannot hold what there is.
    """
    refuse_existing(output, force=force)
    provenance = provenance or Provenance(
        _COMMAND, inputs, {"from": source.form.value, "to": form.value}, _METHOD[form]
    )
    if form is Form.SURFACE and source.form is Form.SURFACE:
        return _write_surfaces(list(source.meshes), output, provenance, source.notes)
    geometry = reference.geometry if reference else None
    segmentation, notes = on_slices(source, geometry, PartProgress(progress, 0.0, 0.5))
    if form is not Form.LABEL_MAP and not segmentation.geometry.lps_known:
        text = QT_TRANSLATE_NOOP(
            "Message", "{path}: it has no place in the patient, so it can only become a label map."
        )
        raise BadInput(message(text, path=str(output)))
    segmentation = replace(segmentation, provenance=provenance)
    rest = PartProgress(progress, 0.5, 1.0)
    if form is Form.SURFACE:
        return _write_surfaces(_surfaces(segmentation, rest), output, provenance, notes, segmentation)
    if form is Form.LABEL_MAP:
        return _write_label_maps(
            segmentation, output, provenance, notes, slices_reversed=slices_reversed, force=force
        )
    return _write_dicom(segmentation, output, form, reference, notes, force=force, progress=rest)


_METHOD = {
    Form.SEGMENTATION: "label map as binary segments",
    Form.LABEL_MAP_SEGMENTATION: "label map",
    Form.STRUCTURE_SET: "contours by marching squares",
    Form.LABEL_MAP: "label map",
    Form.SURFACE: "surface nets",
}


def _surfaces(segmentation: Segmentation, progress: Progress) -> list[Mesh]:
    found: list[Mesh] = []
    text = QT_TRANSLATE_NOOP("Message", "Converting the surface of {label}")
    for number, segment in enumerate(segmentation.structures):
        progress.report(number / len(segmentation.structures), message(text, label=segment.label))
        mesh = surface_of(segmentation.mask(segment.number), segmentation.geometry, segment)
        if len(mesh.triangles):
            found.append(mesh)
    if not found:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "Nothing is segmented.")))
    return found


def _write_surfaces(
    meshes: list[Mesh],
    output: Path,
    provenance: Provenance,
    notes: tuple[Message, ...],
    segmentation: Segmentation | None = None,
) -> Converted:
    suffix = suffix_of(output)
    with atomic_file(output) as partial:
        write_meshes(partial, suffix, meshes, provenance)
    text = QT_TRANSLATE_NOOP(
        "Message", "Lengths are millimetres in the DICOM patient frame (LPS); the file cannot say so."
    )
    if suffix == ".glb":
        text = QT_TRANSLATE_NOOP(
            "Message",
            "The surface is stored in LPS millimetres under a node that turns it into glTF's metres.",
        )
    told = (*notes, message(text))
    return Converted(Form.SURFACE, (output,), segmentation, tuple(meshes), told)


def _write_label_maps(
    segmentation: Segmentation,
    output: Path,
    provenance: Provenance,
    notes: tuple[Message, ...],
    *,
    slices_reversed: bool,
    force: bool,
) -> Converted:
    suffix = suffix_of(output)
    files = [output]
    if len(segmentation.layers) > 1:
        stem = output.name[: -len(suffix)]
        numbers = range(1, len(segmentation.layers) + 1)
        files = [output.with_name(f"{stem}-{number}{output.name[-len(suffix) :]}") for number in numbers]
        text = QT_TRANSLATE_NOOP("Message", "Segments overlap: written to {count} files.")
        notes = (*notes, message(text, count=len(files)))
    for file in files:
        refuse_existing(file, force=force)
    for layer, file in enumerate(files):
        with atomic_file(file) as partial:
            write_label_map(partial, suffix, segmentation, layer, provenance, slices_reversed=slices_reversed)
    return Converted(Form.LABEL_MAP, tuple(files), segmentation, notes=notes)


def _write_dicom(
    segmentation: Segmentation,
    output: Path,
    form: Form,
    reference: ReferenceSeries | None,
    notes: tuple[Message, ...],
    *,
    force: bool,
    progress: Progress,
) -> Converted:
    if reference is None:
        text = QT_TRANSLATE_NOOP(
            "Message", "A segmentation object or a structure set needs a reference series."
        )
        raise needs_reference(text)
    images = reference.headers()
    try:
        if form is Form.STRUCTURE_SET:
            write_structure_set(output, segmentation, images, force=force, progress=progress)
        else:
            label_map = form is Form.LABEL_MAP_SEGMENTATION
            write_segmentation(output, segmentation, images, label_map=label_map, force=force)
    except (ValueError, AttributeError) as error:  # an attribute that the images need and do not have
        text = QT_TRANSLATE_NOOP("Message", "The images cannot be referred to ({reason}).")
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
        raise BadInput(message(text, reason=reason)) from error
    return Converted(form, (output,), segmentation, notes=notes)
