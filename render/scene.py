"""What a picture is made of."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from render.environment import Environment
from render.figure import FigurePose
from render.light import Light
from render.material import Material, Shading
from render.point_set import PointSet
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
        Any affine map; a mirroring one keeps fronts in front. Not used with a skin, whose joints are in the
        world.
    pose : FigurePose, optional
        Weights of the mesh's targets and places of its joints; needed when it has either.
    name : str
        What its file calls it; "" where it does not.
    """

    mesh: SurfaceMesh
    material: Material = field(default_factory=Material)
    world_from_mesh: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))
    pose: FigurePose | None = None
    name: str = ""

    def __post_init__(self) -> None:
        """Check the map and that the pose is one of the mesh."""
        if self.world_from_mesh.shape != (4, 4) or not np.isfinite(self.world_from_mesh).all():
            raise ValueError("world_from_mesh: a finite (4, 4) matrix")
        pose = self.pose or FigurePose()
        if len(pose.target_weights) != len(self.mesh.targets):
            raise ValueError("one weight for each target of the mesh")
        places = 0 if pose.world_from_joints is None else len(pose.world_from_joints)
        if places != (0 if self.mesh.skin is None else len(self.mesh.skin.joint_from_rest)):
            raise ValueError("one place for each joint of the mesh")


@dataclass(frozen=True, eq=False)
class PointNode:
    """Points in their place.

    Parameters
    ----------
    points : PointSet
        What is drawn.
    material : Material
        What the points are made of; textures are not used.
    world_from_points : (4, 4) float64
        Any affine map.
    name : str
        What its file calls it; "" where it does not.
    """

    points: PointSet
    material: Material = field(default_factory=lambda: Material(shading=Shading.UNLIT))
    world_from_points: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))
    name: str = ""

    def __post_init__(self) -> None:
        """Check the map."""
        if self.world_from_points.shape != (4, 4) or not np.isfinite(self.world_from_points).all():
            raise ValueError("world_from_points: a finite (4, 4) matrix")


SceneNode = SurfaceNode | PointNode


@dataclass(frozen=True, eq=False)
class RenderScene:
    """All that a picture shows, and its light.

    Parameters
    ----------
    nodes : tuple of SurfaceNode or PointNode
        Their order numbers them in the picture of nodes.
    lights : tuple of Light
        At most a few: every one is followed for every pixel.
    ambient : tuple of float
        Linear RGB of light that comes from everywhere.
    environment : Environment, optional
        Light from around, besides.
    """

    nodes: tuple[SceneNode, ...]
    lights: tuple[Light, ...] = ()
    ambient: tuple[float, float, float] = (0.0, 0.0, 0.0)
    environment: Environment | None = None

    def __post_init__(self) -> None:
        """Check the light."""
        if not all(0 <= value < np.inf for value in self.ambient):
            raise ValueError(f"ambient: {self.ambient}")
