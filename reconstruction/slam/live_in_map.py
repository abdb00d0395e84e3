"""A camera that is followed within a map of another day."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from core.visual_map import VisualMap
from reconstruction.similarity import Similarity
from reconstruction.slam.input_sequence import CameraRig, SensorFrame
from reconstruction.slam.live_moment import LiveTracker, MapView, Place, Tracked
from reconstruction.slam.localisation import FoundPlace, Localiser
from reconstruction.slam.map_frame import MapFrame

Floats = NDArray[np.float64]

# While the place is not known every picture is looked for, one after another; then one in so many seconds.
_AGAIN_S = 2.0
# So long a pose that only the map tells is shown.
_FRESH_S = 1.0


@dataclass(frozen=True, eq=False)
class _Search:
    """A picture that is looked for in the map, and what was known of it."""

    found: "Future[FoundPlace | None]"
    pose: Floats | None
    map_number: int
    time_s: float


class LiveInMap:
    """Follows a camera and looks for it in a map; poses and points are then told in the map's world.

    Pictures are looked for in a thread of its own, so that following goes on; a pose is told as soon as two
    places agree. A camera that is not followed yet, as it stands still, is told where the map alone puts it.

    Parameters
    ----------
    tracker : LiveTracker
        Follows the camera in a world of its own.
    rig : CameraRig
        Of that camera.
    world : VisualMap
        The map.
    waits : bool
        Wait for every search instead of going on: what comes out depends on the pictures alone.
    """

    def __init__(
        self, tracker: LiveTracker, rig: CameraRig, world: VisualMap, *, waits: bool = False
    ) -> None:
        self._tracker, self._rig, self._waits = tracker, rig, waits
        self._localiser = Localiser(world)
        self._threads = ThreadPoolExecutor(1, "localisation")
        self._search: _Search | None = None
        self._frame: MapFrame | None = None
        self._number = 0
        self._last: tuple[float, Floats] | None = None
        self._points = world.points.astype(np.float32)
        self._keyframes = np.tile(np.eye(4), (len(world.keyframes), 1, 1))
        self._keyframes[:, :3, :3], self._keyframes[:, :3, 3] = world.rotations, world.centres

    def follow(self, frame: SensorFrame) -> Tracked:
        """Take the next frame."""
        tracked = self._tracker.follow(frame)
        if self._frame is None:
            known = frame.right is not None or frame.depth_m is not None
            self._frame = MapFrame(known and self._localiser.world.is_metric)
        if tracked.map_number != self._number:
            self._number = tracked.map_number
            self._frame.forget()
        self._take(self._frame)
        self._look_for(frame, tracked)
        if self._waits:
            self._take(self._frame)
        return self._told(frame, tracked, self._frame.map_from_world)

    def view(self) -> MapView:
        """Give the map, and what was added to it."""
        to, own = self._placed, self._tracker.view()
        if to is None:
            return MapView(self._points, self._keyframes)
        points = np.concatenate([self._points, to.apply(own.points.astype(float)).astype(np.float32)])
        return MapView(points, np.array([*self._keyframes, *(placed_pose(one, to) for one in own.keyframes)]))

    def save(self, folder: Path, *, to: Similarity | None = None, progress: Progress = SILENT) -> None:
        """Write the way of the camera in the map, as the tracker does.

        Raises
        ------
        SenseError
            When it cannot be written.
        Cancelled
            When the progress was cancelled.
        """
        placed = self._placed
        whole = placed if to is None or placed is None else to.after(placed)
        self._tracker.save(folder, to=whole, progress=progress)

    def close(self) -> None:
        """End the search."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def _placed(self) -> Similarity | None:
        return None if self._frame is None else self._frame.map_from_world

    def _look_for(self, frame: SensorFrame, tracked: Tracked) -> None:
        if self._search is not None:
            return
        last = self._last
        if self._placed is not None and last is not None and 0 <= frame.time_s - last[0] < _AGAIN_S:
            return
        work = self._threads.submit(self._localiser.find, frame.grey, self._rig.left)
        self._search = _Search(work, tracked.world_from_camera, tracked.map_number, frame.time_s)

    def _take(self, frame: MapFrame) -> None:
        search = self._search
        if search is None or not (self._waits or search.found.done()):
            return
        self._search = None
        place = search.found.result()
        if place is None:
            return
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = place.rotation_world_from_camera, place.centre_m
        self._last = (search.time_s, pose)
        if search.pose is not None and search.map_number == self._number:
            frame.add(search.pose, pose, self._away(pose))

    def _away(self, pose: Floats) -> float:
        """Give about how far what a camera of the map sees is away: of the points before it, the median."""
        ahead = (self._points - pose[:3, 3]) @ pose[:3, 2]
        near = ahead[ahead > 0]
        return float(np.median(near)) if len(near) else 1.0

    def _told(self, frame: SensorFrame, tracked: Tracked, to: Similarity | None) -> Tracked:
        if to is not None and tracked.world_from_camera is not None:
            places = to.apply(tracked.places.astype(float)).astype(np.float32)
            pose = placed_pose(tracked.world_from_camera, to)
            return replace(tracked, world_from_camera=pose, places=places, place=Place.KNOWN)
        nowhere = np.full_like(tracked.places, np.nan)
        last = self._last
        if last is not None and 0 <= frame.time_s - last[0] < _FRESH_S:
            return replace(tracked, world_from_camera=last[1], places=nowhere, place=Place.KNOWN)
        return replace(tracked, world_from_camera=None, places=nowhere, place=Place.SOUGHT)


def placed_pose(pose: Floats, to: Similarity) -> Floats:
    """Give a pose world from camera (4, 4) where a similarity puts it."""
    moved = np.eye(4)
    moved[:3, :3], moved[:3, 3] = to.rotation @ pose[:3, :3], to.apply(pose[None, :3, 3])[0]
    return moved
