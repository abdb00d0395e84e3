"""From what a user names to what a picture is taken of."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.volume import Volume
from imaging.conversion_source import suffix_of
from imaging.series_volume import series_volume
from imaging.volume_reading import VOLUME_SUFFIXES, read_volume
from render.gltf_scene import GLTF_SUFFIXES, read_gltf
from render.native_renderer import NativeRenderer
from render.scene import SceneNode
from render.segmented_meshes import segment_file, segment_nodes
from render.subject import GLTF, PATIENT, Stance, Subject
from render.surface_files import SURFACE_SUFFIXES, read_surfaces


def read_subject(
    library: Library,
    given: str,
    *,
    part: str | None = None,
    reference: str | None = None,
    progress: Progress = SILENT,
) -> Subject:
    """Read a series of the library, a DICOM folder or file, a volume file or a file of surfaces.

    Of a segmentation object or a structure set the surfaces are seen; `reference` (series UID or folder)
    names the images that contours were drawn on.

    Raises
    ------
    BadInput
        When it is none of these, or there is nothing to be seen in it.
    """
    path = Path(given).expanduser()
    suffix = _suffix(path)
    if path.is_file() and suffix in VOLUME_SUFFIXES:
        file = read_volume(path, suffix)
        _refuse_flat(file.volume, given)
        corners = file.volume.corners_lps_mm
        return Subject(corners, PATIENT, file.volume, frame_from_world=file.frame_from_lps, notes=file.notes)
    if path.is_file() and suffix in SURFACE_SUFFIXES:
        return _subject_of(path, read_surfaces(path, suffix), PATIENT)
    if path.is_file() and suffix in GLTF_SUFFIXES:
        return _subject_of(path, read_gltf(path), GLTF)
    segments = segment_file(library, given)
    if segments is not None:
        nodes, notes = segment_nodes(library, segments, reference, progress)
        return replace(_subject_of(segments, nodes, PATIENT), notes=notes)
    loaded = series_volume(library, given, part, progress)
    _refuse_flat(loaded.volume, given)
    corners = loaded.volume.corners_lps_mm
    return Subject(
        corners, PATIENT, loaded.volume, loaded.modality, series_uid=loaded.series_uid, notes=loaded.notes
    )


def with_bodies(subject: Subject, bodies: tuple[SceneNode, ...]) -> Subject:
    """Give the same volume, so that a camera shows surfaces beside it, too."""
    renderer = NativeRenderer()
    points = [renderer.world_vertices(body) for body in bodies]
    return replace(subject, points=np.concatenate([subject.points, *points]))


def _suffix(path: Path) -> str:
    name = path.name.lower()
    return next((suffix for suffix in VOLUME_SUFFIXES if name.endswith(suffix)), suffix_of(path))


def _refuse_flat(volume: Volume, given: str) -> None:
    if min(volume.shape_ijk) < 2:
        text = QT_TRANSLATE_NOOP("Message", "{path} is a single slice: there is no volume to show in 3D.")
        raise BadInput(message(text, path=given))


def _subject_of(path: Path, nodes: tuple[SceneNode, ...], stance: Stance) -> Subject:
    renderer = NativeRenderer()
    points = np.concatenate([renderer.world_vertices(node) for node in nodes])
    if not np.isfinite(points).all() or np.ptp(points, axis=0).max() <= 0:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no surface and no points.")
        raise BadInput(message(text, path=str(path)))
    return Subject(points, stance, nodes=nodes)
