"""One way from a scene to a picture, whatever draws it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.reslice import StopFlag
from render.pinhole_camera import PinholeCamera
from render.scene import RenderScene, SceneNode


class Output(StrEnum):
    """What a rendering may hold; see `Rendering`."""

    PICTURE = "picture"
    RADIANCE = "radiance"
    DEPTH = "depth"
    NODES = "nodes"
    TRIANGLES = "triangles"
    WEIGHTS = "weights"
    NORMALS = "normals"


class ToneMapping(StrEnum):
    """How radiance becomes a colour of the picture."""

    NONE = "none"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class RenderOptions:
    """How a scene is drawn.

    Parameters
    ----------
    outputs : frozenset of Output
        What is wanted.
    samples : int
        Samples of the picture in each pixel: 1, 2, 4, 8 or 16. All other outputs are those of the pixels'
        centres.
    exposure : float
        Factor of all radiance in the picture.
    tone_mapping : ToneMapping
        "none" cuts off what is brighter than white; "neutral" (Khronos' PBR neutral) compresses highlights.
    shadow_edge : int
        Edge of a shadow map in texels, 16 to 8192.
    """

    outputs: frozenset[Output] = frozenset({Output.PICTURE})
    samples: int = 4
    exposure: float = 1.0
    tone_mapping: ToneMapping = ToneMapping.NONE
    shadow_edge: int = 1024

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.samples not in (1, 2, 4, 8, 16):
            raise ValueError(f"samples: {self.samples}")
        if not 0 <= self.exposure < np.inf:
            raise ValueError(f"exposure: {self.exposure}")
        if not 16 <= self.shadow_edge <= 8192:
            raise ValueError(f"shadow_edge: {self.shadow_edge}")


@dataclass(frozen=True, eq=False)
class Rendering:
    """What was drawn; None what was not asked for.

    Parameters
    ----------
    picture : (h, w, 4) uint8
        sRGB and alpha, colours not multiplied by alpha; alpha 0 where nothing is.
    radiance : (h, w, 4) float32
        Linear colours before exposure, multiplied by alpha.
    depth : (h, w) float32
        Along the camera's z axis, in the scene's unit; NaN where nothing is.
    nodes, triangles : (h, w) int32
        Numbers of the node in the scene and of the triangle in its mesh (or of the point); -1 where nothing
        is.
    weights : (h, w, 3) float64
        Of the triangle's corners in the place that is seen (1, 0, 0 on points); 0 where nothing is.
    normals : (h, w, 3) float32
        Unit vectors in the world, on the side that is seen, without normal maps; 0 where nothing is.
    """

    picture: NDArray[np.uint8] | None = None
    radiance: NDArray[np.float32] | None = None
    depth: NDArray[np.float32] | None = None
    nodes: NDArray[np.int32] | None = None
    triangles: NDArray[np.int32] | None = None
    weights: NDArray[np.float64] | None = None
    normals: NDArray[np.float32] | None = None


class SceneRenderer(Protocol):
    """A backend."""

    def render(
        self,
        scene: RenderScene,
        camera: PinholeCamera,
        options: RenderOptions | None = None,
        *,
        stop: StopFlag | None = None,
    ) -> Rendering:
        """Draw a scene; raises `Cancelled` when stopped."""
        ...

    def world_vertices(self, node: SceneNode) -> NDArray[np.float64]:
        """Give where the vertices or points of a node are, (n, 3)."""
        ...
