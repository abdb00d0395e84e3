"""`sense evaluate`."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.slam.alignment_choice import Alignment

if TYPE_CHECKING:
    from core.result_curves import ResultCurves
    from core.result_table import ResultTable
    from core.trajectory import Trajectory
    from reconstruction.slam.trajectory_error import ErrorSummary


def step(text: str) -> int:
    """Read a number of frames."""
    count = int(text)
    if count < 1:
        raise ValueError("give 1 or more frames")
    return count


def seconds(text: str) -> float:
    """Read a difference of time."""
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError("give 0 s or more")
    return value


@dataclass(frozen=True)
class EvaluateOptions:
    """What to compare.

    Parameters
    ----------
    estimate, truth : Path
        Trajectories in TUM's, KITTI's or EuRoC's layout.
    align : Alignment
        What brings the estimate onto the truth first.
    max_difference : float
        Seconds that two poses which belong together may be apart.
    step : int
        Frames over which the relative error is taken.
    """

    estimate: Path = field(
        metadata={
            "help": "trajectory to be judged",
            "positional": True,
            "metavar": "ESTIMATE",
            "title": QT_TRANSLATE_NOOP("Command", "Trajectory to be judged"),
            "written": False,
        }
    )
    truth: Path = field(
        metadata={
            "help": "trajectory that is true",
            "positional": True,
            "metavar": "TRUTH",
            "title": QT_TRANSLATE_NOOP("Command", "True trajectory"),
            "written": False,
        }
    )
    align: Alignment = field(
        default=Alignment.RIGID,
        metadata={
            "help": "how the estimate is brought onto the truth: rigid, with scale, by the first pose",
            "title": QT_TRANSLATE_NOOP("Command", "Brought onto it"),
            "labels": {
                "none": QT_TRANSLATE_NOOP("Command", "not at all"),
                "first": QT_TRANSLATE_NOOP("Command", "by the first pose"),
                "rigid": QT_TRANSLATE_NOOP("Command", "turned and moved"),
                "similarity": QT_TRANSLATE_NOOP("Command", "turned, moved and scaled"),
            },
        },
    )
    max_difference: float = field(
        default=0.01,
        metadata={
            "help": "seconds that poses which belong together may be apart",
            "metavar": "SECONDS",
            "parse": seconds,
        },
    )
    step: int = field(
        default=1,
        metadata={"help": "frames over which the relative error is taken", "metavar": "N", "parse": step},
    )


@dataclass(frozen=True)
class Evaluation:
    """How far an estimate is from the truth."""

    poses: int
    path_m: float
    scale: float
    position_m: "ErrorSummary"
    rotation_deg: "ErrorSummary"
    relative_position_m: "ErrorSummary | None"
    relative_rotation_deg: "ErrorSummary | None"
    straight_line_m: float
    curves: "ResultCurves | None" = None

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {name: value for name, value in asdict(self).items() if name != "curves"}

    @property
    def table(self) -> "ResultTable":
        """Give the errors in rows, for the window."""
        from core.result_table import Column, ResultTable

        return ResultTable(
            (
                Column(message(QT_TRANSLATE_NOOP("Message", "Error"))),
                Column(message(QT_TRANSLATE_NOOP("Message", "Root mean square")), digits=4),
                Column(message(QT_TRANSLATE_NOOP("Message", "Median")), digits=4),
                Column(message(QT_TRANSLATE_NOOP("Message", "Largest")), digits=4),
            ),
            tuple(
                (name, one.rmse, one.median, one.largest)
                for name, one in (
                    ("ATE (m)", self.position_m),
                    ("ATE (°)", self.rotation_deg),
                    ("RPE (m)", self.relative_position_m),
                    ("RPE (°)", self.relative_rotation_deg),
                )
                if one is not None
            ),
        )

    @property
    def notes(self) -> "tuple[Message, ...]":
        """What the window says below the table."""
        text = QT_TRANSLATE_NOOP(
            "Message",
            "{count} poses over {path} m, scale {scale}. A straight line at constant speed, aligned with"
            " scale, would be {straight} m off (root mean square).",
        )
        values = {"path": f"{self.path_m:.2f}", "scale": f"{self.scale:.4f}"}
        return (message(text, count=self.poses, straight=f"{self.straight_line_m:.4f}", **values),)

    def __str__(self) -> str:
        """Give a few lines."""
        lines = [
            f"{self.poses} poses over {self.path_m:.2f} m, scale {self.scale:.4f}",
            f"position  {_line(self.position_m)} m",
            f"rotation  {_line(self.rotation_deg)} deg",
        ]
        if self.relative_position_m and self.relative_rotation_deg:
            lines += [
                f"relative  {_line(self.relative_position_m)} m",
                f"relative  {_line(self.relative_rotation_deg)} deg",
            ]
        straight = "a straight line at constant speed, aligned with scale"
        return "\n".join([*lines, f"{straight}: rmse {self.straight_line_m:.4f} m"])


def _line(errors: "ErrorSummary") -> str:
    return f"rmse {errors.rmse:.4f}, median {errors.median:.4f}, largest {errors.largest:.4f}"


def evaluate_command(_context: Context, options: EvaluateOptions) -> Evaluation:
    """Compare a trajectory with the true one."""
    from formats.trajectory_file import read_trajectory
    from reconstruction.slam import trajectory_error as error

    estimate, truth = (read_trajectory(path) for path in (options.estimate, options.truth))
    estimate, truth = error.associated(estimate, truth, largest_difference_s=options.max_difference)
    world = error.aligning(estimate, truth, options.align)
    estimate = error.moved(estimate, world)
    pairs = error.frame_pairs(len(truth), options.step)
    relative = [
        error.ErrorSummary.of(each) if len(each) else None
        for each in error.relative_errors(estimate, truth, pairs)
    ]
    straight = error.straight_line(truth.times_s)
    straight = error.moved(straight, error.aligning(straight, truth, Alignment.SIMILARITY))
    return Evaluation(
        len(truth),
        float(truth.path_m[-1]),
        world.scale,
        error.ErrorSummary.of(error.position_errors_m(estimate, truth)),
        error.ErrorSummary.of(error.rotation_errors_deg(estimate, truth)),
        relative[0],
        relative[1],
        error.ErrorSummary.of(error.position_errors_m(straight, truth)).rmse,
        _curves(estimate, truth, straight),
    )


def _curves(estimate: "Trajectory", truth: "Trajectory", straight: "Trajectory") -> "ResultCurves":
    """Give how far off the estimate, and a straight line, are over the time."""
    from core.result_curves import ResultCurve, ResultCurves
    from core.result_table import Column
    from reconstruction.slam.trajectory_error import position_errors_m

    times = (truth.times_s - truth.times_s[0]).tolist()
    named = (
        (message(QT_TRANSLATE_NOOP("Message", "the trajectory")), estimate),
        (message(QT_TRANSLATE_NOOP("Message", "a straight line")), straight),
    )
    return ResultCurves(
        Column(message(QT_TRANSLATE_NOOP("Message", "Time")), "s"),
        Column(message(QT_TRANSLATE_NOOP("Message", "Position off")), "m"),
        tuple(ResultCurve(title, times, position_errors_m(one, truth).tolist()) for title, one in named),
    )
