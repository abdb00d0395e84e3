"""Places to look at: an object on a table, a room, a corridor that closes on itself, a facade.

Each is made of a seed and is the same for the same seed. Lengths are metres, Y is up, the ground is Y = 0.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from render.light import DirectionalLight, PointLight
from render.material import Material
from render.scene import RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh
from tests.truth import surface_textures as textures
from tests.truth.solids import box, column, joined, lump, patch, placed, room_faces

TEXELS_PER_METRE = 180
Generator = np.random.Generator


@dataclass(frozen=True, eq=False)
class Place:
    """A scene, and its size.

    Parameters
    ----------
    name : str
        Such as "room".
    scene : RenderScene
        All that is in it.
    extent_m : tuple of float
        Width (X), height (Y) and depth (Z) of what is worth seeing.
    """

    name: str
    scene: RenderScene
    extent_m: tuple[float, float, float]


def node(mesh: SurfaceMesh, picture: textures.Picture, place: ArrayLike | None = None) -> SurfaceNode:
    """A matt surface with a picture on it."""
    material = Material(roughness=0.9, base_colour_texture=textures.texture(picture))
    return SurfaceNode(mesh, material, np.eye(4) if place is None else np.asarray(place, float))


def texels(width_m: float, height_m: float, density: float = TEXELS_PER_METRE) -> textures.Size:
    """Size of the picture of a surface."""
    limit = 4096
    return (
        int(np.clip(height_m * density, 16, limit)),
        int(np.clip(width_m * density, 16, limit)),
    )


def textured_object(seed: int) -> Place:
    """A lump of stone of 30 cm on a wooden table in the open."""
    rng = np.random.default_rng([seed, 1])
    stone = node(
        lump(rng, (0.13, 0.17, 0.12), 0.3), textures.mottled(rng, (1024, 2048), 0.9), placed((0, 0.17, 0))
    )
    table = node(patch((-0.5, 0, -0.5), (1, 0, 0), (0, 0, 1)), textures.planks(rng, (1200, 1200), 60))
    lights = (
        DirectionalLight((0.4, -1, -0.5), intensity=2.0),
        DirectionalLight((-0.6, -0.4, 0.7), intensity=0.8),
    )
    return Place("object", RenderScene((stone, table), lights, (0.25, 0.25, 0.25)), (0.3, 0.34, 0.3))


def room(seed: int) -> Place:
    """A furnished room of about 5 m by 4 m."""
    rng = np.random.default_rng([seed, 2])
    w, h, d = size = (rng.uniform(4.5, 5.5), rng.uniform(2.5, 2.9), rng.uniform(3.6, 4.4))
    nodes = _walls(rng, size)
    for wall in range(4):
        for share in (0.22, 0.5, 0.78):
            nodes.append(_picture_on_wall(rng, size, wall, share + rng.uniform(-0.06, 0.06)))
    table = joined(
        [box((1.4, 0.05, 0.8), (0, 0.72, 0)), *(_leg(x, z) for x in (-0.6, 0.6) for z in (-0.3, 0.3))]
    )
    table_at = (rng.uniform(-0.4, 0.4), 0, rng.uniform(-0.4, 0.4))
    nodes.append(node(table, textures.planks(rng, (256, 1024)), placed(table_at, rng.uniform(-30, 30))))
    for x, z in ((-0.35, 0.1), (0.05, -0.1), (0.4, 0.12)):
        radius = rng.uniform(0.08, 0.14)
        at = np.add(table_at, (x, 0.745 + radius, z))
        body = lump(rng, np.full(3, radius), 0.2, 48)
        nodes.append(node(body, textures.mottled(rng, (256, 512)), placed(at)))
    for corner in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        nodes.append(_cupboard(rng, w, d, corner))
    lamps = (
        PointLight((w / 5, h - 0.3, d / 6), (1, 0.95, 0.85), 4.5),
        PointLight((-w / 4, h - 0.4, -d / 5), intensity=3),
    )
    return Place("room", RenderScene(tuple(nodes), lamps, (0.22, 0.22, 0.25)), size)


def _walls(rng: Generator, size: tuple[float, float, float]) -> list[SurfaceNode]:
    w, h, d = size
    pictures = [
        textures.plaster(rng, texels(w, h)),
        textures.bricks(rng, texels(d, h)),
        textures.plaster(rng, texels(w, h)),
        textures.mottled(rng, texels(d, h), 0.5),
        textures.planks(rng, texels(w, d)),
        textures.plaster(rng, texels(w, d)),
    ]
    return [node(face, picture) for face, picture in zip(room_faces(size), pictures, strict=True)]


def _picture_on_wall(
    rng: Generator, size: tuple[float, float, float], wall: int, share: float
) -> SurfaceNode:
    w, h, d = size
    along, across = (w, d) if wall % 2 == 0 else (d, w)
    wide, tall = rng.uniform(0.4, 0.8), rng.uniform(0.5, 0.9)
    frame = box((wide, tall, 0.04), ((share - 0.5) * along, h * 0.58, -across / 2 + 0.02))
    picture = np.concatenate([textures.poster(rng, (256, 256)) for _ in range(6)], axis=1)
    # Turning by -90 degrees takes the north wall to the east one.
    return node(frame, picture, placed((0, 0, 0), -90.0 * wall))


def _leg(x: float, z: float) -> SurfaceMesh:
    return box((0.06, 0.7, 0.06), (x, 0.35, z))


def _cupboard(rng: Generator, w: float, d: float, corner: tuple[int, int]) -> SurfaceNode:
    wide, tall, deep = rng.uniform(0.4, 0.8), rng.uniform(0.5, 1.8), rng.uniform(0.35, 0.6)
    at = (corner[0] * (w / 2 - wide / 2 - 0.05), tall / 2, corner[1] * (d / 2 - deep / 2 - 0.05))
    kind = textures.planks if rng.random() < 0.5 else textures.mottled
    return node(box((wide, tall, deep)), kind(rng, (256, 1536)), placed(at))


def corridor(seed: int) -> Place:
    """A corridor of 2 m by 2.6 m around a block, 12 m by 9 m outside, that leads back to its beginning."""
    rng = np.random.default_rng([seed, 3])
    w, h, d, wide = 12.0, 2.6, 9.0, 2.0
    nodes = _walls(rng, (w, h, d))
    for number, face in enumerate(_block_faces(w - 2 * wide, h, d - 2 * wide)):
        length = (w if number % 2 == 0 else d) - 2 * wide
        kind = textures.bricks if number % 2 else textures.tiles
        nodes.append(node(face, kind(rng, texels(length, h))))
    for wall in range(4):
        for share in np.linspace(0.1, 0.9, 7):
            nodes.append(_picture_on_wall(rng, (w, h, d), wall, share + rng.uniform(-0.03, 0.03)))
            if rng.random() < 0.4:
                nodes.append(_pillar(rng, (w, h, d), wall, share + 0.065))
    lamps = tuple(
        PointLight((x, h - 0.2, z), intensity=2.2)
        for x, z in ((-5, -3.5), (0, -3.5), (5, -3.5), (5, 3.5), (0, 3.5), (-5, 3.5))
    )
    return Place("corridor", RenderScene(tuple(nodes), lamps, (0.2, 0.2, 0.2)), (w, h, d))


def _block_faces(w: float, h: float, d: float) -> list[SurfaceMesh]:
    x, z = w / 2, d / 2
    return [
        patch((-x, h, z), (w, 0, 0), (0, -h, 0)),
        patch((x, h, z), (0, 0, -d), (0, -h, 0)),
        patch((x, h, -z), (-w, 0, 0), (0, -h, 0)),
        patch((-x, h, -z), (0, 0, d), (0, -h, 0)),
    ]


def _pillar(rng: Generator, size: tuple[float, float, float], wall: int, share: float) -> SurfaceNode:
    w, h, d = size
    along, across = (w, d) if wall % 2 == 0 else (d, w)
    side = column(0.12, h, ((share - 0.5) * along, 0, -across / 2 + 0.15))
    return node(side, textures.mottled(rng, texels(0.75, h)), placed((0, 0, 0), -90.0 * wall))


def facade(seed: int) -> Place:
    """The front of a brick house, 12 m by 7 m, with recessed windows, sills and a street, seen from +Z."""
    rng = np.random.default_rng([seed, 4])
    columns, rows, cell_w, cell_h = 5, 2, 2.4, 3.5
    w, h = columns * cell_w, rows * cell_h
    front, panes, sills = [], [], []
    for row in range(rows):
        for number in range(columns):
            left, top = number * cell_w - w / 2, h - row * cell_h
            wide, tall = rng.uniform(0.9, 1.3), rng.uniform(1.4, 1.9)
            hole = (left + (cell_w - wide) / 2, top - rng.uniform(0.6, 0.9), wide, tall)
            front += _around_hole((left, top, cell_w, cell_h), hole, rng.uniform(0.15, 0.3), panes)
            sills.append(box((wide + 0.2, 0.08, 0.3), (hole[0] + wide / 2, hole[1] - tall - 0.04, 0.08)))
    wall = _over_facade(joined(front), w, h)
    glass = np.concatenate([textures.poster(rng, (256, 192)) for _ in panes], axis=1)
    nodes = (
        node(wall, textures.bricks(rng, texels(w, h, 200), 18)),
        node(joined(panes, atlas=True), glass),
        node(joined(sills), textures.mottled(rng, (128, 512))),
        node(box((w + 0.4, 0.35, 0.5), (0, h + 0.17, 0)), textures.mottled(rng, (128, 3072))),
        node(patch((-w, 0, 0), (2 * w, 0, 0), (0, 0, 10)), textures.tiles(rng, (1024, 2048), 32)),
    )
    sun = DirectionalLight((0.5, -1.0, -0.8), (1, 0.96, 0.9), 3.0, casts_shadow=True)
    return Place("facade", RenderScene(nodes, (sun,), (0.3, 0.32, 0.38)), (w, h, 0.6))


Rectangle = tuple[float, float, float, float]


def _around_hole(
    cell: Rectangle, hole: Rectangle, deep: float, panes: list[SurfaceMesh]
) -> list[SurfaceMesh]:
    """A piece of wall (left, top, width, height) with a hole and its reveals; the pane goes to `panes`."""
    left, top, wide, tall = cell
    x, y, w, h = hole
    panes.append(patch((x, y, -deep), (w, 0, 0), (0, -h, 0)))
    bottom, right = top - tall, left + wide
    return [
        patch((left, top, 0), (wide, 0, 0), (0, y - top, 0)),
        patch((left, y - h, 0), (wide, 0, 0), (0, bottom - (y - h), 0)),
        patch((left, y, 0), (x - left, 0, 0), (0, -h, 0)),
        patch((x + w, y, 0), (right - x - w, 0, 0), (0, -h, 0)),
        patch((x, y, 0), (0, 0, -deep), (0, -h, 0)),
        patch((x + w, y, -deep), (0, 0, deep), (0, -h, 0)),
        patch((x, y, 0), (w, 0, 0), (0, 0, -deep)),
        patch((x, y - h, -deep), (w, 0, 0), (0, 0, deep)),
    ]


def _over_facade(mesh: SurfaceMesh, w: float, h: float) -> SurfaceMesh:
    """Lay one picture over the whole wall; the reveals go on where the front ends."""
    x, y, z = mesh.positions.T
    uv = np.stack([(x - z + w / 2) / w, (h - y + z) / h], 1)
    return SurfaceMesh(mesh.positions, mesh.triangles, uv=uv.astype(np.float32))


PLACES = {"object": textured_object, "room": room, "corridor": corridor, "facade": facade}


@lru_cache(maxsize=8)
def place(name: str, seed: int) -> Place:
    """One of `PLACES`, made once: a renderer draws the same meshes again without preparing them."""
    return PLACES[name](seed)
