"""What the Reconstruction workspace lets run in the background."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.progress import SILENT, PartProgress, Progress
from reconstruction.reconstruct import reconstruct
from reconstruction.reconstruct_command import with_options
from reconstruction.reconstruct_options import ReconstructOptions
from reconstruction.shown_result import ShownResult, growing, read_result, shown
from reconstruction.stage import Stage
from reconstruction.stage_options import StageOptions
from reconstruction.stage_results import Reconstruction
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
    options : ReconstructOptions
        Those of the command, with the folder that is made, or made again; its quality is that of each stage.
    qualities : mapping
        One of QUALITIES for every stage.
    """

    photographs: tuple[Path, ...]
    options: ReconstructOptions
    qualities: Mapping[Stage, str]


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

    It is also given cameras and points while they are found.

    Raises
    ------
    SenseError
        See `reconstruct`.
    Cancelled
        When the progress was cancelled; the next run with the same output goes on.
    """
    asked, photographs = settings.options, settings.photographs
    output = asked.output
    edits = read_notes(output).edits
    output.parent.mkdir(parents=True, exist_ok=True)
    images = photographs[0] if is_film else images_folder(output, photographs)

    def tell(_stage: Stage, made: Reconstruction) -> None:
        on_shown(shown(made))

    try:
        reconstruct(
            images,
            output,
            with_options(stage_options(settings.qualities, asked.stages), asked),
            ground=asked.gcp,
            measured=asked.measured,
            masks=asked.masks,
            restart=asked.restart,
            on_stage=tell,
            on_growth=lambda model: on_shown(growing(model)),
            progress=PartProgress(progress, 0.0, 0.98),
        )
    finally:
        forget_links(output)
    write_notes(output, WorkspaceNotes(photographs, edits))
    return read_result(output, progress=PartProgress(progress, 0.98, 1.0))
