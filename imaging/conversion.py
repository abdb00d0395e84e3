"""Segmentation objects, structure sets, label maps and surfaces, each turned into the others."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from core.atomic_write import atomic_file, refuse_existing
from core.errors import BadInput, UsageError
from core.mesh import Mesh
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, PartProgress, Progress
from core.provenance import Provenance
from core.segmentation import Segment, Segmentation, pack_layers
from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.grid_alignment import aligned
from imaging.label_map_files import LABEL_MAP_SUFFIXES, read_label_map, write_label_map
from imaging.mesh_files import MESH_SUFFIXES, read_meshes, write_meshes
from imaging.object_file import read_object
from imaging.reference_series import ReferenceSeries
from imaging.segmentation_reading import SEGMENTATION_CLASSES, read_segmentation
from imaging.segmentation_writing import write_segmentation
from imaging.structure_set_reading import STRUCTURE_SET_CLASS, StructureSet, rasterise, read_structure_set
from imaging.structure_set_writing import write_structure_set
from imaging.surface import mask_of, surface_of

_COMMAND = "care.convert"
_DEFAULT_SPACING_MM = 1.0
_MOST_VOXELS = 1 << 30


class Form(StrEnum):
    """What a segmentation can be kept as."""

    SEGMENTATION = "seg"
    STRUCTURE_SET = "rtstruct"
    LABEL_MAP = "label-map"
    SURFACE = "mesh"


@dataclass(frozen=True, eq=False)
class Source:
    """What was read.

    Parameters
    ----------
    form : Form
    segmentation : Segmentation, optional
        Of a segmentation object or a label map.
    structures : StructureSet, optional
        Of a structure set.
    meshes : tuple of Mesh
        Of a file of surfaces.
    notes : tuple of Message
        How it was understood.
    """

    form: Form
    segmentation: Segmentation | None = None
    structures: StructureSet | None = None
    meshes: tuple[Mesh, ...] = ()
    notes: tuple[Message, ...] = ()

    @property
    def referenced_series(self) -> str:
        """Series that it says it was made on; "" where it says nothing."""
        holder = self.segmentation or self.structures
        return holder.references[0].series_uid if holder and holder.references else ""


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


def suffix_of(path: Path) -> str:
    """Give the lower-case suffix, ".nii.gz" as one; "" where there is none."""
    name = path.name.lower()
    return next((suffix for suffix in LABEL_MAP_SUFFIXES if name.endswith(suffix)), path.suffix.lower())


def read_source(path: Path, progress: Progress = SILENT) -> Source:
    """Read whatever `path` holds; DICOM is told by its content, the others by their names.

    Raises
    ------
    BadInput
        When it is nothing that can be converted.
    """
    suffix = suffix_of(path)
    if suffix in LABEL_MAP_SUFFIXES:
        return Source(Form.LABEL_MAP, read_label_map(path, suffix))
    if suffix in MESH_SUFFIXES:
        text = QT_TRANSLATE_NOOP(
            "Message", "Lengths are taken as millimetres in the DICOM patient frame (LPS)."
        )
        notes = () if suffix == ".glb" else (message(text),)
        return Source(Form.SURFACE, meshes=tuple(read_meshes(path, suffix)), notes=notes)
    kind = str(read_object(path, pixels=False).SOPClassUID)
    if kind in SEGMENTATION_CLASSES:
        read = read_segmentation(path, progress)
        text = QT_TRANSLATE_NOOP(
            "Message", "Fractions: the label map holds every voxel with a fraction above 0."
        )
        return Source(Form.SEGMENTATION, read, notes=(message(text),) if read.fractions else ())
    if kind == STRUCTURE_SET_CLASS:
        return Source(Form.STRUCTURE_SET, structures=read_structure_set(path))
    text = QT_TRANSLATE_NOOP("Message", "{path}: there is no conversion from this format.")
    raise BadInput(message(text, path=str(path)))


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

    Raises
    ------
    UsageError
        When the reference that is needed is not there.
    BadInput
        When the output exists, or cannot hold what there is.
    """
    refuse_existing(output, force=force)
    provenance = Provenance(_COMMAND, inputs, {"from": source.form.value, "to": form.value}, _METHOD[form])
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
        return _write_label_maps(segmentation, output, provenance, notes, force=force)
    return _write_dicom(segmentation, output, form, reference, notes, force=force, progress=rest)


