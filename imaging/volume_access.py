"""Volumes and label maps for packages that know no file formats."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.volume_files import FoundVolume

if TYPE_CHECKING:
    from core.segmentation import Segmentation
    from imaging.loaded_series import LoadedSeries


class DiskVolumes:
    """Reads series of the library, DICOM folders and volume files; see `core.volume_files.VolumeFiles`."""

    def read(
        self, library: Library, given: str, *, part: str | None = None, progress: Progress = SILENT
    ) -> FoundVolume:
        """Read a volume with its slices where they are stored."""
        from imaging.volume_reading import VOLUME_SUFFIXES

        path = Path(given).expanduser()
        suffix = next((item for item in VOLUME_SUFFIXES if path.name.lower().endswith(item)), "")
        if path.is_file() and suffix:
            return _file(path, suffix)
        if not path.exists() and (suffix or len(path.parts) > 1):
            text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file.")
            raise BadInput(message(text, path=given))
        return _series(library, given, part, progress)

    def write_labels(
        self,
        library: Library,
        output: Path,
        segmentation: "Segmentation",
        found: FoundVolume,
        *,
        reference: str | None = None,
        force: bool = False,
    ) -> tuple[Path, ...]:
        """Write the label map; a SEG refers to `reference`, or to the series that was read."""
        from imaging.conversion import convert, form_of
        from imaging.conversion_source import Form, Source
        from imaging.reference_series import reference_series

        form = form_of(output, Form.LABEL_MAP, Form.SEGMENTATION if output.suffix == ".dcm" else None)
        named = reference or (found.source if form is not Form.LABEL_MAP else "")
        return convert(
            Source(Form.LABEL_MAP, segmentation),
            output,
            form,
            reference_series(library, named) if named else None,
            provenance=segmentation.provenance,
            slices_reversed=found.slices_reversed,
            force=force,
        ).files


def _file(path: Path, suffix: str) -> FoundVolume:
    from imaging.label_map_files import read_counted_grid
    from imaging.object_file import refusing_damage

    with refusing_damage(path):
        voxels, geometry, _, is_reversed = read_counted_grid(path, suffix)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return FoundVolume(voxels, geometry, f"sha256:{digest}", slices_reversed=is_reversed)


def _series(library: Library, given: str, part: str | None, progress: Progress) -> FoundVolume:
    from imaging.series_volume import load_outside, load_stored

    outside = Path(given).expanduser().exists()
    loaded: LoadedSeries = (
        load_outside(Path(given).expanduser(), part, progress)
        if outside
        else load_stored(library, given, part, progress)
    )
    series = loaded.series
    if loaded.stored.ndim != 3:
        text = QT_TRANSLATE_NOOP("Message", "{path}: a volume in colour is not taken.")
        raise BadInput(message(text, path=given))
    return FoundVolume(
        loaded.stored,
        loaded.geometry,
        series.series_uid,
        series.modality,
        series.unit,
        notes=loaded.warnings,
        source=given,
        inverted=series.inverted,
    )
