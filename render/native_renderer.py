"""Scenes drawn by the processor."""

from math import cos, radians
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled
from imaging.reslice import StopFlag
from native import _core
from render.light import DirectionalLight, Light, SpotLight
from render.material import Material
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, Rendering, RenderOptions
from render.sample_places import centre_places, sample_offsets, sample_places
from render.scene import RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh
from render.texture import Texture

_SRGB_SLOTS = ("base_colour_texture", "emissive_texture")
_LINEAR_SLOTS = ("metallic_roughness_texture", "normal_texture", "occlusion_texture")
_PLAIN = ("alpha_cutoff", "double_sided", "flat", "base_colour", "metallic", "roughness", "emissive")
_SCALES = ("normal_scale", "occlusion_strength")

# Shape beyond (height, width), type.
_BUFFERS: dict[Output, tuple[tuple[int, ...], type]] = {
    Output.PICTURE: ((4,), np.uint8),
    Output.RADIANCE: ((4,), np.float32),
    Output.DEPTH: ((), np.float32),
    Output.NODES: ((), np.int32),
    Output.TRIANGLES: ((), np.int32),
    Output.WEIGHTS: ((3,), np.float64),
}
_NATIVE_NAMES = {
    Output.PICTURE: "rgba",
    Output.RADIANCE: "radiance",
    Output.DEPTH: "depth",
    Output.NODES: "draw",
    Output.TRIANGLES: "triangle",
    Output.WEIGHTS: "weights",
}


class NativeRenderer:
    """Draws scenes on all cores, without a GPU.

    Meshes, materials and textures are prepared once and kept as long as they live. Several threads may render
    at once. The same arguments give the same picture on every machine.
    """

    def __init__(self) -> None:
        self._meshes: WeakKeyDictionary[SurfaceMesh, Any] = WeakKeyDictionary()
        self._materials: WeakKeyDictionary[Material, Any] = WeakKeyDictionary()
        self._textures: WeakKeyDictionary[Texture, dict[bool, Any]] = WeakKeyDictionary()

    def render(
        self,
        scene: RenderScene,
        camera: PinholeCamera,
        options: RenderOptions | None = None,
        *,
        stop: StopFlag | None = None,
    ) -> Rendering:
        """Draw a scene.

        What each sample shows is exact: samples of a distorted picture are taken where the lens takes them.

        Parameters
        ----------
        scene : RenderScene
            What is seen.
        camera : PinholeCamera
            Where from.
        options : RenderOptions, optional
            How; a picture with four samples a pixel by default.
        stop : StopFlag, optional
            Ends the work early.

        Raises
        ------
        Cancelled
            When stopped.
        """
        options = options or RenderOptions()
        width, height = camera.size
        buffers = {
            output: np.empty((height, width, *shape), kind)
            for output, (shape, kind) in _BUFFERS.items()
            if output in options.outputs
        }
        complete = _core.rasterise(
            [self._draw(node) for node in scene.nodes],
            _native_camera(camera),
            _native_lighting(scene, options),
            sample_offsets(options.samples),
            sample_places(camera, options.samples),
            centre_places(camera),
            stop=None if stop is None else stop.native,
            **{_NATIVE_NAMES[output]: buffers.get(output) for output in _BUFFERS},
        )
        if not complete:
            raise Cancelled
        return Rendering(**{output.value: buffer for output, buffer in buffers.items()})

    def _draw(self, node: SurfaceNode) -> Any:
        return _core.RasterDraw(
            self._mesh(node.mesh), self._material(node.material), _matrix(node.world_from_mesh)
        )

    def _mesh(self, mesh: SurfaceMesh) -> Any:
        made = self._meshes.get(mesh)
        if made is None:
            optional = (mesh.normals, mesh.uv, mesh.tangents, mesh.colours)
            made = self._meshes[mesh] = _core.RasterMesh(
                np.ascontiguousarray(mesh.positions, np.float32),
                np.ascontiguousarray(mesh.triangles, np.int32),
                *(None if rows is None else np.ascontiguousarray(rows, np.float32) for rows in optional),
            )
        return made

    def _material(self, material: Material) -> Any:
        made = self._materials.get(material)
        if made is None:
            made = _core.RasterMaterial()
            for name in (*_PLAIN, *_SCALES):
                setattr(made, name, getattr(material, name))
            made.shading = _core.ShadingModel[material.shading.name]
            made.alpha_mode = _core.AlphaMode[material.alpha_mode.name]
            for slot in (*_SRGB_SLOTS, *_LINEAR_SLOTS):
                texture = getattr(material, slot)
                if texture is not None:
                    getattr(made, f"set_{slot}")(self._texture(texture, srgb=slot in _SRGB_SLOTS))
            self._materials[material] = made
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
            )
        return kinds[srgb]


def _matrix(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ascontiguousarray(matrix, np.float64)


def _native_camera(camera: PinholeCamera) -> Any:
    return _core.RasterCamera(
        _matrix(camera.camera_from_world),
        (camera.fx, camera.fy, camera.cx, camera.cy),
        camera.parallel,
        camera.near,
        *camera.size,
    )


def _native_light(light: Light) -> Any:
    colour = tuple(channel * light.intensity for channel in light.colour)
    if isinstance(light, DirectionalLight):
        kind = _core.LightKind.DIRECTIONAL
        return _core.RasterLight(kind, colour, (0, 0, 0), light.direction, 0.0, 1.0, 0.0)
    if isinstance(light, SpotLight):
        inner, outer = cos(radians(light.inner_angle_deg)), cos(radians(light.outer_angle_deg))
        kind = _core.LightKind.SPOT
        return _core.RasterLight(kind, colour, light.position, light.direction, light.reach, inner, outer)
    return _core.RasterLight(_core.LightKind.POINT, colour, light.position, (0, 0, 1), light.reach, 1.0, 0.0)


def _native_lighting(scene: RenderScene, options: RenderOptions) -> Any:
    lighting = _core.RasterLighting()
    for light in scene.lights:
        lighting.add_light(_native_light(light))
    lighting.set_ambient(scene.ambient)
    lighting.exposure = options.exposure
    lighting.tone_mapping = _core.ToneMapping[options.tone_mapping.name]
    return lighting
