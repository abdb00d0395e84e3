"""Follows a camera frame by frame, for who watches."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_folder
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from reconstruction.similarity import Similarity
from reconstruction.slam.input_sequence import CameraRig, SensorFrame
from reconstruction.slam.live_moment import MapView, Tracked
from reconstruction.slam.slam import Slam
from reconstruction.slam.slam_files import write_slam_files

_FIT = 3  # column of tracks


class LiveSlam:
    """Simultaneous localisation and mapping, told moment by moment.

    Parameters
    ----------
    rig : CameraRig
        Of one camera, of two, or with depth.
    """

    def __init__(self, rig: CameraRig) -> None:
        self._rig, self._slam = rig, Slam(rig)

    def follow(self, frame: SensorFrame) -> Tracked:
        """Take the next frame."""
        found = self._slam.track(frame)
        fits = found.tracks[:, _FIT] > 0
        places = self._slam.track_places()
        if len(places) != len(fits):  # a frame that was left out: what was known before is told
            places = np.full((len(fits), 3), np.nan)
        pixels: NDArray[np.float32] = np.ascontiguousarray(found.tracks[fits, :2], np.float32)
        return Tracked(
            found.state,
            found.world_from_camera,
            pixels,
            places[fits].astype(np.float32),
            found.map_number,
            self._slam.loops,
        )

    def view(self) -> MapView:
        """Give the map as it is now."""
        part = self._slam.newest_map()
        if part is None:
            return MapView(np.zeros((0, 3), np.float32), np.zeros((0, 4, 4)))
        return MapView(
            part.points_m.astype(np.float32),
            part.world_from_keyframe,
            part.frames.astype(np.int64),
            part.world_from_camera,
        )

    def save(self, folder: Path, *, to: Similarity | None = None, progress: Progress = SILENT) -> None:
        """Adjust the map, and write what `sense slam` writes, where `to` puts the newest map.

        Raises
        ------
        BadInput
            When there is no map yet.
        SenseError
            When it cannot be written.
        Cancelled
            When the progress was cancelled.
        """
        result = self._slam.finish(progress=progress)
        if not result.parts:
            raise BadInput(message(QT_TRANSLATE_NOOP("Message", "There is no map yet.")))
        if to is not None:
            newest = max((int(part.frames[-1]) for part in result.parts), default=0)
            parts = (part.placed(to) if part.frames[-1] == newest else part for part in result.parts)
            result = replace(result, parts=tuple(parts))
        with atomic_folder(folder) as partial:
            write_slam_files(partial, result, self._rig)
