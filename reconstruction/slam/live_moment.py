"""What is known at one moment while a camera is followed."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.similarity import Similarity
from reconstruction.slam.input_sequence import CameraRig, SensorFrame

Floats = NDArray[np.float64]


class TrackingState(StrEnum):
    """Whether it is known where the camera is."""

    STARTING = "starting"
    TRACKING = "tracking"
    LOST = "lost"


class Place(StrEnum):
    """Whether it is known where in a map of another day the camera is."""

    SOUGHT = "sought"
    KNOWN = "known"


@dataclass(frozen=True, eq=False)
class Tracked:
    """What following one frame gave.

    Parameters
    ----------
    state : TrackingState
        Whether it is known where the camera is.
    world_from_camera : (4, 4) float64, optional
        None while that is not known.
    pixels : (n, 2) float32
        Where known points are seen in the frame.
    places : (n, 3) float32
        And where they are in the world; NaN of those whose distance is not known yet.
    map_number : int
        Which of the maps it lies in, from 0: one that was lost and not found again begins another.
    loops : int
        How often the camera came back to where it had been, and the way was bent to it.
    place : Place, optional
        In the map that was opened; None without one.
    """

    state: TrackingState
    world_from_camera: Floats | None
    pixels: NDArray[np.float32]
    places: NDArray[np.float32]
    map_number: int = 0
    loops: int = 0
    place: Place | None = None


@dataclass(frozen=True, eq=False)
class MapView:
    """The map as it is drawn.

    Parameters
    ----------
    points : (n, 3) float32
        In the world.
    keyframes : (m, 4, 4) float64
        World from camera.
    frames : (k,) int
        Which frames were followed in it, by their numbers,
    world_from_camera : (k, 4, 4) float64
        and where they are known to be by now; none where that is not told.
    surface : TexturedMesh, optional
        What a depth camera saw, fused.
    """

    points: NDArray[np.float32]
    keyframes: Floats
    frames: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    world_from_camera: Floats = field(default_factory=lambda: np.zeros((0, 4, 4)))
    surface: TexturedMesh | None = None


class LiveTracker(Protocol):
    """What follows a camera; a wrong frame raises nothing but is lost."""

    def follow(self, frame: SensorFrame) -> Tracked:
        """Take the next frame."""
        ...

    def view(self) -> MapView:
        """Give the map as it is now."""
        ...

    def save(self, folder: Path, *, to: Similarity | None = None, progress: Progress = SILENT) -> None:
        """Adjust the map, and write it and the way of the camera into a new folder, where `to` puts them.

        Raises
        ------
        SenseError
            When it cannot be written.
        Cancelled
            When the progress was cancelled.
        """
        ...


@dataclass(frozen=True, eq=False)
class Moment:
    """One frame with what is known.

    Parameters
    ----------
    frame : SensorFrame
        What was recorded.
    rig : CameraRig
        With what.
    tracked : Tracked
        What following it gave.
    work_s : float
        How long that took.
    map : MapView, optional
        Where it has changed since the moment before.
    broken : int
        How many frames could not be read so far.
    """

    frame: SensorFrame
    rig: CameraRig
    tracked: Tracked
    work_s: float
    map: MapView | None = None
    broken: int = 0

    @property
    def camera(self) -> PosedCamera | None:
        """The camera where it is now; None while that is not known."""
        pose = self.tracked.world_from_camera
        left = self.rig.left
        if pose is None:
            return None
        return PosedCamera(
            left.size, left.intrinsics, left.distortion, left.fisheye, pose[:3, :3], pose[:3, 3]
        )
