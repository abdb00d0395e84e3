"""Pictures of scenes by VTK on the graphics processor."""

import weakref
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled
from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.reslice import StopFlag
from render.environment import Environment
from render.identity_cache import IdentityCache
from render.light import DirectionalLight, Light, SpotLight
from render.material import AlphaMode, Material, Shading
from render.pinhole_camera import PinholeCamera
from render.point_set import PointUnit
from render.renderer import Output, Rendering, RenderOptions
from render.scene import PointNode, RenderScene, SceneNode
from render.supersampling import averaged
from render.vtk_camera import set_pinhole
from render.vtk_light import light_of, panorama_of
from render.vtk_material import VtkMaterials
from render.vtk_surface import COLOURS, VtkSurfaces, has_colours
from render.vtk_window import VtkWindow, in_graphics_thread, later_in_graphics_thread

_LARGEST = 16384
_PEELS = 16
# Samples of a texel of mirrored light; fewer where the processor does what a graphics processor should.
_FILTERED, _EMULATED = 1024, 64
_DARK = Environment.uniform(0.0)
_NOTHING = np.zeros((0, 3))


def not_drawn(scene: RenderScene, camera: PinholeCamera) -> Message | None:
    """Say what of a scene VTK does not draw as the native renderer does; None where it draws all."""
    if any(node.material.shading is Shading.TOON for node in scene.nodes):
        return message(QT_TRANSLATE_NOOP("Message", "drawn figures (MToon)"))
    if not camera.distortion.is_none:
        return message(QT_TRANSLATE_NOOP("Message", "pictures through a lens"))
    if any(_is_special(light) for light in scene.lights):
        return message(QT_TRANSLATE_NOOP("Message", "shadows, spotlights and lamps of limited reach"))
    surfaces = [node.material for node in scene.nodes if not isinstance(node, PointNode)]
    if any(texture.wrap_u is not texture.wrap_v for material in surfaces for texture in material.textures):
        return message(QT_TRANSLATE_NOOP("Message", "textures that repeat in one direction only"))
    if any(_is_laid_apart(material) for material in surfaces):
        return message(QT_TRANSLATE_NOOP("Message", "textures of a surface on several coordinates"))
    if any(_is_splat(node) for node in scene.nodes if isinstance(node, PointNode)):
        return message(QT_TRANSLATE_NOOP("Message", "splats and lit points"))
    return None


def _is_special(light: Light) -> bool:
    if isinstance(light, DirectionalLight):
        return light.casts_shadow
    return light.casts_shadow or isinstance(light, SpotLight) or light.reach > 0


def _is_laid_apart(material: Material) -> bool:
    """VTK knows one set of coordinates, and one texture of occlusion, roughness and metal."""
    surface, occlusion = material.metallic_roughness_texture, material.occlusion_texture
    joined = surface is None or occlusion is None or surface.uv_map == occlusion.uv_map
    return not joined or len({texture.uv_set for texture in material.textures}) > 1


def _is_splat(node: PointNode) -> bool:
    points = node.points
    even = points.unit is PointUnit.PIXEL and len(np.unique(points.radii)) == 1
    return not even or node.material.shading is not Shading.UNLIT


class VtkSceneRenderer:
    """Draws the picture of a scene with VTK's physically based shading.

    It gives pictures alone, and of scenes for which `not_drawn` has nothing to say. Any thread may call it;
    one of its own draws.

    Raises
    ------
    GraphicsFailure
        When there is no VTK or no OpenGL.
    """

    def __init__(self) -> None:
        self._view = in_graphics_thread(_View)
        # Not waited for: it may be let go in any thread, also in that of the graphics.
        self._end = weakref.finalize(self, later_in_graphics_thread, self._view.close)
        self._end.atexit = False

    @property
    def device(self) -> tuple[str, bool]:
        """Name of what draws, and whether it is the processor after all."""
        return self._view.device

    def render(
        self,
        scene: RenderScene,
        camera: PinholeCamera,
        options: RenderOptions | None = None,
        *,
        stop: StopFlag | None = None,
    ) -> Rendering:
        """Draw a picture; unlike the native renderer, mix transparent surfaces as encoded colours.

        Raises
        ------
        Cancelled
            When stopped before it began.
        GraphicsFailure
            When VTK could not draw.
        ValueError
            When something else than the picture is asked for.
        """
        options = options or RenderOptions()
        if options.outputs != frozenset({Output.PICTURE}):
            raise ValueError(f"outputs: {sorted(options.outputs)}")
        if stop is not None and stop.stopped:
            raise Cancelled
        return Rendering(picture=in_graphics_thread(self._view.draw, scene, camera, options))

    def world_vertices(self, node: SceneNode) -> NDArray[np.float64]:
        """Give where the vertices or points of a node are, (n, 3)."""
        return in_graphics_thread(self._view.vertices, node)

    def close(self) -> None:
        """Give the memory of the graphics processor back."""
        self._end.detach()
        in_graphics_thread(self._view.close)


