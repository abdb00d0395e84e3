"""Surfaces from files, and of what is segmented."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, PartProgress, Progress
from core.slice_geometry import SliceGeometry
from imaging.conversion_source import read_source, suffix_of
from imaging.mesh_files import GLTF_FROM_LPS, MESH_SUFFIXES, read_meshes
from render.gltf_scene import GLTF_SUFFIXES, read_gltf
from render.node_moving import moved
from render.segmented_meshes import segmented_meshes
from render.surface_files import read_surfaces
from viewers.object_layer import PALETTE
from viewers.surface_model import SurfaceModel, SurfacePart, parts_of, parts_of_nodes

# Of files that surfaces and points are read from.
SHOWN_SUFFIXES = (*MESH_SUFFIXES, *(suffix for suffix in GLTF_SUFFIXES if suffix not in MESH_SUFFIXES))
_SAYS_UNIT, _HEAD_BYTES = b"LPS millimetres", 512


def is_surface_file(path: Path) -> bool:
    """Tell by the name whether a file holds surfaces or points."""
    return suffix_of(path) in SHOWN_SUFFIXES


@dataclass(frozen=True)
class SurfaceFile:
    """Surfaces and points in a file: STL, OBJ, PLY, GLB, glTF or VRM.

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
        """Read all surfaces and points, with colours, materials and textures.

        Raises
        ------
        BadInput
            When it is damaged, or holds none.
        """
        suffix = suffix_of(self.path)
        if suffix == ".stl":
            parts = parts_of(read_meshes(self.path, suffix))
        elif suffix in GLTF_SUFFIXES:
            lps_from_gltf = np.linalg.inv(GLTF_FROM_LPS)
            parts = parts_of_nodes(tuple(moved(node, lps_from_gltf) for node in read_gltf(self.path)))
        else:
            parts = parts_of_nodes(read_surfaces(self.path, suffix))
        progress.report(0.7)
        return SurfaceModel(parts, (_unit_of(self.path, suffix),))


def _unit_of(path: Path, suffix: str) -> Message:
    """Say what unit lengths have, and how that is known."""
    if suffix in GLTF_SUFFIXES:
        return message(QT_TRANSLATE_NOOP("Message", "glTF is in metres."))
    with path.open("rb") as file:
        if _SAYS_UNIT in file.read(_HEAD_BYTES):
            return message(QT_TRANSLATE_NOOP("Message", "The file says that it is in millimetres."))
    return message(QT_TRANSLATE_NOOP("Message", "The file names no unit: millimetres are assumed."))


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
        found, notes = segmented_meshes(source, self.geometry, PartProgress(progress, 0.3, 1.0))
        parts = tuple(
            SurfacePart.of(str(segment.number), mesh, segment.colour or PALETTE[index % len(PALETTE)])
            for index, (segment, mesh) in enumerate(found)
        )
        return SurfaceModel(parts, notes)
