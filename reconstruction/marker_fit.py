"""Gives a model the scale, and the board's plane as the ground, that printed markers tell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconstruction.alignment import similarity, turning
from reconstruction.marker_board import board_corners_m
from reconstruction.markers import Marker, MarkerSightings
from reconstruction.pixel_rays import pixel_rays, triangulated
from reconstruction.sparse_model import SparseModel

Floats = NDArray[np.float64]
_Similarity = tuple[float, Floats, Floats]
_MOST_PX = 4.0
_MOST_OFF = 0.02  # of the size of the board, or of a marker's side
_TRIMMED, _ROUNDS = 3.0, 5
_FEWEST = 5  # markers of which the middles alone are fitted
_LYING = np.cos(np.radians(30.0))
# The board's axes (x right, y up the page, z out of it) in a world with y up: lying, and hanging on a wall.
_FROM_LYING = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


@dataclass(frozen=True)
class MarkerResidual:
    """How far a marker's corners are from where they should be.

    Parameters
    ----------
    name : str
        Family and number.
    photographs : int
        That show it.
    pixels : float
        Root mean square distance from where these show the corners.
    millimetres : float
        Distance of its middle (of few markers: of its corners) from its place on the board; of a marker
        that is not on the board, largest difference of a side from what it should be.
    """

    name: str
    photographs: int
    pixels: float
    millimetres: float


@dataclass(frozen=True, eq=False)
class MarkerFit:
    """A similarity, world = scale * rotation @ model + shift, and how well markers agree with it.

    Parameters
    ----------
    scale : float
    rotation : (3, 3) float64
    shift : (3,) float64
    on_board : bool
        Whether the program's board was found; else single markers gave the scale.
    is_ground : bool
        Whether the world stands on the board: it lies level, and its middle is (0, 0, 0).
    scale_sigma : float
        Standard deviation of the scale, relative to it, from how well the markers agree.
    residuals : tuple of MarkerResidual
        Of the markers that were used.
    """

    scale: float
    rotation: Floats
    shift: Floats
    on_board: bool
    is_ground: bool
    scale_sigma: float
    residuals: tuple[MarkerResidual, ...]


@dataclass(frozen=True, eq=False)
class _Placed:
    """A marker in the model: corners (4, 3), and what photographs say of them."""

    marker: Marker
    corners: Floats
    photographs: int
    pixels: float

    @property
    def sides(self) -> Floats:
        return np.linalg.norm(self.corners - np.roll(self.corners, -1, axis=0), axis=1)

    def residual(self, millimetres: float) -> MarkerResidual:
        name = f"{self.marker.family} {self.marker.number}"
        return MarkerResidual(name, self.photographs, self.pixels, millimetres)


def fit_markers(model: SparseModel, sightings: MarkerSightings) -> MarkerFit | None:
    """Fit markers to a model that stands upright already: its y axis is about up.

    Returns
    -------
    MarkerFit, optional
        None where no two photographs show the same marker, or markers contradict one another.
    """
    placed = _placed(model, sightings)
    board = [one for one in placed if one.marker.on_board]
    if board and (fit := _fit_board(board)) is not None:
        return fit
    others = [one for one in placed if not one.marker.on_board]
    return _fit_sides(others, sightings.side_m) if others and sightings.side_m else None


def _placed(model: SparseModel, sightings: MarkerSightings) -> list[_Placed]:
    seen: dict[Marker, list[tuple[str, Floats]]] = {}
    for name, markers in sorted(sightings.photographs.items()):
        for marker, corners in markers.items():
            if name in model.cameras:
                rays = pixel_rays(model.cameras[name], corners)
                seen.setdefault(marker, []).append((name, rays))
    found: list[_Placed] = []
    for marker, views in seen.items():
        if len(views) < 2:
            continue
        cameras = [model.cameras[name] for name, _ in views]
        each = [triangulated(cameras, np.array([rays[at] for _, rays in views])) for at in range(4)]
        places = [one for one in each if one is not None]
        if len(places) == 4 and max(float(np.median(off)) for _, off in places) < _MOST_PX:
            off = np.concatenate([off for _, off in places])
            corners = np.array([corner for corner, _ in places])
            found.append(_Placed(marker, corners, len(views), float(np.sqrt((off**2).mean()))))
    return found


def _fit_board(board: list[_Placed]) -> MarkerFit | None:
    true = board_corners_m()
    source = np.concatenate([one.corners for one in board])
    target = np.concatenate([true[one.marker.number] for one in board])
    if _span(target.reshape(-1, 4, 3).mean(axis=1)):
        # Blur and exposure move the corners of a marker in or out together: its middle stays.
        source, target = (corners.reshape(-1, 4, 3).mean(axis=1) for corners in (source, target))
    (scale, rotation, shift), off, kept = _trimmed(source, target)
    spread = np.linalg.norm(target - target.mean(axis=0), axis=1)
    if np.median(off) > _MOST_OFF * spread.mean():
        return None
    sigma = float(np.sqrt((off[kept] ** 2).sum() / max(3 * kept.sum() - 7, 1) / (spread[kept] ** 2).sum()))
    residuals = tuple(
        one.residual(1000 * float(most))
        for one, most in zip(board, off.reshape(len(board), -1).max(axis=1), strict=True)
    )
    turned, lies = _level(rotation)
    if lies:
        return MarkerFit(scale, turned @ rotation, turned @ shift, True, True, sigma, residuals)
    return MarkerFit(scale, turned @ rotation, np.zeros(3), True, False, sigma, residuals)


def _span(places: Floats) -> bool:
    """Tell whether places are not all on one line."""
    if len(places) < _FEWEST:
        return False
    strengths = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    return bool(strengths[1] > 0.3 * strengths[0])


def _trimmed(
    source: Floats, target: Floats
) -> tuple[tuple[float, Floats, Floats], Floats, NDArray[np.bool_]]:
    """Give the similarity to what agrees with it, how far all is off, and what was used."""
    kept = np.ones(len(source), np.bool_)
    found = similarity(source, target)
    off = _distances(found, source, target)
    for _ in range(_ROUNDS):
        near = off <= _TRIMMED * float(np.median(off)) + 1e-9
        if (near == kept).all():
            break
        kept = near
        found = similarity(source[kept], target[kept])
        off = _distances(found, source, target)
    return found, off, kept


def _distances(found: _Similarity, source: Floats, target: Floats) -> Floats:
    scale, rotation, shift = found
    return np.linalg.norm(scale * source @ rotation.T + shift - target, axis=1)


def _level(board_from_model: Floats) -> tuple[Floats, bool]:
    """Give a rotation from the board's axes to those of the world, and whether the board is the ground.

    A board that lies about level is taken to lie level. One that hangs upright hangs straight: up the page is
    up. Of one that leans nothing is taken but the scale.
    """
    up_page, out = board_from_model[1], board_from_model[2]
    if out[1] > _LYING:
        return _FROM_LYING, True
    if up_page[1] > _LYING and abs(out[1]) < 0.5:
        return turning(up_page, np.array([0.0, 1.0, 0.0])) @ board_from_model.T, False
    return board_from_model.T, False


def _fit_sides(markers: list[_Placed], side_m: float) -> MarkerFit | None:
    """Take the scale from the sides of single markers; the model stays upright as it is."""
    square = [one for one in markers if np.ptp(one.sides) < 0.1 * one.sides.mean()]
    if not square:
        return None
    usual = float(np.median([one.sides.mean() for one in square]))
    alike = [one for one in square if abs(one.sides.mean() / usual - 1) < 5 * _MOST_OFF]
    sides = np.concatenate([one.sides for one in alike])
    scale = side_m / float(sides.mean())
    sigma = float(sides.std(ddof=1) / sides.mean() / np.sqrt(len(sides)))
    residuals = tuple(one.residual(1000 * float(np.abs(scale * one.sides - side_m).max())) for one in alike)
    return MarkerFit(scale, np.eye(3), np.zeros(3), False, False, sigma, residuals)
