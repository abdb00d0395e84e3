"""The search for the surface that one view sees, from coarse to fine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.progress import PartProgress, Progress
from reconstruction.pixel_maps import pixel_map
from reconstruction.sparse_prior import SparsePrior
from reconstruction.stoppable import run_stoppable
from reconstruction.view import View, resized_camera

if TYPE_CHECKING:
    from native import _core

Planes = NDArray[np.float32]


@dataclass(frozen=True)
class SearchOptions:
    """How planes are searched for.

    Parameters
    ----------
    coarsest_side_px : int
        Longest side of the smallest pictures, at least; each is twice as large as the one before.
    passes : tuple of int
        Passes over the smallest pictures, and over every larger one.
    seed : int
        Of what is random.
    """

    coarsest_side_px: int = 160
    passes: tuple[int, int] = (5, 2)
    seed: int = 0


@dataclass(frozen=True, eq=False)
class ViewPyramid:
    """A view at several sizes, the smallest first, as the native code takes them."""

    cameras: tuple[PosedCamera, ...]
    pictures: "tuple[_core.StereoPicture, ...]"

    @staticmethod
    def of(view: View, options: SearchOptions) -> "ViewPyramid":
        """Make the sizes of a view."""
        import cv2

        from native import _core

        grey = cv2.cvtColor(view.colours, cv2.COLOR_RGB2GRAY)
        usable = None if view.usable is None else view.usable.astype(np.uint8)
        levels = max(0, int(np.log2(max(view.camera.size) / options.coarsest_side_px)))
        cameras: list[PosedCamera] = []
        pictures: list[_core.StereoPicture] = []
        for level in range(levels, -1, -1):
            width, height = (max(1, round(side / 2**level)) for side in view.camera.size)
            small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
            mask = None if usable is None else _reduced_mask(usable, (width, height))
            cameras.append(resized_camera(view.camera, (width, height)))
            pictures.append(_core.StereoPicture(np.asarray(small, np.uint8), mask))
        return ViewPyramid(tuple(cameras), tuple(pictures))

    def nearest_size(self, level: int) -> int:
        """Give the index of the size that is `level` steps below the largest, at least the smallest."""
        return max(0, len(self.cameras) - 1 - level)


class Pyramids:
    """The pyramids of views, of which only those used last are held in memory.

    Parameters
    ----------
    views : sequence of View
        All of them.
    options : SearchOptions
        Of the sizes.
    held : int
        How many are held: a view and what it is compared with, and some more for the next ones.
    """

    def __init__(self, views: Sequence[View], options: SearchOptions, held: int = 32) -> None:
        self._views, self._options, self._held = views, options, held
        self._made: dict[int, ViewPyramid] = {}

    def __getitem__(self, at: int) -> ViewPyramid:
        """Give the pyramid of a view."""
        found = self._made.pop(at, None)
        self._made[at] = ViewPyramid.of(self._views[at], self._options) if found is None else found
        if len(self._made) > self._held:
            del self._made[next(iter(self._made))]
        return self._made[at]


@dataclass(frozen=True, eq=False)
class PlaneSearch:
    """The search for what one view sees.

    Parameters
    ----------
    at : int
        Which view.
    neighbours : sequence of int
        Views that it is compared with.
    prior : SparsePrior
        What is known of it.
    """

    at: int
    neighbours: Sequence[int]
    prior: SparsePrior

    def alone(self, pyramids: Pyramids, options: SearchOptions, *, progress: Progress) -> Planes:
        """Search by the likeness of pictures only; planes of inverse depth, (height, width, 3) float32."""
        pyramid = pyramids[self.at]
        count = len(pyramid.cameras)
        width = pyramid.cameras[-1].size[0]
        planes = self.prior.planes(pyramid.cameras[0].size, width / pyramid.cameras[0].size[0])
        for size, camera in enumerate(pyramid.cameras):
            if size:
                planes = _enlarged(planes, camera.size)
            level = _Level(self, pyramids, count - 1 - size, options)
            passes = options.passes[0 if size == 0 else 1]
            done = 4.0 ** (size - count)
            part = PartProgress(progress, done, min(4.0 * done, 1.0))
            level.search(planes, range(1, passes + 1), wide=size == 0, progress=part)
        progress.report(1.0)
        return planes

    def together(
        self,
        pyramids: Pyramids,
        found: Mapping[int, Planes],
        options: SearchOptions,
        *,
        progress: Progress,
    ) -> None:
        """Search on from what all views found, so that they agree; changes what was found of this one."""
        level = _Level(self, pyramids, 0, options, found)
        level.search(found[self.at], range(3, 4), wide=False, finish=True, progress=progress)
        progress.report(1.0)


class _Level:
    """The view and its neighbours at one size."""

    def __init__(
        self,
        search: PlaneSearch,
        pyramids: Pyramids,
        level: int,
        options: SearchOptions,
        found: Mapping[int, Planes] | None = None,
    ) -> None:
        from native import _core

        mine = pyramids[search.at]
        self._camera = mine.cameras[mine.nearest_size(level)]
        self._picture = mine.pictures[mine.nearest_size(level)]
        self._sources: list[_core.StereoSource] = []
        for other in search.neighbours:
            pyramid = pyramids[other]
            size = pyramid.nearest_size(level)
            there = pixel_map(self._camera, pyramid.cameras[size])
            back = pixel_map(pyramid.cameras[size], self._camera)
            known = (
                None if found is None or other not in found else np.ascontiguousarray(found[other][..., 0])
            )
            self._sources.append(_core.StereoSource(pyramid.pictures[size], there, back, known))
        self._options = _core.StereoOptions()
        self._options.seed = (options.seed + 1000003 * search.at) % 2**32
        self._options.furthest, self._options.nearest = search.prior.inverse_range

    def search(
        self, planes: Planes, numbers: range, *, wide: bool, progress: Progress, finish: bool = False
    ) -> None:
        """Judge the planes and better them in some passes."""
        from native import _core

        height, width = planes.shape[:2]
        costs = np.zeros((height, width), np.float32)
        weights = np.full((height, width, len(self._sources)), 255, np.uint8)
        self._options.wide = wide
        steps = [(_core.StereoPass.BEGIN, 0), *((_core.StereoPass.PROPAGATE, number) for number in numbers)]
        if finish:
            steps.append((_core.StereoPass.FINISH, 0))
        for done, (step, number) in enumerate(steps):
            run_stoppable(
                lambda stop, step=step, number=number: _core.search_planes(
                    self._picture,
                    self._camera.intrinsics.ravel().tolist(),
                    self._sources,
                    planes,
                    costs,
                    weights,
                    self._options,
                    step,
                    number,
                    stop,
                ),
                progress,
            )
            progress.report((done + 1) / len(steps))


def _reduced_mask(usable: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    import cv2

    return np.asarray(cv2.resize(usable, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _enlarged(planes: Planes, size: tuple[int, int]) -> Planes:
    """Give every pixel of a larger picture the plane of the pixel that it lies in."""
    height, width = planes.shape[:2]
    scale_x, scale_y = width / size[0], height / size[1]
    x = (np.arange(size[0]) + 0.5) * scale_x - 0.5
    y = (np.arange(size[1]) + 0.5) * scale_y - 0.5
    column = np.clip(np.round(x).astype(int), 0, width - 1)
    row = np.clip(np.round(y).astype(int), 0, height - 1)
    larger = planes[row[:, None], column[None, :]]
    larger[..., 0] += larger[..., 1] * (x - column)[None, :] + larger[..., 2] * (y - row)[:, None]
    larger[..., 1] *= scale_x
    larger[..., 2] *= scale_y
    return larger.astype(np.float32)
