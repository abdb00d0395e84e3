"""The steps from posed photographs to a mesh with colours."""

from collections.abc import Sequence

from core.progress import Progress
from core.textured_mesh import TexturedMesh
from reconstruction.dense_stereo import find_depth_maps
from reconstruction.dense_views import dense_views
from reconstruction.depth_fusion import fuse_depth_maps
from reconstruction.depth_map import DepthMap
from reconstruction.meshing import make_mesh
from reconstruction.photograph import Photograph
from reconstruction.stage_file import fingerprint
from reconstruction.stage_options import StageOptions
from reconstruction.stage_results import Dense, Placed
from reconstruction.stage_store import StageStore, Step
from reconstruction.view import View


class SurfaceSteps:
    """The steps that need the photographs without distortion, which are read when first needed."""

    def __init__(
        self, photographs: Sequence[Photograph], placed: Placed, options: StageOptions, store: StageStore
    ) -> None:
        self._model = placed.world.model
        self._photographs = photographs
        self._options, self._store = options, store
        self._read: list[View] | None = None

    def _views(self, progress: Progress) -> list[View]:
        if self._read is None:
            side = self._options.dense.longest_side_px
            self._read = dense_views(self._photographs, self._model, side, progress=progress)
        return self._read

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
            coverage = {one.name: float((one.depth > 0).mean()) for one in depth.result}
            known = sum(int((one.depth > 0).sum()) for one in depth.result)
            laid = sum(0 if one.laid is None else int(one.laid.sum()) for one in depth.result)
            return Dense(points, coverage, laid / max(known, 1))

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
