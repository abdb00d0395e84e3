"""`sense register`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.clouds.registration_method import Method


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
        metadata={"help": "cloud that is moved (.ply)", "positional": True, "metavar": "SOURCE"}
    )
    target: Path = field(
        metadata={"help": "cloud that stays (.ply)", "positional": True, "metavar": "TARGET"}
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
    coarse: bool = field(
        default=False, metadata={"help": "search everywhere: nothing is known of how the clouds lie"}
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

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "output": str(self.output),
            "target_from_source": self.target_from_source,
            "overlap": self.overlap,
            "residual_m": self.residual_m,
            "certain": self.certain,
            "seconds": self.seconds,
        }

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
    from reconstruction.clouds.registration import RegistrationOptions, register

    output = options.output.expanduser().absolute()
    if output.suffix.lower() not in (".txt", ".ply"):
        text = QT_TRANSLATE_NOOP("Message", "{path}: results are written as .txt or .ply.")
        raise BadInput(message(text, path=str(options.output)))
    refuse_existing(output, force=options.force)
    source, target = (read_ply_points(path) for path in (options.source, options.target))
    how = RegistrationOptions(options.cell_m, options.method, options.coarse, options.seed)
    began = time.perf_counter()
    found = register(source, target, how, progress=context.progress)
    seconds = time.perf_counter() - began
    if found.overlap == 0:
        text = QT_TRANSLATE_NOOP("Message", "{source} was not found on {target}.")
        hint = QT_TRANSLATE_NOOP("Message", "With --coarse it is searched for everywhere.")
        names = {"source": str(options.source), "target": str(options.target)}
        raise SenseError(message(text, **names), None if options.coarse else message(hint))
    _write(output, source, found.target_from_source)
    matrix = found.target_from_source.tolist()
    return Registered(output, matrix, found.overlap, found.residual_m, found.certain, seconds)


def _write(output: Path, source: Any, target_from_source: Any) -> None:
    import numpy as np

    from core.atomic_write import write_bytes
    from formats.point_cloud import write_point_cloud

    if output.suffix.lower() == ".txt":
        rows = (" ".join(f"{value:.12g}" for value in row) for row in target_from_source)
        write_bytes(output, ("\n".join(rows) + "\n").encode())
        return
    points = source.points_m @ target_from_source[:3, :3].T + target_from_source[:3, 3]
    grey = np.full(points.shape, 200, np.uint8)
    colours = grey if source.colours is None else source.colours
    write_point_cloud(output, points, colours, comment="Sense Workstation, the source in the target's frame")
