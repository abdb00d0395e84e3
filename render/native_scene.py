"""The nouns of a scene as the kernels take them."""

from dataclasses import replace
from math import cos, radians
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from native import _core
from render.environment import Environment
from render.light import DirectionalLight, Light, SpotLight
from render.material import Material
from render.pinhole_camera import PinholeCamera
from render.point_set import PointSet
from render.scene import PointNode, SceneNode, SurfaceNode
from render.surface_mesh import SurfaceMesh
from render.texture import Texture
from render.toon_look import OutlineUnit, ToonLook

_SRGB_SLOTS = ("base_colour_texture", "emissive_texture")
_LINEAR_SLOTS = ("metallic_roughness_texture", "normal_texture", "occlusion_texture")
_MATERIAL_NUMBERS = (
    *("alpha_cutoff", "double_sided", "flat", "base_colour", "metallic", "roughness", "emissive"),
    *("normal_scale", "occlusion_strength"),
)
_TOON_SLOTS = ("shade_texture", "shift_texture", "rim_texture", "matcap_texture")
_TOON_NUMBERS = (
    *("shade_colour", "shift", "toony", "equalised", "rim_colour", "rim_power", "rim_lift", "rim_lighting"),
    *("outline_colour", "outline_lighting", "shift_scale", "matcap_colour"),
)


class NativeScenes:
    """Keeps what was made of meshes, materials, textures and poses as long as they live."""

    def __init__(self) -> None:
        self._meshes: WeakKeyDictionary[SurfaceMesh, Any] = WeakKeyDictionary()
        self._materials: WeakKeyDictionary[Material, Any] = WeakKeyDictionary()
        self._textures: WeakKeyDictionary[Texture, dict[bool, Any]] = WeakKeyDictionary()
        self._environments: WeakKeyDictionary[Environment, Any] = WeakKeyDictionary()
        self._points: WeakKeyDictionary[PointSet, Any] = WeakKeyDictionary()
        self._draws: WeakKeyDictionary[SceneNode, Any] = WeakKeyDictionary()

    def draw(self, node: SceneNode) -> Any:
        """Give the node with its mesh posed."""
        made = self._draws.get(node)
        if made is None:
            made = self._draws[node] = self._placed(node)
        return made

    def _placed(self, node: SceneNode) -> Any:
        material = self._material(node.material)
        if isinstance(node, PointNode):
            return _core.RasterDraw(
                self._point_set(node.points), None, material, contiguous(node.world_from_points)
            )
        # Skinned vertices are in the world already.
        place = node.world_from_mesh if node.mesh.skin is None else np.eye(4)
        return _core.RasterDraw(self.mesh(node.mesh), self.pose(node), material, contiguous(place))

    def pose(self, node: SurfaceNode) -> Any:
        """Give the vertices of a posed node; None for those of its mesh."""
        if node.pose is None:
            return None
        skin, joints = node.mesh.skin, node.pose.world_from_joints
        if skin is not None and joints is not None:
            joints = contiguous(joints @ skin.joint_from_rest)
        return _core.pose_figure(self.mesh(node.mesh), node.pose.target_weights, joints)

    def world_vertices(self, node: SceneNode) -> NDArray[np.float64]:
        """Give where the vertices or points of a node are, (n, 3)."""
        if isinstance(node, PointNode):
            return _moved(node.points.positions, node.world_from_points)
        pose = self.pose(node)
        vertices = node.mesh.positions if pose is None else pose.positions
        if node.mesh.skin is not None:
            return np.array(vertices, np.float64)
        return _moved(vertices, node.world_from_mesh)

    def environment(self, environment: Environment) -> Any:
        """Give the filtered panorama."""
        made = self._environments.get(environment)
        if made is None:
            turn = np.eye(4)
            turn[:3, :3] = environment.panorama_from_world
            panorama = np.ascontiguousarray(environment.panorama, np.float32)
            made = self._environments[environment] = _core.RasterEnvironment(panorama, turn)
        return made

    def mesh(self, mesh: SurfaceMesh) -> Any:
        """Give the triangles of a mesh, with the normals and tangents that were found."""
        made = self._meshes.get(mesh)
        if made is None:
            optional = (mesh.normals, mesh.uv, mesh.tangents, mesh.colours, mesh.second_uv)
            made = _core.RasterMesh(
                np.ascontiguousarray(mesh.positions, np.float32),
                np.ascontiguousarray(mesh.triangles, np.int32),
                *(None if rows is None else np.ascontiguousarray(rows, np.float32) for rows in optional),
            )
            _add_figure(mesh, made)
            self._meshes[mesh] = made
        return made

    def _point_set(self, points: PointSet) -> Any:
        made = self._points.get(points)
        if made is None:
            made = self._points[points] = _core.RasterMesh.of_points(
                np.ascontiguousarray(points.positions, np.float32),
                np.ascontiguousarray(points.radii, np.float32),
                _core.PointUnit[points.unit.name],
                *(
                    None if rows is None else np.ascontiguousarray(rows, np.float32)
                    for rows in (points.normals, points.colours)
                ),
            )
        return made

    def _material(self, material: Material) -> Any:
        made = self._materials.get(material)
        if made is None:
            made = _core.RasterMaterial()
            for name in _MATERIAL_NUMBERS:
                setattr(made, name, getattr(material, name))
            made.shading = _core.ShadingModel[material.shading.name]
            made.alpha_mode = _core.AlphaMode[material.alpha_mode.name]
            for slot in (*_SRGB_SLOTS, *_LINEAR_SLOTS):
                texture = getattr(material, slot)
                if texture is not None:
                    getattr(made, f"set_{slot}")(self._texture(texture, srgb=slot in _SRGB_SLOTS))
            made.toon = self._toon(material.toon)
            self._materials[material] = made
        return made

    def _toon(self, toon: ToonLook) -> Any:
        made = _core.ToonLook()
        for name in _TOON_NUMBERS:
            setattr(made, name, getattr(toon, name))
        for slot in _TOON_SLOTS:
            texture = getattr(toon, slot)
            if texture is not None:
                getattr(made, f"set_{slot}")(self._texture(texture, srgb=slot != "shift_texture"))
        return made

    def _texture(self, texture: Texture, *, srgb: bool) -> Any:
        kinds = self._textures.setdefault(texture, {})
        if srgb not in kinds:
            kinds[srgb] = _core.RasterTexture(
                np.ascontiguousarray(texture.pixels),
                _core.TextureWrap[texture.wrap_u.name],
                _core.TextureWrap[texture.wrap_v.name],
                _core.TextureFilter[texture.filter.name],
                srgb,
                texture.uv_set,
                texture.uv_map,
            )
        return kinds[srgb]


