"""`sense register`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.clouds.registration_method import Method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.point_cloud import PointCloud
    from core.result_table import ResultTable
    from reconstruction.clouds.multiway import Floats


def cell_size_m(text: str) -> float:
    """Read a size in metres."""
    size = float(text)
    if not 1e-6 <= size <= 1000:
        raise ValueError("give 0.000001 to 1000 m")
    return size


@dataclass(frozen=True)
class RegisterOptions:
    """What to bring together.

    Parameters
    ----------
    source, target : Path
        Clouds of points or meshes, PLY.
    output : Path
        `.txt` for the matrix, `.ply` for the source where it lies on the target.
    also : tuple of Path
        Further clouds that are moved.
    coarse : bool
        Search everywhere.
    method : Method
        What is made small.
    cell_m : float, optional
        Size of the smallest pieces of surface.
    seed : int
        Of the search.
    force : bool
        Replace an existing file.
    """

    source: Path = field(
        metadata={
            "help": "cloud that is moved (.ply)",
            "positional": True,
            "metavar": "SOURCE",
            "title": QT_TRANSLATE_NOOP("Command", "Cloud that is moved (.ply)"),
            "written": False,
        }
    )
    target: Path = field(
        metadata={
            "help": "cloud that stays (.ply)",
            "positional": True,
            "metavar": "TARGET",
            "title": QT_TRANSLATE_NOOP("Command", "Cloud that stays (.ply)"),
            "written": False,
        }
    )
    output: Path = field(
        metadata={
            "help": "NAME.txt for the matrix, NAME.ply for the source where it lies on the target",
            "flag": "-o",
            "metavar": "FILE",
            "title": QT_TRANSLATE_NOOP("Command", "New file"),
            "written": True,
        }
    )
    also: tuple[Path, ...] = field(
        default=(),
        metadata={
            "help": "a further cloud, repeatable: all are brought together at once, in the target's frame",
            "metavar": "CLOUD",
            "one_each": True,
        },
    )
    coarse: bool = field(
        default=False,
        metadata={
            "help": "search everywhere at once, not only where nothing is found near",
            "title": QT_TRANSLATE_NOOP("Command", "Search everywhere"),
        },
    )
    method: Method = field(
        default=Method.GICP, metadata={"help": "distances between small surfaces, or of points from them"}
    )
    cell_m: float | None = field(
        default=None,
        metadata={
            "help": "size of the smallest pieces of surface (default: from the target's size)",
            "metavar": "METRES",
            "parse": cell_size_m,
        },
    )
    seed: int = field(default=0, metadata={"help": "of the search", "metavar": "N"})
    force: bool = field(
        default=False,
        metadata={
            "help": "replace an existing file",
            "title": QT_TRANSLATE_NOOP("Command", "Replace an existing file"),
        },
    )


@dataclass(frozen=True)
class Registered:
    """What was found."""

    output: Path
    target_from_source: list[list[float]]
    overlap: float
    residual_m: float
    certain: bool
    seconds: float
    others: dict[str, list[list[float]] | None]
    target: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "output": str(self.output),
            "target_from_source": self.target_from_source,
            "overlap": self.overlap,
            "residual_m": self.residual_m,
            "certain": self.certain,
            "seconds": self.seconds,
            **({"others": self.others} if self.others else {}),
        }

    @property
    def opens(self) -> tuple[Path, ...]:
        """What the window shows: the cloud where it lies, over the one that stays."""
        if self.output.suffix.lower() != ".ply":
            return ()
        return (self.output,) if self.target is None else (self.target, self.output)

    @property
    def table(self) -> "ResultTable":
        """Give the figures in a row, for the window."""
        import numpy as np

        from core.result_table import Column, ResultTable

        matrix = np.array(self.target_from_source)
        turn = float(np.degrees(np.arccos(np.clip((np.trace(matrix[:3, :3]) - 1) / 2, -1, 1))))
        return ResultTable(
            (
                Column(message(QT_TRANSLATE_NOOP("Message", "Overlap")), "%", 1),
                Column(message(QT_TRANSLATE_NOOP("Message", "Surfaces apart (median)")), "m", 4),
                Column(message(QT_TRANSLATE_NOOP("Message", "Moved")), "m", 4),
                Column(message(QT_TRANSLATE_NOOP("Message", "Turned")), "°", 3),
                Column(message(QT_TRANSLATE_NOOP("Message", "Time")), "s", 3),
            ),
            (
                (
                    100 * self.overlap,
                    self.residual_m,
                    float(np.linalg.norm(matrix[:3, 3])),
                    turn,
                    self.seconds,
                ),
            ),
        )

    @property
    def notes(self) -> tuple[Message, ...]:
        """What to beware of."""
        if self.certain:
            return ()
        text = QT_TRANSLATE_NOOP(
            "Message",
            "The clouds overlap little, or nearly as well elsewhere: look at the result before you use it.",
        )
        return (message(text),)

    def __str__(self) -> str:
        """Give matrix and quality."""
        rows = "\n".join(" ".join(f"{value:11.7f}" for value in row) for row in self.target_from_source)
        return f"{rows}\n{self.overlap:.0%} overlap, {self.residual_m:.4f} m apart ({self.seconds:.3f} s)"


def register_command(context: Context, options: RegisterOptions) -> Registered:
    """Find how a cloud lies on another."""
    import time

    from core.atomic_write import refuse_existing
    from formats.ply_points import read_ply_points
    from reconstruction.clouds.multiway import register_all
    from reconstruction.clouds.registration import RegistrationOptions, register

    output = options.output.expanduser().absolute()
    if output.suffix.lower() not in (".txt", ".ply"):
        text = QT_TRANSLATE_NOOP("Message", "{path}: results are written as .txt or .ply.")
        raise BadInput(message(text, path=str(options.output)))
    refuse_existing(output, force=options.force)
    paths = (options.target, options.source, *options.also)
    clouds = [read_ply_points(path) for path in paths]
    how = RegistrationOptions(options.cell_m, options.method, options.coarse, options.seed)
    began = time.perf_counter()
    if options.also:
        placed = register_all(clouds, how, progress=context.progress)
        poses, found = list(placed.first_from_cloud), placed.best_of(1)
    else:
        found = register(clouds[1], clouds[0], how, progress=context.progress)
        poses = [None, found.target_from_source]
    seconds = time.perf_counter() - began
    pose = poses[1]
    if pose is None or found is None or found.overlap == 0:
        raise _not_found(options)
    moved = [(cloud, at) for cloud, at in zip(clouds[1:], poses[1:], strict=True) if at is not None]
    _write(output, [(clouds[0], None), *moved] if options.also else moved)
    others = {
        str(path): None if at is None else at.tolist()
        for path, at in zip(options.also, poses[2:], strict=True)
    }
    certain = found.certain and None not in others.values()
    return Registered(
        output,
        pose.tolist(),
        found.overlap,
        found.residual_m,
        certain,
        seconds,
        others,
        None if options.also else options.target,
    )


def _not_found(options: RegisterOptions) -> SenseError:
    text = QT_TRANSLATE_NOOP("Message", "{source} was not found on {target}.")
    names = {"source": str(options.source), "target": str(options.target)}
    return SenseError(message(text, **names))


def _write(output: Path, clouds: "Sequence[tuple[PointCloud, Floats | None]]") -> None:
    """Write the poses, or the points of all clouds where they lie."""
    import numpy as np

    from core.atomic_write import write_bytes
    from formats.point_cloud import write_point_cloud

    if output.suffix.lower() == ".txt":
        rows = [
            " ".join(f"{value:.12g}" for value in row) for _, at in clouds if at is not None for row in at
        ]
        write_bytes(output, ("\n".join(rows) + "\n").encode())
        return
    points, colours = [], []
    for cloud, at in clouds:
        points.append(cloud.points_m if at is None else cloud.points_m @ at[:3, :3].T + at[:3, 3])
        grey = np.full(cloud.points_m.shape, 200, np.uint8)
        colours.append(grey if cloud.colours is None else cloud.colours)
    comment = "Sense Workstation, in the frame of the target"
    write_point_cloud(output, np.concatenate(points), np.concatenate(colours), comment=comment)
