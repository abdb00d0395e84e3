"""Distances that were measured on the object, and the scale that they give.

The file is JSON: `{"distances": [{"metres": 2.013, "sigma_m": 0.002, "name": "door",
"from": END, "to": END}]}`.
An END names the pixels at which photographs show it, `{"a.jpg": [x, y], "b.jpg": [x, y]}`, the middle of the
first pixel at (0, 0); where a reconstruction is there already, it may be its place in that, `[x, y, z]`, too.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from reconstruction.pixel_rays import pixel_rays, triangulated
from reconstruction.point_precision import point_covariance, views_of

Floats = NDArray[np.float64]
Place = tuple[float, float, float]
Pixels = Mapping[str, tuple[float, float]]

PICKED_PX = 1.0  # how well a point is picked in a photograph
_MOST_PX = 8.0  # rays of picks that miss one another by more are of different points
_SIGMA_SHARE = 0.001  # of a length whose own error is not told: a tape
_MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class MeasuredDistance:
    """The distance of two points of the object.

    Parameters
    ----------
    name : str
        For reports.
    metres : float
        As it was measured.
    sigma_m : float
        Its standard deviation.
    ends : tuple of mapping or of place
        Pixels by the names of photographs, or a place in the world of a reconstruction.
    """

    name: str
    metres: float
    sigma_m: float
    ends: tuple[Pixels | Place, Pixels | Place]


@dataclass(frozen=True)
class DistanceResidual:
    """How well a distance agrees with the scale.

    Parameters
    ----------
    name : str
        Of the distance.
    metres : float
        In the scaled world.
    off_m : float
        Less what was measured.
    sigma_m : float
        Standard deviation of that, as the picks and the measurement let expect.
    """

    name: str
    metres: float
    off_m: float
    sigma_m: float


@dataclass(frozen=True)
class DistanceFit:
    """The scale that distances give.

    Parameters
    ----------
    scale : float
        Metres for a unit of the world before.
    scale_sigma : float
        Its standard deviation as a share of it.
    residuals : tuple of DistanceResidual
        Of each distance that was used.
    """

    scale: float
    scale_sigma: float
    residuals: tuple[DistanceResidual, ...]


def read_distances(path: Path, *, places: bool) -> tuple[MeasuredDistance, ...]:
    """Read measured distances; `places` allows ends that are places instead of pixels.

    Raises
    ------
    BadInput
        When the file cannot be read, or holds none.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("size")
        entries = json.loads(path.read_text("utf-8-sig"))["distances"]
        found = tuple(_entry(number, entry, places) for number, entry in enumerate(entries, start=1))
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _none(path) from error
    if not found:
        raise _none(path)
    return found


def _none(path: Path) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} holds no measured distances.")
    hint = QT_TRANSLATE_NOOP(
        "Message", 'Each needs "metres", and the pixels of both ends in two photographs: "from", "to".'
    )
    return BadInput(message(text, path=str(path)), message(hint))


def _entry(number: int, entry: Mapping[str, Any], places: bool) -> MeasuredDistance:
    metres = float(entry["metres"])
    sigma = float(entry.get("sigma_m", _SIGMA_SHARE * metres))
    if not (0 < metres < 1e6 and 0 <= sigma < metres):
        raise ValueError("metres")
    ends = _end(entry["from"], places), _end(entry["to"], places)
    return MeasuredDistance(str(entry.get("name", number))[:60], metres, sigma, ends)


def _end(end: Any, places: bool) -> Pixels | Place:
    if isinstance(end, list) and places:
        x, y, z = (float(number) for number in cast("list[Any]", end))
        if not np.isfinite([x, y, z]).all():
            raise ValueError("end")
        return x, y, z
    if not isinstance(end, dict):
        raise ValueError("end")
    pixels = {str(name): (float(at[0]), float(at[1])) for name, at in cast("dict[str, Any]", end).items()}
    if not np.isfinite(list(pixels.values())).all():
        raise ValueError("end")
    return pixels


def fit_distances(
    cameras: Mapping[str, PosedCamera], distances: Sequence[MeasuredDistance]
) -> DistanceFit | None:
    """Fit the scale of a world to distances, each weighted by how well it is known.

    Where they contradict one another by more than their errors explain, the sigma grows by as much (Birge's
    ratio).

    Returns
    -------
    DistanceFit, optional
        None where no distance has both ends in two of the photographs.
    """
    known = [(one, length, sigma) for one in distances for length, sigma in _length(cameras, one)]
    if not known:
        return None
    logs = np.array([np.log(one.metres / length) for one, length, _ in known])
    shares = np.array([np.hypot(sigma / length, one.sigma_m / one.metres) for one, length, sigma in known])
    shares = np.maximum(shares, 1e-9)
    weights = 1 / shares**2
    middle = float((weights * logs).sum() / weights.sum())
    chi = float((((logs - middle) / shares) ** 2).sum())
    birge = np.sqrt(max(1.0, chi / (len(known) - 1))) if len(known) > 1 else 1.0
    scale = float(np.exp(middle))
    residuals = tuple(
        DistanceResidual(one.name, scale * length, scale * length - one.metres, float(share * one.metres))
        for (one, length, _), share in zip(known, shares, strict=True)
    )
    return DistanceFit(scale, float(birge / np.sqrt(weights.sum())), residuals)


def _length(cameras: Mapping[str, PosedCamera], one: MeasuredDistance) -> list[tuple[float, float]]:
    """Give the length of a distance in the cameras' world and its sigma, or nothing."""
    ends = [_placed(cameras, end) for end in one.ends]
    if ends[0] is None or ends[1] is None:
        return []
    (first, of_first), (second, of_second) = ends[0], ends[1]
    length = float(np.linalg.norm(first - second))
    if length <= 0:
        return []
    along = (first - second) / length
    return [(length, float(np.sqrt(along @ (of_first + of_second) @ along)))]


def _placed(cameras: Mapping[str, PosedCamera], end: Pixels | Place) -> tuple[Floats, Floats] | None:
    """Give the place of an end and its covariance."""
    if not isinstance(end, Mapping):
        point = np.array(end)
        covariance = point_covariance(point, views_of(point, list(cameras.values())), PICKED_PX)
        return None if covariance is None else (point, covariance)
    names = sorted(name for name in end if name in cameras)
    if len(names) < 2:
        return None
    views = [cameras[name] for name in names]
    rays = [pixel_rays(cameras[name], np.array([end[name]]))[0] for name in names]
    found = triangulated(views, np.array(rays))
    if found is None or float(np.median(found[1])) > _MOST_PX:
        return None
    # Picks that miss one another are no better than that, whatever was hoped for.
    sigma = max(PICKED_PX, float(np.sqrt((found[1] ** 2).mean())))
    covariance = point_covariance(found[0], views, sigma)
    return None if covariance is None else (found[0], covariance)
