"""A series as files for other programs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file, refuse_existing
from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, PartProgress, Progress
from core.provenance import Provenance
from core.series import Series
from core.slice_geometry import GeometryKind
from core.volume import Volume
from imaging.dicom_folder import DicomFolder
from imaging.display_grid import GridKind
from imaging.index import StudyIndex
from imaging.loading import LoadedSeries, load_series
from imaging.png import write_png
from imaging.resample import is_sheared, orthogonal
from imaging.volume_files import write_metaimage, write_nifti, write_nrrd

_COMMAND = "care.export"


class ExportFormat(StrEnum):
    """What a series is written as; chosen by the name of the output."""

    NIFTI = "nifti"
    NRRD = "nrrd"
    METAIMAGE = "metaimage"
    PNG = "png"
    DICOM = "dicom"


_SUFFIXES = {
    ".nii.gz": ExportFormat.NIFTI,
    ".nii": ExportFormat.NIFTI,
    ".nrrd": ExportFormat.NRRD,
    ".mha": ExportFormat.METAIMAGE,
    ".png": ExportFormat.PNG,
}
_WRITERS: dict[ExportFormat, Callable[[Path, Volume, Provenance], None]] = {
    ExportFormat.NIFTI: write_nifti,
    ExportFormat.NRRD: write_nrrd,
    ExportFormat.METAIMAGE: write_metaimage,
}


@dataclass(frozen=True)
class Exported:
    """What was written.

    Parameters
    ----------
    series : Series
        The source.
    format : ExportFormat
        What it was written as.
    files : tuple of Path
        The file, the folder, or the numbered pictures.
    volume : Volume, optional
        As written; None for DICOM and pictures.
    notes : tuple of Message
        What was done to the voxels on the way, and what is odd about the series.
    """

    series: Series
    format: ExportFormat
    files: tuple[Path, ...]
    volume: Volume | None = None
    resampled: bool = False
    notes: tuple[Message, ...] = ()


def format_of(output: Path) -> ExportFormat:
    """Choose the format by the name; a name without a suffix is a folder of DICOM files.

    Raises
    ------
    UsageError
        For a suffix that is none of ours.
    """
    name = output.name.lower()
    for suffix, form in _SUFFIXES.items():
        if name.endswith(suffix) and name != suffix:
            return form
    if output.is_dir() or not output.suffix:
        return ExportFormat.DICOM
    text = QT_TRANSLATE_NOOP("Message", "{path}: there is no export format {suffix}.")
    hint = QT_TRANSLATE_NOOP("Message", "Use .nii.gz, .nrrd, .mha, .png, or a folder for DICOM.")
    raise UsageError(message(text, path=str(output), suffix=output.suffix), message(hint))


def export_series(
    index: StudyIndex,
    series: Series,
    output: Path,
    *,
    native: bool = False,
    dicomdir: bool = False,
    derived: bool = False,
    force: bool = False,
    progress: Progress = SILENT,
) -> Exported:
    """Write a series to `output`, complete or not at all.

    Parameters
    ----------
    native : bool
        Write the stored slices with their own (perhaps sheared) affine instead of resampling them.
    dicomdir : bool
        Write a DICOM folder as media hold it, with a DICOMDIR.
    derived : bool
        Write what was derived from the series (SEG, SR, RT, ...) into the DICOM folder too.
    force : bool
        Replace what is there.

    Raises
    ------
    BadInput
        When the output exists, when there is nothing to write, or when `native` is asked for an irregular
        stack, which no affine describes.
    UsageError
        When `dicomdir` or `derived` is asked for another format than DICOM.
    """
    form = format_of(output)
    if form is ExportFormat.DICOM:
        folder = DicomFolder(index, series, dicomdir=dicomdir, derived=derived)
        notes = folder.write(output, force=force, progress=progress)
        return Exported(series, form, (output,), notes=(*series.warnings, *notes))
    if dicomdir or derived:
        text = QT_TRANSLATE_NOOP("Message", "{path}: only a DICOM folder has a DICOMDIR or derived objects.")
        hint = QT_TRANSLATE_NOOP("Message", "Name a folder, without a suffix.")
        raise UsageError(message(text, path=str(output)), message(hint))
    if form is not ExportFormat.PNG:
        refuse_existing(output, force=force)
        if native:
            _refuse_irregular(series)
    loaded = load_series(index, series, progress=PartProgress(progress, 0.0, 0.6))
    if form is ExportFormat.PNG:
        return _export_pictures(loaded, output, force=force, progress=PartProgress(progress, 0.6, 1.0))
    volume, notes = _exportable(loaded, native=native)
    progress.report(0.7, message(QT_TRANSLATE_NOOP("Message", "Writing the file")))
    provenance = volume.provenance or _provenance(series, "copy of the stored voxels")
    with atomic_file(output) as partial:
        _WRITERS[form](partial, volume, provenance)
        progress.check()
    return Exported(series, form, (output,), volume, volume.provenance is not None, notes)


def _refuse_irregular(series: Series) -> None:
    if series.geometry is not None and series.geometry.kind is GeometryKind.IRREGULAR:
        text = QT_TRANSLATE_NOOP("Message", "{uid}: its slices are irregular, no affine describes them.")
        hint = QT_TRANSLATE_NOOP("Message", "Leave --native out to resample it, or export a DICOM folder.")
        raise BadInput(message(text, uid=series.series_uid), message(hint))


def _exportable(loaded: LoadedSeries, *, native: bool) -> tuple[Volume, tuple[Message, ...]]:
    """Give the volume to write and what was done to it."""
    volume, notes = loaded.volume, list(loaded.warnings)
    if loaded.grid.kind is GridKind.RESAMPLED:
        text = QT_TRANSLATE_NOOP("Message", "Resampled: {stored} irregular slices to {slices} regular ones.")
        notes.append(message(text, stored=len(loaded.part.frames), slices=volume.shape_ijk[2]))
    if loaded.grid.kind is GridKind.SLOTS:
        text = QT_TRANSLATE_NOOP("Message", "Resampled: missing slices are filled with {value:g}: {count}.")
        empty = int((loaded.grid.below < 0).sum())
        notes.append(message(text, count=empty, value=loaded.background))
    if not native and is_sheared(volume):
        volume = orthogonal(volume, loaded.background, command=_COMMAND, inputs=(loaded.series.series_uid,))
        text = QT_TRANSLATE_NOOP("Message", "Resampled: the sheared slices were moved to a rectangular grid.")
        notes.append(message(text))
    if not volume.lps_known:
        text = QT_TRANSLATE_NOOP("Message", "The file says nothing about the place in the patient.")
        notes.append(message(text))
    return volume, tuple(notes)


def _provenance(series: Series, method: str) -> Provenance:
    return Provenance(_COMMAND, (series.series_uid,), {"part": series.part}, method)


def _export_pictures(loaded: LoadedSeries, output: Path, *, force: bool, progress: Progress) -> Exported:
    """Write the stored slices through the window of the series: one file, or one numbered file a slice."""
    count = loaded.geometry.shape_ijk[2]
    names = [output.with_name(f"{output.stem}_{number:04d}.png") for number in range(1, count + 1)]
    files = (output,) if count == 1 else tuple(names)
    for file in files:
        refuse_existing(file, force=force)
    spacing = loaded.geometry.spacing_mm[:2] if loaded.geometry.spacing_known else None
    texts = {"Software": f"Sense Workstation {_provenance(loaded.series, '').version}"}
    for number, file in enumerate(files):
        picture = _picture(loaded, number)
        write_png(file, picture, spacing_mm=spacing, texts=texts)
        progress.report((number + 1) / count)
    return Exported(loaded.series, ExportFormat.PNG, files, notes=loaded.warnings)


def _picture(loaded: LoadedSeries, number: int) -> NDArray[np.uint8]:
    from imaging.reslice import grey_picture

    stored = loaded.stored_slice(number)
    if loaded.format.colour:
        return stored
    low, high = loaded.value_range or (0.0, 1.0)
    window = loaded.series.window or ((low + high) / 2, max(high - low, 1.0))
    return grey_picture(np.ascontiguousarray(stored, np.float32), window, inverted=loaded.series.inverted)
