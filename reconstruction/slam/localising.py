"""Placing files of pictures in a map, with the lens that each has."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from core.visual_map import VisualMap
from reconstruction.photograph import (
    FocalSource,
    Photograph,
    Rejected,
    photograph_files,
    read_grey,
    read_photograph,
)
from reconstruction.slam.found_place import FoundPlace, continued
from reconstruction.slam.localisation import LocalisationOptions, Localiser
from reconstruction.view import resized_camera

_SAME_SHAPE = 0.01


@dataclass(frozen=True, eq=False)
class Localised:
    """What was found.

    Parameters
    ----------
    places : mapping
        By the name of the file; None where it is not known.
    rejected : tuple of Rejected
        What could not be read.
    median_ms : float
        Of the time a picture takes, without reading it.
    """

    places: Mapping[str, FoundPlace | None]
    rejected: tuple[Rejected, ...]
    median_ms: float


def query_files(source: Path) -> list[Path]:
    """Give the pictures of a folder, or the one picture that is given; depth pictures are left out.

    Raises
    ------
    BadInput
        When there is nothing.
    """
    if source.is_file():
        return [source]
    files = [path for path in photograph_files(source) if not path.stem.endswith(".depth")]
    if not files:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no photographs.")
        raise BadInput(message(text, path=str(source)))
    return files


def localise_files(
    world: VisualMap,
    files: Sequence[Path],
    lenses: Mapping[str, PosedCamera] | None = None,
    *,
    follow_each_other: bool = False,
    options: LocalisationOptions | None = None,
    progress: Progress = SILENT,
) -> Localised:
    """Find where pictures were taken in a map.

    Parameters
    ----------
    lenses : mapping, optional
        Cameras by the names of files; a single one is that of all. Without it a picture of the size of the
        map's, or of its shape without a focal length in EXIF, was taken with the map's camera.
    follow_each_other : bool
        Whether each picture was taken soon after the one before.

    Raises
    ------
    BadInput
        When no picture can be read, or one has no lens in `lenses`.
    """
    localiser = Localiser(world, options)
    places: dict[str, FoundPlace | None] = {}
    rejected: list[Rejected] = []
    took: list[float] = []
    for number, path in enumerate(files):
        progress.report(number / len(files))
        try:
            photograph = read_photograph(path)
            camera = lens_of(photograph, world, lenses)
            grey = read_grey(path, max(photograph.size))
        except BadInput as error:
            rejected.append(Rejected(path, error.message))
            continue
        begun = time.perf_counter()
        expected = continued(list(places.values())) if follow_each_other else None
        places[path.name] = localiser.find(grey, camera, expected=expected, progress=progress)
        took.append(time.perf_counter() - begun)
    if not places:
        raise BadInput(rejected[0].reason)
    return Localised(places, tuple(rejected), 1000 * float(np.median(took)))


def lens_of(
    photograph: Photograph, world: VisualMap, lenses: Mapping[str, PosedCamera] | None
) -> PosedCamera:
    """Give the camera that a picture was taken with.

    Raises
    ------
    BadInput
        When lenses are given, but none for this picture.
    """
    if lenses is not None:
        camera = lenses.get(photograph.name)
        if camera is None and len(lenses) == 1:
            camera = next(iter(lenses.values()))
        if camera is None or not _same_shape(camera.size, photograph.size):
            text = QT_TRANSLATE_NOOP("Message", "{name}: the camera set has no camera of its name and shape.")
            raise BadInput(message(text, name=photograph.name))
        return resized_camera(camera, photograph.size)
    for one in world.keyframes:
        exact = one.camera.size == photograph.size
        silent = photograph.focal_source is FocalSource.ASSUMED
        if exact or (silent and _same_shape(one.camera.size, photograph.size)):
            return resized_camera(one.camera, photograph.size)
    width, height = photograph.size
    focal = photograph.focal_px
    matrix = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1.0]])
    return PosedCamera(photograph.size, matrix)


def _same_shape(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return abs(first[0] * second[1] / (first[1] * second[0]) - 1) < _SAME_SHAPE
