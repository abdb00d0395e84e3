"""The map that can be searched later, from a recording whose camera was followed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.progress import SILENT, Progress
from core.visual_map import VisualMap
from reconstruction.slam.input_sequence import FileSequence, InputSequence, SensorFrame
from reconstruction.slam.map_building import PosedPicture, build_map
from reconstruction.slam.pair_depth import pair_depth_m
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.sequence_layouts import open_sequence
from reconstruction.slam.slam_run import SlamRun

_MOST_PICTURES = 400


def map_of_recording(
    source: Path, run: SlamRun, *, calibration: Path | None = None, progress: Progress = SILENT
) -> VisualMap:
    """Make a map of the keyframes of the largest part of a recording; its pictures are read once more.

    Parameters
    ----------
    source : Path
        The recording.
    run : SlamRun
        What following it gave.
    calibration : Path, optional
        As it was given then.

    Raises
    ------
    SenseError
        When the keyframes share nothing of which a map could be made.
    """
    sequence = open_sequence(source, run.sensor, calibration=calibration)
    return build_map(_posed(sequence, run), is_metric=run.sensor is not Sensor.MONO, progress=progress)


def _posed(sequence: InputSequence, run: SlamRun) -> Iterator[PosedPicture]:
    """Give keyframes with their poses, evenly fewer where there are very many."""
    part = run.result.parts[0]
    every = -(-len(part.keyframes) // _MOST_PICTURES)
    wanted = {int(part.keyframes[row]): row for row in range(0, len(part.keyframes), every)}
    for frame in _frames(sequence, wanted):
        pose = part.world_from_keyframe[wanted[frame.index]]
        camera = replace(
            sequence.rig.left, rotation_world_from_camera=_rotation(pose), centre_m=pose[:3, 3].copy()
        )
        depth = frame.depth_m
        if frame.right is not None:
            pixels, _ = run.result.right_offset_px or (0.0, None)
            depth = pair_depth_m(frame.grey, frame.right, sequence.rig, right_offset_px=pixels)
        yield PosedPicture(frame.name, camera, frame.grey, depth, frame.time_s)


def _frames(sequence: InputSequence, wanted: dict[int, int]) -> Iterator[SensorFrame]:
    if not isinstance(sequence, FileSequence):
        yield from (frame for frame in sequence.frames() if frame.index in wanted)
        return
    for index in sorted(wanted):
        try:
            yield sequence.read(index)
        except BadInput:  # It was there a moment ago; the others make the map.
            continue


def _rotation(pose: NDArray[np.float64]) -> NDArray[np.float64]:
    u, _, vt = np.linalg.svd(pose[:3, :3])
    return np.asarray(u @ vt, np.float64)
