"""The surfaces of what is segmented: of a segmentation object, or of a structure set."""

from pathlib import Path

import numpy as np

from core.errors import BadInput
from core.library import Library
from core.mesh import Mesh
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, PartProgress, Progress
from core.segmentation import Segment
from core.slice_geometry import SliceGeometry
from imaging.conversion_source import Source, on_slices, read_source
from imaging.index import StudyIndex
from imaging.object_file import read_object
from imaging.reference_series import reference_series
from imaging.segmentation_reading import SEGMENTATION_CLASSES
from imaging.structure_set_reading import STRUCTURE_SET_CLASS
from imaging.surface import surface_of
from render.label_overlay import distinct_colour
from render.material import Material
from render.scene import SurfaceNode
from render.surface_files import linear
from render.surface_mesh import SurfaceMesh

_MODALITIES = ("SEG", "RTSTRUCT")


def segmented_meshes(
    source: Source, geometry: SliceGeometry | None, progress: Progress = SILENT
) -> tuple[list[tuple[Segment, Mesh]], tuple[Message, ...]]:
    """Make the surface of every segment that has a voxel, and say how the source was understood.

    Parameters
    ----------
    geometry : SliceGeometry, optional
        Slices on which contours are filled.

    Raises
    ------
    BadInput
        When nothing is segmented.
    UsageError
        When contours have no slices to be filled on.
    """
    segmentation, notes = on_slices(source, geometry, PartProgress(progress, 0.0, 0.4))
    found: list[tuple[Segment, Mesh]] = []
    count = len(segmentation.structures)
    for index, segment in enumerate(segmentation.structures):
        progress.report(0.4 + 0.6 * index / count)
        mesh = surface_of(segmentation.mask(segment.number), segmentation.geometry, segment)
        if len(mesh.triangles):
            found.append((segment, mesh))
    if not found:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "Nothing is segmented.")))
    return found, notes


def segment_file(library: Library, given: str) -> Path | None:
    """Give the file of a segmentation object or a structure set that a path or a series UID names.

    None where it names something else.
    """
    path = Path(given).expanduser()
    if path.is_file():
        try:
            kind = str(read_object(path, pixels=False).get("SOPClassUID", ""))
        except BadInput:
            return None
        return path if kind in (*SEGMENTATION_CLASSES, STRUCTURE_SET_CLASS) else None
    if path.exists():
        return None
    with StudyIndex.open(library) as index:
        if not any(one.modality in _MODALITIES for one in index.find_series(given)):
            return None
        instances = index.all_instances(given)
    return Path(instances[0].path) if instances else None


def segment_nodes(
    library: Library, path: Path, reference: str | None, progress: Progress = SILENT
) -> tuple[tuple[SurfaceNode, ...], tuple[Message, ...]]:
    """Read the surfaces of a segmentation object or a structure set, LPS millimetres.

    Parameters
    ----------
    reference : str, optional
        Series UID or folder of the images; those that the object names where the library has them.

    Raises
    ------
    BadInput
        When it cannot be read, or nothing is segmented.
    UsageError
        When contours have no images to be filled on.
    """
    source = read_source(path, PartProgress(progress, 0.0, 0.3))
    geometry = _geometry(library, source, reference)
    found, notes = segmented_meshes(source, geometry, PartProgress(progress, 0.3, 1.0))
    nodes = tuple(
        SurfaceNode(SurfaceMesh.of_mesh(mesh), _material(segment), name=segment.label)
        for segment, mesh in found
    )
    return nodes, notes


def _geometry(library: Library, source: Source, reference: str | None) -> SliceGeometry | None:
    if reference is not None:
        return reference_series(library, reference).geometry
    if source.structures is None or not source.referenced_series:
        return None
    try:
        return reference_series(library, source.referenced_series).geometry
    except BadInput:
        return None  # then the structure set says that it needs a reference


def _material(segment: Segment) -> Material:
    colour = np.array(segment.colour or np.multiply(distinct_colour(segment.number), 255))
    red, green, blue = linear(colour).tolist()
    return Material(base_colour=(red, green, blue, 1.0), roughness=0.6, double_sided=True)
