"""A scene of surfaces as a viewport shows it: lit from where it is looked at."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imaging.reslice import StopFlag
from render.camera import Camera
from render.environment import Environment
from render.light import DirectionalLight
from render.picking import Pick, pick
from render.picture_quality import Quality
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, RenderOptions, SceneRenderer
from render.scene import RenderScene

_SAMPLES = {Quality.INTERACTIVE: 1, Quality.FULL: 8}
_LAMP = 1.6  # beside the light from around, which alone leaves shapes flat
_Y_FROM_Z = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])


@dataclass(frozen=True, eq=False)
class SurfaceSource:
    """Draws a scene with a lamp over the left shoulder of whoever looks.

    Parameters
    ----------
    renderer : SceneRenderer
        Draws; the same for all sources of a viewport, since it keeps what it has prepared.
    scene : RenderScene
        What is seen.
    """

    renderer: SceneRenderer
    scene: RenderScene

    @property
    def kind(self) -> str:
        """What its pictures are of."""
        return "surfaces"

    def draw(
        self, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw it as (height, width, 4), colours not multiplied by alpha; raises `Cancelled` when stopped."""
        scene = replace(self.scene, lights=(*self.scene.lights, lamp_beside(camera)))
        options = RenderOptions(samples=_SAMPLES[quality])
        made = self.renderer.render(scene, PinholeCamera.of_view(camera, size), options, stop=stop)
        if made.picture is None:
            raise TypeError("a rendering without what was asked for")
        return made.picture

    def distances(self, camera: Camera, size: tuple[int, int], stop: StopFlag) -> NDArray[np.float32]:
        """Give how far every pixel's ray goes to the nearest surface, (height, width); NaN where none is."""
        view, options = PinholeCamera.of_view(camera, size), RenderOptions(frozenset({Output.DEPTH}))
        made = self.renderer.render(self.scene, view, options, stop=stop)
        if made.depth is None:
            raise TypeError("a rendering without what was asked for")
        return view.distances(made.depth)

    def pick(self, camera: Camera, size: tuple[int, int], place: tuple[float, float]) -> Pick | None:
        """Find what is seen at a place (x, y) of a picture of (width, height); None where nothing is."""
        return pick(self.renderer, self.scene, PinholeCamera.of_view(camera, size), place)


def patient_studio() -> Environment:
    """Give the light of a studio in the patient, whose up is +z (LPS)."""
    return Environment(Environment.studio().panorama, _Y_FROM_Z)


def lamp_beside(camera: Camera) -> DirectionalLight:
    """Give the lamp over the left shoulder of whoever looks."""
    right, down, forward = camera.axes
    x, y, z = (forward + 0.45 * right + 0.6 * down).tolist()
    return DirectionalLight((x, y, z), intensity=_LAMP)
