"""Frames of a camera that moves through a scene, with all that is true about them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from render.native_renderer import NativeRenderer
from render.optical_flow import later_points
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, Rendering, RenderOptions
from render.scene import RenderScene
from tests.truth.paths import PATHS
from tests.truth.places import place as made_place
from tests.truth.sensors import ImageSensor
from tests.truth.trajectory import Trajectory

TRUTH = frozenset({Output.DEPTH, Output.NODES, Output.TRIANGLES, Output.WEIGHTS})
RENDERER = NativeRenderer()


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture.

    Parameters
    ----------
    index : int
        Its number.
    time_s : float
        The middle of its exposure.
    camera : PinholeCamera
        In its place at that time.
    picture : (h, w, 3) uint8
        sRGB, with all that the sensor does.
    gain : float
        Of its exposure.
    truth : Rendering
        Depth (z, metres), nodes, triangles and weights of every pixel's centre at that time.
    """

    index: int
    time_s: float
    camera: PinholeCamera
    picture: NDArray[np.uint8]
    gain: float
    truth: Rendering

    @property
    def depth(self) -> NDArray[np.float32]:
        """Depth along the camera's axis in metres, NaN where nothing is, (h, w)."""
        assert self.truth.depth is not None
        return self.truth.depth


@dataclass(frozen=True, eq=False)
class Sequence:
    """A camera on its way.

    Parameters
    ----------
    scene_at : callable
        Gives the scene at a time in seconds; the same one always if nothing moves.
    trajectory : Trajectory
        Of the camera.
    camera : PinholeCamera
        Size, intrinsics and lens; its pose is not used.
    times_s : (n,)
        Of the frames.
    sensor : ImageSensor
        What the pictures go through.
    seed : int
        Of noise and exposure.
    mount : (4, 4)
        Pose of the camera in the axes of what moves along the trajectory.
    """

    scene_at: Callable[[float], RenderScene]
    trajectory: Trajectory
    camera: PinholeCamera
    times_s: NDArray[np.float64]
    sensor: ImageSensor = field(default_factory=ImageSensor)
    seed: int = 0
    mount: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.times_s)

    def __iter__(self) -> Iterator[Frame]:
        """All frames, each made when it is asked for."""
        return (self.frame(index) for index in range(len(self)))

    @cached_property
    def gains(self) -> NDArray[np.float64]:
        """Exposure of each frame."""
        return self.sensor.gains(len(self), self.seed)

    def camera_at(self, time_s: float) -> PinholeCamera:
        """The camera in its place."""
        return self.camera.moved(self.trajectory.pose(time_s) @ self.mount)

    def truth(self, index: int) -> Rendering:
        """What every pixel's centre shows at the middle of a frame's exposure."""
        time = float(self.times_s[index])
        return RENDERER.render(self.scene_at(time), self.camera_at(time), RenderOptions(TRUTH))

    def frame(self, index: int) -> Frame:
        """Make a frame; the same one whenever it is made."""
        time, gain = float(self.times_s[index]), float(self.gains[index])
        rng = np.random.default_rng([self.seed, 41, index])
        picture = self.sensor.develop(self._radiance(time), gain, rng)
        return Frame(index, time, self.camera_at(time), picture, gain, self.truth(index))

    def _radiance(self, time_s: float) -> NDArray[np.float32]:
        options = RenderOptions(frozenset({Output.RADIANCE}), samples=self.sensor.samples)
        total = np.zeros((self.camera.size[1], self.camera.size[0], 3), np.float32)
        moments = [float(moment) for moment in self.sensor.moments(time_s)]
        for moment in moments:
            drawn = RENDERER.render(self.scene_at(moment), self.camera_at(moment), options).radiance
            assert drawn is not None
            total += drawn[..., :3]
        return total / np.float32(len(moments))

    def flow(self, first: int, second: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """How far (x, y) what frame `first` shows has moved in `second`, (h, w, 2), and whether it is seen.

        The flow is NaN where nothing is. What is hidden or beyond the edge in `second` is not seen there;
        neither is what lies at an outline, less than a pixel from something else.
        """
        time = float(self.times_s[second])
        camera = self.camera_at(time)
        points = later_points(self.truth(first), RENDERER, self.scene_at(time))
        places = camera.project(points)
        height, width = places.shape[:2]
        flow = places - np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1)
        return flow, _seen(camera, points, places, self.truth(second).depth)

    def right_eye(self, baseline_m: float) -> "Sequence":
        """The same sequence by a second camera, shifted to the right in the first one's axes."""
        mount = self.mount.copy()
        mount[:3, 3] += mount[:3, 0] * baseline_m
        return replace(self, mount=mount, seed=self.seed + 1_000_003)


def _seen(
    camera: PinholeCamera,
    points: NDArray[np.float64],
    places: NDArray[np.float64],
    depth: NDArray[np.float32] | None,
) -> NDArray[np.bool_]:
    """Whether all four pixels around a place show about the depth of the point there."""
    assert depth is not None
    height, width = depth.shape
    pose = camera.camera_from_world
    expected = points @ pose[2, :3] + pose[2, 3]
    known = np.isfinite(places).all(-1)
    x, y = (np.floor(np.where(known, places[..., axis], -9)).astype(int) for axis in (0, 1))
    seen = known & (x >= 0) & (y >= 0) & (x + 1 < width) & (y + 1 < height)
    x, y = np.clip(x, 0, width - 2), np.clip(y, 0, height - 2)
    around = np.stack([depth[y + dy, x + dx] for dy in (0, 1) for dx in (0, 1)])
    tolerance = 0.02 * expected + 0.002
    return seen & (np.abs(around - expected) < tolerance).all(0)


def camera_of(size: tuple[int, int] = (640, 480), focal_px: float | None = None) -> PinholeCamera:
    """A camera without a lens; 62 degrees wide unless a focal length is given."""
    focal = focal_px or size[0] / 1.2
    return PinholeCamera(size, focal, focal, (size[0] - 1) / 2 + 1.25, (size[1] - 1) / 2 - 0.75, near=0.02)


def sequence(
    place: str,
    seed: int,
    frames: int,
    *,
    camera: PinholeCamera | None = None,
    sensor: ImageSensor | None = None,
    rate_hz: float | None = None,
) -> Sequence:
    """A walk through "object", "room", "corridor" or "facade".

    Frames are spread over the whole way, or follow each other from its beginning at `rate_hz`.
    """
    made = made_place(place, seed)
    trajectory = PATHS[place](made, seed)
    step = trajectory.duration_s / max(frames - 1, 1) if rate_hz is None else 1 / rate_hz
    times = np.arange(frames) * step
    return Sequence(
        lambda _: made.scene, trajectory, camera or camera_of(), times, sensor or ImageSensor(), seed
    )
