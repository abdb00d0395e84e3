"""What following a camera leaves behind: `trajectory.txt` and `keyframes.ply`."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from formats.point_cloud import write_point_cloud
from formats.trajectory_file import write_trajectory
from reconstruction.slam.input_sequence import CameraRig
from reconstruction.slam.slam_result import MapPart, SlamResult

Floats = NDArray[np.float64]

_POINT, _WELL_SEEN, _CAMERA = (140, 140, 140), (215, 215, 215), (255, 120, 20)
# A pyramid of dots: the picture's corners at this share of the scene's depth.
_PYRAMID_SHARE, _DOTS = 0.02, 9


def write_slam_files(folder: Path, result: SlamResult, rig: CameraRig) -> None:
    """Write the files of every map into an existing folder.

    The first map, which has most frames, is `trajectory.txt` and `keyframes.ply`; others, which could not be
    connected with it, have a number: `trajectory-2.txt`.

    Raises
    ------
    SenseError
        When they cannot be written.
    """
    for number, part in enumerate(result.parts, 1):
        suffix = "" if number == 1 else f"-{number}"
        write_trajectory(folder / f"trajectory{suffix}.txt", part.trajectory(rig.recorded_from_left))
        write_keyframes(folder / f"keyframes{suffix}.ply", part, rig)


def write_keyframes(path: Path, part: MapPart, rig: CameraRig) -> None:
    """Write the points of a map, those that many keyframes saw brighter, and a pyramid for every keyframe."""
    pyramids = _pyramids(part, rig)
    places = np.concatenate([part.points_m, pyramids])
    bright = part.sightings >= 4
    colours = np.where(bright[:, None], _WELL_SEEN, _POINT).astype(np.uint8)
    orange = np.tile(np.array(_CAMERA, np.uint8), (len(pyramids), 1))
    comment = f"{len(part.points_m)} points, {len(part.keyframes)} keyframes in orange"
    write_point_cloud(path, places, np.concatenate([colours, orange]), comment=comment)


def _pyramids(part: MapPart, rig: CameraRig) -> Floats:
    """Give dots on the edges of every keyframe's pyramid, from its centre to the picture's corners."""
    if not len(part.keyframes):
        return np.zeros((0, 3))
    width, height = rig.left.size
    columns, rows = np.meshgrid([0, width - 1], [0, height - 1])
    pixels = np.stack([columns.ravel(), rows.ravel(), np.ones(4)])
    corners = (np.linalg.inv(rig.left.intrinsics) @ pixels).T * _PYRAMID_SHARE * _depth(part)
    along = np.linspace(0, 1, _DOTS)[:, None, None]
    around = np.roll(corners[[0, 1, 3, 2]], -1, axis=0)
    ordered = corners[[0, 1, 3, 2]]
    dots = np.concatenate([along * ordered, ordered + along * (around - ordered)]).reshape(-1, 3)
    poses = part.world_from_keyframe
    placed: Floats = np.einsum("kij,nj->kni", poses[:, :3, :3], dots) + poses[:, None, :3, 3]
    return placed.reshape(-1, 3)


def _depth(part: MapPart) -> float:
    if not len(part.points_m):
        return 1.0
    first = part.world_from_keyframe[0]
    return float(np.median(np.abs((part.points_m - first[:3, 3]) @ first[:3, 2]))) or 1.0
