"""`sense edit-reconstruction`: what the page changes by hand, for scripts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP
from reconstruction.world_box import WorldBox

if TYPE_CHECKING:
    from reconstruction.measured_distance import DistanceFit
    from reconstruction.result_edits import ResultEdits
    from reconstruction.shown_result import ShownResult


@dataclass(frozen=True)
class FloorPoints:
    """Three points of a floor: x, y and z of each, in a row."""

    numbers: tuple[float, ...]

    @staticmethod
    def parse(text: str) -> "FloorPoints":
        """Read them; `ValueError` says what is wrong."""
        return FloorPoints(_numbers(text, 9, "X,Y,Z of three points, as 0,0,0,1,0,0,0,0,1"))


@dataclass(frozen=True)
class Ball:
    """A ball in which everything is taken away: x, y and z of its centre, and its radius."""

    numbers: tuple[float, ...]

    @staticmethod
    def parse(text: str) -> "Ball":
        """Read one; `ValueError` says what is wrong."""
        numbers = _numbers(text, 4, "X,Y,Z,RADIUS")
        if numbers[3] <= 0:
            raise ValueError("X,Y,Z,RADIUS: the radius is more than nothing")
        return Ball(numbers)


def _numbers(text: str, count: int, wanted: str) -> tuple[float, ...]:
    from math import isfinite

    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise ValueError(wanted) from error
    if len(numbers) != count or not all(map(isfinite, numbers)):
        raise ValueError(wanted)
    return numbers


@dataclass(frozen=True)
class EditOptions:
    """What to change, in this order.

    Parameters
    ----------
    folder : Path
        Of a reconstruction; the files that it holds stay as they are.
    reset : bool
        Take all earlier changes back first.
    measured : Path, optional
        Distances measured on the object, which give the scale.
    floor : FloorPoints, optional
        They become level, at height 0.
    turn : float
        Degrees to turn by, seen from above.
    centre : bool
        Move the middle over the origin.
    crop : WorldBox, optional
        What is kept, in the place that the other changes give.
    brush : tuple of Ball
        In which everything is taken away.
    output : Path, optional
        The mesh as it is then.
    force : bool
        Replace an existing file.
    """

    folder: Path = field(
        metadata={"help": "folder of a reconstruction", "positional": True, "metavar": "DIR"}
    )
    reset: bool = field(default=False, metadata={"help": "take all earlier changes back first"})
    measured: Path | None = field(
        default=None,
        metadata={
            "help": "JSON with measured distances; their ends are pixels of two photographs, or places",
            "metavar": "FILE",
        },
    )
    floor: FloorPoints | None = field(
        default=None,
        metadata={
            "help": "three points of the floor: it becomes level, at height 0",
            "metavar": "X,Y,Z,X,Y,Z,X,Y,Z",
            "parse": FloorPoints.parse,
        },
    )
    turn: float = field(default=0.0, metadata={"help": "turn by so much, seen from above", "metavar": "DEG"})
    centre: bool = field(default=False, metadata={"help": "move the middle over the origin; heights stay"})
    crop: WorldBox | None = field(
        default=None,
        metadata={
            "help": "keep what is inside of a box, in the place after all that; --crop=-1,0,-1,1,2,1",
            "metavar": "X0,Y0,Z0,X1,Y1,Z1",
            "parse": WorldBox.parse,
        },
    )
    brush: tuple[Ball, ...] = field(
        default=(),
        metadata={
            "help": "take away what is in a ball; may be repeated",
            "metavar": "X,Y,Z,RADIUS",
            "parse": Ball.parse,
            "one_each": True,
        },
    )
    output: Path | None = field(
        default=None,
        metadata={"help": "write the mesh: .glb, .usdz, .obj, .ply, .stl", "flag": "-o", "metavar": "FILE"},
    )
    force: bool = field(default=False, metadata={"help": "replace an existing file"})


@dataclass(frozen=True, eq=False)
class EditReport:
    """What `sense edit-reconstruction` prints.

    Parameters
    ----------
    edits : ResultEdits
        All that is changed now.
    unit : str, optional
        "m" where lengths are metres.
    counts : mapping
        Points or triangles that are left, by layer.
    measured : mapping, optional
        How well distances agree.
    output : Path, optional
        The mesh that was written.
    """

    edits: "ResultEdits"
    unit: str | None
    counts: Mapping[str, int]
    measured: Mapping[str, Any] | None
    output: Path | None

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "edits": self.edits.to_json(),
            "unit": self.unit,
            "left": dict(self.counts),
            "measured": self.measured,
            "output": None if self.output is None else str(self.output),
        }

    def __str__(self) -> str:
        """Give a few lines."""
        from reconstruction.reconstruct_command import distance_lines

        left = ", ".join(f"{layer}: {count}" for layer, count in self.counts.items())
        lines = [f"Left of it: {left}; unit: {'metre' if self.unit else 'none'}"]
        return "\n".join(lines + distance_lines(self.measured))


def edit_command(context: Context, options: EditOptions) -> EditReport:
    """Scale, place and cut a reconstruction as its page does, and write the mesh."""
    from core.atomic_write import refuse_existing
    from reconstruction.edited_scene import EditedScene
    from reconstruction.result_edits import ResultEdits
    from reconstruction.result_export import export_result
    from reconstruction.result_folder import distance_facts
    from reconstruction.shown_result import read_result
    from reconstruction.workspace_folder import read_notes, write_notes

    folder = options.folder.expanduser()
    if options.output is not None:
        refuse_existing(options.output.expanduser(), force=options.force)
    result = read_result(folder, progress=context.progress)
    notes = read_notes(folder)
    before = ResultEdits() if options.reset else ResultEdits.of_json(notes.edits)
    edits, fit = _edited(result, before, options)
    edited = EditedScene(result)
    for layer in result.layers:
        edited.cut(layer, edits)
    counts = {layer.value: edited.count(layer) for layer in result.layers}
    output = None if options.output is None else options.output.expanduser()
    if output is not None:
        export_result(output, edited, edits, progress=context.progress)
    write_notes(folder, replace(notes, edits=None if edits.is_none else edits.to_json()))
    known = result.has_scale or edits.measured
    return EditReport(
        edits, "m" if known else None, counts, None if fit is None else distance_facts(fit), output
    )


def _edited(
    result: "ShownResult", edits: "ResultEdits", options: EditOptions
) -> "tuple[ResultEdits, DistanceFit | None]":
    import numpy as np

    from reconstruction.result_edits import CropBox, brushed, centred, on_floor, turned_about
    from reconstruction.result_views import centres_of, framing

    edits, fit = _scaled(result, edits, options.measured)
    if options.floor is not None:
        above = edits.transform.apply(centres_of(result.cameras)).mean(axis=0)
        edits = _on_floor_or_told(on_floor, edits, np.array(options.floor.numbers).reshape(3, 3), above)
    middle = framing(result, result.best)
    if options.turn:
        edits = turned_about(edits, middle, options.turn)
    if options.centre:
        edits = centred(edits, middle)
    if options.crop is not None:
        low, high = np.array(options.crop.low), np.array(options.crop.high)
        edits = replace(edits, crop=CropBox(edits.transform, low, high))
    for one in options.brush:
        edits = brushed(edits, np.array(one.numbers[:3]), one.numbers[3])
    return edits, fit


def _scaled(
    result: "ShownResult", edits: "ResultEdits", path: Path | None
) -> "tuple[ResultEdits, DistanceFit | None]":
    from core.errors import BadInput
    from core.message import message
    from reconstruction.measured_distance import fit_distances, read_distances

    if path is None:
        return edits, None
    # Places are told as they are shown now: the cameras are put there, too.
    fit = fit_distances(edits.placed(result.cameras), read_distances(path.expanduser(), places=True))
    if fit is None:
        text = QT_TRANSLATE_NOOP(
            "Message", "No distance of {path} has both ends where photographs show them."
        )
        raise BadInput(message(text, path=str(path)))
    return edits.scaled(fit.scale, fit.scale_sigma), fit


def _on_floor_or_told(on_floor: Any, edits: Any, picked: Any, above: Any) -> "ResultEdits":
    from core.errors import BadInput
    from core.message import message

    try:
        return on_floor(edits, picked, above)
    except ValueError as error:
        text = QT_TRANSLATE_NOOP("Message", "These three points lie on one line: pick others.")
        raise BadInput(message(text)) from error
