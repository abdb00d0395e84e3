"""From a folder of photographs, or a film, to the folder of a reconstruction."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from reconstruction.estimate import Estimate, estimate
from reconstruction.ground_control import read_ground_points
from reconstruction.growing_model import OnGrowth
from reconstruction.keyframes import KeyframeOptions, extract_keyframes, is_film
from reconstruction.masks import with_masks
from reconstruction.measured_distance import read_distances
from reconstruction.photograph import Rejected
from reconstruction.photograph_source import PhotographSource, open_photographs, read_photographs
from reconstruction.result_folder import FRAMES, write_result
from reconstruction.stage import MeshFormat, Stage
from reconstruction.stage_file import file_digest, fingerprint
from reconstruction.stage_options import StageOptions
from reconstruction.stage_results import OnStage
from reconstruction.stage_store import StageStore, keep_store, open_store, telling_what_is_kept
from reconstruction.stages import run_stages


@dataclass(frozen=True, eq=False)
class Reconstructed:
    """What was written.

    Parameters
    ----------
    facts : mapping
        What `report.json` holds.
    rejected : tuple of Rejected
        Photographs that could not be read.
    """

    facts: Mapping[str, Any]
    rejected: tuple[Rejected, ...]


def reconstruct(
    images: Path,
    output: Path,
    options: StageOptions,
    *,
    ground: Path | None = None,
    measured: Path | None = None,
    masks: Path | None = None,
    restart: Stage | None = None,
    exports: Sequence[MeshFormat] = (),
    on_stage: OnStage | None = None,
    on_growth: OnGrowth | None = None,
    progress: Progress = SILENT,
) -> Reconstructed:
    """Reconstruct, and write the folder when all of it is there.

    What stages gave is kept: the same call goes on where a run was ended, and one with other options starts
    at the first stage that they change.

    Parameters
    ----------
    images : Path
        A folder of photographs, or a film.
    output : Path
        The folder that is made; an older one is replaced.
    options : StageOptions
        Of all stages.
    ground : Path, optional
        Ground control points; see `read_ground_points`.
    measured, masks : Path, optional
        Distances and a folder of masks; see `read_distances` and `with_masks`.
    restart : Stage, optional
        Run this stage and those after it again, whatever is kept.
    exports : sequence of MeshFormat
        Formats of the mesh besides GLB.
    on_stage, on_growth : callable, optional
        See `run_stages`.

    Raises
    ------
    BadInput
        When nothing can be reconstructed.
    SenseError
        When the folder cannot be written; before any work where that can be told.
    """
    _check_writable(output)
    with open_store(output) as store:
        source = _opened(images, store, options.keyframes, PartProgress(progress, 0.0, 0.1))
        source, options = _with_files(source, options, ground, measured, masks)
        part = PartProgress(progress, 0.1, 0.97)
        guess = estimate(source.photographs, options)
        part.report(0.0, guess.sentence)
        run = partial(run_stages, restart=restart, on_stage=on_stage, on_growth=on_growth)
        made = run(source.photographs, options, store, progress=part)
        part = PartProgress(progress, 0.97, 1.0)
        with telling_what_is_kept():
            facts = write_result(output, source, options, made, guess=guess, exports=exports, progress=part)
    keep_store(output)
    return Reconstructed(facts, (*source.rejected, *made.placed.structure.rejected))


def _with_files(
    source: PhotographSource,
    options: StageOptions,
    ground: Path | None,
    measured: Path | None,
    masks: Path | None,
) -> tuple[PhotographSource, StageOptions]:
    """Add what lies in files beside the photographs."""
    if masks is not None:
        source = replace(source, photographs=with_masks(source.photographs, masks))
    if ground is not None:
        sizes = {one.name: one.size for one in source.photographs}
        options = replace(options, ground=read_ground_points(ground, sizes))
    if measured is not None:
        options = replace(options, distances=read_distances(measured, places=False))
    return source, options


def estimate_of(
    images: Path, output: Path, options: StageOptions, *, progress: Progress = SILENT
) -> Estimate:
    """Guess what `reconstruct` would take; of a film the pictures are chosen, and kept for it.

    Raises
    ------
    BadInput
        When nothing can be reconstructed.
    SenseError
        When the folder cannot be written.
    """
    _check_writable(output)
    with open_store(output) as store:
        return estimate(_opened(images, store, options.keyframes, progress).photographs, options)


def _check_writable(folder: Path) -> None:
    """Find out before minutes of work."""
    there = next(path for path in folder.absolute().parents if path.exists())
    try:
        # Permission bits do not tell (root, network folders, read-only file systems): a file does.
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: {reason}.")
        raise SenseError(message(text, path=str(folder), reason=error.strerror or str(error))) from error


def _opened(
    images: Path, store: StageStore, keyframes: KeyframeOptions, progress: Progress
) -> PhotographSource:
    """Read the headers of photographs; pictures of a film are chosen once and kept with the stages."""
    if not is_film(images) or not images.is_file():
        return open_photographs(images, store.folder, progress=progress)
    folder = store.folder / FRAMES

    def choose(progress: Progress) -> tuple[str, ...]:
        shutil.rmtree(folder, ignore_errors=True)
        return tuple(path.name for path in extract_keyframes(images, folder, keyframes, progress=progress))

    digest = fingerprint("frames", file_digest(images), keyframes)
    names = store.step(FRAMES, digest, choose, progress).result
    if not all((folder / name).is_file() for name in names):
        store.forget(FRAMES)
        names = store.step(FRAMES, digest, choose, progress).result
    return read_photographs(images, [folder / name for name in names], film=images)
