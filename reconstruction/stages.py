"""The stages of a reconstruction, one of the other: cameras, dense points, mesh and texture.

Every result is kept with a fingerprint of what it depends on: a run that was ended goes on where it was, and
what is run again with other settings starts at the first stage that they change.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.growing_model import OnGrowth
from reconstruction.markers import find_markers
from reconstruction.mesh_decimation import levels_of_detail
from reconstruction.photograph import Photograph
from reconstruction.stage import Stage
from reconstruction.stage_file import file_digest, fingerprint
from reconstruction.stage_options import StageOptions
from reconstruction.stage_results import OnStage, Placed, Reconstruction, StageRecord
from reconstruction.stage_store import StageStore, Step
from reconstruction.structure import Structure, find_structure
from reconstruction.surface_steps import SurfaceSteps
from reconstruction.texturing import Texture, texture_mesh
from reconstruction.vertical_lines import find_lines
from reconstruction.world_frame import ScaleSource, World, place

# What steps are called on the disk.
_STEPS = {
    Stage.CAMERAS: ("structure", "cameras"),
    Stage.DENSE: ("depth", "dense"),
    Stage.MESH: ("mesh",),
    Stage.TEXTURE: ("texture", "levels"),
}
_FEWEST_TRIANGLES = 100
_SMALLEST_PAGE_PX = 512
# Where each stage ends of the time that all of them take, about.
_ENDS = {Stage.CAMERAS: 0.25, Stage.DENSE: 0.65, Stage.MESH: 0.8, Stage.TEXTURE: 1.0}


def run_stages(
    photographs: Sequence[Photograph],
    options: StageOptions,
    store: StageStore,
    *,
    restart: Stage | None = None,
    on_stage: OnStage | None = None,
    on_growth: OnGrowth | None = None,
    progress: Progress = SILENT,
) -> Reconstruction:
    """Run the stages up to the last one that is asked for.

    Photographs that show no surface still give their cameras.

    Parameters
    ----------
    photographs : sequence of Photograph
        At least two.
    options : StageOptions
        Of all stages.
    store : StageStore
        Keeps the results, and gives those of earlier runs.
    restart : Stage, optional
        Run this stage and those after it again, whatever is kept.
    on_stage : callable, optional
        Called from the working thread with each stage that is done, and what there is by then.
    on_growth : callable, optional
        Called from there with cameras and points while they are found.

    Raises
    ------
    BadInput
        When nothing can be reconstructed.
    SenseError
        When a result cannot be kept.
    Cancelled
        When the progress was cancelled.
    """
    for stage, names in _STEPS.items():
        if restart is not None and not restart.comes_after(stage):
            for name in names:
                store.forget(name)
    return _Run(photographs, options, store, on_stage or _nothing, on_growth).run(progress)


def _nothing(_stage: Stage, _made: Reconstruction) -> None:
    pass


class _Run:
    """One run through the stages."""

    def __init__(
        self,
        photographs: Sequence[Photograph],
        options: StageOptions,
        store: StageStore,
        on_stage: OnStage,
        on_growth: OnGrowth | None,
    ) -> None:
        self._photographs, self._options, self._store = photographs, options, store
        self._on_stage, self._on_growth = on_stage, on_growth

    def run(self, progress: Progress) -> Reconstruction:
        part = self._part(progress, Stage.CAMERAS)
        structure = self._structure(PartProgress(part, 0.0, 0.95))
        cameras = self._placed(structure, PartProgress(part, 0.95, 1.0))
        made = self._done(Stage.CAMERAS, Reconstruction(cameras.result), structure, cameras)
        if not self._options.includes(Stage.DENSE):
            return made
        try:
            made, mesh = self._surface(made, cameras.fingerprint, progress)
            if mesh is not None and self._options.includes(Stage.TEXTURE):
                texture = self._texture(made, mesh, self._part(progress, Stage.TEXTURE))
                shown, share = texture.result.mesh, texture.result.filled_share
                levels = self._levels(mesh, texture, made, self._part(progress, Stage.TEXTURE))
                made = replace(
                    made, mesh=shown, filled_share=share, levels=levels[0].result if levels else ()
                )
                made = self._done(Stage.TEXTURE, made, texture, *levels)
        except BadInput as error:
            made = replace(made, no_surface=error.message)
        return made

    def _part(self, progress: Progress, stage: Stage) -> Progress:
        stages = list(Stage)
        before = stages[: stages.index(stage)]
        start, whole = (_ENDS[before[-1]] if before else 0.0), _ENDS[self._options.last]
        part = PartProgress(progress, start / whole, _ENDS[stage] / whole)
        texts = {
            Stage.CAMERAS: QT_TRANSLATE_NOOP("Message", "Finding the cameras"),
            Stage.DENSE: QT_TRANSLATE_NOOP("Message", "Finding dense points"),
            Stage.MESH: QT_TRANSLATE_NOOP("Message", "Making the mesh"),
            Stage.TEXTURE: QT_TRANSLATE_NOOP("Message", "Making the texture"),
        }
        part.report(0.0, message(texts[stage]))
        return part

    def _done(self, stage: Stage, made: Reconstruction, *steps: Step[Any]) -> Reconstruction:
        cost = steps[0].cost
        for step in steps[1:]:
            cost = cost + step.cost
        record = StageRecord(cost, all(step.resumed for step in steps))
        made = replace(made, records={**made.records, stage: record})
        self._on_stage(stage, made)
        return made

    def _structure(self, progress: Progress) -> Step[Structure]:
        options, photographs = self._options.structure, self._photographs
        pictures: list[tuple[str, ...]] = []
        for one in photographs:
            progress.check()
            files = (one.path,) if one.mask is None else (one.path, one.mask)
            pictures.append((one.name, *map(file_digest, files)))

        def make(progress: Progress) -> Structure:
            return find_structure(photographs, options, on_growth=self._on_growth, progress=progress)

        digest = fingerprint("structure", pictures, replace(options, memory_bytes=0))
        return self._store.step("structure", digest, make, progress)

    def _placed(self, structure: Step[Structure], progress: Progress) -> Step[Placed]:
        options, ground, side_m = self._options.structure, self._options.ground, self._options.marker_side_m
        distances = self._options.distances

        def make(progress: Progress) -> Placed:
            found = structure.result
            positions = {one.name: one.position for one in self._photographs if one.position is not None}
            if options.cameras:
                world = World(found.model, ScaleSource.GIVEN, None, {})
            else:
                markers = find_markers(self._photographs, side_m, progress=progress)
                lines = find_lines(self._photographs, progress=progress)
                turns = {one.name: one.turns for one in self._photographs}
                world = place(
                    found.model,
                    positions,
                    options.seed,
                    ground,
                    markers,
                    turns,
                    distances=distances,
                    lines=lines,
                )
            return Placed(replace(found, model=world.model), world)

        asked = (ground, side_m, distances, "upright by lines")
        return self._store.step(
            "cameras", fingerprint("cameras", structure.fingerprint, *asked), make, progress
        )

    def _surface(
        self, made: Reconstruction, before: str, progress: Progress
    ) -> tuple[Reconstruction, Step[TexturedMesh] | None]:
        surface = SurfaceSteps(self._photographs, made.placed, self._options, self._store)
        part = self._part(progress, Stage.DENSE)
        depth = surface.depth(before, PartProgress(part, 0.0, 0.95))
        points = surface.points(depth, PartProgress(part, 0.95, 1.0))
        dense = points.result
        made = replace(made, points=dense.points, coverage=dense.coverage, planes_share=dense.planes_share)
        made = self._done(Stage.DENSE, made, depth, points)
        if not self._options.includes(Stage.MESH):
            return made, None
        mesh = surface.mesh(depth, points, self._part(progress, Stage.MESH))
        return self._done(Stage.MESH, replace(made, mesh=mesh.result), mesh), mesh

    def _texture(self, made: Reconstruction, mesh: Step[TexturedMesh], progress: Progress) -> Step[Texture]:
        options, cameras = self._options.texture, made.placed.world.model.cameras
        digest = fingerprint("texture", options, mesh.fingerprint)

        def make(progress: Progress) -> Texture:
            return texture_mesh(mesh.result, self._photographs, cameras, options, progress=progress)

        return self._store.step("texture", digest, make, progress)

    def _levels(
        self, mesh: Step[TexturedMesh], texture: Step[Texture], made: Reconstruction, progress: Progress
    ) -> list[Step[tuple[TexturedMesh, ...]]]:
        """Give coarser meshes, each textured anew: a texture does not outlive the collapse of its edges."""
        count, options, cameras = self._options.levels, self._options.texture, made.placed.world.model.cameras
        if not count:
            return []

        def make(progress: Progress) -> tuple[TexturedMesh, ...]:
            most = [max(_FEWEST_TRIANGLES, len(mesh.result.triangles) >> 2 * n) for n in range(1, count + 1)]
            coarse = levels_of_detail(mesh.result, most, progress=PartProgress(progress, 0.0, 0.2))
            found: list[TexturedMesh] = []
            for number, one in enumerate(coarse):
                part = PartProgress(progress, 0.2 + 0.8 * number / count, 0.2 + 0.8 * (number + 1) / count)
                side = max(_SMALLEST_PAGE_PX, options.page_side_px >> number + 1)
                less = replace(options, page_side_px=side, most_pages=1)
                found.append(texture_mesh(one, self._photographs, cameras, less, progress=part).mesh)
            return tuple(found)

        return [self._store.step("levels", fingerprint("levels", count, texture.fingerprint), make, progress)]
