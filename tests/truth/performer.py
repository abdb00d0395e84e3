"""A performer of whom everything is known: coefficients, joints, landmarks, gaze."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from render.figure import FigurePose
from render.light import DirectionalLight
from render.material import Material
from render.pinhole_camera import PinholeCamera
from render.scene import RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh
from tests.truth import surface_textures as textures
from tests.truth.acting import Acting, acting
from tests.truth.body import bare_skin, rigid, shirt, trousers
from tests.truth.expressions import COEFFICIENTS
from tests.truth.face import eye_mesh, eye_picture, head_mesh, head_picture
from tests.truth.places import node
from tests.truth.sensors import ImageSensor
from tests.truth.sequence import RENDERER, Sequence
from tests.truth.skeleton import NUMBER, posed
from tests.truth.solids import patch
from tests.truth.trajectory import Trajectory

Floats = NDArray[np.float64]
HEAD, LEFT_EYE, RIGHT_EYE = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Performer:
    """A figure with clothes, face and habits of a seed.

    Parameters
    ----------
    seed : int
        Of all that is random.
    liveliness : float
        How much the body moves; 0 for a figure that only acts with its face.
    """

    seed: int
    liveliness: float = 1.0

    @cached_property
    def parts(self) -> tuple[tuple[SurfaceMesh, Material], ...]:
        """Head, left eye, right eye, skin, shirt and trousers in the rest pose."""
        rng = np.random.default_rng([self.seed, 61])
        head, eye = head_picture(rng), eye_picture(rng)
        pictures = (head, eye, eye, *self._clothes(rng, head))
        meshes = (
            rigid(head_mesh(), "head"),
            rigid(eye_mesh(1), "leftEye"),
            rigid(eye_mesh(-1), "rightEye"),
            bare_skin(),
            shirt(),
            trousers(),
        )
        return tuple(
            (mesh, Material(roughness=0.75, base_colour_texture=textures.texture(picture), double_sided=True))
            for mesh, picture in zip(meshes, pictures, strict=True)
        )

    def _clothes(self, rng: np.random.Generator, head: textures.Picture) -> tuple[textures.Picture, ...]:
        tone = np.median(head[300:400, 450:570].reshape(-1, 3), axis=0)
        skin = np.clip(tone * (0.88 + 0.16 * textures.noise(rng, (256, 512))[..., None]), 0, 255)
        print_ = np.concatenate([textures.poster(rng, (512, 512)) for _ in range(3)], axis=1)
        return skin.astype(np.uint8), print_, textures.mottled(rng, (512, 1024), 0.5)

    def acting(self, time_s: float) -> Acting:
        """What it does at a time."""
        return acting(self.seed, time_s, self.liveliness)

    def joints(self, time_s: float) -> Floats:
        """Where its joints are, (j, 4, 4)."""
        doing = self.acting(time_s)
        return posed(doing.rotations, doing.world_from_root)

    def nodes(self, time_s: float) -> tuple[SurfaceNode, ...]:
        """Its parts in their places at a time."""
        return self.nodes_of(self.acting(time_s))

    def nodes_of(self, doing: Acting) -> tuple[SurfaceNode, ...]:
        """Its parts while it does something."""
        joints = posed(doing.rotations, doing.world_from_root)
        face, plain = FigurePose(doing.coefficients, joints), FigurePose((), joints)
        return tuple(
            SurfaceNode(mesh, material, pose=face if number == HEAD else plain)
            for number, (mesh, material) in enumerate(self.parts)
        )

    def head_pose(self, time_s: float) -> Floats:
        """World-from-head, (4, 4): X to the performer's left, Y up, Z ahead, around the head's joint."""
        return self.joints(time_s)[NUMBER["head"]]

    def gaze(self, time_s: float) -> tuple[Floats, Floats]:
        """Where the left and the right eye look, unit vectors in the world."""
        joints = self.joints(time_s)
        left, right = (joints[NUMBER[name]][:3, 2] for name in ("leftEye", "rightEye"))
        return left, right

    def coefficients(self, time_s: float) -> dict[str, float]:
        """The 52 by name."""
        return dict(zip(COEFFICIENTS, self.acting(time_s).coefficients, strict=True))


@dataclass(frozen=True, eq=False)
class Stage:
    """A performer before a wall, filmed.

    Parameters
    ----------
    performer : Performer
        Whose nodes come first in the scene.
    sequence : Sequence
        The film.
    """

    performer: Performer
    sequence: Sequence


def stage(
    seed: int,
    frames: int,
    *,
    framing: str = "body",
    size: tuple[int, int] = (480, 640),
    rate_hz: float = 30.0,
    sensor: ImageSensor | None = None,
) -> Stage:
    """Film a performer from before: the whole "body", or the "face"; the camera is a little unsteady."""
    performer = Performer(seed, 1.0 if framing == "body" else 0.35)
    rng = np.random.default_rng([seed, 62])
    wall = node(patch((-3, 3, -0.8), (6, 0, 0), (0, -3, 0)), textures.plaster(rng, (1024, 2048)))
    floor = node(patch((-3, 0, -0.8), (6, 0, 0), (0, 0, 5)), textures.planks(rng, (1024, 1024), 48))
    key = DirectionalLight((-0.5, -0.7, -1.0), (1, 0.97, 0.92), 2.2)
    fill = DirectionalLight((0.9, -0.2, -0.8), (0.85, 0.9, 1), 0.9)

    def scene_at(time_s: float) -> RenderScene:
        return RenderScene((*performer.nodes(time_s), wall, floor), (key, fill), (0.3, 0.3, 0.32))

    height, away, focal = (0.92, 2.9, 1.2) if framing == "body" else (1.62, 0.75, 1.25)
    places = np.tile([0.0, height, away], (40, 1))
    targets = np.tile([0.0, height, 0.0], (40, 1))
    path = Trajectory.looking(places, targets, max(frames / rate_hz, 2.0), shake=(0.01, 0.004), seed=seed)
    centre = ((size[0] - 1) / 2, (size[1] - 1) / 2)
    camera = PinholeCamera(size, focal * size[1], focal * size[1], *centre, near=0.05)
    times = np.arange(frames) / rate_hz
    return Stage(performer, Sequence(scene_at, path, camera, times, sensor or ImageSensor(), seed))


def head_vertices(performer: Performer, time_s: float) -> Floats:
    """Vertices of the head as it is at a time, (n, 3) in the world."""
    return RENDERER.world_vertices(performer.nodes(time_s)[HEAD])
