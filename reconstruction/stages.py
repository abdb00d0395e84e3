"""The stages of a reconstruction, one of the other: cameras, dense points, mesh and texture.

Every result is kept with a fingerprint of what it depends on: a run that was ended goes on where it was, and
what is run again with other settings starts at the first stage that they change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.posed_camera import PosedCamera
from core.progress import SILENT, PartProgress, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.darkness import without_darkness
from reconstruction.dense_points import DensePoints
from reconstruction.dense_stereo import DenseOptions, find_depth_maps
from reconstruction.depth_fusion import fuse_depth_maps
from reconstruction.depth_map import DepthMap
from reconstruction.features import FeatureOptions
from reconstruction.ground_control import GroundPoint
from reconstruction.keyframes import KeyframeOptions
from reconstruction.markers import find_markers
from reconstruction.measured_distance import MeasuredDistance
from reconstruction.meshing import MeshOptions, make_mesh
from reconstruction.neighbours import seen_points
from reconstruction.photograph import Photograph
from reconstruction.sky import without_sky
from reconstruction.stage import Stage
from reconstruction.stage_cost import StageCost
from reconstruction.stage_file import file_digest, fingerprint
from reconstruction.stage_store import StageStore, Step
from reconstruction.structure import Structure, StructureOptions, find_structure
from reconstruction.texturing import Texture, TextureOptions, texture_mesh
from reconstruction.view import View, undistorted_view
from reconstruction.world_frame import ScaleSource, World, place

# What steps are called on the disk.
_STEPS = {
    Stage.CAMERAS: ("structure", "cameras"),
    Stage.DENSE: ("depth", "dense"),
    Stage.MESH: ("mesh",),
    Stage.TEXTURE: ("texture",),
}
# Where each stage ends of the time that all of them take, about.
_ENDS = {Stage.CAMERAS: 0.25, Stage.DENSE: 0.65, Stage.MESH: 0.8, Stage.TEXTURE: 1.0}


@dataclass(frozen=True)
class StageOptions:
    """How a reconstruction is made.

    Parameters
    ----------
    structure : StructureOptions
        Of the cameras.
    dense : DenseOptions
        Of dense stereo and fusion.
    mesh : MeshOptions
        Of the mesh.
    texture : TextureOptions
        Of its texture.
    keyframes : KeyframeOptions
        Of the pictures of a film.
    ground : tuple of GroundPoint
        Points of known place; they give the world its scale and frame, unless cameras are given.
    distances : tuple of MeasuredDistance
        They give the world its scale, where points of known place do not.
    marker_side_m : float, optional
        Side of printed markers other than those of the program's board.
    last : Stage
        The last one to run.
    """

    structure: StructureOptions = field(default_factory=StructureOptions)
    dense: DenseOptions = field(default_factory=DenseOptions)
    mesh: MeshOptions = field(default_factory=MeshOptions)
    texture: TextureOptions = field(default_factory=TextureOptions)
    keyframes: KeyframeOptions = field(default_factory=KeyframeOptions)
    ground: tuple[GroundPoint, ...] = ()
    distances: tuple[MeasuredDistance, ...] = ()
    marker_side_m: float | None = None
    last: Stage = Stage.TEXTURE

    @staticmethod
    def of(
        quality: str,
        last: Stage = Stage.TEXTURE,
        *,
        seed: int = 0,
        intrinsics: Mapping[str, PosedCamera] | None = None,
        cameras: Mapping[str, PosedCamera] | None = None,
    ) -> "StageOptions":
        """Give the options for "draft", "normal" or "high"."""
        sides = {"draft": 1600, "normal": 3200, "high": 4800}
        features = {"draft": 4096, "normal": 8192, "high": 16384}
        frames = {"draft": 40, "normal": 120, "high": 250}
        return StageOptions(
            StructureOptions(FeatureOptions(sides[quality], features[quality]), seed, intrinsics, cameras),
            DenseOptions.of(quality, seed=seed),
            MeshOptions.of(quality),
            TextureOptions.of(quality),
            KeyframeOptions(most=frames[quality]),
            last=last,
        )

    def includes(self, stage: Stage) -> bool:
        """Tell whether a stage is run."""
        return not stage.comes_after(self.last)


@dataclass(frozen=True, eq=False)
class Placed:
    """The result of the first stage.

    Parameters
    ----------
    structure : Structure
        Its model is in the world.
    world : World
        And where its scale comes from.
    """

    structure: Structure
    world: World


@dataclass(frozen=True, eq=False)
class Dense:
    """The result of the second stage.

    Parameters
    ----------
    points : DensePoints
        What several views agree on.
    coverage : mapping
        Share of the pixels of each photograph whose distance is known and confirmed.
    """

    points: DensePoints
    coverage: Mapping[str, float]


@dataclass(frozen=True)
class StageRecord:
    """What a stage took, and whether an earlier run did it."""

    cost: StageCost
    resumed: bool

    def to_json(self) -> dict[str, Any]:
        """Give the figures by name."""
        return {**self.cost.to_json(), "resumed": self.resumed}


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """What photographs gave, as far as the stages were run.

    Parameters
    ----------
    placed : Placed
        Cameras and sparse points.
    points : DensePoints, optional
        What several views agree on.
    coverage : mapping
        Share of the pixels of each photograph whose distance is known and confirmed.
    mesh : TexturedMesh, optional
        With a texture, or colours at its vertices where the mesh was the last stage.
    filled_share : float, optional
        Share of the faces of a texture that no photograph shows.
    no_surface : Message, optional
        Why there is no more.
    records : mapping
        What the stages took.
    """

    placed: Placed
    points: DensePoints | None = None
    coverage: Mapping[str, float] = field(default_factory=dict[str, float])
    mesh: TexturedMesh | None = None
    filled_share: float | None = None
    no_surface: Message | None = None
    records: Mapping[Stage, StageRecord] = field(default_factory=dict[Stage, StageRecord])


OnStage = Callable[[Stage, Reconstruction], None]


def run_stages(
    photographs: Sequence[Photograph],
    options: StageOptions,
    store: StageStore,
    *,
    restart: Stage | None = None,
    on_stage: OnStage | None = None,
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
    return _Run(photographs, options, store, on_stage or _nothing).run(progress)


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
    ) -> None:
        self._photographs, self._options, self._store = photographs, options, store
        self._on_stage = on_stage

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
                made = self._done(Stage.TEXTURE, replace(made, mesh=shown, filled_share=share), texture)
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
            return find_structure(photographs, options, progress=progress)

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
                turns = {one.name: one.turns for one in self._photographs}
                world = place(
                    found.model, positions, options.seed, ground, markers, turns, distances=distances
                )
            return Placed(replace(found, model=world.model), world)

        asked = (ground, side_m, *([distances] if distances else []))
        return self._store.step(
            "cameras", fingerprint("cameras", structure.fingerprint, *asked), make, progress
        )

    def _surface(
        self, made: Reconstruction, before: str, progress: Progress
    ) -> tuple[Reconstruction, Step[TexturedMesh] | None]:
        surface = _Surface(self._photographs, made.placed, self._options, self._store)
        part = self._part(progress, Stage.DENSE)
        depth = surface.depth(before, PartProgress(part, 0.0, 0.95))
        points = surface.points(depth, PartProgress(part, 0.95, 1.0))
        dense = points.result
        made = replace(made, points=dense.points, coverage=dense.coverage)
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


class _Surface:
    """The steps that need the photographs without distortion, which are read when first needed."""

    def __init__(
        self, photographs: Sequence[Photograph], placed: Placed, options: StageOptions, store: StageStore
    ) -> None:
        self._model = placed.world.model
        self._photographs = [one for one in photographs if one.name in self._model.cameras]
        self._options, self._store = options, store
        self._read: list[View] | None = None

    def _views(self, progress: Progress) -> list[View]:
        if self._read is None:
            self._read = self._without_distortion(progress)
        return self._read

    def _without_distortion(self, progress: Progress) -> list[View]:
        side, model = self._options.dense.longest_side_px, self._model
        names = [one.name for one in self._photographs]
        cameras = [model.cameras[name] for name in names]
        views: list[View] = []
        seen_by = seen_points(cameras, names, model)
        for one, camera, seen in zip(self._photographs, cameras, seen_by, strict=True):
            progress.check()  # whoever cancels need not wait for all of them
            view = without_darkness(undistorted_view(one, camera, side))
            views.append(without_sky(view, model.points[seen], one.turns))
        return views

    def depth(self, before: str, progress: Progress) -> Step[tuple[DepthMap, ...]]:
        """Give the depth maps of the views."""
        options = self._options.dense

        def make(progress: Progress) -> tuple[DepthMap, ...]:
            return tuple(find_depth_maps(self._views(progress), self._model, options, progress=progress))

        return self._store.step("depth", fingerprint("depth", options, before), make, progress)

    def points(self, depth: Step[tuple[DepthMap, ...]], progress: Progress) -> Step[Dense]:
        """Give the points that depth maps agree on."""
        options = self._options.dense

        def make(progress: Progress) -> Dense:
            points = fuse_depth_maps(self._views(progress), depth.result, options, progress=progress)
            return Dense(points, {one.name: float((one.depth > 0).mean()) for one in depth.result})

        return self._store.step("dense", fingerprint("dense", depth.fingerprint), make, progress)

    def mesh(
        self, depth: Step[tuple[DepthMap, ...]], dense: Step[Dense], progress: Progress
    ) -> Step[TexturedMesh]:
        """Give the mesh, with colours at its vertices."""
        options = self._options.mesh

        def make(progress: Progress) -> TexturedMesh:
            return make_mesh(
                self._views(progress), depth.result, dense.result.points, options, progress=progress
            )

        return self._store.step("mesh", fingerprint("mesh", options, dense.fingerprint), make, progress)