_METHOD = {
    Form.SEGMENTATION: "label map as binary segments",
    Form.STRUCTURE_SET: "contours by marching squares",
    Form.LABEL_MAP: "label map",
    Form.SURFACE: "surface nets",
}


def _needs_reference(text: str) -> UsageError:
    return UsageError(message(text), message(QT_TRANSLATE_NOOP("Message", "Give it with --reference.")))


def on_slices(
    source: Source, geometry: SliceGeometry | None, progress: Progress = SILENT
) -> tuple[Segmentation, tuple[Message, ...]]:
    """Give the label map of a source, and how it was understood.

    Parameters
    ----------
    geometry : SliceGeometry, optional
        Slices on which contours and surfaces are drawn, and along whose axes a label map is counted; a label
        map keeps its own grid. Without it surfaces are drawn on a grid of 1 mm.

    Raises
    ------
    UsageError
        When contours have no slices to be drawn on.
    """
    if source.segmentation is not None:
        found = source.segmentation
        return (aligned(found, geometry) if geometry is not None else found), source.notes
    if source.structures is not None:
        if geometry is None:
            text = QT_TRANSLATE_NOOP("Message", "The contours of a structure set need a reference series.")
            raise _needs_reference(text)
        drawn = rasterise(source.structures, geometry, progress)
        return drawn.segmentation, source.notes + drawn.notes
    grid = geometry or _grid_around(source.meshes)
    masks = {number: mask_of(mesh, grid) for number, mesh in enumerate(source.meshes, start=1)}
    layers, layer_of = pack_layers(masks)
    segments = tuple(
        Segment(number, mesh.name or f"Surface {number}", colour=mesh.colour)
        for number, mesh in enumerate(source.meshes, start=1)
    )
    text = QT_TRANSLATE_NOOP("Message", "{path}: the surface is not closed; what lies inside is uncertain.")
    open_ones = tuple(message(text, path=mesh.name) for mesh in source.meshes if not mesh.is_closed)
    return Segmentation(grid, layers, segments, layer_of), source.notes + open_ones


def _grid_around(meshes: tuple[Mesh, ...]) -> SliceGeometry:
    """Give an axial grid of 1 mm around surfaces, with a margin of a voxel."""
    points = np.concatenate([mesh.vertices_lps_mm for mesh in meshes])
    step = _DEFAULT_SPACING_MM
    low = np.floor(points.min(axis=0) / step - 1) * step
    shape = np.ceil((points.max(axis=0) - low) / step).astype(int) + 2
    if not np.isfinite(points).all() or float(np.prod(shape.astype(float))) > _MOST_VOXELS:
        text = QT_TRANSLATE_NOOP("Message", "{path}: the surface is too large for a grid of {spacing} mm.")
        raise BadInput(message(text, path=meshes[0].name, spacing=step))
    affine = np.diag([step, step, step, 1.0])
    affine[:3, 3] = low
    positions = low + np.arange(int(shape[2]))[:, None] * np.array([0.0, 0.0, step])
    return SliceGeometry(
        GeometryKind.UNIFORM,
        (int(shape[0]), int(shape[1]), int(shape[2])),
        (step, step, step),
        np.array([1.0, 0.0, 0.0]),
        np.array([0.0, 1.0, 0.0]),
        positions,
        affine,
    )


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
            write_label_map(partial, suffix, segmentation, layer, provenance)
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
        raise _needs_reference(text)
    images = reference.headers()
    try:
        if form is Form.SEGMENTATION:
            write_segmentation(output, segmentation, images, force=force)
        else:
            write_structure_set(output, segmentation, images, force=force, progress=progress)
    except (ValueError, AttributeError) as error:  # an attribute that the images need and do not have
        text = QT_TRANSLATE_NOOP("Message", "The images cannot be referred to ({reason}).")
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
        raise BadInput(message(text, reason=reason)) from error
    return Converted(form, (output,), segmentation, notes=notes)
