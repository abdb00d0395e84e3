"""Nodes of a scene in another world: another unit, other axes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from render.point_set import PointUnit
from render.scene import PointNode, SceneNode
from render.toon_look import OutlineUnit


def moved(node: SceneNode, new_from_world: NDArray[np.float64]) -> SceneNode:
    """Give a node in a world that is turned, moved and evenly scaled.

    Joints, the width of outlines and the size of splats go along.

    Parameters
    ----------
    new_from_world : (4, 4) float64
        A similarity.
    """
    scale = float(np.cbrt(abs(np.linalg.det(new_from_world[:3, :3]))))
    if isinstance(node, PointNode):
        points = node.points
        if points.unit is PointUnit.LENGTH:
            points = replace(points, radii=(points.radii * scale).astype(np.float32))
        return replace(node, points=points, world_from_points=new_from_world @ node.world_from_points)
    material, pose = node.material, node.pose
    if material.has_outline and material.toon.outline_unit is OutlineUnit.WORLD:
        toon = replace(material.toon, outline_width=material.toon.outline_width * scale)
        material = replace(material, toon=toon)
    if pose is not None and pose.world_from_joints is not None:
        pose = replace(pose, world_from_joints=new_from_world @ pose.world_from_joints)
    place = new_from_world @ node.world_from_mesh
    return replace(node, material=material, pose=pose, world_from_mesh=place)
