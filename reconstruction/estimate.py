"""How long a reconstruction will take, and how much memory and disk: a guess that is shown as one."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.pairs import ALL_PAIRS_UP_TO
from reconstruction.photograph import Photograph
from reconstruction.stage import Stage
from reconstruction.stage_options import StageOptions

# Processor seconds on a core of about 3 GHz and bytes, fitted to runs on sets of 5 to 11 photographs at the
# draft and normal qualities; what differs from one scene to the next is the uncertainty.
_FEATURE_S_PER_MPX = 0.3
_FEATURES_PER_MPX = 6000
_PAIR_S = 0.1  # of 4096 features each
_PAIRS_OF_EACH = 20  # in larger sets
_DENSE_S_PER_MPX = 3.3  # and view that is compared with
_MESH_S_PER_MPX = 5.6  # at voxels of a pixel
_TEXTURE_S_PER_MPX, _TEXTURE_S_PER_MTRIANGLE = 0.4, 28.0
_FASTER, _SLOWER = 0.6, 1.8
_SHARED = 0.8  # of the cores' time is used
_BASE_BYTES = 500e6
_BYTES_PER_DENSE_PIXEL, _BYTES_PER_BLOCK, _BYTES_PER_TRIANGLE = 60.0, 4096.0, 700.0
_DISK_BYTES_PER_DENSE_PIXEL, _DISK_BYTES_PER_TRIANGLE = 34.0, 170.0
_MEGA = 1e6


@dataclass(frozen=True)
class Estimate:
    """What a reconstruction will take, roughly.

    Parameters
    ----------
    seconds : tuple of float
        From and to, on this machine's cores when nothing else runs.
    memory_bytes : tuple of float
        From and to, at the worst moment.
    disk_bytes : float
        Of the result and what is kept of the stages.
    cpu_seconds : mapping
        Of all cores, by stage; the middle.
    """

    seconds: tuple[float, float]
    memory_bytes: tuple[float, float]
    disk_bytes: float
    cpu_seconds: Mapping[Stage, float]

    def to_json(self) -> dict[str, Any]:
        """Give the figures by name."""
        return {
            "seconds": list(self.seconds),
            "memory_bytes": list(self.memory_bytes),
            "disk_bytes": self.disk_bytes,
            "cpu_seconds": {stage.value: seconds for stage, seconds in self.cpu_seconds.items()},
        }

    @property
    def sentence(self) -> Message:
        """What a person is told."""
        low, high = (seconds / 60 for seconds in self.seconds)
        memory = self.memory_bytes[1] / 2**30
        if high < 1.5:
            text = QT_TRANSLATE_NOOP("Message", "About a minute, up to {memory:.1f} GB of memory (a guess)")
            return message(text, memory=memory)
        text = QT_TRANSLATE_NOOP(
            "Message", "About {low:.0f} to {high:.0f} minutes, up to {memory:.1f} GB of memory (a guess)"
        )
        return message(text, low=max(low, 1.0), high=high, memory=memory)


def estimate(
    photographs: Sequence[Photograph], options: StageOptions, *, cores: int | None = None
) -> Estimate:
    """Guess what a reconstruction takes, from the sizes of the photographs and the options.

    Parameters
    ----------
    photographs : sequence of Photograph
        What their headers say is enough.
    options : StageOptions
        Of all stages.
    cores : int, optional
        That may be used; all that there are when not given.
    """
    cores = cores or os.cpu_count() or 1
    work = _cpu_seconds(photographs, options)
    middle = sum(work.values()) / (cores * _SHARED)
    dense = _pixels(photographs, options.dense.longest_side_px) if options.includes(Stage.DENSE) else 0.0
    triangles = _triangles(options, dense) if options.includes(Stage.MESH) else 0.0
    blocks = min(options.mesh.most_blocks, dense / 40) if options.includes(Stage.MESH) else 0.0
    memory = _BASE_BYTES + max(
        _pixels(photographs[:4], options.structure.features.longest_side) * 12,
        dense * _BYTES_PER_DENSE_PIXEL + blocks * _BYTES_PER_BLOCK + triangles * _BYTES_PER_TRIANGLE,
    )
    disk = dense * _DISK_BYTES_PER_DENSE_PIXEL + triangles * _DISK_BYTES_PER_TRIANGLE + len(photographs) * 2e5
    return Estimate((_FASTER * middle, _SLOWER * middle), (0.7 * memory, 1.5 * memory), disk, work)


def _cpu_seconds(photographs: Sequence[Photograph], options: StageOptions) -> dict[Stage, float]:
    features = options.structure.features
    looked_at = _pixels(photographs, features.longest_side) / _MEGA
    count = len(photographs)
    pairs = count * (count - 1) / 2 if count <= ALL_PAIRS_UP_TO else count * _PAIRS_OF_EACH
    found = min(features.most, _FEATURES_PER_MPX * looked_at / max(count, 1))
    work = {Stage.CAMERAS: looked_at * _FEATURE_S_PER_MPX + pairs * _PAIR_S * (found / 4096) ** 2}
    dense = _pixels(photographs, options.dense.longest_side_px)
    if options.includes(Stage.DENSE):
        compared = min(options.dense.neighbours, count - 1)
        work[Stage.DENSE] = dense / _MEGA * compared * _DENSE_S_PER_MPX
    if options.includes(Stage.MESH):
        work[Stage.MESH] = dense / _MEGA * _MESH_S_PER_MPX / options.mesh.voxel_in_pixels**2
    if options.includes(Stage.TEXTURE):
        seen = _pixels(photographs, options.texture.longest_side_px) / _MEGA
        triangles = _triangles(options, dense) / _MEGA
        work[Stage.TEXTURE] = seen * _TEXTURE_S_PER_MPX + triangles * _TEXTURE_S_PER_MTRIANGLE
    return work


def _pixels(photographs: Sequence[Photograph], longest_side: int) -> float:
    """Give how many pixels photographs have together when they are reduced."""
    total = 0.0
    for one in photographs:
        width, height = one.size
        total += width * height * min(1.0, longest_side / max(width, height)) ** 2
    return total


def _triangles(options: StageOptions, dense_pixels: float) -> float:
    most = options.mesh.most_triangles
    return min(dense_pixels / 3, float("inf") if most is None else most)
