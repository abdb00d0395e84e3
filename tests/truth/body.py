"""The body of a figure: tubes along its bones, skinned."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from render.figure import Skin
from render.surface_mesh import SurfaceMesh
from tests.truth.skeleton import NUMBER, PLACES, TIPS, joint_from_rest
from tests.truth.solids import grid_triangles, joined

Floats = NDArray[np.float64]
ROUND = 20


@dataclass(frozen=True)
class Tube:
    """Rings of a tube.

    Parameters
    ----------
    rings : tuple
        Joint or tip that a ring is at, a share of the way from there to the next one, and two radii in
        metres: across (X, or up for what lies along X) and in depth (Z).
    """

    rings: tuple[tuple[str, float, float, float], ...]
    joints: tuple[str, ...]
    closed: bool = True


def _tube(tube: Tube, steps: int = 4) -> tuple[SurfaceMesh, NDArray[np.int32], NDArray[np.float32]]:
    """Mesh, joints and weights of a tube whose rings are at the places of its joints."""
    places = {**PLACES, **TIPS}
    centres = np.array(
        [places[name] + _towards(places, tube, name, share) for name, share, _, _ in tube.rings]
    )
    radii = np.array([ring[2:] for ring in tube.rings])
    ways = np.linalg.norm(np.diff(centres, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(ways)])
    at = np.concatenate([np.linspace(a, b, steps, endpoint=False) for a, b in pairwise(along)])
    at = np.append(at, along[-1])
    middle = np.stack([np.interp(at, along, centres[:, axis]) for axis in range(3)], 1)
    radius = np.stack([np.interp(at, along, radii[:, axis]) for axis in range(2)], 1)
    if tube.closed:
        middle, radius, at = _capped(middle, radius, at)
    flat = abs(centres[-1, 0] - centres[0, 0]) > 0.8 * along[-1]
    across = np.array([0.0, 1, 0]) if flat else np.array([1.0, 0, 0])
    angle = np.linspace(0, 2 * np.pi, ROUND + 1)
    ring = np.cos(angle)[:, None] * across, np.sin(angle)[:, None] * np.array([0, 0, 1.0])
    points = middle[:, None] + radius[:, None, :1] * ring[0] + radius[:, None, 1:] * ring[1]
    uv = np.stack(np.broadcast_arrays(angle / (2 * np.pi), (at / along[-1])[:, None]), -1).reshape(-1, 2)
    triangles = _outwards(grid_triangles(ROUND, len(at) - 1), points.reshape(-1, 3))
    mesh = SurfaceMesh(
        points.reshape(-1, 3).astype(np.float32), triangles, uv=np.clip(uv, 0, 1).astype(np.float32)
    )
    joints, weights = _weights(tube, middle)
    return mesh, np.repeat(joints, ROUND + 1, axis=0), np.repeat(weights, ROUND + 1, axis=0)


def _towards(places: dict[str, Floats], tube: Tube, name: str, share: float) -> Floats:
    if share == 0:
        return np.zeros(3)
    names = [ring[0] for ring in tube.rings]
    later = [each for each in names[names.index(name) + 1 :] if each != name]
    return (places[later[0]] - places[name]) * share


def _capped(middle: Floats, radius: Floats, at: Floats) -> tuple[Floats, Floats, Floats]:
    """Round off both ends."""
    angles = np.linspace(np.pi / 2, 0, 5)[:-1]
    ends = []
    for end, inner in ((0, 1), (-1, -2)):
        way = middle[end] - middle[inner]
        way = way / np.linalg.norm(way) * radius[end].min()
        ends.append((middle[end] + np.sin(angles)[:, None] * way, radius[end] * np.cos(angles)[:, None]))
    middle = np.concatenate([ends[0][0], middle, ends[1][0][::-1]])
    radius = np.concatenate([ends[0][1], radius, ends[1][1][::-1]])
    return middle, radius, np.concatenate([np.full(4, at[0]), at, np.full(4, at[-1])])


def _outwards(triangles: NDArray[np.int32], points: Floats) -> NDArray[np.int32]:
    a, b, c = points[triangles].transpose(1, 0, 2) - points.mean(0)
    volume = np.einsum("ni,ni->", a, np.cross(b, c))
    return triangles if volume > 0 else triangles[:, ::-1].copy()


def _weights(tube: Tube, middle: Floats) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Each ring follows the joint whose bone it is on, and near a joint the one before as well."""
    starts = np.array([PLACES[name] for name in tube.joints])
    line = middle[-1] - middle[0]
    line = line / np.linalg.norm(line)
    at, joints_at = middle @ line, starts @ line
    joints = np.zeros((len(at), 4), np.int32)
    weights = np.zeros((len(at), 4), np.float32)
    bones = np.diff(joints_at, append=max(at[-1], joints_at[-1] + 0.02))
    for row, place in enumerate(at):
        bone = int(np.clip(np.searchsorted(joints_at, place, side="right") - 1, 0, len(starts) - 1))
        joints[row, 0], weights[row, 0] = NUMBER[tube.joints[bone]], 1
        for other, gap in ((bone - 1, place - joints_at[bone]), (bone + 1, None)):
            if gap is None:
                gap = joints_at[other] - place if other < len(starts) else np.inf
            if 0 <= other < len(starts):
                blend = 0.3 * min(bones[min(other, bone)], bones[max(other, bone)])
                share = 0.5 * float(np.clip(1 - gap / blend, 0, 1)) ** 2
                slot = 1 if other < bone else 2
                joints[row, slot], weights[row, slot] = NUMBER[tube.joints[other]], share
        weights[row, 0] = 1 - weights[row, 1:].sum()
    return joints, weights


