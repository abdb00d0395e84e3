"""The surface that depth frames show, growing frame by frame."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.textured_mesh import TexturedMesh

if TYPE_CHECKING:
    from native._core import RgbdView

Floats = NDArray[np.float64]
_BLOCK_BYTES = 6 * 1024


@dataclass(frozen=True, eq=False)
class DepthFrame:
    """What a depth camera saw at one moment, and the colour camera beside it.

    Parameters
    ----------
    depth_m : (h, w) float32
        Along the optical axis; NaN or 0 where nothing was measured.
    depth_intrinsics : (3, 3) float64
        K; pixel (0, 0) has its centre at (0, 0).
    colours : (h, w, 3) uint8, optional
        sRGB.
    colour_intrinsics : (3, 3) float64, optional
        K of the colour camera; that of the depth camera when not given.
    colour_from_depth : (4, 4) float64, optional
        Where the depth camera is from the colour camera; the same place when not given.
    """

    depth_m: NDArray[np.float32]
    depth_intrinsics: Floats
    colours: NDArray[np.uint8] | None = None
    colour_intrinsics: Floats | None = None
    colour_from_depth: Floats | None = None

    def to_native(self) -> "RgbdView":
        """Give the frame as the kernels take it."""
        from native import _core

        return _core.RgbdView(
            np.ascontiguousarray(self.depth_m, np.float32),
            np.ascontiguousarray(self.depth_intrinsics, np.float64),
            None if self.colours is None else np.ascontiguousarray(self.colours, np.uint8),
            None
            if self.colour_intrinsics is None
            else np.ascontiguousarray(self.colour_intrinsics, np.float64),
            None
            if self.colour_from_depth is None
            else np.ascontiguousarray(self.colour_from_depth, np.float64),
        )


@dataclass(frozen=True, eq=False)
class SurfacePatch:
    """The surface within a cube of 4 x 4 x 4 blocks, or 32 x 32 x 32 voxels.

    Parameters
    ----------
    place : tuple of int
        Which cube, by x, y and z.
    positions : (n, 3) float32
        In the world.
    triangles : (m, 3) int32
        None where there is no surface any more.
    colours : (n, 3) uint8
        sRGB.
    """

    place: tuple[int, int, int]
    positions: NDArray[np.float32]
    triangles: NDArray[np.int32]
    colours: NDArray[np.uint8]


@dataclass(frozen=True)
class VolumeOptions:
    """How finely depth is fused.

    Parameters
    ----------
    voxel_m : float
        Edge length of a voxel.
    truncation_voxels : float
        Distances from the surface beyond so many voxels are not told apart.
    nearest_m, furthest_m : float
        Depths outside are not believed.
    most_bytes : int
        Of memory.
    """

    voxel_m: float = 0.01
    truncation_voxels: float = 4.0
    nearest_m: float = 0.1
    furthest_m: float = 8.0
    most_bytes: int = 3 << 30


class DepthVolume:
    """Signed distances to the surface in blocks of voxels near it (Curless and Levoy 1996; Niessner 2013).

    The same frames in the same order give the same surface, with any number of threads.

    Parameters
    ----------
    options : VolumeOptions
        How fine.
    """

    def __init__(self, options: VolumeOptions = VolumeOptions()) -> None:
        from native import _core

        self.options = options
        self._volume = _core.TsdfVolume(
            options.voxel_m,
            options.truncation_voxels * options.voxel_m,
            options.nearest_m,
            options.furthest_m,
            max(1, options.most_bytes // _BLOCK_BYTES),
        )

    def add(self, frame: DepthFrame, world_from_camera: Floats) -> None:
        """Add what a frame shows from a pose (4, 4).

        Raises
        ------
        BadInput
            When the scene is too large for the memory allowed.
        """
        self._volume.add(frame.to_native(), np.ascontiguousarray(world_from_camera, np.float64))
        if self._volume.full:
            text = QT_TRANSLATE_NOOP(
                "Message", "The scene is too large for {gigabytes} GB at voxels of {millimetres} mm."
            )
            values = {
                "gigabytes": round(self.options.most_bytes / 2**30, 1),
                "millimetres": round(1000 * self.options.voxel_m, 1),
            }
            hint = QT_TRANSLATE_NOOP("Message", "Choose larger voxels.")
            raise BadInput(message(text, **values), message(hint))

    def remove(self, frame: DepthFrame, world_from_camera: Floats) -> None:
        """Take a frame out again that was added from this very pose, to add it from a better one."""
        self._volume.remove(frame.to_native(), np.ascontiguousarray(world_from_camera, np.float64))

    @property
    def blocks(self) -> int:
        """How many blocks of 8 x 8 x 8 voxels there are."""
        return self._volume.blocks

    def surface(self, *, least_weight: float = 0.02, smallest_piece: float = 0.0) -> TexturedMesh:
        """Give the surface with its colours, in the frame and the unit of the poses.

        Every edge is one of at most two triangles, and the triangles around every vertex are one fan.
        Where nothing was seen the surface is open.

        Parameters
        ----------
        least_weight : float
            What was seen less is left out; 1 is one sight from one metre, and sights count by the inverse
            square of the distance.
        smallest_piece : float
            Connected pieces smaller than this share of the largest are left out.
        """
        positions, triangles, colours = self._volume.surface(least_weight, smallest_piece)
        return TexturedMesh(positions, triangles, colours)

    @property
    def changes(self) -> int:
        """How many frames were added or taken out."""
        return self._volume.changes

    def changed_surface(self, since: int, *, least_weight: float = 0.02) -> list[SurfacePatch]:
        """Give the surface in those cubes that changed after so many changes, ordered by place.

        The patches of all cubes together are the whole surface; each has its own vertices where two meet.
        """
        return [SurfacePatch(*patch) for patch in self._volume.changed_surface(since, least_weight)]
