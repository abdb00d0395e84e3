"""Following a moving camera and mapping what it sees, frame by frame."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.posed_camera import BROWN_COEFFICIENTS, FISHEYE_COEFFICIENTS
from core.progress import SILENT, PartProgress, Progress
from reconstruction.slam.input_sequence import CameraRig, InertialReadings, SensorFrame
from reconstruction.slam.live_moment import TrackingState
from reconstruction.slam.monocular_start import started
from reconstruction.slam.slam_result import MapPart, SlamResult, linked

if TYPE_CHECKING:
    from native._core import SlamTracker

Floats = NDArray[np.float64]

# So many frames in a row that fit nowhere, and a new map begins.
_PATIENCE = 15
# While a new map grows, every so many frames are looked for in the older ones.
_LOOK_BACK_EVERY = 5
_LEAST_OFFSET_PX = 0.3
# A focal length is called wrong by so many standard deviations, and by this share.
_CERTAIN, _LEAST_LONGER = 6.0, 0.005


# As the native tracker counts them.
_STATES = (TrackingState.STARTING, TrackingState.TRACKING, TrackingState.LOST)


@dataclass(frozen=True)
class TrackingOptions:
    """How densely is tracked.

    Parameters
    ----------
    cell_px : int
        One corner at most in every square of this side.
    window : int
        Keyframes that are adjusted together.
    seed : int
        Of what is random: the start with one camera.
    iterations : int
        Of the final adjustment, at most.
    """

    cell_px: int = 24
    window: int = 8
    seed: int = 0
    iterations: int = 20


_OPTIONS = TrackingOptions()


@dataclass(frozen=True, eq=False)
class TrackedFrame:
    """What is known of a frame as soon as it was seen.

    Parameters
    ----------
    index : int
        Its number in the recording.
    time_s : float
        On the recording's clock.
    state : TrackingState
        Whether its pose is known.
    map_number : int
        Which of the maps it lies in, from 0.
    milliseconds : float
        That it took.
    tracks : (n, 4) float32
        Column and row, 1 where the point's place is known, 1 where it fits.
    world_from_camera : (4, 4) float64, optional
        Of the rig's left camera in the map; the map may still shift.
    """

    index: int
    time_s: float
    state: TrackingState
    map_number: int
    milliseconds: float
    tracks: NDArray[np.float32]
    world_from_camera: Floats | None = None


@dataclass(eq=False)
class _Part:
    """A map that grows, and where it met the one before."""

    tracker: "SlamTracker"
    number: int
    established: bool = False
    lost_for: int = 0
    meeting: int | None = None
    """The frame whose pose is known in both."""


@dataclass(eq=False)
class Slam:
    """Finds where a camera is, and maps what it sees.

    Corners are followed from frame to frame and patches of keyframes are aligned; every keyframe is
    adjusted together with its neighbours. A camera that was lost is looked for in the map; where that fails
    a new map begins, and the two become one when they meet (not with one camera, whose maps have each a
    scale of their own). The same frames give the same result.

    Parameters
    ----------
    rig : CameraRig
        The cameras.
    options : TrackingOptions
        How densely.
    imu : InertialReadings, optional
        On the clock of the frames; used where the rig says where its sensor sits. The maps are then in
        metres, with gravity along their y axis, as soon as the motion has told how.
    """

    rig: CameraRig
    options: TrackingOptions = _OPTIONS
    imu: InertialReadings | None = None
    _parts: list[_Part] = field(default_factory=list["_Part"], init=False)
    _milliseconds: list[float] = field(default_factory=list[float], init=False)
    _copies: dict[int, int] = field(default_factory=dict[int, int], init=False)
    _times: dict[int, float] = field(default_factory=dict[int, float], init=False)
    _last: SensorFrame | None = field(default=None, init=False)
    _answer: TrackedFrame | None = field(default=None, init=False)
    _unordered: int = field(default=0, init=False)
    _mono: bool = field(default=True, init=False)

    def track(self, frame: SensorFrame) -> TrackedFrame:
        """Find where a frame was taken; frames come in the order of time.

        A frame that repeats the last one has its pose; one that is not later than the last is left out.
        """
        began = time.perf_counter()
        last, answer = self._last, self._answer
        if last is not None and answer is not None:
            if frame.time_s <= last.time_s:
                self._unordered += 1
                return self._told(frame, answer, began)
            coasts = self._parts[-1].tracker.coasting()
            if not coasts and np.array_equal(frame.picture, last.picture):
                self._copies[frame.index] = self._copies.get(last.index, last.index)
                self._times[frame.index] = frame.time_s
                return self._told(frame, answer, began)
        state = self._follow(frame)
        part = self._parts[-1]
        pose = _square(part.tracker.pose()) if state is TrackingState.TRACKING else None
        tracks = cast(NDArray[np.float32], part.tracker.tracks())
        milliseconds = 1000 * (time.perf_counter() - began)
        self._milliseconds.append(milliseconds)
        self._last = frame
        self._answer = TrackedFrame(frame.index, frame.time_s, state, part.number, milliseconds, tracks, pose)
        return self._answer

    @property
    def loops(self) -> int:
        """How often the camera came back to where it had been, so far."""
        return sum(part.tracker.loops() for part in self._parts)

    def track_places(self) -> Floats:
        """Give where the points of the last frame's tracks are, (n, 3); NaN where that is not known."""
        if not self._parts:
            return np.zeros((0, 3))
        return np.asarray(self._parts[-1].tracker.track_places(), np.float64).reshape(-1, 3)

    def newest_map(self) -> MapPart | None:
        """Give the map that grows, as it is now."""
        part = self._parts[-1] if self._parts else None
        if part is None or not part.established:
            return None
        return _part_of(part.tracker, self._copies, self._times)

    def finish(self, *, progress: Progress = SILENT) -> SlamResult:
        """Adjust everything together, and give every frame its pose.

        Raises
        ------
        Cancelled
            When the progress was cancelled.
        """
        from reconstruction.stoppable import run_stoppable

        parts: list[MapPart] = []
        # An older map comes before the newer one that met it.
        kept = sorted((part for part in self._parts if part.established), key=lambda part: part.number)
        for number, part in enumerate(kept):
            step = PartProgress(progress, number / len(kept), (number + 1) / len(kept))
            tracker = part.tracker
            run_stoppable(lambda stop, t=tracker: t.adjust_all(self.options.iterations, stop), step)
            made = _part_of(tracker, self._copies, self._times)
            met = part.meeting
            joined = linked(parts, made, met) if met is not None else None
            if joined is None:
                parts.append(made)
            else:
                parts = joined
        pixels, sigma = kept[0].tracker.right_offset() if kept else (0.0, np.inf)
        offset = (pixels, sigma) if np.isfinite(sigma) else None
        focal = kept[0].tracker.focal_check() if kept else (0.0, np.inf)
        seen = len(self._milliseconds) + len(self._copies)
        return SlamResult(
            tuple(sorted(parts, key=lambda one: -len(one.frames))),
            seen + self._unordered,
            np.array(self._milliseconds),
            right_offset_px=offset,
            focal_longer=focal if np.isfinite(focal[1]) else None,
            warnings=self._warnings(offset, focal),
            loops=sum(part.tracker.loops() for part in kept),
        )

    def _told(self, frame: SensorFrame, answer: TrackedFrame, began: float) -> TrackedFrame:
        took = 1000 * (time.perf_counter() - began)
        return TrackedFrame(
            frame.index,
            frame.time_s,
            answer.state,
            answer.map_number,
            took,
            answer.tracks,
            answer.world_from_camera,
        )

    def _follow(self, frame: SensorFrame) -> TrackingState:
        if not self._parts:
            self._mono = frame.right is None and frame.depth_m is None
            self._begin()
        part = self._parts[-1]
        if not part.established and self._recovered(frame):
            return TrackingState.TRACKING
        state = self._process(part, frame)
        if state is TrackingState.TRACKING and not frame.index % _LOOK_BACK_EVERY and self._met(frame):
            return TrackingState.TRACKING
        if part.lost_for >= _PATIENCE:
            if part.established:
                self._begin()
            else:
                self._parts[-1] = _Part(self._tracker(), part.number)
        return state

    def _process(self, part: _Part, frame: SensorFrame) -> TrackingState:
        tracker = part.tracker
        state = _STATES[tracker.process(frame.index, frame.time_s, frame.grey, frame.right, frame.depth_m)]
        if state is TrackingState.STARTING and self._mono and not part.established:
            focal = float(self.rig.left.intrinsics[0, 0])
            if started(tracker, focal, self.rig.left.size[0], self.options.seed):
                state = TrackingState.TRACKING
        part.established = part.established or state is TrackingState.TRACKING
        lost = state is TrackingState.LOST and not tracker.coasting()
        part.lost_for = part.lost_for + 1 if lost else 0
        return state

    def _recovered(self, frame: SensorFrame) -> bool:
        """Look for the frame in the map before, while the new one has not begun."""
        if len(self._parts) < 2:
            return False
        if self._process(self._parts[-2], frame) is not TrackingState.TRACKING:
            return False
        del self._parts[-1]
        return True

    def _met(self, frame: SensorFrame) -> bool:
        """Look for the frame in the map before, and go on there if it is found."""
        if len(self._parts) < 2:
            return False
        if self._mono and not all(part.tracker.inertial() for part in self._parts[-2:]):
            return False
        before = self._parts[-2]
        if self._process(before, frame) is not TrackingState.TRACKING:
            return False
        newer = self._parts.pop()
        newer.meeting = frame.index
        # Closed maps lie before the one that goes on.
        self._parts.remove(before)
        self._parts += [newer, before]
        return True

    def _begin(self) -> None:
        self._parts.append(_Part(self._tracker(), len(self._parts)))

    def _tracker(self) -> "SlamTracker":
        from native._core import SlamTracker

        camera = self.rig.left
        names = FISHEYE_COEFFICIENTS if camera.fisheye else BROWN_COEFFICIENTS
        numbers = [float(camera.distortion.get(name, 0.0)) for name in names]
        k = camera.intrinsics
        tracker = SlamTracker(
            numbers + [0.0] * (12 - len(numbers)),
            camera.fisheye,
            [float(k[0, 0]), float(k[1, 1]), float(k[0, 2]), float(k[1, 2])],
            self.rig.baseline_m or 0.0,
            self.options.cell_px,
            self.options.window,
        )
        if self.imu is not None and self.rig.left_from_imu is not None:
            place = [float(each) for each in self.rig.left_from_imu[:3].ravel()]
            tracker.use_inertial(self.imu.rows(), place, self.imu.noise())
        return tracker

    def _warnings(
        self, offset: tuple[float, float] | None, focal: tuple[float, float]
    ) -> tuple[Message, ...]:
        warnings: list[Message] = []
        if self._unordered:
            text = QT_TRANSLATE_NOOP(
                "Message", "{count} frames were not later than the ones before; they were left out."
            )
            warnings.append(message(text, count=self._unordered))
        if abs(focal[0]) > max(_CERTAIN * focal[1], _LEAST_LONGER):
            text = QT_TRANSLATE_NOOP(
                "Message",
                "The calibration is off: by what the pictures show, the focal length is {factor} times as"
                " long. Lengths along the view are wrong by as much.",
            )
            warnings.append(message(text, factor=f"{1 + focal[0]:.3f}"))
        elif offset is not None and abs(offset[0]) > _LEAST_OFFSET_PX:
            text = QT_TRANSLATE_NOOP(
                "Message",
                "The calibration is off: what the right camera sees lies {pixels} pixels beside where it"
                " should be, which was corrected.",
            )
            warnings.append(message(text, pixels=f"{offset[0]:.2f}"))
        return tuple(warnings)


