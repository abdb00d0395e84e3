"""What a picture is taken of."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.message import Message
from core.volume import Volume
from render.camera import Camera, Vector
from render.environment import Environment
from render.light import DirectionalLight
from render.scene import RenderScene, SceneNode
from render.view_fitting import fitted

_Y_FROM_Z = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])


@dataclass(frozen=True)
class Stance:
    """How something stands in its world.

    Parameters
    ----------
    front : tuple of float
        From it towards whoever looks at its front.
    up : tuple of float
        Up.
    """

    front: Vector
    up: Vector


PATIENT = Stance((0.0, -1.0, 0.0), (0.0, 0.0, 1.0))  # LPS
GLTF = Stance((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


@dataclass(frozen=True, eq=False)
class Subject:
    """A volume or a scene, and how to look at it.

    Parameters
    ----------
    points : (n, 3) float64
        All of it lies within their hull, in its world.
    stance : Stance
        How it stands.
    volume : Volume, optional
        What is seen; its world is LPS millimetres.
    modality : str
        Of the volume.
    nodes : tuple of SceneNode
        What is seen where it is no volume; their world is that of the file.
    frame_from_world : (4, 4) float64
        To the frame in which its file gives places.
    series_uid : str
        Where it is one; "" otherwise.
    notes : tuple of Message
        What is odd about it.
    """

    points: NDArray[np.float64]
    stance: Stance
    volume: Volume | None = None
    modality: str = ""
    nodes: tuple[SceneNode, ...] = ()
    frame_from_world: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))
    series_uid: str = ""
    notes: tuple[Message, ...] = ()

    def camera(self, size: tuple[int, int]) -> Camera:
        """Give the camera that shows its front in a picture of (width, height)."""
        middle = (self.points.min(axis=0) + self.points.max(axis=0)) / 2
        x, y, z = (middle + np.array(self.stance.front)).tolist()
        focal = float(middle[0]), float(middle[1]), float(middle[2])
        return fitted(Camera((x, y, z), focal, self.stance.up), self.points, size)

    def scene(self) -> RenderScene:
        """Give the nodes in the light of a studio, with a lamp over the left shoulder of the viewer."""
        front, up = np.array(self.stance.front), np.array(self.stance.up)
        right = np.cross(up, front)
        x, y, z = (-front - 0.8 * up + 0.5 * right).tolist()
        turn = np.eye(3) if self.stance is GLTF else _Y_FROM_Z
        environment = Environment(Environment.studio().panorama, turn)
        return RenderScene(self.nodes, (DirectionalLight((x, y, z), intensity=1.5),), environment=environment)
