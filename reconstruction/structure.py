"""Structure from motion: from photographs to cameras and sparse points."""

import errno
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.posed_camera import PosedCamera
from core.progress import SILENT, PartProgress, Progress
from core.worker_process import WorkerDied, WorkerLimits, WorkerPool
from reconstruction.colmap_cameras import colmap_lens
from reconstruction.colmap_work import Mapper, MappingTask, Matching, WorkPhotograph, map_photographs, match
from reconstruction.features import FeatureOptions, Features, find_features
from reconstruction.growing_model import GROWTH, GrowthWatch, OnGrowth
from reconstruction.pairs import choose_pairs
from reconstruction.photo_checks import Judgement, judge_photographs
from reconstruction.photograph import FocalSource, Photograph, Rejected
from reconstruction.sparse_model import SparseModel

_THREADS = 2
_LONGEST_S = 24 * 3600.0
# A model that explains less of the verified matches, or lacks photographs, is doubted.
_CONVINCING = 0.85
_LEAST_FREE_BYTES = 16 * 2**20


@dataclass(frozen=True)
class StructureOptions:
    """How cameras are looked for.

    Parameters
    ----------
    features : FeatureOptions
        Of the features.
    seed : int
        Of what is random.
    intrinsics : mapping
        Lenses that are kept, by the names of photographs.
    cameras : mapping
        Lenses and poses that are kept; their world is then the model's.
    memory_bytes : int
        What COLMAP's process may take.
    """

    features: FeatureOptions = field(default_factory=FeatureOptions)
    seed: int = 0
    intrinsics: Mapping[str, PosedCamera] | None = None
    cameras: Mapping[str, PosedCamera] | None = None
    memory_bytes: int = 16 * 2**30

    def given(self, name: str) -> PosedCamera | None:
        """Give what is known of the camera of a photograph."""
        if self.cameras and name in self.cameras:
            return self.cameras[name]
        lens = (self.intrinsics or {}).get(name)
        return None if lens is None else replace(lens, rotation_world_from_camera=None, centre_m=None)


@dataclass(frozen=True)
class Unregistered:
    """A photograph without a pose: why, and what to do about it."""

    photograph: Photograph
    reason: Message
    hint: Message


@dataclass(frozen=True, eq=False)
class Structure:
    """What structure from motion found.

    Parameters
    ----------
    model : SparseModel
        Cameras and points, in a world of no known scale unless cameras were given.
    mapper : Mapper
        The way that gave the better model.
    unregistered : tuple of Unregistered
        Photographs without a pose.
    rejected : tuple of Rejected
        Damaged photographs.
    judgements : tuple of Judgement
        What is odd about photographs.
    """

    model: SparseModel
    mapper: Mapper
    unregistered: tuple[Unregistered, ...]
    rejected: tuple[Rejected, ...]
    judgements: tuple[Judgement, ...]


