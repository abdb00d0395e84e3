"""Which pictures of a film are worth reconstructing from: far enough apart, and the sharpest around there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.file_kinds import FILMS
from capture.pictures import Film
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from reconstruction.camera_path import ANALYSED_SIDE, CornerTrack, Grey, sharpness

_ANALYSED_HZ = 15.0
_FINE_STEP = 0.025  # of the diagonal
_PARALLAX_WEIGHT = 2.0
_LEAST_SEEN = 0.4
_FEWEST = 12
_JPEG_QUALITY = 95


@dataclass(frozen=True)
class KeyframeOptions:
    """How pictures of a film are chosen.

    Parameters
    ----------
    step : float
        Motion between neighbours: the median path of what is seen in picture diagonals, and twice its
        parallax.
    most : int
        Where a film is longer, the steps become wider.
    """

    step: float = 0.10
    most: int = 150


@dataclass(frozen=True)
class Keyframe:
    """One picture of a film that may be chosen.

    Parameters
    ----------
    index : int
        Its number in the film, from 0.
    travelled : float
        Motion since the film's start, in picture diagonals.
    sharpness : float
        Comparable with its neighbours'.
    """

    index: int
    travelled: float
    sharpness: float


def is_film(path: Path) -> bool:
    """Tell by the name whether a file is a film."""
    return path.suffix.lower() in FILMS


def extract_keyframes(
    film: Path, folder: Path, options: KeyframeOptions, *, progress: Progress = SILENT
) -> list[Path]:
    """Choose pictures of a film and write them as `frame-NNNNNN.jpg`, NNNNNN being their number in the film.

    Raises
    ------
    BadInput
        When the film cannot be read, or nothing moves in it.
    """
    text = QT_TRANSLATE_NOOP("Message", "Choosing sharp pictures from different places")
    progress.report(0.0, message(text))
    opened = Film(film)
    found = fine_keyframes(_analysed(opened, progress))
    if len(found) < 3:
        reason = QT_TRANSLATE_NOOP("Message", "{path}: the camera does not move in this film.")
        hint = QT_TRANSLATE_NOOP("Message", "Walk around the thing slowly while filming it.")
        raise BadInput(message(reason, path=str(film)), message(hint))
    chosen = {one.index for one in thinned(found, options)}
    return _written(opened, chosen, folder, progress)


def fine_keyframes(pictures: Iterator[tuple[int, Grey]]) -> list[Keyframe]:
    """Give the sharpest picture of every small step of the camera, from numbered small pictures."""
    found: list[Keyframe] = []
    window = _Window()
    for index, grey in pictures:
        step = window.add(index, grey)
        if step is not None:
            found.append(step)
    return found


@dataclass(eq=False)
class _Window:
    """The pictures since the last step."""

    track: CornerTrack | None = None
    travelled: float = 0.0
    best: Keyframe | None = None

    def add(self, index: int, grey: Grey) -> Keyframe | None:
        """Give the best picture of a step when the step is complete."""
        if self.track is None:
            self.track = CornerTrack(grey)
            return Keyframe(index, 0.0, sharpness(grey))
        motion = self.track.follow(grey)
        if motion is None:  # a cut, a wipe or a wall without texture
            self.track = CornerTrack(grey)
            return None
        moved = motion.displacement + _PARALLAX_WEIGHT * motion.parallax
        here = Keyframe(index, self.travelled + moved, sharpness(grey))
        if moved >= _FINE_STEP / 2 and (self.best is None or here.sharpness > self.best.sharpness):
            self.best = here
        if moved < _FINE_STEP and motion.seen > _LEAST_SEEN:
            return None
        done = self.best or here
        self.track, self.travelled, self.best = CornerTrack(grey), self.travelled + moved, None
        return done


def thinned(found: Sequence[Keyframe], options: KeyframeOptions) -> list[Keyframe]:
    """Choose among small steps: about `step` apart, a dozen at least where the film has them."""
    way = found[-1].travelled
    step = max(min(options.step, way / _FEWEST), way / (options.most - 1), 1e-9)
    travelled = np.array([one.travelled for one in found])
    sharp = np.array([one.sharpness for one in found])
    chosen: list[int] = []
    for target in np.arange(round(way / step) + 1) * step:
        near = np.flatnonzero(np.abs(travelled - target) <= 0.35 * step)
        near = near[near > chosen[-1]] if chosen else near
        if len(near):
            chosen.append(int(near[np.argmax(sharp[near])]))
    return [found[at] for at in chosen[: options.most]]


def _analysed(film: Film, progress: Progress) -> Iterator[tuple[int, Grey]]:
    every = max(1, round(film.rate / _ANALYSED_HZ))
    for index, shot in enumerate(film.shots()):
        if index % every == 0:
            progress.report(0.6 * min(index / max(len(film), 1), 1.0))
            yield index, _small(shot.picture)


def _small(picture: NDArray[np.uint8]) -> Grey:
    import cv2

    scale = min(1.0, ANALYSED_SIDE / max(picture.shape))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _written(film: Film, chosen: set[int], folder: Path, progress: Progress) -> list[Path]:
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for index, shot in enumerate(film.shots()):
        if index not in chosen:
            continue
        progress.report(0.6 + 0.4 * len(written) / len(chosen))
        path = folder / f"frame-{index:06d}.jpg"
        Image.fromarray(shot.picture).save(path, quality=_JPEG_QUALITY, subsampling=0)
        written.append(path)
        if len(written) == len(chosen):
            break
    return written
