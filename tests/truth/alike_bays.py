"""A long wall of bays that all look the same: a place there is easily taken for another."""

from functools import lru_cache

import numpy as np

from render.light import DirectionalLight
from render.scene import RenderScene
from tests.truth import surface_textures as textures
from tests.truth.places import Place, node
from tests.truth.solids import box, joined, patch
from tests.truth.trajectory import Trajectory

BAYS = 24
_DENSITY = 110


def bay_width_m(seed: int) -> float:
    """From one bay to the next."""
    return float(np.random.default_rng([seed, 81]).uniform(0.5, 0.9))


@lru_cache(maxsize=2)
def alike_bays(seed: int) -> Place:
    """A wall along X at Z = -1.6, the same picture in every bay, posts between them, a paved floor."""
    rng, wide, tall = np.random.default_rng([seed, 82]), bay_width_m(seed), 2.6
    length, across = BAYS * wide, max(24, round(wide * _DENSITY))
    bay = textures.plaster(rng, (round(tall * _DENSITY), across))
    high, broad = round(0.9 * _DENSITY), round(0.7 * across)
    left, top = (across - broad) // 2, round(0.6 * _DENSITY)
    bay[top : top + high, left : left + broad] = textures.poster(rng, (high, broad))
    stone = textures.tiles(rng, (round(2 * _DENSITY), across), 20)
    wall = patch((-length / 2, tall, -1.6), (length, 0, 0), (0, -tall, 0))
    floor = patch((-length / 2, 0, -1.6), (length, 0, 0), (0, 0, 2.0))
    places = (np.arange(BAYS + 1) - BAYS / 2) * wide
    posts = joined([box((0.08, tall, 0.12), (float(x), tall / 2, -1.54)) for x in places])
    nodes = (
        node(wall, np.tile(bay, (1, BAYS, 1))),
        node(floor, np.tile(stone, (1, BAYS, 1))),
        node(posts, textures.mottled(rng, (256, 512))),
    )
    lights = (DirectionalLight((0.3, -0.7, -0.8), intensity=2.2),)
    return Place("alike bays", RenderScene(nodes, lights, (0.35, 0.35, 0.38)), (length, tall, 2.0))


def along_and_back(seed: int, duration_s: float) -> Trajectory:
    """Six metres along the wall and back, looking at it and a little ahead."""
    there = np.linspace(-3, 3, 14)
    along = np.concatenate([there, there[::-1]])
    places = np.stack([along, 1.4 + 0.03 * np.sin(np.arange(len(along)) * 1.9), 0 * along], 1)
    targets = places + np.array([0.6, -0.15, -1.6])
    return Trajectory.looking(places, targets, duration_s, shake=(0.003, 0.004), seed=seed)
