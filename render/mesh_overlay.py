"""Files of surfaces as bodies in the picture of a volume."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.conversion_source import suffix_of
from imaging.mesh_files import GLTF_FROM_LPS
from render.figure import FigurePose
from render.gltf_scene import GLTF_SUFFIXES, read_gltf
from render.label_overlay import distinct_colour
from render.material import Material
from render.scene import PointNode, SceneNode, SurfaceNode
from render.surface_files import PLASTER, SURFACE_SUFFIXES, linear, read_surfaces
from render.surface_mesh import SurfaceMesh

_LPS_FROM_GLTF = np.linalg.inv(GLTF_FROM_LPS)


def read_bodies(paths: Sequence[Path]) -> tuple[SceneNode, ...]:
    """Read surfaces and points into the patient, LPS millimetres.

    STL, OBJ and PLY hold LPS millimetres, and glTF metres with Y up and the front towards +Z, as `sense
    convert` writes them. What says nothing of its colour is given different ones, or that of plaster where
    it is alone.

    Raises
    ------
    BadInput
        When a file is damaged, or none of surfaces.
    """
    bodies = [node for path in paths for node in _read(path)]
    if len(bodies) < 2:
        return tuple(_coloured(node, PLASTER) for node in bodies)
    return tuple(_coloured(node, _distinct(number)) for number, node in enumerate(bodies, start=1))


def _read(path: Path) -> tuple[SceneNode, ...]:
    suffix = suffix_of(path)
    if suffix in SURFACE_SUFFIXES:
        return read_surfaces(path, suffix)
    if suffix in GLTF_SUFFIXES:
        return tuple(_in_patient(node) for node in read_gltf(path))
    text = QT_TRANSLATE_NOOP("Message", "{path} is no file of surfaces: STL, OBJ, PLY, GLB or glTF.")
    raise BadInput(message(text, path=str(path)))


def _in_patient(node: SceneNode) -> SceneNode:
    if isinstance(node, PointNode):
        return replace(node, world_from_points=_LPS_FROM_GLTF @ node.world_from_points)
    pose = node.pose
    if pose is not None and pose.world_from_joints is not None:
        pose = FigurePose(pose.target_weights, _LPS_FROM_GLTF @ pose.world_from_joints)
    return replace(node, pose=pose, world_from_mesh=_LPS_FROM_GLTF @ node.world_from_mesh)


def _coloured(node: SceneNode, material: Material) -> SceneNode:
    """Give another material to a surface that says nothing of its own."""
    plain = isinstance(node, SurfaceNode) and _is_plain(node.mesh, node.material)
    return replace(node, material=material) if plain else node


def _is_plain(mesh: SurfaceMesh, material: Material) -> bool:
    """Tell whether a surface is white because nothing is said, or a cast of plaster."""
    if material is PLASTER:
        return True
    textured = material.base_colour_texture is not None or mesh.colours is not None
    return not textured and material.base_colour == (1.0, 1.0, 1.0, 1.0)


def _distinct(number: int) -> Material:
    colour = np.array(distinct_colour(number)) * 0.85 * 255
    red, green, blue = linear(colour).tolist()
    return Material(base_colour=(red, green, blue, 1.0), roughness=0.6, double_sided=True)
