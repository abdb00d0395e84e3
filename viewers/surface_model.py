"""Surfaces to be looked at: named parts in colours, shown or hidden; no Qt in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.mesh import Mesh
from render.camera import Camera
from render.environment import Environment
from render.material import AlphaMode, Material
from render.scene import RenderScene, SurfaceNode
from render.surface_files import linear
from render.surface_mesh import SurfaceMesh
from render.surface_source import patient_studio
from viewers.object_layer import PALETTE, Colour

PLASTER: Colour = (226, 214, 194)


@dataclass(frozen=True, eq=False)
class SurfacePart:
    """One surface with its name.

    Parameters
    ----------
    key : str
        Unique in the model.
    title : str
        As its file or its segment says; "" where nothing does.
    colour : tuple of int
        sRGB, 0 to 255.
    mesh : SurfaceMesh
        In LPS millimetres.
    volume_mm3 : float, optional
        What it encloses; None where it is not closed.
    area_mm2 : float
        Of its triangles.
    """

    key: str
    title: str
    colour: Colour
    mesh: SurfaceMesh
    volume_mm3: float | None
    area_mm2: float

    @staticmethod
    def of(key: str, mesh: Mesh, colour: Colour) -> "SurfacePart":
        """Take over a surface."""
        volume = mesh.volume_mm3 if mesh.is_closed else None
        return SurfacePart(key, mesh.name, colour, SurfaceMesh.of_mesh(mesh), volume, mesh.area_mm2)

    @property
    def triangles(self) -> int:
        """How many triangles it has."""
        return len(self.mesh.triangles)


def parts_of(meshes: list[Mesh]) -> tuple[SurfacePart, ...]:
    """Give the parts of surfaces, in their colours, or in different ones where there are several."""
    several = len(meshes) > 1
    colours = [PALETTE[number % len(PALETTE)] if several else PLASTER for number in range(len(meshes))]
    return tuple(
        SurfacePart.of(str(number), mesh, mesh.colour or colour)
        for number, (mesh, colour) in enumerate(zip(meshes, colours, strict=True))
    )


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
    """

    def __init__(self, parts: tuple[SurfacePart, ...]) -> None:
        self.parts = parts
        self._studio: Environment = patient_studio()
        self._nodes: dict[tuple[str, Colour, float], SurfaceNode] = {}
        self._corners = np.array([_corners(part.mesh.positions) for part in parts]).reshape(-1, 3)

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

    def camera(self, direction: str = "A") -> Camera:
        """Give the camera that shows all parts from a side of the patient."""
        return Camera.enclosing(self._corners, direction).zoom(1.15)

    def _node(self, part: SurfacePart, look: SurfaceLook) -> SurfaceNode:
        opacity = 1.0 if look.chosen == part.key else look.opacity
        key = (part.key, look.colour(part), opacity)
        if key not in self._nodes:
            # Renderers keep what they have prepared of a mesh as long as it is the same one.
            self._nodes[key] = SurfaceNode(part.mesh, _material(look.colour(part), opacity))
        return self._nodes[key]


def _material(colour: Colour, opacity: float) -> Material:
    red, green, blue = linear(np.array(colour)).tolist()
    blended = opacity < 1
    return Material(
        base_colour=(red, green, blue, opacity),
        roughness=0.6,
        alpha_mode=AlphaMode.BLEND if blended else AlphaMode.OPAQUE,
        double_sided=not blended,
    )


def _corners(positions: NDArray[np.float32]) -> NDArray[np.float64]:
    low, high = positions.min(axis=0), positions.max(axis=0)
    return np.array(
        [[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    )
