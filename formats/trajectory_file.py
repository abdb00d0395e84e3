"""Trajectories as TUM RGB-D, KITTI odometry and EuRoC write them.

TUM: `timestamp tx ty tz qx qy qz qw`, seconds. KITTI: the twelve numbers of a 3 x 4 matrix a line, no times.
EuRoC: commas, `timestamp [ns], px, py, pz, qw, qx, qy, qz` and more that is not read. All are world from
camera (EuRoC: world from body).
"""

from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import write_bytes
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.quaternion import quaternions_of, rotations_of
from core.trajectory import Trajectory

Floats = NDArray[np.float64]
# Seconds since 1970 have ten digits before the point, nanoseconds nineteen.
_LEAST_NANOSECONDS = 1e14


class TrajectoryFormat(Enum):
    """How the lines of a file are laid out."""

    TUM = "TUM"
    KITTI = "KITTI"
    EUROC = "EuRoC"


def read_trajectory(path: Path) -> Trajectory:
    """Read a trajectory of any of the three layouts, told apart by its lines; poses are sorted by time.

    Raises
    ------
    BadInput
        When the file cannot be read or a line is not a pose; the message names the line.
    """
    try:
        lines = path.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.partition("#")[0].strip()]
    if not filled:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "{path} holds no poses."), path=str(path)))
    kind = _format_of(filled[0][1])
    rows = [_row(path, number, line, (kind, at)) for at, (number, line) in enumerate(filled)]
    times = np.array([time for time, _ in rows])
    poses = np.stack([pose for _, pose in rows])
    order = np.argsort(times, kind="stable")
    return Trajectory(times[order], poses[order])


def write_trajectory(path: Path, trajectory: Trajectory) -> None:
    """Write a trajectory in TUM's layout, atomically."""
    values = np.column_stack([trajectory.centres_m, quaternions_of(trajectory.rotations)])
    rows = [
        f"{time:.9f} " + " ".join(f"{value:.12g}" for value in row)
        for time, row in zip(trajectory.times_s, values, strict=True)
    ]
    write_bytes(path, ("# timestamp tx ty tz qx qy qz qw\n" + "\n".join(rows) + "\n").encode())


def _format_of(line: str) -> TrajectoryFormat:
    words = line.partition("#")[0].replace(",", " ").split()
    if len(words) == 12 and "," not in line:
        return TrajectoryFormat.KITTI
    try:
        in_nanoseconds = abs(float(words[0])) >= _LEAST_NANOSECONDS
    except ValueError:
        in_nanoseconds = False
    return TrajectoryFormat.EUROC if "," in line and in_nanoseconds else TrajectoryFormat.TUM


def _row(path: Path, number: int, line: str, place: tuple[TrajectoryFormat, int]) -> tuple[float, Floats]:
    words = line.partition("#")[0].replace(",", " ").split()
    try:
        return _pose(words, *place)
    except (ValueError, IndexError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path}: line {line} is not a pose of a {kind} trajectory.")
        raise BadInput(message(text, path=str(path), line=number, kind=place[0].value)) from error


def _pose(words: list[str], kind: TrajectoryFormat, index: int) -> tuple[float, Floats]:
    pose = np.eye(4)
    if kind is TrajectoryFormat.KITTI:
        pose[:3] = np.array([float(word) for word in words]).reshape(3, 4)
        Trajectory(np.zeros(1), pose[None])  # refuses what is no rotation
        return float(index), pose
    if len(words) < 8 or (kind is TrajectoryFormat.TUM and len(words) > 8):
        raise ValueError("eight numbers")
    time = int(words[0]) / 1e9 if kind is TrajectoryFormat.EUROC else float(words[0])
    values = np.array([float(word) for word in words[1:8]])
    turned = values[3:] if kind is TrajectoryFormat.TUM else np.roll(values[3:], -1)
    # Files round to four digits; what is further from 1 is no rotation.
    if not (np.isfinite([time, *values]).all() and abs(np.linalg.norm(turned) - 1) < 0.05):
        raise ValueError("quaternion")
    pose[:3, :3] = rotations_of(turned[None])[0]
    pose[:3, 3] = values[:3]
    return time, pose
