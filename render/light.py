"""What lights a scene."""

from dataclasses import dataclass
from math import pi

import numpy as np

Triple = tuple[float, float, float]


def _check(colour: Triple, intensity: float, vectors: list[Triple]) -> None:
    if not all(0 <= value < np.inf for value in (*colour, intensity)):
        raise ValueError("colour and intensity are finite and not negative")
    if not np.isfinite(vectors).all():
        raise ValueError("position and direction are finite")


@dataclass(frozen=True)
class DirectionalLight:
    """Light from far away, as the sun's.

    Parameters
    ----------
    direction : tuple of float
        In which the light goes, in world axes; of any length.
    colour : tuple of float
        Linear RGB.
    intensity : float
        Lux; pi makes a white surface that faces the light white.
    casts_shadow : bool
        Whether what it meets first keeps it from what is behind.
    """

    direction: Triple
    colour: Triple = (1.0, 1.0, 1.0)
    intensity: float = pi
    casts_shadow: bool = False

    def __post_init__(self) -> None:
        """Check the numbers."""
        _check(self.colour, self.intensity, [self.direction])
        if not any(self.direction):
            raise ValueError("direction: null")


@dataclass(frozen=True)
class PointLight:
    """A lamp that shines all around.

    Parameters
    ----------
    position : tuple of float
        In the world.
    colour : tuple of float
        Linear RGB.
    intensity : float
        Candela, for lengths in metres.
    reach : float
        Where its light ends, as glTF's range; 0 for nowhere.
    casts_shadow : bool
        Whether what it meets first keeps it from what is behind; shadows to all sides cost six maps.
    """

    position: Triple
    colour: Triple = (1.0, 1.0, 1.0)
    intensity: float = pi
    reach: float = 0.0
    casts_shadow: bool = False

    def __post_init__(self) -> None:
        """Check the numbers."""
        _check(self.colour, self.intensity, [self.position])
        if not 0 <= self.reach < np.inf:
            raise ValueError(f"reach: {self.reach}")


@dataclass(frozen=True)
class SpotLight(PointLight):
    """A lamp that shines into a cone.

    Parameters
    ----------
    direction : tuple of float
        Axis of the cone, in world axes; of any length.
    inner_angle_deg, outer_angle_deg : float
        From the axis to where the light begins to fall off and to where it ends.
    """

    direction: Triple = (0.0, -1.0, 0.0)
    inner_angle_deg: float = 0.0
    outer_angle_deg: float = 45.0

    def __post_init__(self) -> None:
        """Check the numbers."""
        super().__post_init__()
        _check(self.colour, self.intensity, [self.direction])
        if not any(self.direction):
            raise ValueError("direction: null")
        if not 0 <= self.inner_angle_deg < self.outer_angle_deg <= 90:
            raise ValueError("inner_angle_deg is below outer_angle_deg, which is at most 90")


Light = DirectionalLight | PointLight | SpotLight