@dataclass(frozen=True)
class _Actor:
    """A node in VTK.

    Parameters
    ----------
    prop : vtkActor
    corners : (8, 3) float64
        Of the box around it, in the world.
    """

    prop: Any
    corners: NDArray[np.float64]


class _View:
    """VTK's side of it, in the graphics thread."""

    def __init__(self) -> None:
        self._window = VtkWindow()
        self.device = self._window.device()
        self._surfaces, self._materials = VtkSurfaces(), VtkMaterials()
        self._actors, self._environments = IdentityCache(), IdentityCache()
        renderer = self._window.renderer
        renderer.SetMaximumNumberOfPeels(_PEELS)
        renderer.SetOcclusionRatio(0.0)
        renderer.UseSphericalHarmonicsOn()
        samples = _EMULATED if self.device[1] else _FILTERED
        renderer.GetEnvMapPrefiltered().SetPrefilterMaxSamples(samples)

    def draw(self, scene: RenderScene, camera: PinholeCamera, options: RenderOptions) -> NDArray[np.uint8]:
        finer = min(ceil(sqrt(options.samples)), max(_LARGEST // max(camera.size), 1))
        actors = [self._actor(node, options, finer) for node in scene.nodes]
        renderer = self._window.renderer
        renderer.RemoveAllViewProps()
        for actor in actors:
            renderer.AddActor(actor.prop)
        self._set_light(scene)
        renderer.SetUseDepthPeeling(any(node.material.alpha_mode is AlphaMode.BLEND for node in scene.nodes))
        corners = np.concatenate([_NOTHING, *(actor.corners for actor in actors)])
        set_pinhole(renderer.GetActiveCamera(), camera, corners)
        width, height = camera.size
        picture = self._window.pixels((width * finer, height * finer))
        for kept in (self._actors, self._environments, self._materials):
            kept.prune()
        return averaged(picture, finer)

    def vertices(self, node: SceneNode) -> NDArray[np.float64]:
        return self._surfaces.vertices(node)

    def _actor(self, node: SceneNode, options: RenderOptions, finer: int) -> _Actor:
        size = 2.0 * finer * float(node.points.radii[0]) if isinstance(node, PointNode) else 0.0
        look = options.exposure, options.tone_mapping, size
        return self._actors.get((node,), look, lambda: self._made(node, options, size))

    def _made(self, node: SceneNode, options: RenderOptions, point_size: float) -> _Actor:
        from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

        data = self._surfaces.data(node)
        mapper = vtkPolyDataMapper()
        mapper.SetInputDataObject(data)
        mapper.ScalarVisibilityOff()
        if has_colours(node):
            mapper.MapDataArrayToVertexAttribute(COLOURS, COLOURS, 0, -1)  # of points
        self._window.watch(mapper)
        prop = vtkActor()
        prop.SetMapper(mapper)
        self._materials.paint(prop, node, options.exposure, options.tone_mapping)
        if point_size:
            prop.GetProperty().SetPointSize(point_size)
        bounds = np.array(data.GetBounds()).reshape(3, 2)
        return _Actor(prop, np.array(np.meshgrid(*bounds)).reshape(3, -1).T)

    def _set_light(self, scene: RenderScene) -> None:
        renderer = self._window.renderer
        renderer.RemoveAllLights()
        for light in scene.lights:
            renderer.AddLight(light_of(light))
        around = self._surroundings(scene)
        renderer.SetUseImageBasedLighting(around is not None)
        if around is None:
            return
        if renderer.GetEnvironmentTexture() is not around:
            renderer.SetEnvironmentTexture(around)
        right, up, _ = np.eye(3) if scene.environment is None else scene.environment.panorama_from_world
        renderer.SetEnvironmentRight(*right)
        renderer.SetEnvironmentUp(*up)

    def _surroundings(self, scene: RenderScene) -> Any:
        """Give the light from around as a texture; light from everywhere is a part of it."""
        environment = scene.environment
        if environment is None:
            if not any(scene.ambient):
                return None
            environment = _DARK
        return self._environments.get(
            (environment,), scene.ambient, lambda: panorama_of(environment.panorama + np.array(scene.ambient))
        )

    def close(self) -> None:
        self._actors.clear()
        self._window.window.Finalize()
