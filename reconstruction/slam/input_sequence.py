"""What a moving camera recorded: its rig, its pictures in the order of time, and its inertial readings."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import Message
from core.posed_camera import PosedCamera
from reconstruction.photograph import Rejected
from reconstruction.slam.frame_pictures import grey_of, read_depth_m, read_stored_picture
from reconstruction.slam.rectification import Rectification

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# Of any sensor: densities of the gyroscope and the accelerometer, walks of both.
_LEAST_NOISE = (1e-5, 1e-4, 1e-6, 1e-5)


@dataclass(frozen=True, eq=False)
class CameraRig:
    """The cameras of a recording and how they sit on it.

    Parameters
    ----------
    left : PosedCamera
        The camera whose poses are wanted; the only one where there is no second.
    baseline_m : float, optional
        How far to the right of `left` a second camera of the same lens sits, both without distortion and
        with their rows on one another; None without a second camera.
    intrinsics_assumed : bool
        Whether nobody told the focal length: sizes and angles are then uncertain.
    recorded_from_left : (3, 3) float64
        Turn from the rectified `left` to the camera as it was recorded; the identity where nothing was
        rectified.
    left_from_imu : (4, 4) float64, optional
        Place of the inertial sensor in the camera `left`.
    """

    left: PosedCamera
    baseline_m: float | None = None
    intrinsics_assumed: bool = False
    recorded_from_left: Floats = field(default_factory=lambda: np.eye(3))
    left_from_imu: Floats | None = None

    def __post_init__(self) -> None:
        """Check the baseline; a `ValueError` names it."""
        if self.baseline_m is not None and not 0 < self.baseline_m < np.inf:
            raise ValueError("baseline_m")


@dataclass(frozen=True, eq=False)
class InertialReadings:
    """What an accelerometer and a gyroscope measured.

    Parameters
    ----------
    times_s : (n,) float64
        On the clock of the pictures, rising.
    gyro : (n, 3) float64
        rad/s.
    accel : (n, 3) float64
        m/s^2, gravity included.
    gyro_noise, accel_noise : float
        Densities, rad/s/sqrt(Hz) and m/s^2/sqrt(Hz).
    gyro_walk, accel_walk : float
        Random walks of the biases, rad/s^2/sqrt(Hz) and m/s^3/sqrt(Hz).
    """

    times_s: Floats
    gyro: Floats
    accel: Floats
    gyro_noise: float = 1.7e-4
    accel_noise: float = 2.0e-3
    gyro_walk: float = 1.9e-5
    accel_walk: float = 3.0e-3

    def rows(self) -> Floats:
        """Give (n, 7): seconds, `gyro`, `accel`."""
        return np.ascontiguousarray(np.column_stack([self.times_s, self.gyro, self.accel]), np.float64)

    def noise(self) -> list[float]:
        """Give the densities and the walks of both; a sensor that claims none has next to none."""
        claimed = (self.gyro_noise, self.accel_noise, self.gyro_walk, self.accel_walk)
        return [max(each, least) for each, least in zip(claimed, _LEAST_NOISE, strict=True)]


@dataclass(frozen=True, eq=False)
class SensorFrame:
    """What was recorded at one moment.

    Parameters
    ----------
    index : int
        Its number in the recording.
    name : str
        Of its file or, of a film, its number.
    time_s : float
        On the recording's clock.
    picture : (h, w) or (h, w, 3) uint8
        Grey or RGB, as stored: not turned.
    right : (h, w) uint8, optional
        The second camera's.
    depth_m : (h, w) float32, optional
        Along the optical axis; NaN where nothing was measured.
    """

    index: int
    name: str
    time_s: float
    picture: Pixels
    right: Pixels | None = None
    depth_m: NDArray[np.float32] | None = None

    @cached_property
    def grey(self) -> Pixels:
        """The picture (h, w) in grey."""
        return grey_of(self.picture)


class InputSequence(Protocol):
    """A recording that can be gone through once, from its beginning."""

    @property
    def rig(self) -> CameraRig:
        """Its cameras."""
        ...

    @property
    def imu(self) -> InertialReadings | None:
        """What its inertial sensor measured, if it has one."""
        ...

    @property
    def has_times(self) -> bool:
        """Whether times were recorded; otherwise `time_s` of a frame is its index."""
        ...

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What is odd about it, such as frames that are out of order."""
        ...

    @property
    def rejected(self) -> list[Rejected]:
        """Frames that could not be read, filled while `frames` goes on."""
        ...

    def __len__(self) -> int:
        """How many frames there are, or are said to be."""
        ...

    def frames(self) -> Iterator[SensorFrame]:
        """Read one frame after another; those that cannot be read go to `rejected`.

        Raises
        ------
        BadInput
            When none can be read.
        """
        ...


@dataclass(frozen=True)
class FrameFiles:
    """Where a frame lies.

    Parameters
    ----------
    time_s : float
        On the recording's clock.
    picture, right, depth : Path
        Files; None where there is none of the kind.
    """

    time_s: float
    picture: Path
    right: Path | None = None
    depth: Path | None = None


@dataclass(frozen=True, eq=False)
class FileSequence:
    """A recording of which every picture is a file.

    Parameters
    ----------
    rig : CameraRig
        Its cameras.
    files : tuple of FrameFiles
        In the order of time.
    depth_per_metre : float
        What the depth pictures hold at one metre.
    imu, has_times, warnings
        As of an `InputSequence`.
    rectification : Rectification, optional
        What lays the rows of both cameras on one another.
    """

    rig: CameraRig
    files: tuple[FrameFiles, ...]
    depth_per_metre: float = 1000.0
    imu: InertialReadings | None = None
    has_times: bool = False
    warnings: tuple[Message, ...] = ()
    rectification: Rectification | None = None
    rejected: list[Rejected] = field(default_factory=list[Rejected])

    def __len__(self) -> int:
        """How many frames there are."""
        return len(self.files)

    def read(self, index: int) -> SensorFrame:
        """Read one frame.

        Raises
        ------
        BadInput
            When a file of it is damaged or has another size than its camera.
        """
        files, size = self.files[index], self.rig.left.size
        picture = read_stored_picture(files.picture, size)
        right = grey_of(read_stored_picture(files.right, size)) if files.right else None
        depth = read_depth_m(files.depth, size, self.depth_per_metre) if files.depth else None
        if self.rectification is not None and right is not None:
            picture, right = self.rectification.left(picture), self.rectification.right(right)
        return SensorFrame(index, files.picture.name, files.time_s, picture, right, depth)

    def frames(self) -> Iterator[SensorFrame]:
        """Read one frame after another; those that cannot be read go to `rejected`."""
        first: BadInput | None = None
        read = 0
        for index, files in enumerate(self.files):
            try:
                frame = self.read(index)
            except BadInput as error:
                first = first or error
                self.rejected.append(Rejected(files.picture, error.message))
                continue
            read += 1
            yield frame
        if not read and first is not None:
            raise first


def read_ahead(frames: Iterator[SensorFrame]) -> Iterator[SensorFrame]:
    """Give frames, in grey, too, while the next one is read beside."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_next, frames)
        while (frame := waiting.result()) is not None:
            waiting = pool.submit(_next, frames)
            yield frame


def _next(frames: Iterator[SensorFrame]) -> SensorFrame | None:
    frame = next(frames, None)
    if frame is not None:
        _ = frame.grey
    return frame
