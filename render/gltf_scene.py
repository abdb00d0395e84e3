"""Scenes from glTF 2.0: meshes, points, materials, skins and morph targets in their places."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.object_file import refusing_damage
from render.figure import FigurePose, MorphTarget, Skin
from render.gltf_file import GltfFile
from render.gltf_materials import GltfMaterials
from render.material import Material, Shading
from render.native_scene import tangents_along
from render.point_set import PointSet
from render.scene import PointNode, SceneNode, SurfaceNode
from render.surface_mesh import SurfaceMesh

GLTF_SUFFIXES = (".glb", ".gltf", ".vrm")
_POINTS, _TRIANGLES, _STRIP, _FAN = 0, 4, 5, 6
# Extensions that may be required; all others only add to what is understood.
_UNDERSTOOD = {
    "KHR_materials_unlit",
    "KHR_materials_emissive_strength",
    "KHR_texture_transform",
    "KHR_mesh_quantization",
    "EXT_texture_webp",
    "VRMC_vrm",
    "VRMC_materials_mtoon",
    "VRMC_springBone",
    "VRMC_node_constraint",
}
_POINT_RADIUS = 1.0
_UPRIGHT = np.eye(4)


def read_gltf(path: Path) -> tuple[SceneNode, ...]:
    """Read the default scene, at rest.

    Raises
    ------
    BadInput
        When the file is damaged, needs an extension that is not understood, or shows nothing.
    """
    with refusing_damage(path):
        file = GltfFile(path)
        missing = sorted(file.required_extensions - _UNDERSTOOD)
        if missing:
            text = QT_TRANSLATE_NOOP("Message", "{path} needs the glTF extension {name}, which is not read.")
            raise BadInput(message(text, path=str(path), name=missing[0]))
        nodes = tuple(_Reading(file).nodes())
    if not nodes:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no surface and no points.")
        raise BadInput(message(text, path=str(path)))
    return nodes


class _Reading:
    """One pass over a file."""

    def __init__(self, file: GltfFile) -> None:
        self._file = file
        self._materials = GltfMaterials(file)
        self._places = dict(self._walk())

    def nodes(self) -> Iterator[SceneNode]:
        """Give what every node of the scene shows."""
        for number, place in self._places.items():
            node = self._file.items("nodes")[number]
            if "mesh" not in node:
                continue
            mesh = self._file.items("meshes")[node["mesh"]]
            name = str(node.get("name") or mesh.get("name") or "")
            several = len(mesh["primitives"]) > 1
            for part_number, part in enumerate(mesh["primitives"], start=1):
                made = self._node(part, node, mesh, place)
                if made is not None:
                    yield replace(made, name=f"{name} {part_number}".strip() if several else name)

    def _walk(self) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Give every node of the default scene with its place, parents first."""
        nodes, scenes = self._file.items("nodes"), self._file.items("scenes")
        roots = scenes[self._file.json.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes))
        waiting = [(int(root), _UPRIGHT) for root in roots]
        visited: set[int] = set()
        while waiting:
            number, parent = waiting.pop()
            if number in visited:
                raise ValueError("a node with two parents")
            visited.add(number)
            place = parent @ _local(nodes[number])
            yield number, place
            waiting += [(int(child), place) for child in nodes[number].get("children", [])]

    def _node(
        self, part: dict[str, Any], node: dict[str, Any], mesh: dict[str, Any], place: NDArray[np.float64]
    ) -> SceneNode | None:
        mode = part.get("mode", _TRIANGLES)
        material = self._materials.material(part.get("material"))
        if mode == _POINTS:
            return self._points(part, material, place)
        if mode not in (_TRIANGLES, _STRIP, _FAN):
            return None  # lines
        surface = self._mesh(part, mode, mesh, node.get("skin"))
        if surface.normals is None:
            material = replace(material, flat=True)
        weights = node.get("weights", mesh.get("weights")) or [0.0] * len(surface.targets)
        joints = None if surface.skin is None else self._joints(node["skin"])
        pose = FigurePose(tuple(map(float, weights)), joints)
        return SurfaceNode(surface, material, place, pose)

    def _mesh(self, part: dict[str, Any], mode: int, mesh: dict[str, Any], skin: int | None) -> SurfaceMesh:
        attributes = part["attributes"]
        positions = self._floats(attributes["POSITION"])
        count = len(positions)
        index = self._file.accessor(part["indices"])[:, 0] if "indices" in part else np.arange(count)
        sets = self._materials.uv_sets(part.get("material"))
        uv = [self._optional(attributes, f"TEXCOORD_{number}") for number in (*sets, *sets)[:2]]
        joined = self._skin(attributes, skin) if skin is not None and "JOINTS_0" in attributes else None
        made = SurfaceMesh(
            positions,
            _triangles(index.astype(np.int64), mode),
            normals=self._optional(attributes, "NORMAL"),
            uv=uv[0],
            second_uv=uv[1] if len(sets) > 1 else None,
            colours=self._colours(attributes),
            tangents=self._optional(attributes, "TANGENT"),
            targets=tuple(self._targets(part, mesh, count)),
            skin=joined,
        )
        texture = self._materials.texture_map(part.get("material"), "normal_texture")
        if made.tangents is not None or texture is None:
            return made
        return replace(made, tangents=tangents_along(texture, made))

    def _floats(self, number: int) -> NDArray[np.float32]:
        return np.ascontiguousarray(self._file.accessor(number), np.float32)

    def _optional(self, attributes: dict[str, int], name: str) -> NDArray[np.float32] | None:
        return self._floats(attributes[name]) if name in attributes else None

    def _colours(self, attributes: dict[str, int]) -> NDArray[np.float32] | None:
        colours = self._optional(attributes, "COLOR_0")
        if colours is None or colours.shape[1] == 4:
            return colours
        return np.concatenate([colours, np.ones((len(colours), 1), np.float32)], axis=1)

    def _targets(self, part: dict[str, Any], mesh: dict[str, Any], count: int) -> Iterator[MorphTarget]:
        names = mesh.get("extras", {}).get("targetNames", [])
        for number, target in enumerate(part.get("targets", [])):
            moved = self._optional(target, "POSITION")
            yield MorphTarget(
                np.zeros((count, 3), np.float32) if moved is None else moved,
                self._optional(target, "NORMAL"),
                str(names[number]) if number < len(names) else "",
            )

    def _skin(self, attributes: dict[str, int], skin: int) -> Skin:
        told = self._file.items("skins")[skin]
        joints = self._file.accessor(attributes["JOINTS_0"]).astype(np.int32)
        weights = self._floats(attributes["WEIGHTS_0"])
        total = weights.sum(axis=1, keepdims=True)
        weights = np.where(total > 0, weights / np.where(total > 0, total, 1), [1, 0, 0, 0])
        count = len(told["joints"])
        rest = np.stack([np.eye(4)] * count)
        if "inverseBindMatrices" in told:
            columns = self._file.accessor(told["inverseBindMatrices"])[:count].astype(np.float64)
            rest = np.ascontiguousarray(columns.reshape(-1, 4, 4).transpose(0, 2, 1))
        return Skin(np.ascontiguousarray(joints), np.ascontiguousarray(weights, np.float32), rest)

    def _joints(self, skin: int) -> NDArray[np.float64]:
        return np.stack([self._places[int(joint)] for joint in self._file.items("skins")[skin]["joints"]])

    def _points(self, part: dict[str, Any], material: Material, place: NDArray[np.float64]) -> PointNode:
        positions, colours = self._floats(part["attributes"]["POSITION"]), self._colours(part["attributes"])
        points = PointSet(positions, np.array([_POINT_RADIUS], np.float32), colours=colours)
        return PointNode(points, replace(material, shading=Shading.UNLIT), place)


def _local(node: dict[str, Any]) -> NDArray[np.float64]:
    """Give a node's place in its parent."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    place = np.eye(4)
    place[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), np.float64)
    place[:3, 3] = node.get("translation", (0, 0, 0))
    return place


def _triangles(index: NDArray[np.int64], mode: int) -> NDArray[np.int32]:
    if mode == _TRIANGLES:
        found = index[: len(index) // 3 * 3].reshape(-1, 3)
    elif mode == _FAN:
        found = np.stack([np.full(max(len(index) - 2, 0), index[0]), index[1:-1], index[2:]], axis=1)
    else:
        found = np.stack([index[:-2], index[1:-1], index[2:]], axis=1)
        found[1::2] = found[1::2, [1, 0, 2]]
    return np.ascontiguousarray(found, np.int32)