def _part_of(tracker: "SlamTracker", copies: Mapping[int, int], times: Mapping[int, float]) -> MapPart:
    numbers, seconds, poses = (np.asarray(one) for one in cast(tuple[Any, Any, Any], tracker.frame_poses()))
    squares = _squares(poses)
    where = {int(number): row for row, number in enumerate(numbers)}
    added = [(copy, where[of]) for copy, of in sorted(copies.items()) if of in where]
    numbers = np.append(numbers, [copy for copy, _ in added]).astype(int)
    seconds = np.append(seconds, [times[copy] for copy, _ in added])
    squares = np.concatenate([squares, squares[[row for _, row in added]]])
    order = np.argsort(numbers, kind="stable")
    keyframes, keyframe_poses = (np.asarray(one) for one in cast(tuple[Any, Any], tracker.keyframe_poses()))
    places, counts = (np.asarray(one) for one in cast(tuple[Any, Any], tracker.points()))
    return MapPart(
        numbers[order],
        seconds[order],
        squares[order],
        keyframes.astype(int),
        _squares(keyframe_poses),
        places.astype(np.float64).reshape(-1, 3),
        counts.astype(int),
        tracker.inertial(),
    )


def _squares(rows: NDArray[Any]) -> Floats:
    """From (n, 12) to (n, 4, 4)."""
    poses = np.tile(np.eye(4), (len(rows), 1, 1))
    poses[:, :3] = rows.reshape(-1, 3, 4)
    return poses


def _square(rows: object) -> Floats:
    return _squares(np.asarray(rows).reshape(1, 12))[0]
