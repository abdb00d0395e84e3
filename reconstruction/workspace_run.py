"""What the Reconstruction workspace lets run in the background."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.progress import SILENT, PartProgress, Progress
from reconstruction.reconstruct import reconstruct
from reconstruction.shown_result import ShownResult, read_result, shown
from reconstruction.stage import Stage
from reconstruction.stages import Reconstruction, StageOptions
from reconstruction.workspace_folder import (
    WorkspaceNotes,
    forget_links,
    images_folder,
    read_notes,
    write_notes,
)

QUALITIES = ("draft", "normal", "high")


@dataclass(frozen=True)
class RunSettings:
    """What is to be done with photographs.

    Parameters
    ----------
    photographs : tuple of Path
        Files of photographs, or a single film.
    output : Path
        The folder that is made, or made again.
    qualities : mapping
        One of QUALITIES for every stage.
    last : Stage
        The last one to run.
    """

    photographs: tuple[Path, ...]
    output: Path
    qualities: Mapping[Stage, str]
    last: Stage = Stage.TEXTURE


def stage_options(qualities: Mapping[Stage, str], last: Stage) -> StageOptions:
    """Give the options where every stage has a quality of its own."""
    dense, mesh, texture = (
        StageOptions.of(qualities[stage]) for stage in (Stage.DENSE, Stage.MESH, Stage.TEXTURE)
    )
    cameras = StageOptions.of(qualities[Stage.CAMERAS], last)
    return replace(cameras, dense=dense.dense, mesh=mesh.mesh, texture=texture.texture)


def run(
    settings: RunSettings,
    is_film: bool,
    *,
    on_shown: Callable[[ShownResult], None],
    progress: Progress = SILENT,
) -> ShownResult:
    """Reconstruct, and give what there is to see; `on_shown` is given it after every stage.

    Raises
    ------
    SenseError
        See `reconstruct`.
    Cancelled
        When the progress was cancelled; the next run with the same output goes on.
    """
    output, photographs = settings.output, settings.photographs
    edits = read_notes(output).edits
    output.parent.mkdir(parents=True, exist_ok=True)
    images = photographs[0] if is_film else images_folder(output, photographs)

    told: list[ShownResult] = []

    def tell(_stage: Stage, made: Reconstruction) -> None:
        told.append(shown(made))
        on_shown(told[-1])

    options = stage_options(settings.qualities, settings.last)
    try:
        reconstruct(images, output, options, on_stage=tell, progress=PartProgress(progress, 0.0, 0.98))
    finally:
        forget_links(output)
    write_notes(output, WorkspaceNotes(photographs, edits))
    stored = read_result(output, progress=PartProgress(progress, 0.98, 1.0))
    # What was told while it ran can be translated; what is stored is in English.
    return replace(stored, unregistered=told[-1].unregistered) if told else stored
