"""Where a picture was taken, and where the next one should be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FoundPlace:
    """Where a picture was taken.

    Parameters
    ----------
    rotation_world_from_camera : (3, 3) float64
        In the map.
    centre_m : (3,) float64
        In the map.
    inliers : int
        Features of the picture that agree.
    position_sigma_m : float
        Standard deviation of the centre, root of the sum over the three axes.
    """

    rotation_world_from_camera: Floats
    centre_m: Floats
    inliers: int
    position_sigma_m: float


def places_agree(place: FoundPlace, expected: FoundPlace, away: float) -> bool:
    """Whether two places are about the same, before things that are `away`."""
    turn = place.rotation_world_from_camera.T @ expected.rotation_world_from_camera
    angle = np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))
    shift = np.linalg.norm(place.centre_m - expected.centre_m)
    return bool(angle < 0.2 and shift < 0.15 * away)


def continued(found: Sequence[FoundPlace | None]) -> FoundPlace | None:
    """Give where the next picture of a sequence should be, from those before at constant speed."""
    known = [place for place in found[-3:] if place is not None]
    if not known or found[-1] is None:
        return known[-1] if known else None
    if len(found) < 2 or found[-2] is None:
        return found[-1]
    before, last = found[-2], found[-1]
    turn = last.rotation_world_from_camera @ before.rotation_world_from_camera.T
    return FoundPlace(
        turn @ last.rotation_world_from_camera,
        2 * last.centre_m - before.centre_m,
        last.inliers,
        last.position_sigma_m,
    )