def find_structure(
    photographs: Sequence[Photograph],
    options: StructureOptions,
    *,
    on_growth: OnGrowth | None = None,
    progress: Progress = SILENT,
) -> Structure:
    """Find where the photographs were taken, and points of the scene.

    SIFT features, matches verified by epipolar geometry, incremental mapping (Schoenberger and Frahm, CVPR
    2016) and, where that is in doubt, global mapping (Pan et al., GLOMAP, ECCV 2024), by pycolmap; of two
    models the one that explains more of the verified matches is kept, and refined with free principal points.

    Parameters
    ----------
    photographs : sequence of Photograph
        Files.
    options : StructureOptions
        Effort, and what is known.
    on_growth : callable, optional
        Called with the model as it grows photograph by photograph; see `GrowthWatch`.
    progress : Progress
        Reports and cancels.

    Raises
    ------
    BadInput
        When there are fewer than two usable photographs, or they do not show the same thing.
    """
    _check_given(photographs, options)
    with _temporary_folder() as folder:
        images = photographs[0].path.parent if photographs else folder
        features, rejected = _features(photographs, options, PartProgress(progress, 0.0, 0.35))
        usable = [one for one in photographs if one.path in features]
        found = [features[one.path] for one in usable]
        if len(usable) < 2:
            raise _too_few(rejected)
        work = tuple(_work(one, features[one.path], options, folder, at) for at, one in enumerate(usable))
        pool = WorkerPool(1, WorkerLimits(_LONGEST_S, options.memory_bytes))
        try:
            matching = _matched(pool, folder, usable, work, found, options, PartProgress(progress, 0.35, 0.7))
            task = MappingTask(folder, images, work, Mapper.INCREMENTAL, options.seed)
            part: Progress = PartProgress(progress, 0.7, 1.0)
            if on_growth is not None:
                part = GrowthWatch(part, folder / GROWTH, usable, on_growth)
            model, mapper = _best(pool, task, options, part)
        finally:
            pool.close()
    if model is None:
        raise _nothing_found(matching)
    return Structure(
        model,
        mapper,
        _unregistered(usable, model, matching, found),
        tuple(rejected),
        judge_photographs(usable, found),
    )


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Give a folder for what COLMAP reads and writes; say so when there is no room for it."""
    with tempfile.TemporaryDirectory(prefix="sense-structure-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        try:
            yield folder
        except (WorkerDied, RuntimeError, OSError) as error:
            # A full disk ends COLMAP in many ways, of which none says so.
            if shutil.disk_usage(folder).free > _LEAST_FREE_BYTES and not _is_full(error):
                raise
            text = QT_TRANSLATE_NOOP("Message", "There is no room for temporary files in {path}.")
            raise SenseError(message(text, path=str(folder.parent))) from error


def _is_full(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _check_given(photographs: Sequence[Photograph], options: StructureOptions) -> None:
    for one in photographs:
        camera = options.given(one.name)
        if camera is None:
            continue
        if camera.size != one.size:
            text = QT_TRANSLATE_NOOP(
                "Message", "{name} has {width} x {height} pixels, but its given camera {given_w} x {given_h}."
            )
            width, height = one.size
            raise BadInput(
                message(
                    text,
                    name=one.name,
                    width=width,
                    height=height,
                    given_w=camera.size[0],
                    given_h=camera.size[1],
                )
            )
        try:
            colmap_lens(camera)
        except ValueError as error:
            text = QT_TRANSLATE_NOOP("Message", "The given camera of {name} cannot be used: {reason}.")
            raise BadInput(message(text, name=one.name, reason=str(error))) from error


def _features(
    photographs: Sequence[Photograph], options: StructureOptions, progress: Progress
) -> tuple[dict[Path, Features], list[Rejected]]:
    found: dict[Path, Features] = {}
    rejected: list[Rejected] = []
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="features") as pool:
        futures = [pool.submit(find_features, one, options.features) for one in photographs]
        try:
            for done, (one, future) in enumerate(zip(photographs, futures, strict=True)):
                text = QT_TRANSLATE_NOOP("Message", "Finding features: {done} of {count}")
                progress.report(done / len(futures), message(text, done=done, count=len(futures)))
                try:
                    found[one.path] = future.result()
                except SenseError as error:
                    rejected.append(Rejected(one.path, error.message))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found, rejected


def _work(
    one: Photograph, features: Features, options: StructureOptions, folder: Path, number: int
) -> WorkPhotograph:
    path = folder / f"{number:06d}.npz"
    np.savez(path, keypoints=features.keypoints, descriptors=features.descriptors)
    known = one.focal_source is not FocalSource.ASSUMED
    return WorkPhotograph(one.name, one.size, one.camera, one.focal_px, known, options.given(one.name), path)


def _matched(
    pool: WorkerPool,
    folder: Path,
    photographs: Sequence[Photograph],
    work: tuple[WorkPhotograph, ...],
    features: Sequence[Features],
    options: StructureOptions,
    progress: Progress,
) -> Matching:
    pairs = choose_pairs(photographs, features, options.seed)
    text = QT_TRANSLATE_NOOP("Message", "Comparing {count} pairs of photographs")
    progress.report(0.0, message(text, count=len(pairs)))
    return _called(pool, match, (folder, work, pairs, options.seed), progress)


def _best(
    pool: WorkerPool, task: MappingTask, options: StructureOptions, progress: Progress
) -> tuple[SparseModel | None, Mapper]:
    """Try the ways one after the other until one convinces; give the best."""
    progress.report(0.0, message(QT_TRANSLATE_NOOP("Message", "Finding the cameras")))
    if options.cameras:
        return _called(pool, map_photographs, (replace(task, mapper=Mapper.GIVEN),), progress), Mapper.GIVEN
    best: SparseModel | None = None
    apart: tuple[tuple[str, ...], ...] = ()
    chosen = Mapper.INCREMENTAL
    for done, mapper in enumerate((Mapper.INCREMENTAL, Mapper.GLOBAL)):
        progress.report(done / 2)
        try:
            model = _called(pool, map_photographs, (replace(task, mapper=mapper),), progress)
        except WorkerDied:
            continue  # COLMAP gave up on these matches; the other way may not
        if model is not None:
            apart = max(apart, model.apart, key=lambda sets: sum(map(len, sets)))
        if model is not None and (best is None or model.explained > best.explained):
            best, chosen = model, mapper
        if best is not None and len(best.cameras) == len(task.photographs) and best.explained > _CONVINCING:
            break
    return (None if best is None else replace(best, apart=_without(apart, best.cameras))), chosen


def _without(sets: tuple[tuple[str, ...], ...], known: Collection[str]) -> tuple[tuple[str, ...], ...]:
    left = (tuple(name for name in one if name not in known) for one in sets)
    return tuple(one for one in left if one)


def _called(pool: WorkerPool, function: Any, arguments: tuple[Any, ...], progress: Progress) -> Any:
    (future,) = pool.map(function, [arguments], progress=progress)
    return future.result()


# What is told of what did not work.


def _too_few(rejected: Sequence[Rejected]) -> BadInput:
    if rejected:
        return BadInput(rejected[0].reason)
    text = QT_TRANSLATE_NOOP("Message", "At least two photographs of the same thing are needed.")
    return BadInput(message(text))


def _nothing_found(matching: Matching) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "No two photographs could be placed relative to one another.")
    if matching.pairs:
        hint = QT_TRANSLATE_NOOP(
            "Message", "Move sideways between photographs instead of turning on the spot."
        )
    else:
        hint = QT_TRANSLATE_NOOP(
            "Message", "Take sharp photographs that overlap by two thirds, of something with texture."
        )
    return BadInput(message(text), message(hint))


def _unregistered(
    photographs: Sequence[Photograph], model: SparseModel, matching: Matching, features: Sequence[Features]
) -> tuple[Unregistered, ...]:
    matched = dict.fromkeys(range(len(photographs)), 0)
    for first, second, count in matching.pairs:
        matched[first] = max(matched[first], count)
        matched[second] = max(matched[second], count)
    missing: list[Unregistered] = []
    scenes = {name: len(scene) for scene in model.apart for name in scene}
    for index, one in enumerate(photographs):
        if one.name in scenes:
            missing.append(Unregistered(one, *_of_another_scene(scenes[one.name])))
        elif one.name not in model.cameras:
            missing.append(Unregistered(one, *_why(len(features[index].keypoints), matched[index])))
    return tuple(missing)


def _of_another_scene(count: int) -> tuple[Message, Message]:
    reason = QT_TRANSLATE_NOOP("Message", "it is one of {count} that fit one another, but not the others")
    hint = QT_TRANSLATE_NOOP(
        "Message", "Reconstruct them apart if they show something else; else add photographs in between."
    )
    return message(reason, count=count), message(hint)


def _why(features: int, matches: int) -> tuple[Message, Message]:
    if features < 100:
        reason = message(QT_TRANSLATE_NOOP("Message", "only {count} features were found"), count=features)
        hint = QT_TRANSLATE_NOOP("Message", "Take it sharp, well lit and of something with texture.")
    elif matches == 0:
        reason = message(QT_TRANSLATE_NOOP("Message", "it resembles no other photograph"))
        hint = QT_TRANSLATE_NOOP("Message", "Add photographs between it and the others.")
    else:
        text = QT_TRANSLATE_NOOP("Message", "its {count} matches do not fit the other photographs")
        reason = message(text, count=matches)
        hint = QT_TRANSLATE_NOOP("Message", "Add photographs from nearby places that overlap more.")
    return reason, message(hint)
