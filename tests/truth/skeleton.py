"""The joints of a figure: VRM 1.0's humanoid, standing with its arms spread, facing +Z, its left at +X."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MIDDLE: dict[str, tuple[str, tuple[float, float, float]]] = {
    "hips": ("", (0, 0.95, 0)),
    "spine": ("hips", (0, 1.05, 0)),
    "chest": ("spine", (0, 1.18, 0)),
    "upperChest": ("chest", (0, 1.30, 0)),
    "neck": ("upperChest", (0, 1.44, -0.005)),
    "head": ("neck", (0, 1.53, 0.01)),
}
# Names without their side; positions of the left one.
_SIDE: dict[str, tuple[str, tuple[float, float, float]]] = {
    "Eye": ("head", (0.032, 1.642, 0.101)),
    "Shoulder": ("upperChest", (0.04, 1.40, 0)),
    "UpperArm": ("Shoulder", (0.17, 1.40, 0)),
    "LowerArm": ("UpperArm", (0.44, 1.40, 0)),
    "Hand": ("LowerArm", (0.68, 1.40, 0)),
    "UpperLeg": ("hips", (0.09, 0.92, 0)),
    "LowerLeg": ("UpperLeg", (0.095, 0.51, 0)),
    "Foot": ("LowerLeg", (0.10, 0.09, -0.01)),
    "Toes": ("Foot", (0.10, 0.03, 0.12)),
    "ThumbMetacarpal": ("Hand", (0.700, 1.392, 0.030)),
    "ThumbProximal": ("ThumbMetacarpal", (0.732, 1.386, 0.052)),
    "ThumbDistal": ("ThumbProximal", (0.760, 1.382, 0.068)),
}
# Finger: place across the palm and lengths of its three bones.
_FINGERS = {
    "Index": (0.027, (0.766, 0.808, 0.834, 0.856)),
    "Middle": (0.006, (0.768, 0.814, 0.843, 0.866)),
    "Ring": (-0.015, (0.764, 0.807, 0.835, 0.857)),
    "Little": (-0.034, (0.756, 0.790, 0.812, 0.831)),
}
# Ends of bones that no joint follows.
TIPS: dict[str, Floats] = {
    "leftThumbTip": np.array([0.785, 1.378, 0.082]),
    "neckTop": np.array([0, 1.61, -0.005]),
}


def _joints() -> tuple[dict[str, str], dict[str, Floats]]:
    parents, places = {}, {}
    for name, (parent, place) in _MIDDLE.items():
        parents[name], places[name] = parent, np.array(place, float)
    for name, (across, along) in _FINGERS.items():
        bones = zip(
            ("Proximal", "Intermediate", "Distal"), ("Hand", "Proximal", "Intermediate"), along, strict=False
        )
        for bone, parent, x in bones:
            above = parent if parent == "Hand" else f"{name}{parent}"
            _SIDE[f"{name}{bone}"] = (above, (x, 1.40, across))
        TIPS[f"left{name}Tip"] = np.array([along[3], 1.40, across])
    for side, sign in (("left", 1), ("right", -1)):
        for name, (parent, place) in _SIDE.items():
            parents[side + name] = parent if parent in _MIDDLE else side + parent
            places[side + name] = np.array(place) * [sign, 1, 1]
    TIPS.update(
        {
            name.replace("left", "right"): place * [-1, 1, 1]
            for name, place in list(TIPS.items())
            if name.startswith("left")
        }
    )
    return parents, places


PARENTS, PLACES = _joints()
JOINTS = tuple(PARENTS)
NUMBER = {name: number for number, name in enumerate(JOINTS)}


def joint_from_rest() -> Floats:
    """Inverse bind matrices, (j, 4, 4): the joints' axes are the world's when the figure is at rest."""
    matrices = np.tile(np.eye(4), (len(JOINTS), 1, 1))
    matrices[:, :3, 3] = [-PLACES[name] for name in JOINTS]
    return matrices


def posed(rotations: Mapping[str, Floats], world_from_root: Floats | None = None) -> Floats:
    """Places of all joints in the world, (j, 4, 4), from rotations (3, 3) of some, each in its parent's axes.

    The root is on the ground between the feet.
    """
    root = np.eye(4) if world_from_root is None else world_from_root
    worlds: dict[str, Floats] = {}
    for name in JOINTS:
        parent = PARENTS[name]
        local = np.eye(4)
        local[:3, :3] = rotations.get(name, np.eye(3))
        local[:3, 3] = PLACES[name] - (PLACES[parent] if parent else 0)
        worlds[name] = (worlds[parent] if parent else root) @ local
    return np.array([worlds[name] for name in JOINTS])


def carried(world_from_joints: Floats, joint: str, rest_place: Floats) -> Floats:
    """Where a place that is fixed to a joint is in the world, (3,)."""
    pose = world_from_joints[NUMBER[joint]]
    return pose[:3, :3] @ (rest_place - PLACES[joint]) + pose[:3, 3]
