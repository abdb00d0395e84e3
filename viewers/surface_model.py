"""Surfaces and points to be looked at: named parts in colours, shown or hidden; no Qt in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.mesh import Mesh
from core.message import Message
from imaging.mesh_files import welded
from render.camera import Camera
from render.environment import Environment
from render.material import AlphaMode, Material
from render.native_renderer import NativeRenderer
from render.scene import PointNode, RenderScene, SceneNode, SurfaceNode
from render.surface_files import PLASTER as NO_MATERIAL
from render.surface_files import linear
from render.surface_mesh import SurfaceMesh
from render.surface_source import patient_studio
from viewers.object_layer import PALETTE, Colour

PLASTER: Colour = (226, 214, 194)
_SRGB_STEPS = 255


@dataclass(frozen=True, eq=False)
class SurfacePart:
    """One surface, or the points of a cloud, with its name.

    Parameters
    ----------
    key : str
        Unique in the model.
    title : str
        As its file or its segment says; "" where nothing does.
    colour : tuple of int
        sRGB, 0 to 255; of what has a material of its own, something like its colour.
    node : SurfaceNode or PointNode
        In LPS millimetres.
    has_material : bool
        Whether it is seen as its file says, until a colour is chosen.
    volume_mm3 : float, optional
        What it encloses; None where it is not closed.
    area_mm2 : float
        Of its triangles.
    """

    key: str
    title: str
    colour: Colour
    node: SceneNode
    has_material: bool = False
    volume_mm3: float | None = None
    area_mm2: float = 0.0

    @staticmethod
    def of(key: str, mesh: Mesh, colour: Colour) -> "SurfacePart":
        """Take over a surface that is only coloured."""
        volume = mesh.volume_mm3 if mesh.is_closed else None
        node = SurfaceNode(SurfaceMesh.of_mesh(mesh), name=mesh.name)
        return SurfacePart(key, mesh.name, colour, node, volume_mm3=volume, area_mm2=mesh.area_mm2)

    @property
    def triangles(self) -> int:
        """How many triangles it has."""
        return 0 if isinstance(self.node, PointNode) else len(self.node.mesh.triangles)

    @property
    def points(self) -> int:
        """How many points it has, where it is a cloud of them."""
        return len(self.node.points.positions) if isinstance(self.node, PointNode) else 0


def parts_of(meshes: list[Mesh]) -> tuple[SurfacePart, ...]:
    """Give the parts of surfaces, in their colours, or in different ones where there are several."""
    several = len(meshes) > 1
    return tuple(
        SurfacePart.of(str(number), mesh, mesh.colour or _default_colour(number, several))
        for number, mesh in enumerate(meshes)
    )


def parts_of_nodes(nodes: tuple[SceneNode, ...]) -> tuple[SurfacePart, ...]:
    """Give the parts of a scene in LPS millimetres, with the materials of its file."""
    renderer = NativeRenderer()
    found: list[SurfacePart] = []
    for number, node in enumerate(nodes):
        plain = isinstance(node, SurfaceNode) and node.material is NO_MATERIAL
        colour = _default_colour(number, len(nodes) > 1) if plain else _colour_of(node)
        part = SurfacePart(str(number), node.name, colour, node, not plain)
        if isinstance(node, SurfaceNode):
            mesh = Mesh(*welded(renderer.world_vertices(node), node.mesh.triangles.astype(np.int64)))
            volume = mesh.volume_mm3 if mesh.is_closed else None
            part = replace(part, volume_mm3=volume, area_mm2=mesh.area_mm2)
        found.append(part)
    return tuple(found)


@dataclass(frozen=True)
class SurfaceLook:
    """How the parts of a model are seen.

    Parameters
    ----------
    hidden : frozenset of str
        Keys of parts that are not shown.
    colours : mapping of str to tuple of int
        Where another than the part's own was chosen.
    opacity : float
        Of all parts, 0.05 to 1; the chosen one stays opaque.
    chosen : str
        Key of the part that stands out; "" for none.
    """

    hidden: frozenset[str] = frozenset()
    colours: Mapping[str, Colour] = field(default_factory=dict[str, Colour])
    opacity: float = 1.0
    chosen: str = ""

    def with_part(self, key: str, *, shown: bool) -> "SurfaceLook":
        """Show or hide a part."""
        return replace(self, hidden=self.hidden - {key} if shown else self.hidden | {key})

    def colour(self, part: SurfacePart) -> Colour:
        """Give the colour of a part."""
        return self.colours.get(part.key, part.colour)

    def shows(self, part: SurfacePart) -> bool:
        """Tell whether a part is shown."""
        return part.key not in self.hidden


class SurfaceModel:
    """The parts of a file or an object, and scenes of them.

    Parameters
    ----------
    parts : tuple of SurfacePart
        At least one.
    notes : tuple of Message
        What unit it has, and how that is known.
    """

    def __init__(self, parts: tuple[SurfacePart, ...], notes: tuple[Message, ...] = ()) -> None:
        self.parts = parts
        self.notes = notes
        self._studio: Environment = patient_studio()
        self._nodes: dict[tuple[str, Colour | None, float], SceneNode] = {}
        renderer = NativeRenderer()
        corners = {part.key: _corners(renderer.world_vertices(part.node)) for part in parts}
        self._corners = corners

    @property
    def box_mm(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Low and high corner, (3,) LPS, of the box around all parts."""
        corners = np.concatenate(list(self._corners.values()))
        return corners.min(axis=0), corners.max(axis=0)

    @property
    def extent_mm(self) -> tuple[float, float, float]:
        """Size of that box: from right to left, front to back, feet to head."""
        low, high = self.box_mm
        x, y, z = (high - low).tolist()
        return x, y, z

    def part(self, key: str) -> SurfacePart | None:
        """Give the part with a key."""
        return next((part for part in self.parts if part.key == key), None)

    def shown(self, look: SurfaceLook) -> list[SurfacePart]:
        """Give the parts that are shown, in the order of the scene's nodes."""
        return [part for part in self.parts if look.shows(part)]

    def scene(self, look: SurfaceLook) -> RenderScene:
        """Give the scene of a look; nodes are the same ones as long as a part looks the same."""
        nodes = tuple(self._node(part, look) for part in self.shown(look))
        return RenderScene(nodes, environment=self._studio)

    def camera(self, direction: str = "A", key: str = "") -> Camera:
        """Give the camera that shows all parts, or one of them, from a side of the patient."""
        corners = self._corners.get(key)
        if corners is None:
            corners = np.concatenate(list(self._corners.values()))
        return Camera.enclosing(corners, direction).zoom(1.15)

    def _node(self, part: SurfacePart, look: SurfaceLook) -> SceneNode:
        opacity = 1.0 if look.chosen == part.key else look.opacity
        own = part.has_material and part.key not in look.colours
        key = (part.key, None if own else look.colour(part), opacity)
        if key not in self._nodes:
            # Renderers keep what they have prepared of a mesh or a material as long as it is the same one.
            if own:
                self._nodes[key] = _faded(part.node, opacity)
            else:
                self._nodes[key] = replace(part.node, material=_material(look.colour(part), opacity))
        return self._nodes[key]


