"""What a picture is made of."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from render.light import Light
from render.material import Material
from render.surface_mesh import SurfaceMesh


@dataclass(frozen=True, eq=False)
class SurfaceNode:
    """A mesh in its place.

    Parameters
    ----------
    mesh : SurfaceMesh
        Its triangles. Pictures of a moving scene are made quickly when they share meshes and materials.
    material : Material
        What it is made of.
    world_from_mesh : (4, 4) float64
        Any affine map; a mirroring one keeps fronts in front.
    """

    mesh: SurfaceMesh
    material: Material = field(default_factory=Material)
    world_from_mesh: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))

    def __post_init__(self) -> None:
        """Check the map."""
        if self.world_from_mesh.shape != (4, 4) or not np.isfinite(self.world_from_mesh).all():
            raise ValueError("world_from_mesh: a finite (4, 4) matrix")


@dataclass(frozen=True, eq=False)
class RenderScene:
    """All that a picture shows, and its light.

    Parameters
    ----------
    nodes : tuple of SurfaceNode
        Their order numbers them in the picture of nodes.
    lights : tuple of Light
        At most a few: every one is followed for every pixel.
    ambient : tuple of float
        Linear RGB of light that comes from everywhere.
    """

    nodes: tuple[SurfaceNode, ...]
    lights: tuple[Light, ...] = ()
    ambient: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        """Check the light."""
        if not all(0 <= value < np.inf for value in self.ambient):
            raise ValueError(f"ambient: {self.ambient}")
