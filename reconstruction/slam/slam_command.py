"""`sense slam`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from reconstruction.slam.sensor import Sensor

if TYPE_CHECKING:
    from core.message import Message
    from core.progress import Progress
    from core.visual_map import VisualMap
    from reconstruction.photograph import Rejected
    from reconstruction.slam.map_extension import MapExtension
    from reconstruction.slam.slam_run import SlamRun

# Of the time; the rest makes the map that can be searched, and puts it to the one before.
_TRACKING_SHARE, _MAPPED_SHARE = 0.7, 0.9


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
    map : Path, optional
        A map that is gone on with.
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
    map: Path | None = field(
        default=None,
        metadata={
            "help": "a map that is extended: the recording is placed in it, and one map is written",
            "metavar": "MAP",
        },
    )
    seed: int = field(default=0, metadata={"help": "of what is random", "metavar": "N"})
    force: bool = field(default=False, metadata={"help": "replace an existing output"})


@dataclass(frozen=True)
class SlamReport:
    """What `sense slam` prints."""

    output: Path
    run: "SlamRun"
    without_map: "tuple[Message, ...]" = ()
    extended: "MapExtension | None" = None

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        rejected = [{"path": str(one.path), "reason": str(one.reason)} for one in self._rejected]
        warnings = [str(one) for one in self._warnings]
        return {
            "output": str(self.output),
            **self.run.facts(),
            **({} if self.extended is None else {"extended": self.extended.facts()}),
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
        if self.extended is not None and self.extended.made is not None:
            made = self.extended.made
            lines.append(
                f"placed in {self.extended.path}: {made.found} keyframes found, {made.shared} points shared;"
                f" the map now has {len(made.world.keyframes)} keyframes and {len(made.world.points)} points"
            )
        lines += [str(one) for one in self._warnings]
        lines += [f"{one.path}: {one.reason}" for one in self._rejected]
        return "\n".join(lines)

    @property
    def _rejected(self) -> "tuple[Rejected, ...]":
        return self.run.rejected

    @property
    def _warnings(self) -> "tuple[Message, ...]":
        return (*self.run.warnings, *self.without_map)


def slam_command(context: Context, options: SlamOptions) -> SlamReport:
    """Find where a moving camera was in every frame, and map what it saw."""
    from core.atomic_write import atomic_folder, refuse_existing
    from core.progress import PartProgress
    from formats.map_file import write_map
    from reconstruction.slam.map_extension import extended_map
    from reconstruction.slam.map_source import open_map
    from reconstruction.slam.slam_files import write_slam_files
    from reconstruction.slam.slam_run import run_slam

    output = options.output.expanduser().absolute()
    refuse_existing(output, force=options.force)
    before = None if options.map is None else open_map(options.map.expanduser())
    run = run_slam(
        options.recording.expanduser(),
        options.sensor,
        calibration=None if options.calib is None else options.calib.expanduser(),
        imu=None if options.imu is None else options.imu.expanduser(),
        seed=options.seed,
        progress=PartProgress(context.progress, 0.0, _TRACKING_SHARE),
    )
    made, without = _searchable(options, run, PartProgress(context.progress, _TRACKING_SHARE, _MAPPED_SHARE))
    extended = None
    if before is not None and options.map is not None:
        rest = PartProgress(context.progress, _MAPPED_SHARE, 1.0)
        extended = extended_map(options.map, before, made, seed=options.seed, progress=rest)
        if extended.made is not None:
            run, made = run.placed(extended.made.of_second), extended.made.world
        without = (*without, *extended.warnings)
    with atomic_folder(output) as folder:
        write_slam_files(folder, run.result, run.rig)
        if made is not None:
            write_map(folder / "map.smap", made)
    context.library.audit.append("reconstruction.slam", ())
    return SlamReport(output, run, without, extended)


def _searchable(
    options: SlamOptions, run: "SlamRun", progress: "Progress"
) -> "tuple[VisualMap | None, tuple[Message, ...]]":
    """Make the map that `sense localize` searches, or say why there is none."""
    from core.errors import SenseError
    from reconstruction.slam.recording_map import map_of_recording

    calib = None if options.calib is None else options.calib.expanduser()
    try:
        made = map_of_recording(options.recording.expanduser(), run, calibration=calib, progress=progress)
    except SenseError as error:
        return None, (error.message,)
    return made, ()
