"""Surfaces from files, and of what is segmented."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput
from core.mesh import Mesh
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from core.slice_geometry import SliceGeometry
from imaging.conversion_source import on_slices, read_source, suffix_of
from imaging.mesh_files import MESH_SUFFIXES, read_meshes
from imaging.surface import surface_of
from viewers.object_layer import PALETTE
from viewers.surface_model import SurfaceModel, SurfacePart, parts_of


def is_surface_file(path: Path) -> bool:
    """Tell by the name whether a file holds surfaces."""
    return suffix_of(path) in MESH_SUFFIXES


@dataclass(frozen=True)
class SurfaceFile:
    """Surfaces in a file: STL, OBJ, PLY or GLB.

    Parameters
    ----------
    path : Path
    """

    path: Path

    @property
    def key(self) -> str:
        """What tells it from others."""
        return str(self.path)

    @property
    def title(self) -> str:
        """What the user calls it."""
        return self.path.name

    def read(self, *, progress: Progress = SILENT) -> SurfaceModel:
        """Read all surfaces.

        Raises
        ------
        BadInput
            When it is damaged, or holds none.
        """
        meshes = read_meshes(self.path, suffix_of(self.path))
        progress.report(0.7)
        return SurfaceModel(parts_of(meshes))


@dataclass(frozen=True)
class SegmentedSurfaces:
    """The surfaces of a segmentation object or a structure set.

    Parameters
    ----------
    path : Path
        Its file.
    title : str
        What the user calls it.
    geometry : SliceGeometry, optional
        The slices that contours were drawn on.
    """

    path: Path
    title: str
    geometry: SliceGeometry | None

    @property
    def key(self) -> str:
        """What tells it from others."""
        return str(self.path)

    def read(self, *, progress: Progress = SILENT) -> SurfaceModel:
        """Make the surface of every segment; its key is the segment's number.

        Raises
        ------
        BadInput
            When it cannot be read, or nothing is segmented.
        """
        source = read_source(self.path, PartProgress(progress, 0.0, 0.3))
        segmentation, _ = on_slices(source, self.geometry, PartProgress(progress, 0.3, 0.5))
        parts: list[SurfacePart] = []
        count = len(segmentation.structures)
        for index, segment in enumerate(segmentation.structures):
            progress.report(0.5 + 0.5 * index / count)
            mesh: Mesh = surface_of(segmentation.mask(segment.number), segmentation.geometry, segment)
            if len(mesh.triangles):
                colour = segment.colour or PALETTE[index % len(PALETTE)]
                parts.append(SurfacePart.of(str(segment.number), mesh, colour))
        if not parts:
            raise BadInput(message(QT_TRANSLATE_NOOP("Message", "Nothing is segmented.")))
        return SurfaceModel(tuple(parts))
