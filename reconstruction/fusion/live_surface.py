"""A surface that grows while a depth camera moves, and follows when the way of the camera is corrected."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.textured_mesh import TexturedMesh
from reconstruction.fusion.depth_volume import DepthFrame, DepthVolume, SurfacePatch, VolumeOptions

Floats = NDArray[np.float64]
# What is kept of a frame is exactly what was fused: it can be taken out again without a trace.
_DEPTHS_A_METRE = 2000.0
_COLOUR_STEP = 2
# A frame tells something new after so much; it is fused anew when it lies so far off.
_NEW_SHIFT_M, _NEW_TURN_RAD = 0.02, 0.02
_OFF_VOXELS = 0.5
_ARM_M = 2.0  # so far away turning is taken for shifting
_LEAST_WEIGHT = 0.05
_VOLUME = VolumeOptions(voxel_m=0.015)


@dataclass(frozen=True)
class LiveSurfaceOptions:
    """How a growing surface is made.

    Parameters
    ----------
    volume : VolumeOptions
        How fine.
    most_bytes : int
        Of frames kept for being fused anew; the oldest are then left where they are.
    """

    volume: VolumeOptions = _VOLUME
    most_bytes: int = 1 << 30


_OPTIONS = LiveSurfaceOptions()


@dataclass(eq=False)
class _Kept:
    """A fused frame: depths (h, w) uint16, colours of every second pixel, and from where it was fused."""

    depths: NDArray[np.uint16]
    colours: NDArray[np.uint8] | None
    frame: DepthFrame
    pose: Floats

    @property
    def size(self) -> int:
        return self.depths.nbytes + (0 if self.colours is None else self.colours.nbytes)

    def restored(self) -> DepthFrame:
        depth = self.depths.astype(np.float32) / np.float32(_DEPTHS_A_METRE)
        kept = self.frame
        return DepthFrame(
            depth, kept.depth_intrinsics, self.colours, kept.colour_intrinsics, kept.colour_from_depth
        )


class LiveSurface:
    """The surface of the frames so far. The same calls give the same surface.

    Parameters
    ----------
    options : LiveSurfaceOptions
        How it is made.
    """

    def __init__(self, options: LiveSurfaceOptions = _OPTIONS) -> None:
        self._options = options
        self._volume = DepthVolume(options.volume)
        self._kept: dict[int, _Kept] = {}
        self._bytes = 0
        self._last: Floats | None = None
        self._patches: dict[tuple[int, int, int], SurfacePatch] = {}
        self._shown = 0

    def add(self, number: int, frame: DepthFrame, world_from_camera: Floats) -> bool:
        """Fuse a frame, if the camera has moved since the last one that was fused.

        Parameters
        ----------
        number : int
            By which `moved` calls it.
        frame : DepthFrame
            What is seen.
        world_from_camera : (4, 4) float64
            From where.

        Returns
        -------
        bool
            Whether it was fused.

        Raises
        ------
        BadInput
            When the scene is too large for the memory allowed.
        """
        if self._last is not None and not _differ(self._last, world_from_camera):
            return False
        kept = _keep(frame, world_from_camera)
        self._volume.add(kept.restored(), kept.pose)
        self._last = kept.pose
        self._kept[number] = kept
        self._bytes += kept.size
        while self._bytes > self._options.most_bytes and len(self._kept) > 1:
            self._bytes -= self._kept.pop(next(iter(self._kept))).size
        return True

    def moved(self, poses: Mapping[int, Floats], *, most: int = 8) -> int:
        """Fuse frames anew whose poses are known better now, those that lie furthest off first.

        Parameters
        ----------
        poses : mapping of int to (4, 4) float64
            World from camera, of any frames; the others stay where they are.
        most : int
            So many frames are fused anew at a call.

        Returns
        -------
        int
            How many more lie off; call again.
        """
        known = [(self._off(number, poses[number]), number) for number in self._kept if number in poses]
        off = sorted((one for one in known if one[0] > _OFF_VOXELS), key=lambda one: (-one[0], one[1]))
        for _, number in off[:most]:
            kept = self._kept[number]
            frame = kept.restored()
            self._volume.remove(frame, kept.pose)
            kept.pose = np.array(poses[number], np.float64)
            self._volume.add(frame, kept.pose)
        return max(0, len(off) - most)

    def mesh(self) -> TexturedMesh:
        """Give the surface as it is now; only what has changed since the last time is made anew.

        Pieces of the scene meet without gaps, and have each their own vertices where they meet.
        """
        now = self._volume.changes
        for patch in self._volume.changed_surface(self._shown, least_weight=_LEAST_WEIGHT):
            self._patches.pop(patch.place, None)
            if len(patch.triangles):
                self._patches[patch.place] = patch
        self._shown = now
        return _together(list(self._patches.values()))

    @property
    def frames(self) -> int:
        """How many frames can still be fused anew."""
        return len(self._kept)

    def _off(self, number: int, pose: Floats) -> float:
        """How many voxels a frame lies off."""
        shift, turn = _difference(self._kept[number].pose, pose)
        return (shift + _ARM_M * turn) / self._options.volume.voxel_m


def _keep(frame: DepthFrame, pose: Floats) -> _Kept:
    known = np.nan_to_num(frame.depth_m, nan=0.0, posinf=0.0, neginf=0.0)
    depths = np.rint(np.clip(known * _DEPTHS_A_METRE, 0, np.iinfo(np.uint16).max)).astype(np.uint16)
    depths[depths == np.iinfo(np.uint16).max] = 0
    lens = frame.depth_intrinsics if frame.colour_intrinsics is None else frame.colour_intrinsics
    colours = None if frame.colours is None else frame.colours[::_COLOUR_STEP, ::_COLOUR_STEP].copy()
    # Pixel (2 i, 2 j) becomes pixel (i, j).
    scaled = np.diag([1 / _COLOUR_STEP, 1 / _COLOUR_STEP, 1.0]) @ lens
    bare = DepthFrame(
        np.zeros((0, 0), np.float32), frame.depth_intrinsics, None, scaled, frame.colour_from_depth
    )
    return _Kept(depths, colours, bare, np.array(pose, np.float64))


def _difference(first: Floats, second: Floats) -> tuple[float, float]:
    """Give the shift in metres and the turn in radians between two poses."""
    cosine = (np.trace(first[:3, :3].T @ second[:3, :3]) - 1) / 2
    return float(np.linalg.norm(first[:3, 3] - second[:3, 3])), float(np.arccos(np.clip(cosine, -1, 1)))


def _differ(first: Floats, second: Floats) -> bool:
    shift, turn = _difference(first, second)
    return shift > _NEW_SHIFT_M or turn > _NEW_TURN_RAD


def _together(patches: list[SurfacePatch]) -> TexturedMesh:
    if not patches:
        empty = np.zeros((0, 3), np.float32)
        return TexturedMesh(empty, np.zeros((0, 3), np.int32), np.zeros((0, 3), np.uint8))
    first = np.cumsum([0, *(len(patch.positions) for patch in patches[:-1])])
    shifted = [patch.triangles + at for patch, at in zip(patches, first, strict=True)]
    return TexturedMesh(
        np.concatenate([patch.positions for patch in patches]),
        np.concatenate(shifted).astype(np.int32),
        np.concatenate([patch.colours for patch in patches]),
    )
