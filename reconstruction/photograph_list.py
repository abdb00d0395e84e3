"""The photographs to reconstruct from: read, looked at, and what is wrong with them told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from reconstruction.features import picture_quality
from reconstruction.photo_checks import judge_photographs
from reconstruction.photograph import (
    PHOTOGRAPH_SUFFIXES,
    UNREADABLE_SUFFIXES,
    Photograph,
    photograph_files,
    read_colours,
    read_photograph,
)

THUMBNAIL_SIDE = 160
_CHECKED_SIDE = 1024
_ORIENTATION = 274
# EXIF's orientations as quarter turns to the left, after a mirroring from left to right.
_TURNS = {1: (0, False), 2: (0, True), 3: (2, False), 4: (2, True)} | {
    5: (1, True),
    6: (3, False),
    7: (3, True),
    8: (1, False),
}


@dataclass(frozen=True, eq=False)
class QuickLook:
    """What a reduced picture tells; see `reconstruction.features.Features`."""

    sharpness: float
    brightness: float
    thumbnail: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ListedPhotograph:
    """One file of the list.

    Parameters
    ----------
    path : Path
        The file.
    photograph : Photograph, optional
        None where it cannot be used.
    problem : Message, optional
        Why it cannot be used.
    picture : (h, w, 3) uint8, optional
        A small picture of it in sRGB, turned as its EXIF asks for.
    look : QuickLook, optional
        Of the picture.
    """

    path: Path
    photograph: Photograph | None = None
    problem: Message | None = None
    picture: NDArray[np.uint8] | None = None
    look: QuickLook | None = None


def list_photographs(
    paths: Sequence[Path],
    taken: Sequence[str] = (),
    *,
    progress: Progress = SILENT,
    on_listed: Callable[[ListedPhotograph], None] = lambda _: None,
) -> tuple[ListedPhotograph, ...]:
    """Read the photographs that are given as files and folders.

    Parameters
    ----------
    paths : sequence of Path
        Files, and folders of which all pictures are taken.
    taken : sequence of str
        Names of files that are in the list already.
    progress : Progress
        Told of every file.
    on_listed : callable
        Called with every photograph as soon as it was read, from the working thread.

    Raises
    ------
    BadInput
        When a folder holds no photographs.
    """
    files = list(_files(paths))
    names = set(taken)
    listed: list[ListedPhotograph] = []
    for done, path in enumerate(files):
        text = QT_TRANSLATE_NOOP("Message", "Looking at photographs: {done} of {count}")
        progress.report(done / len(files), message(text, done=done, count=len(files)))
        one = _same_name(path) if path.name in names else _listed(path)
        names.add(path.name)
        listed.append(one)
        on_listed(one)
    return tuple(listed)


def remarks_on(listed: Sequence[ListedPhotograph]) -> dict[str, Message]:
    """Tell by name what is odd about the photographs of a list before anything is computed."""
    usable = [(one.photograph, one.look) for one in listed if one.photograph and one.look]
    found = judge_photographs([one for one, _ in usable], [look for _, look in usable])
    return {judgement.name: judgement.remark for judgement in reversed(found)}


def upright(colours: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Turn a picture, (h, w, 3), as the number of its orientation in EXIF asks for."""
    turns, mirrored = _TURNS.get(orientation, (0, False))
    seen = colours[:, ::-1] if mirrored else colours
    return np.ascontiguousarray(np.rot90(seen, turns))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from photograph_files(path) if path.is_dir() else (path,)


def _same_name(path: Path) -> ListedPhotograph:
    text = QT_TRANSLATE_NOOP("Message", "another photograph of the list has the same name")
    return ListedPhotograph(path, problem=message(text))


def _listed(path: Path) -> ListedPhotograph:
    import cv2

    if path.suffix.lower() not in PHOTOGRAPH_SUFFIXES | UNREADABLE_SUFFIXES:
        text = QT_TRANSLATE_NOOP("Message", "not a photograph")
        return ListedPhotograph(path, problem=message(text))
    try:
        photograph = read_photograph(path)
        colours = read_colours(path, _CHECKED_SIDE)
    except BadInput as error:
        return ListedPhotograph(path, problem=error.message)
    grey = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)
    scale = min(1.0, THUMBNAIL_SIDE / max(grey.shape))
    small = cv2.resize(colours, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = upright(np.asarray(small, np.uint8), orientation_of(path))
    return ListedPhotograph(path, photograph, None, picture, QuickLook(*picture_quality(grey)))


def orientation_of(path: Path) -> int:
    """Give the number of the orientation in the EXIF of a picture, 1 where there is none."""
    from PIL import Image

    with Image.open(path) as opened:
        return int(opened.getexif().get(_ORIENTATION, 1))
