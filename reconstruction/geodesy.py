"""Places on the earth in metres: WGS 84 to a local east, north, up frame."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reconstruction.photograph import GeoPosition

_SEMI_MAJOR_M, _FLATTENING = 6378137.0, 1 / 298.257223563


def east_north_up(positions: Sequence[GeoPosition], origin: GeoPosition | None = None) -> NDArray[np.float64]:
    """Give metres east, north and up of `origin` (the first position by default), (n, 3).

    By way of earth-centred coordinates (EPSG method 9602 and 9836). Without an altitude the origin's counts.
    """
    origin = origin or positions[0]
    ground = origin.altitude_m or 0.0
    phi, lam = np.radians(origin.latitude_deg), np.radians(origin.longitude_deg)
    rotation = np.array(
        [
            [-np.sin(lam), np.cos(lam), 0.0],
            [-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)],
            [np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)],
        ]
    )
    start = _earth_centred(origin, ground)
    return np.array([rotation @ (_earth_centred(one, ground) - start) for one in positions])


def _earth_centred(position: GeoPosition, ground_m: float) -> NDArray[np.float64]:
    phi, lam = np.radians(position.latitude_deg), np.radians(position.longitude_deg)
    height = ground_m if position.altitude_m is None else position.altitude_m
    eccentricity = _FLATTENING * (2 - _FLATTENING)
    radius = _SEMI_MAJOR_M / np.sqrt(1 - eccentricity * np.sin(phi) ** 2)
    return np.array(
        [
            (radius + height) * np.cos(phi) * np.cos(lam),
            (radius + height) * np.cos(phi) * np.sin(lam),
            (radius * (1 - eccentricity) + height) * np.sin(phi),
        ]
    )