def _default_colour(number: int, several: bool) -> Colour:
    return PALETTE[number % len(PALETTE)] if several else PLASTER


def _colour_of(node: SceneNode) -> Colour:
    """Give something like the colour of a node, for the swatch beside its name."""
    level = np.array(node.material.base_colour[:3])
    texture = node.material.base_colour_texture
    colours = node.points.colours if isinstance(node, PointNode) else node.mesh.colours
    if texture is not None:
        level = level * linear(texture.pixels[::8, ::8, :3].reshape(-1, 3).mean(axis=0))
    if colours is not None and len(colours):
        level = level * colours[:, :3].mean(axis=0)
    bent = np.where(level <= 0.0031308, level * 12.92, 1.055 * np.maximum(level, 1e-9) ** (1 / 2.4) - 0.055)
    red, green, blue = (int(value) for value in np.clip(np.rint(bent * _SRGB_STEPS), 0, _SRGB_STEPS))
    return red, green, blue


def _faded(node: SceneNode, opacity: float) -> SceneNode:
    if opacity >= 1:
        return node
    red, green, blue, alpha = node.material.base_colour
    colour = (red, green, blue, alpha * opacity)
    return replace(node, material=replace(node.material, base_colour=colour, alpha_mode=AlphaMode.BLEND))


def _material(colour: Colour, opacity: float) -> Material:
    red, green, blue = linear(np.array(colour)).tolist()
    blended = opacity < 1
    return Material(
        base_colour=(red, green, blue, opacity),
        roughness=0.6,
        alpha_mode=AlphaMode.BLEND if blended else AlphaMode.OPAQUE,
        double_sided=not blended,
    )


def _corners(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = positions.min(axis=0), positions.max(axis=0)
    return np.array(
        [[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    )
