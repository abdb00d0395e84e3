"""Recordings to try a tracker on, of which every pose is known.

A walk of 200 m around a block of houses, a turn around a desk, a corridor out and back, a turn on the spot,
three seconds in the dark, and a room through which things move. Pictures are small: drawing them is cheap.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from render.light import DirectionalLight
from render.scene import RenderScene, SurfaceNode
from tests.truth import surface_textures as textures
from tests.truth.alike_bays import alike_bays, along_and_back
from tests.truth.paths import HAND, round_corridor, through_room
from tests.truth.places import Place, node, place, texels
from tests.truth.sensors import DepthSensor, ImageSensor
from tests.truth.sequence import Frame, Sequence, camera_of
from tests.truth.solids import box, lump, patch, placed
from tests.truth.trajectory import Trajectory

SIZE = (320, 240)
RATE_HZ = 15.0
BASELINE_M = 0.12
FOCAL_PX = 210.0
# 5 mm at 2 m: what a sensor of 640 pixels errs by in its own pixels is less in these larger ones.
DEPTH = DepthSensor((0.4, 8.0), 0.04)
# The block that the walk of 200 m goes around, and how far from it.
BLOCK_M, ALONG_M = (46.0, 38.0), 4.0
STREET_M = 11.0


@dataclass(frozen=True, eq=False)
class DarkSequence(Sequence):
    """A sequence with a time in which the lens is covered.

    Parameters
    ----------
    dark_s : tuple of float
        Beginning and end.
    """

    dark_s: tuple[float, float] = (0.0, 0.0)

    def frame(self, index: int) -> Frame:
        """Make a frame; black pictures and no depth while the lens is covered."""
        made = super().frame(index)
        if not self.dark_s[0] <= made.time_s < self.dark_s[1]:
            return made
        assert made.truth.depth is not None
        nothing = replace(made.truth, depth=np.full_like(made.truth.depth, np.nan))
        return replace(made, picture=np.zeros_like(made.picture), truth=nothing)


def sequence_of(scene_at: Callable[[float], RenderScene], trajectory: Trajectory, seed: int) -> Sequence:
    """Take pictures along a trajectory."""
    times = np.arange(int(trajectory.duration_s * RATE_HZ)) / RATE_HZ
    sensor = ImageSensor(electrons_at_white=8000, read_electrons=8, samples=2)
    return Sequence(scene_at, trajectory, camera_of(SIZE, FOCAL_PX), times, sensor, seed)


def building_loop(seed: int, duration_s: float = 120.0) -> Sequence:
    """Once around a block and 6 % more: 200 m, ending where it began."""
    made = block(seed)
    x, z = (side / 2 + ALONG_M for side in BLOCK_M)
    way = np.linspace(-0.02, 1.06, 220)
    places = np.stack([_on_rounded(share, x, z) for share in way])
    ahead = np.stack([_on_rounded(share + 0.035, x, z, 0.35) for share in way])
    places[:, 1], ahead[:, 1] = 1.6 + 0.02 * np.sin(np.arange(len(way)) * 1.9), 2.2
    trajectory = Trajectory.looking(places, ahead, duration_s, shake=HAND, seed=seed)
    return sequence_of(lambda _: made.scene, trajectory, seed)


def _on_rounded(share: float, x: float, z: float, inwards: float = 0.0) -> np.ndarray:
    """A place on a rectangle of half sides x and z after a share of its length from the middle of a side."""
    half = np.array([[0, -z], [x, -z], [x, z], [-x, z], [-x, -z], [0, -z]]) * (1 - inwards * 0.15)
    along = np.cumsum([0, *np.linalg.norm(np.diff(half, axis=0), axis=1)])
    at = (share % 1) * along[-1]
    return np.array([np.interp(at, along, half[:, 0]), 0, np.interp(at, along, half[:, 1])])


@lru_cache(maxsize=4)
def block(seed: int) -> Place:
    """A block of houses, a paved street around it, and houses on the other side of the street."""
    rng = np.random.default_rng([seed, 61])
    w, d = BLOCK_M
    nodes = [node(patch((-60, 0, -60), (120, 0, 0), (0, 0, 120)), textures.tiles(rng, (1536, 1536), 160))]
    for side in range(4):
        length, away = (w, d / 2) if side % 2 == 0 else (d, w / 2)
        nodes += _row(rng, side, (length, -away + 1.2), 5, outwards=True)
        nodes += _row(rng, side, (length + 2 * STREET_M, -away - STREET_M), 7, outwards=False)
    sun = DirectionalLight((0.4, -1.0, -0.7), (1, 0.96, 0.9), 2.2)
    fill = DirectionalLight((-0.5, -0.7, 0.6), (0.8, 0.9, 1.0), 1.4)
    return Place("block", RenderScene(tuple(nodes), (sun, fill), (0.35, 0.37, 0.4)), (w, 9.0, d))


def _row(
    rng: np.random.Generator, side: int, line: tuple[float, float], houses: int, *, outwards: bool
) -> list[SurfaceNode]:
    """Houses along a line (its length and place) on one side of the block, with what stands before them."""
    kinds = (textures.bricks, textures.plaster, textures.mottled, textures.tiles)
    nodes: list[SurfaceNode] = []
    for number in range(houses):
        wide, tall = line[0] / houses, rng.uniform(5, 9)
        at = ((number + 0.5) * wide - line[0] / 2, tall / 2, line[1] + rng.uniform(-0.7, 0.7))
        picture = kinds[int(rng.integers(4))](rng, texels(4 * wide, tall, 25))
        nodes.append(node(box((wide, tall, 3.0), at), picture, placed((0, 0, 0), -90.0 * side)))
        nodes += _front(rng, wide, at, side, -1.0 if outwards else 1.0)
    return nodes


def _front(
    rng: np.random.Generator, wide: float, at: tuple[float, float, float], side: int, way: float
) -> list[SurfaceNode]:
    """Two signs on a house and what stands before it; its front looks along Z in the direction `way`."""
    turn, nodes = placed((0, 0, 0), -90.0 * side), []
    front = at[2] + 1.5 * way
    sign = np.concatenate([textures.poster(rng, (128, 128)) for _ in range(6)], axis=1)
    for share in (-0.25, 0.25):
        size = (rng.uniform(1, 2.2), rng.uniform(1, 2), 0.1)
        place_at = (at[0] + share * wide, rng.uniform(1.5, 3.5), front)
        nodes.append(node(box(size, place_at), sign, turn))
    stand = (at[0] + rng.uniform(-0.4, 0.4) * wide, 0.6, front + way * rng.uniform(0.6, 1.6))
    nodes.append(node(box((0.8, 1.2, 0.6), stand), textures.mottled(rng, (128, 768)), turn))
    return nodes


def desk_orbit(seed: int, duration_s: float = 24.0) -> Sequence:
    """Around the table of a room, looking at it, once and a little more."""
    made = place("room", seed)
    turn = np.linspace(-0.3, 2 * np.pi + 0.4, 48) + np.random.default_rng([seed, 62]).uniform(0, 6)
    places = np.stack([1.35 * np.sin(turn), 1.3 + 0.1 * np.sin(3 * turn), 1.2 * np.cos(turn)], 1)
    targets = np.stack([0.2 * np.sin(2 * turn), 0.8 + 0 * turn, 0.2 * np.cos(turn)], 1)
    trajectory = Trajectory.looking(places, targets, duration_s, shake=HAND, seed=seed)
    return sequence_of(lambda _: made.scene, trajectory, seed)


def corridor_and_back(seed: int, duration_s: float = 30.0) -> Sequence:
    """Along a corridor, a turn about, and back to the beginning."""
    made = place("corridor", seed)
    w, _, d = made.extent_m
    out = np.linspace(-w / 2 + 1.2, w / 2 - 2.5, 30)
    along = np.concatenate([out, np.full(8, out[-1]), out[::-1]])
    angle = np.concatenate([np.zeros(30), np.linspace(0, np.pi, 8), np.full(30, np.pi)])
    places = np.stack([along, 1.5 + 0.02 * np.sin(np.arange(len(along)) * 1.9), 0 * along - d / 2 + 1], 1)
    targets = places + np.stack([np.cos(angle), 0 * angle - 0.05, 0.999 * np.sin(angle)], 1)
    trajectory = Trajectory.looking(places, targets, duration_s, shake=HAND, seed=seed)
    return sequence_of(lambda _: made.scene, trajectory, seed)


def turn_on_the_spot(seed: int, duration_s: float = 14.0) -> Sequence:
    """All around from one place: a single camera learns no depth from it."""
    made = place("room", seed)
    angle = np.linspace(-0.3, 2 * np.pi + 0.3, 40)
    places = np.tile([0.2, 1.5, 0.9], (len(angle), 1))
    targets = places + np.stack([np.sin(angle), 0 * angle - 0.1, np.cos(angle)], 1)
    return sequence_of(lambda _: made.scene, Trajectory.looking(places, targets, duration_s), seed)


def dark_for_three_seconds(seed: int) -> Sequence:
    """Through a room, with the lens covered from the 8th to the 11th second; it then sees what it knows."""
    made = place("room", seed)
    whole = sequence_of(lambda _: made.scene, through_room(made, seed, 26.0), seed)
    kept = {name: getattr(whole, name) for name in whole.__dataclass_fields__}
    return DarkSequence(**kept, dark_s=(8.0, 11.0))


def things_that_move(seed: int, duration_s: float = 20.0) -> Sequence:
    """Through a room in which three things go about."""
    made = place("room", seed)
    rng = np.random.default_rng([seed, 63])
    w, _, d = made.extent_m
    picture = [textures.mottled(rng, (256, 512)) for _ in range(3)]
    bodies = [lump(rng, (0.22, 0.5, 0.22), 0.2, 32) for _ in range(3)]
    phases, speeds = rng.uniform(0, 6, 3), rng.uniform(0.4, 0.9, 3)

    def scene_at(time_s: float) -> RenderScene:
        nodes = list(made.scene.nodes)
        for body, look, phase, speed in zip(bodies, picture, phases, speeds, strict=True):
            angle = phase + speed * time_s
            at = (0.38 * w * np.sin(angle), 0.55, 0.38 * d * np.cos(1.3 * angle))
            nodes.append(node(body, look, placed(at, np.degrees(angle))))
        return replace(made.scene, nodes=tuple(nodes))

    return sequence_of(scene_at, through_room(made, seed, duration_s), seed)


def corridor_round(seed: int) -> Sequence:
    """Around the ring of a corridor and 15 % more."""
    made = place("corridor", seed)
    return sequence_of(lambda _: made.scene, round_corridor(made, seed), seed)


def bays_and_back(seed: int, duration_s: float = 9.0) -> Sequence:
    """Along a wall on which every bay looks like the next, and back: a loop may be closed a bay too far."""
    made = alike_bays(seed)
    return sequence_of(lambda _: made.scene, along_and_back(seed, duration_s), seed)


RECORDINGS: dict[str, Callable[[int], Sequence]] = {
    "building loop": building_loop,
    "corridor round": corridor_round,
    "desk orbit": desk_orbit,
    "corridor and back": corridor_and_back,
    "turn on the spot": turn_on_the_spot,
    "dark for 3 s": dark_for_three_seconds,
    "things that move": things_that_move,
    "alike bays": bays_and_back,
}
