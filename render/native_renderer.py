"""Scenes drawn by the processor."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled
from imaging.reslice import StopFlag
from native import _core
from render.native_scene import NativeScenes, native_camera, native_light, native_outline
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, Rendering, RenderOptions
from render.sample_places import centre_places, sample_offsets, sample_places
from render.scene import RenderScene, SceneNode

# Name in the kernel, shape beyond (height, width), type.
_BUFFERS: dict[Output, tuple[str, tuple[int, ...], type]] = {
    Output.PICTURE: ("rgba", (4,), np.uint8),
    Output.RADIANCE: ("radiance", (4,), np.float32),
    Output.DEPTH: ("depth", (), np.float32),
    Output.NODES: ("draw", (), np.int32),
    Output.TRIANGLES: ("triangle", (), np.int32),
    Output.WEIGHTS: ("weights", (3,), np.float64),
    Output.NORMALS: ("normal", (3,), np.float32),
}
_SURFACES = frozenset(_BUFFERS) - {Output.PICTURE, Output.RADIANCE}


class NativeRenderer:
    """Draws scenes on all cores, without a GPU.

    Meshes, materials, textures and poses are prepared once and kept as long as they live. Several threads may
    render at once. The same arguments give the same picture on any number of cores.
    """

    def __init__(self) -> None:
        self._scenes = NativeScenes()

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
            for output, (_, shape, kind) in _BUFFERS.items()
            if output in options.outputs
        }
        draws = [self._scenes.draw(node) for node in scene.nodes]
        flag = None if stop is None else stop.native
        complete = _core.rasterise(
            draws + self._outlines(scene, draws, camera),
            native_camera(camera),
            self._lighting(scene, options, draws, flag),
            sample_offsets(options.samples),
            sample_places(camera, options.samples),
            centre_places(camera) if options.outputs & _SURFACES else None,
            stop=flag,
            **{name: buffers.get(output) for output, (name, _, _) in _BUFFERS.items()},
        )
        if not complete:
            raise Cancelled
        return Rendering(**{output.value: buffer for output, buffer in buffers.items()})

    def world_vertices(self, node: SceneNode) -> NDArray[np.float64]:
        """Give where the vertices or points of a node are, (n, 3)."""
        return self._scenes.world_vertices(node)

    def _outlines(self, scene: RenderScene, draws: list[Any], camera: PinholeCamera) -> list[Any]:
        view = native_camera(camera)
        outlines = [native_outline(node, draw, view) for node, draw in zip(scene.nodes, draws, strict=True)]
        return [outline for outline in outlines if outline is not None]

    def _lighting(self, scene: RenderScene, options: RenderOptions, draws: list[Any], flag: Any) -> Any:
        lighting = _core.RasterLighting()
        if options.outputs <= _SURFACES:
            return lighting
        for light in scene.lights:
            made = native_light(light)
            if light.casts_shadow and not made.cast_shadow(draws, options.shadow_edge, flag):
                raise Cancelled
            lighting.add_light(made)
        lighting.set_ambient(scene.ambient)
        if scene.environment is not None:
            lighting.set_environment(self._scenes.environment(scene.environment))
        lighting.exposure = options.exposure
        lighting.tone_mapping = _core.ToneMapping[options.tone_mapping.name]
        return lighting
