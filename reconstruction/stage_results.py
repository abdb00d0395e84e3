"""What the stages of a reconstruction give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.message import Message
from core.textured_mesh import TexturedMesh
from reconstruction.dense_points import DensePoints
from reconstruction.stage import Stage
from reconstruction.stage_cost import StageCost
from reconstruction.structure import Structure
from reconstruction.world_frame import World


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
    planes_share : float
        Of these pixels, where a plane took the place of what photographs cannot tell.
    """

    points: DensePoints
    coverage: Mapping[str, float]
    planes_share: float


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
    levels : tuple of TexturedMesh
        The mesh with ever fewer triangles, where that was asked for.
    planes_share : float, optional
        Of the pixels with a known distance, where a plane took the place of what photographs cannot tell.
    """

    placed: Placed
    points: DensePoints | None = None
    coverage: Mapping[str, float] = field(default_factory=dict[str, float])
    mesh: TexturedMesh | None = None
    filled_share: float | None = None
    no_surface: Message | None = None
    records: Mapping[Stage, StageRecord] = field(default_factory=dict[Stage, StageRecord])
    levels: tuple[TexturedMesh, ...] = ()
    planes_share: float | None = None


OnStage = Callable[[Stage, Reconstruction], None]
