"""How a reconstruction is made, all of its stages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.posed_camera import PosedCamera
from reconstruction.dense_stereo import DenseOptions
from reconstruction.features import FeatureOptions
from reconstruction.ground_control import GroundPoint
from reconstruction.keyframes import KeyframeOptions
from reconstruction.measured_distance import MeasuredDistance
from reconstruction.meshing import MeshOptions
from reconstruction.stage import Stage
from reconstruction.structure import StructureOptions
from reconstruction.texturing import TextureOptions


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
    levels : int
        So many coarser textured meshes are made besides, each with a quarter of the one before's triangles.
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
    levels: int = 0
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
