"""Scenes from STL, OBJ and PLY files (trimesh)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.object_file import refusing_damage
from render.creases import creased
from render.material import Material, Shading
from render.point_set import PointSet
from render.scene import PointNode, SceneNode, SurfaceNode
from render.surface_mesh import SurfaceMesh
from render.texture import Texture

SURFACE_SUFFIXES = (".stl", ".obj", ".ply")
# Of surfaces that say nothing of theirs: a cast of plaster, seen from both sides.
PLASTER = Material(base_colour=(0.80, 0.74, 0.64, 1.0), roughness=0.55, double_sided=True)
_POINT_RADIUS = 1.0


def read_surfaces(path: Path, suffix: str) -> tuple[SceneNode, ...]:
    """Read what a file shows: meshes with their colours and textures, and points.

    Raises
    ------
    BadInput
        When it is damaged or holds nothing that can be shown.
    """
    import trimesh

    with refusing_damage(path):
        options: dict[str, Any] = {"split_objects": True, "split_groups": True} if suffix == ".obj" else {}
        scene = trimesh.load_scene(path, file_type=suffix[1:], process=False, **options)
        nodes: list[SceneNode] = []
        # The reader gives the objects of an OBJ in any order.
        for given, geometry in sorted(scene.geometry.items()):
            name = str(given) if suffix == ".obj" else path.stem
            for node in scene.graph.geometry_nodes[given]:
                place = np.asarray(scene.graph[node][0], np.float64)
                if isinstance(geometry, trimesh.Trimesh) and len(geometry.faces):
                    mesh = _mesh(geometry, suffix)
                    nodes.append(SurfaceNode(mesh, _material(geometry), place, name=name))
                elif isinstance(geometry, trimesh.PointCloud) and len(geometry.vertices):
                    nodes.append(replace(_points(geometry, place), name=name))
    if not nodes:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no surface and no points.")
        raise BadInput(message(text, path=str(path)))
    return tuple(nodes)


def linear(srgb: NDArray[Any]) -> NDArray[np.float32]:
    """Turn sRGB, 0 to 255, into linear colours (IEC 61966-2-1); a fourth channel is alpha and stays."""
    level = np.asarray(srgb, np.float32) / 255
    bent = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    if level.shape[-1] == 4:
        bent[..., 3] = level[..., 3]
    return np.ascontiguousarray(bent, np.float32)


def _mesh(mesh: Any, suffix: str) -> SurfaceMesh:
    if suffix == ".stl":
        return creased(np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int64))
    visual = mesh.visual
    uv = getattr(visual, "uv", None)
    if uv is not None:  # counted from the lower left corner there
        uv = np.ascontiguousarray(np.asarray(uv)[:, :2] * [1, -1] + [0, 1], np.float32)
    coloured = visual.kind == "vertex"
    return SurfaceMesh(
        np.ascontiguousarray(mesh.vertices, np.float32),
        np.ascontiguousarray(mesh.faces, np.int32),
        uv=uv,
        colours=linear(visual.vertex_colors) if coloured else None,
    )


def _material(mesh: Any) -> Material:
    """Give the material; `PLASTER` for a surface that has none."""
    material = getattr(mesh.visual, "material", None)
    picture = getattr(material, "image", None)
    if picture is not None:
        texture = Texture(np.ascontiguousarray(picture.convert("RGBA"), np.uint8))
        return Material(base_colour_texture=texture, roughness=0.8, double_sided=True)
    if mesh.visual.kind == "vertex":
        return Material(roughness=0.7, double_sided=True)
    diffuse = getattr(material, "diffuse", None)
    if diffuse is not None and mesh.visual.defined:
        red, green, blue, alpha = linear(np.asarray(diffuse)[None])[0].tolist()
        return Material(base_colour=(red, green, blue, alpha), roughness=0.6, double_sided=True)
    return PLASTER


def _points(cloud: Any, place: NDArray[np.float64]) -> PointNode:
    colours = np.asarray(cloud.colors)
    known = colours.ndim == 2 and len(colours) == len(cloud.vertices)
    points = PointSet(
        np.ascontiguousarray(cloud.vertices, np.float32),
        np.array([_POINT_RADIUS], np.float32),
        colours=linear(colours) if known else None,
    )
    return PointNode(points, Material(shading=Shading.UNLIT), place)
