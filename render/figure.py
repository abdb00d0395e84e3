"""What moves the vertices of a figure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class MorphTarget:
    """A shape that is mixed in, such as a smile.

    Parameters
    ----------
    positions : (n, 3) float32
        What is added to the vertices' positions at a weight of 1.
    normals : (n, 3) float32, optional
        What is added to their normals.
    name : str
        Such as "jawOpen".
    """

    positions: NDArray[np.float32]
    normals: NDArray[np.float32] | None = None
    name: str = ""

    def __post_init__(self) -> None:
        """Check the shapes."""
        for rows in (self.positions, self.normals):
            if rows is not None and (rows.shape != (len(self.positions), 3) or not np.isfinite(rows).all()):
                raise ValueError("a target has three finite numbers for each vertex")


@dataclass(frozen=True, eq=False)
class Skin:
    """Joints that turn the vertices, by linear blend skinning as in glTF.

    Parameters
    ----------
    joints : (n, 4) int32
        Numbers of the joints of each vertex.
    weights : (n, 4) float32
        Of these joints; they sum to 1.
    joint_from_rest : (j, 4, 4) float64
        Inverse bind matrices.
    """

    joints: NDArray[np.int32]
    weights: NDArray[np.float32]
    joint_from_rest: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check the shapes, the numbers of the joints and the sums of the weights."""
        count = len(self.joint_from_rest)
        if self.joints.shape != (len(self.joints), 4) or self.weights.shape != self.joints.shape:
            raise ValueError("four joints and weights for each vertex")
        if self.joint_from_rest.shape != (count, 4, 4) or not np.isfinite(self.joint_from_rest).all():
            raise ValueError("joint_from_rest: finite (j, 4, 4) matrices")
        if self.joints.size and not 0 <= self.joints.min() <= self.joints.max() < count:
            raise ValueError("a joint that there is not")
        if not np.allclose(self.weights.sum(axis=1), 1, atol=1e-3):
            raise ValueError("the weights of a vertex do not sum to 1")


@dataclass(frozen=True, eq=False)
class FigurePose:
    """How a figure is posed.

    Parameters
    ----------
    target_weights : tuple of float
        One for each morph target of the mesh.
    world_from_joints : (j, 4, 4) float64, optional
        Where the joints of the skin are.
    """

    target_weights: tuple[float, ...] = ()
    world_from_joints: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        joints = self.world_from_joints
        if joints is not None and (joints.shape[1:] != (4, 4) or not np.isfinite(joints).all()):
            raise ValueError("world_from_joints: finite (j, 4, 4) matrices")
        if not np.isfinite(self.target_weights).all():
            raise ValueError("target_weights: not finite")
