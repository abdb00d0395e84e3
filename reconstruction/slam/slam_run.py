"""Following the camera of a recording from its beginning to its end."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, PartProgress, Progress
from reconstruction.photograph import Rejected
from reconstruction.similarity import Similarity
from reconstruction.slam.input_sequence import CameraRig, read_ahead
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.sequence_layouts import open_sequence
from reconstruction.slam.slam import Slam, TrackingOptions
from reconstruction.slam.slam_result import SlamResult
from reconstruction.slam.stereo_check import StereoCheck

_TRACKING_SHARE = 0.9
# Standard deviation of the focal length, as a share, that leaves open whether it is right.
_TOO_VAGUE = 0.01


@dataclass(frozen=True, eq=False)
class SlamRun:
    """A recording that was followed.

    Parameters
    ----------
    rig : CameraRig
        Its cameras.
    sensor : Sensor
        What was used of it.
    result : SlamResult
        What was found.
    rejected : tuple of Rejected
        Frames that could not be read.
    warnings : tuple of Message
        What is odd about the recording or the result.
    """

    rig: CameraRig
    sensor: Sensor
    result: SlamResult
    rejected: tuple[Rejected, ...]
    warnings: tuple[Message, ...]

    def placed(self, to: Similarity) -> "SlamRun":
        """Give the run with its largest map where a similarity puts it."""
        first, *others = self.result.parts
        return replace(self, result=replace(self.result, parts=(first.placed(to), *others)))

    def facts(self) -> dict[str, Any]:
        """Give the figures: counts, milliseconds a frame, and how far the camera went."""
        result = self.result
        main = result.parts[0]
        facts: dict[str, Any] = {
            "sensor": str(self.sensor),
            "frames": result.frames + len(self.rejected),
            "tracked": result.tracked,
            "lost": result.lost + len(self.rejected),
            "loops": result.loops,
            "median_ms": float(np.median(result.milliseconds)),
            "p95_ms": float(np.percentile(result.milliseconds, 95)),
            "maps": len(result.parts),
            "keyframes": len(main.keyframes),
            "points": len(main.points_m),
            "path": float(main.trajectory(self.rig.recorded_from_left).path_m[-1]),
            "unit": "units" if self.sensor is Sensor.MONO and not main.inertial else "m",
            "inertial": main.inertial,
            "intrinsics_assumed": self.rig.intrinsics_assumed,
        }
        if self.sensor is Sensor.STEREO:
            pixels, sigma = result.right_offset_px or (0.0, None)
            facts |= {"right_offset_px": pixels, "right_offset_sigma_px": sigma}
            longer, sigma = result.focal_longer or (None, None)
            facts |= {"focal_longer": longer, "focal_longer_sigma": sigma}
        return facts


def run_slam(
    source: Path,
    sensor: Sensor,
    *,
    calibration: Path | None = None,
    imu: Path | None = None,
    seed: int = 0,
    progress: Progress = SILENT,
) -> SlamRun:
    """Follow the camera of a recording; see `open_sequence` for what can be read.

    Raises
    ------
    BadInput
        When nothing can be read, or no two frames fit together.
    Cancelled
        When the progress was cancelled.
    """
    sequence = open_sequence(source, sensor, calibration=calibration, imu=imu)
    usable = imu is not None and sequence.has_times
    slam = Slam(sequence.rig, TrackingOptions(seed=seed), sequence.imu if usable else None)
    check = StereoCheck()
    count = max(len(sequence), 1)
    for frame in read_ahead(sequence.frames()):
        progress.report(_TRACKING_SHARE * min(frame.index / count, 1.0))
        slam.track(frame)
        check.look(frame)
    result = slam.finish(progress=PartProgress(progress, _TRACKING_SHARE, 1.0))
    odd = check.remark()
    if not result.parts:
        raise _nothing(source, sensor, odd)
    warnings = [*sequence.warnings, *result.warnings, *_remarks(sequence.rig, result)]
    warnings += [] if odd is None else [odd]
    if imu is not None and not result.parts[0].inertial:
        text = QT_TRANSLATE_NOOP("Message", "The camera was followed by its pictures alone, without {path}.")
        warnings.append(message(text, path=str(imu)))
    return SlamRun(sequence.rig, sensor, result, tuple(sequence.rejected), tuple(warnings))


def _nothing(source: Path, sensor: Sensor, odd: Message | None) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path}: it cannot be told where the camera was in any frame.")
    if odd is not None:
        return BadInput(message(text, path=str(source)), odd)
    if sensor is Sensor.MONO:
        hint = QT_TRANSLATE_NOOP(
            "Message", "The camera must move sideways before something with texture; turning is not enough."
        )
    else:
        hint = QT_TRANSLATE_NOOP(
            "Message", "The calibration may be of another camera, or the pictures show no texture."
        )
    return BadInput(message(text, path=str(source)), message(hint))


def _remarks(rig: CameraRig, result: SlamResult) -> list[Message]:
    remarks: list[Message] = []
    if rig.intrinsics_assumed:
        text = QT_TRANSLATE_NOOP(
            "Message", "Nobody tells the focal length: it was assumed, and the way may be bent."
        )
        remarks.append(message(text))
    elif result.focal_longer is not None and result.focal_longer[1] > _TOO_VAGUE:
        text = QT_TRANSLATE_NOOP(
            "Message", "The camera turned too little to tell whether the focal length is right."
        )
        remarks.append(message(text))
    if len(result.parts) > 1:
        text = QT_TRANSLATE_NOOP(
            "Message", "The camera was lost; {count} frames lie in maps that could not be connected."
        )
        remarks.append(message(text, count=sum(len(part.frames) for part in result.parts[1:])))
    return remarks
