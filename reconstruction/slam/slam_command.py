"""`sense slam`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from reconstruction.slam.sensor import Sensor

if TYPE_CHECKING:
    from core.message import Message
    from reconstruction.photograph import Rejected
    from reconstruction.slam.slam_run import SlamRun


@dataclass(frozen=True)
class SlamOptions:
    """What to follow, and by which sensor.

    Parameters
    ----------
    recording : Path
        A film or a folder.
    output : Path
        The folder that is made.
    sensor : Sensor
        What is used of the recording.
    calib : Path, optional
        Calibration instead of what the recording brings.
    imu : Path, optional
        Inertial readings as of EuRoC.
    seed : int
        Of what is random.
    force : bool
        Replace an existing output.
    """

    recording: Path = field(
        metadata={
            "help": "film, or folder: pictures, frame-NNNNNN.*, image_l + image_r, KITTI, TUM, EuRoC",
            "positional": True,
            "metavar": "INPUT",
        }
    )
    output: Path = field(metadata={"help": "folder for the result", "flag": "-o", "metavar": "DIR"})
    sensor: Sensor = field(default=Sensor.MONO, metadata={"help": "what is used of the recording"})
    calib: Path | None = field(
        default=None, metadata={"help": "calibration of the camera", "metavar": "FILE"}
    )
    imu: Path | None = field(
        default=None, metadata={"help": "inertial readings in EuRoC's layout", "metavar": "FILE"}
    )
    seed: int = field(default=0, metadata={"help": "of what is random", "metavar": "N"})
    force: bool = field(default=False, metadata={"help": "replace an existing output"})


@dataclass(frozen=True)
class SlamReport:
    """What `sense slam` prints."""

    output: Path
    run: "SlamRun"

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        rejected = [{"path": str(one.path), "reason": str(one.reason)} for one in self._rejected]
        warnings = [str(one) for one in self._warnings]
        return {
            "output": str(self.output),
            **self.run.facts(),
            "warnings": warnings,
            "rejected": rejected,
        }

    def __str__(self) -> str:
        """Give a few lines."""
        facts = self.run.facts()
        lines = [
            f"{facts['tracked']} of {facts['frames']} frames, {facts['keyframes']} keyframes,"
            f" {facts['points']} points, {facts['path']:.2f} {facts['unit']},"
            f" {facts['median_ms']:.1f} ms a frame (95 %: {facts['p95_ms']:.1f} ms)"
        ]
        if facts["maps"] > 1:
            lines.append(f"{facts['maps']} maps that could not be connected; the largest is told here")
        lines += [str(one) for one in self._warnings]
        lines += [f"{one.path}: {one.reason}" for one in self._rejected]
        return "\n".join(lines)

    @property
    def _rejected(self) -> "tuple[Rejected, ...]":
        return self.run.rejected

    @property
    def _warnings(self) -> "tuple[Message, ...]":
        return self.run.warnings


def slam_command(context: Context, options: SlamOptions) -> SlamReport:
    """Find where a moving camera was in every frame, and map what it saw."""
    from core.atomic_write import atomic_folder, refuse_existing
    from reconstruction.slam.slam_files import write_slam_files
    from reconstruction.slam.slam_run import run_slam

    output = options.output.expanduser().absolute()
    refuse_existing(output, force=options.force)
    run = run_slam(
        options.recording.expanduser(),
        options.sensor,
        calibration=None if options.calib is None else options.calib.expanduser(),
        imu=None if options.imu is None else options.imu.expanduser(),
        seed=options.seed,
        progress=context.progress,
    )
    with atomic_folder(output) as folder:
        write_slam_files(folder, run.result, run.rig)
    context.library.audit.append("reconstruction.slam", ())
    return SlamReport(output, run)
