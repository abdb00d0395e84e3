"""Points of a performer that capture looks for: 33 of the body and 21 of each hand, in MediaPipe's order."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tests.truth.face import EYE, MIDDLE_M, MOUTH_Y, skin
from tests.truth.performer import Performer, head_vertices
from tests.truth.skeleton import PLACES, TIPS, carried

Floats = NDArray[np.float64]

# In the head's axes in centimetres, of the left side: on the skin, by the nearest vertex.
_ON_SKIN = {
    "nose": (0.0, -1.9),
    "eyeInner": (EYE[0] - 1.5, EYE[1]),
    "eyeOuter": (EYE[0] + 1.5, EYE[1]),
    "mouth": (2.6, MOUTH_Y),
}
_EAR = np.array([0.088, 0.0, -0.005])
_FACE = ("nose", "leftEyeInner", "leftEye", "leftEyeOuter", "rightEyeInner", "rightEye", "rightEyeOuter")
_LIMBS = (
    ("UpperArm", "shoulder"),
    ("LowerArm", "elbow"),
    ("Hand", "wrist"),
    ("LittleProximal", "pinky"),
    ("IndexProximal", "index"),
    ("ThumbDistal", "thumb"),
    ("UpperLeg", "hip"),
    ("LowerLeg", "knee"),
    ("Foot", "ankle"),
)
BODY = (
    *_FACE,
    "leftEar",
    "rightEar",
    "mouthLeft",
    "mouthRight",
    *(f"{side}{name.capitalize()}" for _, name in _LIMBS for side in ("left", "right")),
    "leftHeel",
    "rightHeel",
    "leftFootIndex",
    "rightFootIndex",
)
_HAND_JOINTS = (
    "Hand",
    *(f"Thumb{bone}" for bone in ("Metacarpal", "Proximal", "Distal", "Tip")),
    *(
        f"{finger}{bone}"
        for finger in ("Index", "Middle", "Ring", "Little")
        for bone in ("Proximal", "Intermediate", "Distal", "Tip")
    ),
)


@lru_cache(maxsize=1)
def skin_vertices() -> dict[str, int]:
    """Numbers of the head's vertices at the face's landmarks."""
    points = skin()[0]
    found = {}
    for name, (x, y) in _ON_SKIN.items():
        for side, sign in (("left", 1), ("right", -1)):
            away = np.hypot(points[:, 0] - sign * x, points[:, 1] - y) + 100 * (points[:, 2] < 0)
            found[side + name] = int(away.argmin())
    return found


def body_landmarks(performer: Performer, time_s: float) -> dict[str, Floats]:
    """The 33 in the world, metres. Those of the face are on its skin, of the limbs in the joints' middles."""
    joints = performer.joints(time_s)
    face = head_vertices(performer, time_s)
    on_skin = {name: face[number] for name, number in skin_vertices().items()}
    places = {
        "nose": on_skin["leftnose"],
        "mouthLeft": on_skin["leftmouth"],
        "mouthRight": on_skin["rightmouth"],
    }
    for side, sign in (("left", 1), ("right", -1)):
        places[f"{side}EyeInner"] = on_skin[f"{side}eyeInner"]
        places[f"{side}EyeOuter"] = on_skin[f"{side}eyeOuter"]
        places[f"{side}Eye"] = carried(joints, "head", PLACES[f"{side}Eye"])
        places[f"{side}Ear"] = carried(joints, "head", MIDDLE_M + _EAR * [sign, 1, 1])
        for joint, name in _LIMBS:
            places[f"{side}{name.capitalize()}"] = carried(joints, side + joint, PLACES[side + joint])
        ankle = PLACES[f"{side}Foot"]
        places[f"{side}Heel"] = carried(joints, f"{side}Foot", ankle - np.array([0, 0.05, 0.05]))
        places[f"{side}FootIndex"] = carried(joints, f"{side}Toes", PLACES[f"{side}Toes"] + [0, 0, 0.03])
    return {name: places[name] for name in BODY}


def hand_landmarks(performer: Performer, time_s: float, side: str) -> Floats:
    """The 21 of the "left" or "right" hand in the world, (21, 3): the wrist, then each finger to its tip."""
    joints = performer.joints(time_s)
    places = []
    for name in _HAND_JOINTS:
        if name.endswith("Tip"):
            last = side + name.replace("Tip", "Distal")
            places.append(carried(joints, last, TIPS[side + name]))
        else:
            places.append(carried(joints, side + name, PLACES[side + name]))
    return np.array(places)
