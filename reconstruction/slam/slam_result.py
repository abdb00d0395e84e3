"""What following a camera gave: one map or several, and where the frames lie in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.message import Message
from core.trajectory import Trajectory
from reconstruction.similarity import Similarity

Floats = NDArray[np.float64]
Numbers = NDArray[np.int_]


@dataclass(frozen=True, eq=False)
class MapPart:
    """A map and its frames, in a world whose origin is its first camera.

    Parameters
    ----------
    frames : (n,) int
        Numbers of the frames, rising.
    times_s : (n,) float64
        On the recording's clock.
    world_from_camera : (n, 4, 4) float64
        Of the rig's left camera; metres where the rig has a scale.
    keyframes : (k,) int
        Numbers of the frames that hold the map together.
    world_from_keyframe : (k, 4, 4) float64
        Their poses.
    points_m : (p, 3) float64
        Places of the map.
    sightings : (p,) int
        How many keyframes saw each.
    inertial : bool
        Whether inertial readings took part: metres, and gravity along the y axis.
    """

    frames: Numbers
    times_s: Floats
    world_from_camera: Floats
    keyframes: Numbers
    world_from_keyframe: Floats
    points_m: Floats
    sightings: Numbers
    inertial: bool = False

    def trajectory(self, recorded_from_left: Floats) -> Trajectory:
        """Give the poses of the camera as it was recorded, before rows were laid on one another."""
        poses = self.world_from_camera.copy()
        poses[:, :3, :3] = poses[:, :3, :3] @ recorded_from_left.T
        return Trajectory(self.times_s, poses)

    def placed(self, to: Similarity) -> "MapPart":
        """Give it where a similarity puts it."""
        return replace(
            self,
            world_from_camera=_placed(self.world_from_camera, to),
            world_from_keyframe=_placed(self.world_from_keyframe, to),
            points_m=to.apply(self.points_m),
        )


@dataclass(frozen=True, eq=False)
class SlamResult:
    """All maps of a recording.

    Parameters
    ----------
    parts : tuple of MapPart
        The one with most frames first.
    frames : int
        How many were looked at.
    milliseconds : (n,) float64
        That frames took, without those that only repeat another.
    right_offset_px : tuple of float, optional
        Columns by which the right camera's pictures lie beside where the calibration says, and their
        standard deviation; None where nothing had to be corrected.
    focal_longer : tuple of float, optional
        By which share the focal length is longer than the calibration of two cameras says, and its standard
        deviation; None where that was not looked at.
    warnings : tuple of Message
        What is odd.
    loops : int
        How often the camera came back to where it had been, and the way was adjusted to it.
    """

    parts: tuple[MapPart, ...]
    frames: int
    milliseconds: Floats
    right_offset_px: tuple[float, float] | None = None
    focal_longer: tuple[float, float] | None = None
    warnings: tuple[Message, ...] = ()
    loops: int = 0

    @property
    def tracked(self) -> int:
        """How many frames have a pose in the first map."""
        return len(self.parts[0].frames) if self.parts else 0

    @property
    def lost(self) -> int:
        """How many have none."""
        return self.frames - self.tracked


def _placed(poses: Floats, to: Similarity) -> Floats:
    moved = poses.copy()
    moved[:, :3, :3] = to.rotation @ poses[:, :3, :3]
    moved[:, :3, 3] = to.apply(poses[:, :3, 3])
    return moved


def linked(parts: Sequence[MapPart], newer: MapPart, meeting: int) -> list[MapPart] | None:
    """Put a map into the one that shares the frame `meeting` with it; None where none does."""
    for number, older in enumerate(parts):
        if meeting in older.frames and meeting in newer.frames:
            return [*parts[:number], _joined(older, newer, meeting), *parts[number + 1 :]]
    return None


def _joined(older: MapPart, newer: MapPart, meeting: int) -> MapPart:
    here = older.world_from_camera[np.flatnonzero(older.frames == meeting)[0]]
    there = newer.world_from_camera[np.flatnonzero(newer.frames == meeting)[0]]
    old_from_new = here @ np.linalg.inv(there)
    extra = ~np.isin(newer.frames, older.frames)
    frames = np.append(older.frames, newer.frames[extra])
    order = np.argsort(frames, kind="stable")
    poses = np.concatenate([older.world_from_camera, old_from_new @ newer.world_from_camera[extra]])
    new = ~np.isin(newer.keyframes, older.keyframes)
    points = newer.points_m @ old_from_new[:3, :3].T + old_from_new[:3, 3]
    return replace(
        older,
        frames=frames[order],
        times_s=np.append(older.times_s, newer.times_s[extra])[order],
        world_from_camera=poses[order],
        keyframes=np.append(older.keyframes, newer.keyframes[new]),
        world_from_keyframe=np.concatenate(
            [older.world_from_keyframe, old_from_new @ newer.world_from_keyframe[new]]
        ),
        points_m=np.concatenate([older.points_m, points]),
        sightings=np.append(older.sightings, newer.sightings),
    )
