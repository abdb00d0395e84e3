"""ARKit's 52 coefficients as movements of a face.

A face moves by pulls: within a few centimetres of a place the skin is carried along, less with distance.
Places and ways are centimetres in the head's axes (X to the figure's left, Y up, Z ahead) around its middle;
what is written for the left holds for the right as its mirror image.
"""

from dataclasses import dataclass, replace

MOUTH_Y = -5.2
MOUTH_HALF = 2.7

EVERYWHERE, ABOVE, BELOW = 0, 1, -1
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Pull:
    """One movement of the skin.

    Parameters
    ----------
    at : tuple of float
        Its middle; the surface is looked at from ahead, so that only X and Y matter.
    reach : tuple of float
        Standard deviations of its bell along X and Y.
    way : tuple of float
        How far the middle moves.
    part : int
        Everywhere, or only what is above or below the line of the mouth.
    """

    at: tuple[float, float]
    reach: tuple[float, float]
    way: Triple
    part: int = EVERYWHERE

    def mirrored(self) -> "Pull":
        """The same on the other side."""
        return replace(self, at=(-self.at[0], self.at[1]), way=(-self.way[0], *self.way[1:]))


def _both(*pulls: Pull) -> tuple[Pull, ...]:
    return (*pulls, *(pull.mirrored() for pull in pulls))


_CORNER = (MOUTH_HALF, MOUTH_Y)
_LEFT: dict[str, tuple[Pull, ...]] = {
    "browDown": (Pull((2.8, 3.2), (1.7, 0.9), (-0.25, -0.7, 0.1)),),
    "browOuterUp": (Pull((4.5, 3.2), (1.2, 1.0), (0, 0.8, 0)),),
    "cheekSquint": (Pull((3.6, -1.6), (1.5, 1.0), (0, 0.5, 0.3)),),
    "noseSneer": (Pull((1.1, -1.6), (0.7, 1.0), (0.1, 0.45, 0.15)),),
    "mouthSmile": (Pull(_CORNER, (1.2, 1.2), (0.8, 0.9, -0.25)), Pull((4, -2.4), (1.3, 1.2), (0, 0.25, 0.3))),
    "mouthFrown": (Pull(_CORNER, (1.1, 1.2), (0.1, -0.9, -0.1)),),
    "mouthDimple": (Pull(_CORNER, (0.8, 0.8), (0.35, 0, -0.55)),),
    "mouthStretch": (Pull(_CORNER, (1.2, 1.0), (0.9, -0.3, -0.25)),),
    "mouthPress": (
        Pull((1.5, MOUTH_Y + 0.5), (0.9, 0.5), (0, -0.18, -0.2)),
        Pull((1.5, MOUTH_Y - 0.5), (0.9, 0.5), (0, 0.18, -0.2)),
    ),
    "mouthLowerDown": (Pull((1.2, MOUTH_Y - 0.3), (0.9, 0.8), (0.1, -0.6, 0.1), BELOW),),
    "mouthUpperUp": (Pull((1.2, MOUTH_Y + 0.3), (0.9, 0.8), (0.1, 0.6, 0.1), ABOVE),),
}
_WHOLE: dict[str, tuple[Pull, ...]] = {
    "browInnerUp": _both(Pull((1.5, 3.2), (1.1, 1.0), (0, 0.8, 0))),
    "cheekPuff": _both(Pull((4.4, -4.2), (1.5, 1.6), (0.6, 0, 0.8))),
    "jawOpen": (Pull((0, MOUTH_Y - 3.2), (3.0, 3.4), (0, -3.0, -0.9), BELOW),),
    "jawForward": (Pull((0, MOUTH_Y - 3.2), (3.2, 2.8), (0, 0, 1.0)),),
    "jawLeft": (Pull((0, MOUTH_Y - 3.2), (3.2, 2.8), (1.0, 0, 0)),),
    "jawRight": (Pull((0, MOUTH_Y - 3.2), (3.2, 2.8), (-1.0, 0, 0)),),
    "mouthClose": (Pull((0, MOUTH_Y - 0.6), (2.2, 0.9), (0, 2.2, 0.6), BELOW),),
    "mouthFunnel": (
        Pull((0, MOUTH_Y), (2.4, 1.4), (0, 0, 0.9)),
        *_both(Pull(_CORNER, (1.0, 1.0), (-0.7, 0, 0.3))),
        Pull((0, MOUTH_Y + 0.3), (1.3, 0.9), (0, 0.4, 0), ABOVE),
        Pull((0, MOUTH_Y - 0.3), (1.3, 0.9), (0, -0.4, 0), BELOW),
    ),
    "mouthPucker": (
        Pull((0, MOUTH_Y), (1.8, 1.2), (0, 0, 1.2)),
        *_both(Pull(_CORNER, (1.0, 1.0), (-1.1, 0, 0.4))),
    ),
    "mouthLeft": (Pull((0, MOUTH_Y), (2.6, 1.4), (0.9, 0, 0)),),
    "mouthRight": (Pull((0, MOUTH_Y), (2.6, 1.4), (-0.9, 0, 0)),),
    "mouthRollLower": (Pull((0, MOUTH_Y - 0.5), (1.9, 0.6), (0, 0.25, -0.6), BELOW),),
    "mouthRollUpper": (Pull((0, MOUTH_Y + 0.5), (1.9, 0.6), (0, -0.25, -0.6), ABOVE),),
    "mouthShrugLower": (Pull((0, MOUTH_Y - 1.2), (2.0, 1.2), (0, 0.5, 0.3), BELOW),),
    "mouthShrugUpper": (Pull((0, MOUTH_Y + 0.9), (2.0, 0.9), (0, 0.35, 0.3), ABOVE),),
    "tongueOut": (),
}

# How far the edges of the lids turn about the eye, degrees upwards: of the upper and of the lower one.
LIDS: dict[str, tuple[float, float]] = {
    "eyeBlink": (-44.0, 4.0),
    "eyeSquint": (-8.0, 16.0),
    "eyeWide": (14.0, -4.0),
    "eyeLookDown": (-14.0, -6.0),
    "eyeLookUp": (10.0, 4.0),
    "eyeLookIn": (0.0, 0.0),
    "eyeLookOut": (0.0, 0.0),
}
# How far the eye looks at a coefficient of 1, degrees: outwards and upwards.
GAZE: dict[str, tuple[float, float]] = {
    "eyeLookDown": (0.0, -25.0),
    "eyeLookUp": (0.0, 25.0),
    "eyeLookIn": (-35.0, 0.0),
    "eyeLookOut": (35.0, 0.0),
}


def _named() -> dict[str, tuple[Pull, ...]]:
    pulls = dict(_WHOLE)
    for name, movement in _LEFT.items():
        pulls[f"{name}Left"] = movement
        pulls[f"{name}Right"] = tuple(pull.mirrored() for pull in movement)
    for name in LIDS:
        pulls[f"{name}Left"] = pulls[f"{name}Right"] = ()
    return dict(sorted(pulls.items()))


PULLS = _named()
COEFFICIENTS = tuple(PULLS)
