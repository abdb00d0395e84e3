"""What is converted: segmentation objects, structure sets, label maps and surfaces, and their label maps."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from core.errors import BadInput, UsageError
from core.mesh import Mesh
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.segmentation import Segment, Segmentation, pack_layers
from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.grid_alignment import aligned
from imaging.label_map_files import LABEL_MAP_SUFFIXES, read_label_map
from imaging.mesh_files import MESH_SUFFIXES, read_meshes
from imaging.object_file import read_object
from imaging.segmentation_reading import SEGMENTATION_CLASSES, read_segmentation
from imaging.structure_set_reading import STRUCTURE_SET_CLASS, StructureSet, rasterise, read_structure_set
from imaging.surface import mask_of

_DEFAULT_SPACING_MM = 1.0
_MOST_VOXELS = 1 << 30


class Form(StrEnum):
    """What a segmentation can be kept as."""

    SEGMENTATION = "seg"
    LABEL_MAP_SEGMENTATION = "labelmap-seg"
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


def needs_reference(text: str) -> UsageError:
    """Say that the images are needed."""
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
            raise needs_reference(text)
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
