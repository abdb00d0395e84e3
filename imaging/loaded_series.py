"""A series in memory: its volume, its stored slices, and what is odd about them."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.provenance import Provenance
from core.series import Series
from core.slice_geometry import SliceGeometry
from core.volume import Volume
from imaging.display_grid import DisplayGrid, GridKind, display_grid
from imaging.geometry import SeriesPart
from imaging.voxel_format import VoxelFormat, choose_format

_MEMORY_SHARE = 0.9


@dataclass(eq=False)
class LoadedSeries:
    """A series in memory; while it loads, its slices fill in place.

    Parameters
    ----------
    series : Series
        As the library lists it.
    part : SeriesPart
        Its files.
    grid : DisplayGrid
        How the volume's slices follow from the stored ones.
    format : VoxelFormat
        Of the voxels, and what stands where none are.
    volume : Volume
        What is shown: a regular grid, sheared where the stack is.
    filled : (k,) bool
        Which slices of the volume hold data; those in a hole of the stack never do.
    warnings : tuple of Message
        Of the series and of its loading.
    value_range : tuple of float, optional
        Exact, over all stored slices; None until everything is loaded.
    """

    series: Series
    part: SeriesPart
    grid: DisplayGrid
    format: VoxelFormat
    volume: Volume
    filled: NDArray[np.bool_]
    warnings: tuple[Message, ...]
    value_range: tuple[float, float] | None = None
    stored_slices: NDArray[Any] | None = field(default=None, repr=False)

    @property
    def geometry(self) -> SliceGeometry:
        """Of the stored slices."""
        assert self.part.geometry is not None
        return self.part.geometry

    @property
    def listed(self) -> Series:
        """The series with what its loading told of it."""
        count = len(self.part.instances)  # more may have come than the library listed
        return replace(
            self.series, value_range=self.value_range, instances=count, geometry=self.part.geometry
        )

    @property
    def background(self) -> float:
        """What stands where there is no data: the lowest value of the series once that is known."""
        return self.format.fill if self.value_range is None else self.value_range[0]

    @property
    def stored(self) -> NDArray[Any]:
        """The slices as stored and rescaled, (n, j, i) or (n, j, i, 3); a copy where slices are missing."""
        if self.stored_slices is not None:
            return self.stored_slices
        if self.grid.kind is GridKind.STORED:
            return self.volume.voxels
        return self.volume.voxels[self.grid.below >= 0]

    def stored_slice(self, index: int) -> NDArray[Any]:
        """Give a view of one stored slice."""
        if self.stored_slices is not None:
            return self.stored_slices[index]
        return self.volume.voxels[self.grid.slot_of_stored[index]]


def allocate(part: SeriesPart, series: Series) -> LoadedSeries:
    """Make the empty volume of a part, filled with what stands where no slice is.

    Raises
    ------
    BadInput
        When it would not fit into the memory.
    """
    geometry = part.geometry
    assert geometry is not None
    grid = display_grid(geometry)
    form = choose_format(frame.instance for frame in part.frames)
    resampled = grid.kind is GridKind.RESAMPLED
    shapes = [form.shape(grid.shape_ijk), *([form.shape(geometry.shape_ijk)] if resampled else [])]
    _refuse_too_large(sum(math.prod(shape) * form.dtype.itemsize for shape in shapes))
    voxels = _filled(shapes[0], form)
    stored = np.empty(shapes[1], form.dtype) if resampled else None
    volume = Volume(
        voxels,
        grid.lps_from_ijk,
        series.unit,
        lps_known=geometry.lps_known,
        spacing_known=geometry.spacing_known,
        provenance=None if grid.kind is GridKind.STORED else _provenance(series, grid),
    )
    filled = np.zeros(grid.shape_ijk[2], np.bool_)
    warnings = (*series.warnings, *(found for found in part.warnings if found not in series.warnings))
    return LoadedSeries(series, part, grid, form, volume, filled, warnings, stored_slices=stored)


def _refuse_too_large(needed_bytes: int) -> None:
    """Raise `BadInput` before the memory runs out, when the whole machine would suffer."""
    import psutil

    free = psutil.virtual_memory().available
    if needed_bytes > _MEMORY_SHARE * free:
        text = QT_TRANSLATE_NOOP(
            "Message", "The series needs {needed:.1f} GB of memory; {free:.1f} GB are free."
        )
        hint = QT_TRANSLATE_NOOP("Message", "Close other studies and programs.")
        raise BadInput(message(text, needed=needed_bytes / 1e9, free=free / 1e9), message(hint))


def _filled(shape: tuple[int, ...], form: VoxelFormat) -> NDArray[Any]:
    return np.zeros(shape, form.dtype) if form.fill == 0 else np.full(shape, form.fill, form.dtype)


def _provenance(series: Series, grid: DisplayGrid) -> Provenance:
    step = float(np.linalg.norm(grid.lps_from_ijk[:3, 2]))
    blended = grid.kind is GridKind.RESAMPLED
    return Provenance(
        "care.open",
        (series.series_uid,),
        {"slice_step_mm": step, "slices": grid.shape_ijk[2], "missing": int((grid.below < 0).sum())},
        "linear interpolation between the slice positions" if blended else "empty slices for missing ones",
    )