def _moved(vertices: NDArray[np.float32], place: NDArray[np.float64]) -> NDArray[np.float64]:
    return vertices.astype(np.float64) @ place[:3, :3].T + place[:3, 3]


def contiguous(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a matrix as the kernels take it."""
    return np.ascontiguousarray(matrix, np.float64)


def native_outline(node: SceneNode, draw: Any, camera: Any) -> Any:
    """Give the hull that makes a toon figure's outline; None without one."""
    toon = node.material.toon
    if isinstance(node, PointNode) or not node.material.has_outline:
        return None
    return draw.outline(toon.outline_width, camera, toon.outline_unit is OutlineUnit.SCREEN)


def native_camera(camera: PinholeCamera) -> Any:
    """Give the camera without its lens."""
    return _core.RasterCamera(
        contiguous(camera.camera_from_world),
        (camera.fx, camera.fy, camera.cx, camera.cy),
        camera.parallel,
        camera.near,
        *camera.size,
    )


def native_light(light: Light) -> Any:
    """Give a light, without its shadow."""
    colour = tuple(channel * light.intensity for channel in light.colour)
    if isinstance(light, DirectionalLight):
        kind = _core.LightKind.DIRECTIONAL
        return _core.RasterLight(kind, colour, (0, 0, 0), light.direction, 0.0, 1.0, 0.0)
    if isinstance(light, SpotLight):
        inner, outer = cos(radians(light.inner_angle_deg)), cos(radians(light.outer_angle_deg))
        kind = _core.LightKind.SPOT
        return _core.RasterLight(kind, colour, light.position, light.direction, light.reach, inner, outer)
    return _core.RasterLight(_core.LightKind.POINT, colour, light.position, (0, 0, 1), light.reach, 1.0, 0.0)


def _add_figure(mesh: SurfaceMesh, made: Any) -> None:
    for target in mesh.targets:
        normals = None if target.normals is None else np.ascontiguousarray(target.normals, np.float32)
        _core.add_target(made, np.ascontiguousarray(target.positions, np.float32), normals)
    if mesh.skin is not None:
        joints = np.ascontiguousarray(mesh.skin.joints, np.int32)
        _core.set_skin(made, joints, np.ascontiguousarray(mesh.skin.weights, np.float32))


def tangents_along(texture: Texture, mesh: SurfaceMesh) -> NDArray[np.float32] | None:
    """Give the tangents along the coordinates of a texture, (n, 4); None where the mesh has not these."""
    uv = mesh.second_uv if texture.uv_set else mesh.uv
    if uv is None:
        return None
    turn = np.array(texture.uv_map).reshape(2, 3)
    laid = np.ascontiguousarray(uv @ turn[:, :2].T + turn[:, 2], np.float32)
    made = NativeScenes().mesh(replace(mesh, uv=laid, targets=(), skin=None))
    return np.array(made.rest.tangents)
