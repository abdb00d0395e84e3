"""What a performer does: coefficients, gaze and joints over time, from a seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tests.truth.expressions import COEFFICIENTS, GAZE
from tests.truth.trajectory import about_x, about_y, about_z

Floats = NDArray[np.float64]

# How far joints turn, degrees: about X (forward, as bowing), Y (to the left) and Z (to the right side), as a
# middle and a swing; of the left side, whose mirror image the right one is, with its own times.
_TURNS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "hips": ((0, 2), (0, 8), (0, 2)),
    "spine": ((2, 4), (0, 6), (0, 3)),
    "chest": ((0, 3), (0, 6), (0, 3)),
    "neck": ((2, 5), (0, 10), (0, 5)),
    "head": ((0, 10), (0, 18), (0, 8)),
    "leftUpperArm": ((0, 15), (-15, 25), (-48, 30)),
    "leftLowerArm": ((0, 10), (-50, 45), (0, 5)),
    "leftHand": ((0, 12), (0, 12), (0, 20)),
    "leftUpperLeg": ((-8, 10), (0, 3), (2, 2)),
    "leftLowerLeg": ((14, 12), (0, 0), (0, 0)),
    "leftFoot": ((-4, 6), (0, 0), (0, 0)),
}
_FINGER_BEND = (18, 18)
_OPPOSED = ("jawLeft", "jawRight"), ("mouthLeft", "mouthRight")


@dataclass(frozen=True, eq=False)
class Acting:
    """A moment of a performance.

    Parameters
    ----------
    coefficients : tuple of float
        ARKit's 52, 0 to 1, in the order of `COEFFICIENTS`.
    rotations : mapping
        Of joints by name, (3, 3) in the parent's axes.
    world_from_root : (4, 4)
        Where the figure stands.
    """

    coefficients: tuple[float, ...]
    rotations: Mapping[str, Floats]
    world_from_root: Floats

    def coefficient(self, name: str) -> float:
        """One of the coefficients."""
        return self.coefficients[COEFFICIENTS.index(name)]


@lru_cache(maxsize=4096)
def _wave(seed: int, what: str) -> tuple[Floats, Floats]:
    rng = np.random.default_rng([seed, *what.encode()])
    return rng.uniform(0.15, 0.9, 3), rng.uniform(0, 2 * np.pi, 3)


def wave(seed: int, what: str, time_s: float) -> float:
    """A smooth signal of its own for each name, about -1 to 1."""
    frequencies, phases = _wave(seed, what)
    return float(np.sin(2 * np.pi * frequencies * time_s + phases).mean() * 1.6)


def coefficients(seed: int, time_s: float) -> dict[str, float]:
    """All 52 at a time: expressions come and go, both sides much alike; eyes blink and look about."""
    values = {}
    for name in COEFFICIENTS:
        base = name.removesuffix("Left").removesuffix("Right") if name[-4:] in ("Left", "ight") else name
        alike = 0.75 * wave(seed, base, time_s) + 0.25 * wave(seed, name, time_s)
        values[name] = float(np.clip(1.6 * alike - 0.55, 0, 1))
    for left, right in _OPPOSED:
        way = wave(seed, left, time_s)
        values[left], values[right] = (float(np.clip(x - 0.3, 0, 1)) for x in (way, -way))
    values |= _look(wave(seed, "gaze x", time_s), wave(seed, "gaze y", time_s))
    values["tongueOut"] *= float(np.clip((values["jawOpen"] - 0.4) / 0.3, 0, 1))
    values["mouthClose"] = min(values["mouthClose"], values["jawOpen"])
    # A blink of 0.3 s every 3 s or so.
    phase = (time_s + wave(seed, "blink", 0.0) * 3) % (3 + wave(seed, "rest", 0.0))
    blink = np.sin(np.pi * phase / 0.3) if phase < 0.3 else 0.0
    for side in ("Left", "Right"):
        values[f"eyeBlink{side}"] = max(float(blink), 0.6 * values[f"eyeBlink{side}"])
        values[f"eyeWide{side}"] *= 1 - values[f"eyeBlink{side}"]
    return values


def _look(left: float, up: float) -> dict[str, float]:
    """Both eyes at the same far place, `left` and `up` of -1 to 1."""
    left, up = np.clip([left, up], -1, 1) * 0.7
    return {
        "eyeLookOutLeft": max(left, 0.0),
        "eyeLookInRight": max(left, 0.0),
        "eyeLookInLeft": max(-left, 0.0),
        "eyeLookOutRight": max(-left, 0.0),
        **{f"eyeLookUp{side}": max(up, 0.0) for side in ("Left", "Right")},
        **{f"eyeLookDown{side}": max(-up, 0.0) for side in ("Left", "Right")},
    }


def eye_rotation(values: Mapping[str, float], side: str) -> Floats:
    """How an eye ("left" or "right") turns in the head for its coefficients, (3, 3)."""
    named = [(values[f"{name}{side.capitalize()}"], way) for name, way in GAZE.items()]
    out, up = (sum(value * way[axis] for value, way in named) for axis in (0, 1))
    left = out if side == "left" else -out
    return euler_deg(-up, left, 0)


def euler_deg(x: float, y: float, z: float) -> Floats:
    """Rotation about Z, then X, then Y, (3, 3)."""
    a, b, c = np.radians([x, y, z])
    return np.asarray(about_y(b) @ about_x(a) @ about_z(c))


def rotations(seed: int, time_s: float, liveliness: float = 1.0) -> dict[str, Floats]:
    """Turns of all joints but the eyes at a time."""
    turned = {}
    for name, ranges in _TURNS.items():
        sides = (name,) if not name.startswith("left") else (name, name.replace("left", "right"))
        for side in sides:
            x, y, z = (
                middle + swing * liveliness * wave(seed, f"{side} {axis}", time_s)
                for axis, (middle, swing) in enumerate(ranges)
            )
            mirror = -1 if side.startswith("right") else 1
            turned[side] = euler_deg(x, mirror * y, mirror * z)
    return turned | _fingers(seed, time_s)


def _fingers(seed: int, time_s: float) -> dict[str, Floats]:
    turned = {}
    for side, mirror in (("left", 1), ("right", -1)):
        for finger in ("Index", "Middle", "Ring", "Little"):
            bend = _FINGER_BEND[0] + _FINGER_BEND[1] * wave(seed, side + finger, time_s)
            for bone in ("Proximal", "Intermediate", "Distal"):
                turned[f"{side}{finger}{bone}"] = euler_deg(0, 0, -mirror * bend)
        turned[f"{side}ThumbProximal"] = euler_deg(
            0, mirror * 12 * (1 + wave(seed, f"{side}thumb", time_s)), 0
        )
    return turned


def acting(seed: int, time_s: float, liveliness: float = 1.0) -> Acting:
    """What a performer does at a time."""
    values = coefficients(seed, time_s)
    turned = rotations(seed, time_s, liveliness)
    turned["leftEye"], turned["rightEye"] = (eye_rotation(values, side) for side in ("left", "right"))
    root = np.eye(4)
    root[:3, 3] = (
        np.array([wave(seed, "step x", time_s), 0, wave(seed, "step z", time_s)]) * 0.06 * liveliness
    )
    return Acting(tuple(values[name] for name in COEFFICIENTS), turned, root)