def part(tubes: list[Tube]) -> SurfaceMesh:
    """One skinned mesh of tubes, each with a stripe of the texture for itself."""
    made = [_tube(tube) for tube in tubes]
    mesh = joined([each[0] for each in made], atlas=True)
    joints = np.concatenate([each[1] for each in made]).astype(np.int32)
    weights = np.concatenate([each[2] for each in made])
    return replace(mesh, skin=Skin(joints, weights, joint_from_rest()))


def rigid(mesh: SurfaceMesh, joint: str) -> SurfaceMesh:
    """Fix a mesh to a joint."""
    joints = np.full((len(mesh.positions), 4), NUMBER[joint], np.int32)
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (len(joints), 1))
    return replace(mesh, skin=Skin(joints, weights, joint_from_rest()))


def _sided(tube: Tube) -> list[Tube]:
    def right(name: str) -> str:
        return name.replace("left", "right")

    rings = tuple((right(name), share, a, b) for name, share, a, b in tube.rings)
    return [tube, replace(tube, rings=rings, joints=tuple(right(name) for name in tube.joints))]


def shirt() -> SurfaceMesh:
    """Trunk and upper arms."""
    trunk = Tube(
        (
            ("hips", 0, 0.165, 0.105),
            ("spine", 0, 0.15, 0.10),
            ("chest", 0, 0.165, 0.11),
            ("upperChest", 0, 0.175, 0.105),
            ("upperChest", 0.55, 0.15, 0.085),
            ("neck", 0, 0.07, 0.065),
        ),
        ("hips", "spine", "chest", "upperChest", "neck"),
    )
    sleeve = Tube(
        (
            ("leftShoulder", 0.4, 0.07, 0.07),
            ("leftUpperArm", 0, 0.068, 0.068),
            ("leftUpperArm", 0.6, 0.055, 0.055),
            ("leftLowerArm", 0, 0.05, 0.05),
        ),
        ("leftShoulder", "leftUpperArm", "leftLowerArm"),
    )
    return part([trunk, *_sided(sleeve)])


def trousers() -> SurfaceMesh:
    """Legs and shoes."""
    leg = Tube(
        (
            ("leftUpperLeg", 0, 0.092, 0.098),
            ("leftUpperLeg", 0.5, 0.078, 0.085),
            ("leftLowerLeg", 0, 0.06, 0.062),
            ("leftLowerLeg", 0.35, 0.06, 0.066),
            ("leftFoot", 0, 0.045, 0.05),
        ),
        ("leftUpperLeg", "leftLowerLeg", "leftFoot"),
    )
    shoe = Tube(
        (("leftFoot", -0.35, 0.045, 0.05), ("leftFoot", 0.5, 0.048, 0.05), ("leftToes", 0.0, 0.045, 0.035)),
        ("leftFoot", "leftToes"),
    )
    return part([*_sided(leg), *_sided(shoe)])


def bare_skin() -> SurfaceMesh:
    """Neck, forearms and hands."""
    neck = Tube(
        (
            ("neck", -0.6, 0.06, 0.058),
            ("neck", 0, 0.052, 0.054),
            ("head", 0, 0.05, 0.054),
            ("neckTop", 0, 0.05, 0.05),
        ),
        ("neck", "head"),
    )
    arm = Tube(
        (
            ("leftLowerArm", 0, 0.045, 0.045),
            ("leftLowerArm", 0.35, 0.043, 0.045),
            ("leftHand", 0, 0.026, 0.031),
            ("leftHand", 0.35, 0.02, 0.04),
            ("leftMiddleProximal", 0, 0.013, 0.042),
        ),
        ("leftLowerArm", "leftHand"),
    )
    fingers = [
        Tube(
            tuple((name, 0.0, thick, thick) for name, thick in zip(names, _thickness(finger), strict=True)),
            tuple(names[:-1]),
        )
        for finger, names in _finger_names().items()
    ]
    return part([neck, *_sided(arm), *(each for finger in fingers for each in _sided(finger))])


def _thickness(finger: str) -> tuple[float, float, float, float]:
    scale = {"Thumb": 1.25, "Little": 0.85}.get(finger, 1.0)
    return tuple(scale * value for value in (0.0105, 0.0095, 0.0085, 0.0075))  # type: ignore[return-value]


def _finger_names() -> dict[str, tuple[str, ...]]:
    bones = {"Thumb": ("Metacarpal", "Proximal", "Distal", "Tip")}
    fingers = ("Thumb", "Index", "Middle", "Ring", "Little")
    plain = ("Proximal", "Intermediate", "Distal", "Tip")
    return {finger: tuple(f"left{finger}{bone}" for bone in bones.get(finger, plain)) for finger in fingers}
