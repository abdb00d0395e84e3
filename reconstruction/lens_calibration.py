"""The lens of a camera, from pictures of the program's board of markers (Zhang, PAMI 22, 2000)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import BROWN_COEFFICIENTS, FISHEYE_COEFFICIENTS, PosedCamera
from core.progress import SILENT, Progress
from reconstruction.marker_board import board_corners_m
from reconstruction.markers import BOARD_FAMILY, markers_of

Floats = NDArray[np.float64]
Size = tuple[int, int]

_FEWEST_MARKERS = 6
_FEWEST_VIEWS = 6
_MOST_VIEWS = 50
_WORST = 2.5  # times the usual error: blurred, or a board that was bent
_MOST_SIGMA = 0.01
_CELLS = 6
_UNTIL = (3, 30, 1e-8)  # rounds, or a change of as little


@dataclass(frozen=True, eq=False)
class BoardView:
    """The board in one picture.

    Parameters
    ----------
    places : (n, 3) float32
        Corners of markers on the board, metres.
    pixels : (n, 2) float32
        Where they are seen.
    """

    places: NDArray[np.float32]
    pixels: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LensCalibration:
    """What pictures of the board tell of a camera.

    Parameters
    ----------
    camera : PosedCamera
        Without a pose.
    error_px : float
        Root mean square of the distances between corners and where they should be seen.
    focal_sigma : float
        Standard deviation of the focal length as a share of it: how much it changes without each of the
        views (jackknife).
    views : int
        How many pictures were used.
    coverage : float
        Share of the picture, in 6 x 6 fields, in which corners were seen.
    """

    camera: PosedCamera
    error_px: float
    focal_sigma: float
    views: int
    coverage: float


def board_view(grey: NDArray[np.uint8]) -> BoardView | None:
    """Find the board in a picture (h, w); None where fewer than six of its markers are seen."""
    true = board_corners_m()
    found = {one.number: at for one, at in markers_of(grey, [BOARD_FAMILY]).items() if one.on_board}
    if len(found) < _FEWEST_MARKERS:
        return None
    places = np.concatenate([true[number] for number in found])
    pixels = np.concatenate(list(found.values()))
    return BoardView(places.astype(np.float32), pixels.astype(np.float32))


def views_of_board(
    pictures: Iterable[NDArray[np.uint8]], *, progress: Progress = SILENT
) -> tuple[list[BoardView], Size]:
    """Find the board in grey or colour pictures, which are all as large.

    Raises
    ------
    BadInput
        When there are none, or of different sizes.
    Cancelled
        When the progress was cancelled.
    """
    import cv2

    views: list[BoardView] = []
    size: Size | None = None
    for picture in pictures:
        progress.check()
        here = int(picture.shape[1]), int(picture.shape[0])
        if size is not None and here != size:
            text = QT_TRANSLATE_NOOP("Message", "The pictures of the board have different sizes.")
            raise BadInput(message(text))
        size = here
        grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        view = board_view(np.asarray(grey, np.uint8))
        if view is not None:
            views.append(view)
    if size is None:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "There are no pictures of the board.")))
    return views, size


def calibrate_lens(
    views: Sequence[BoardView], size: Size, *, fisheye: bool = False, progress: Progress = SILENT
) -> LensCalibration:
    """Find focal length, middle and distortion.

    Views that fit much worse than most, blurred ones, are left out.

    Parameters
    ----------
    views : sequence of BoardView
        At least six, the board held at different angles.
    size : tuple of int
        Width and height of the pictures.
    fisheye : bool
        Whether the lens is one: Kannala and Brandt's model instead of Brown's.

    Raises
    ------
    BadInput
        When there are too few views, or they do not fix the focal length to a hundredth.
    Cancelled
        When the progress was cancelled.
    """
    some = list(views)[:: -(-len(views) // _MOST_VIEWS) or 1]
    if len(some) < _FEWEST_VIEWS:
        text = QT_TRANSLATE_NOOP(
            "Message", "The board is seen in {count} pictures; at least {least} are needed."
        )
        hint = QT_TRANSLATE_NOOP(
            "Message", "Print it with sense board; show it near, far and in the corners."
        )
        raise BadInput(message(text, count=len(some), least=_FEWEST_VIEWS), message(hint))
    fit = _fit(some, size, fisheye)
    kept = [view for view, error in zip(some, fit.errors, strict=True) if error <= _WORST * fit.usual]
    if _FEWEST_VIEWS <= len(kept) < len(some):
        fit = _fit(kept, size, fisheye)
    else:
        kept = some
    sigma = _focal_sigma(kept, size, fit, progress)
    if not sigma < _MOST_SIGMA:
        raise _untold()
    names = FISHEYE_COEFFICIENTS if fisheye else BROWN_COEFFICIENTS
    distortion = {name: float(value) for name, value in zip(names, fit.distortion, strict=False) if value}
    camera = PosedCamera(size, fit.matrix, distortion, fisheye)
    return LensCalibration(camera, fit.error_px, sigma, len(kept), _coverage(kept, size))


def _untold() -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "These pictures of the board do not tell the focal length.")
    hint = QT_TRANSLATE_NOOP("Message", "Tilt the board by 30 to 50 degrees, to all sides.")
    return BadInput(message(text), message(hint))


@dataclass(frozen=True, eq=False)
class _Fit:
    matrix: Floats
    distortion: Floats
    error_px: float
    errors: Floats  # of each view

    @property
    def usual(self) -> float:
        return float(np.median(self.errors))


def _fit(views: Sequence[BoardView], size: Size, fisheye: bool, start: _Fit | None = None) -> _Fit:
    import cv2

    middle, focal = ((size[0] - 1) / 2, (size[1] - 1) / 2), 0.8 * max(size)
    matrix = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]])
    lens = np.zeros(4 if fisheye else 5)
    if start is not None:
        matrix, lens = start.matrix.copy(), start.distortion.copy()
    places: Any = [view.places.reshape(1, -1, 3) for view in views]
    pixels: Any = [view.pixels.reshape(1, -1, 2) for view in views]
    if fisheye:
        flags = cv2.CALIB_RECOMPUTE_EXTRINSIC | cv2.CALIB_FIX_SKEW | cv2.CALIB_USE_INTRINSIC_GUESS
        call = (places, pixels, size, matrix, lens.reshape(4, 1))
        try:
            _, *made = cv2.fisheye.calibrate(*call, flags=flags, criteria=_UNTIL)
        except cv2.error as error:  # views that fix nothing
            raise _untold() from error
    else:
        flags = cv2.CALIB_USE_INTRINSIC_GUESS | cv2.CALIB_FIX_K3
        _, *made = cv2.calibrateCamera(places, pixels, size, matrix, lens, flags=flags)
    found, distortion, turns, shifts = made
    project: Any = cv2.fisheye.projectPoints if fisheye else cv2.projectPoints
    squares: list[Floats] = []
    for view, turn, shift in zip(views, turns, shifts, strict=True):
        seen = project(view.places.reshape(1, -1, 3), turn, shift, found, distortion)[0].reshape(-1, 2)
        squares.append(((seen - view.pixels) ** 2).sum(axis=1).astype(np.float64))
    errors = np.array([np.sqrt(one.mean()) for one in squares])
    whole = float(np.sqrt(np.concatenate(squares).mean()))
    return _Fit(np.asarray(found, np.float64), np.asarray(distortion, np.float64).ravel(), whole, errors)


def _focal_sigma(views: Sequence[BoardView], size: Size, fit: _Fit, progress: Progress) -> float:
    """Give how uncertain the focal length is, by leaving out a tenth of the views at a time (jackknife)."""
    groups, fisheye = min(10, len(views)), len(fit.distortion) == len(FISHEYE_COEFFICIENTS)
    found: list[float] = []
    for group in range(groups):
        progress.check()
        progress.report(group / groups)
        rest = [view for at, view in enumerate(views) if at % groups != group]
        found.append(float(_fit(rest, size, fisheye, fit).matrix[0, 0]))
    focal = np.array(found)
    return float(np.sqrt((groups - 1) / groups * ((focal - focal.mean()) ** 2).sum()) / focal.mean())


def _coverage(views: Sequence[BoardView], size: Size) -> float:
    pixels = np.concatenate([view.pixels for view in views])
    fields = np.clip((pixels / size * _CELLS).astype(int), 0, _CELLS - 1)
    return len(np.unique(fields, axis=0)) / _CELLS**2
