"""Fuses what a followed depth camera sees, while it is followed."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from core.errors import BadInput
from core.progress import SILENT, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.fusion.depth_volume import DepthFrame
from reconstruction.fusion.live_surface import LiveSurface, LiveSurfaceOptions
from reconstruction.similarity import Similarity
from reconstruction.slam.input_sequence import CameraRig, SensorFrame
from reconstruction.slam.live_moment import LiveTracker, MapView, Tracked
from reconstruction.slam.live_slam import LiveSlam

_OPTIONS = LiveSurfaceOptions()
# Fused anew with each look at the map.
_MOST_ANEW = 6


class LiveFusion:
    """Follows a camera by a tracker, and fuses its depth from the poses that the tracker tells.

    Where the tracker corrects its way, as it does when a loop closes, what was fused follows. A new map
    begins a new surface. Frames without depth are only followed.

    Parameters
    ----------
    tracker : LiveTracker
        Follows the camera.
    rig : CameraRig
        Of that camera.
    options : LiveSurfaceOptions
        How the surface is made.
    """

    def __init__(self, tracker: LiveTracker, rig: CameraRig, options: LiveSurfaceOptions = _OPTIONS) -> None:
        self._tracker, self._rig, self._options = tracker, rig, options
        self._surface: LiveSurface | None = LiveSurface(options)
        self._number = 0
        self._mesh: TexturedMesh | None = None

    def follow(self, frame: SensorFrame) -> Tracked:
        """Take the next frame."""
        tracked = self._tracker.follow(frame)
        if tracked.map_number != self._number:
            self._number, self._surface, self._mesh = tracked.map_number, LiveSurface(self._options), None
        pose = tracked.world_from_camera
        if self._surface is None or frame.depth_m is None or pose is None:
            return tracked
        colours = frame.picture if frame.picture.ndim == 3 else np.repeat(frame.picture[..., None], 3, axis=2)
        seen = DepthFrame(frame.depth_m, self._rig.left.intrinsics, colours)
        try:
            self._surface.add(frame.index, seen, pose)
        except BadInput:  # The scene is too large: what there is stays.
            self._mesh, self._surface = self._surface.mesh(), None
        return tracked

    def view(self) -> MapView:
        """Give the map and the surface as they are now."""
        view = self._tracker.view()
        if self._surface is not None and len(view.frames):
            poses = dict(zip(view.frames.tolist(), view.world_from_camera, strict=True))
            self._surface.moved(poses, most=_MOST_ANEW)
        if self._surface is not None and self._surface.frames:
            self._mesh = self._surface.mesh()
        return replace(view, surface=self._mesh)

    def save(self, folder: Path, *, to: Similarity | None = None, progress: Progress = SILENT) -> None:
        """Write the map and the way of the camera, as the tracker does.

        Raises
        ------
        SenseError
            When it cannot be written.
        Cancelled
            When the progress was cancelled.
        """
        self._tracker.save(folder, to=to, progress=progress)


def fusing_tracker(rig: CameraRig) -> LiveFusion:
    """Give what follows a camera of a rig and fuses its depth, where it has any."""
    return LiveFusion(LiveSlam(rig), rig)
