"""Small pictures of series for lists, made once and kept in the library's cache."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series
from imaging.frame import Frame
from imaging.index import StudyIndex
from imaging.instance import Instance
from imaging.loading import load_series
from imaging.png import write_png
from imaging.reslice import grey_picture
from imaging.slice_feed import read_slices
from imaging.voxel_format import choose_format

SIDE_PIXELS = 128
# PNG text that says how many files the series had, so that a series that has grown is seen to need another.
INSTANCES_KEYWORD = "Instances"
# A larger slide is known by one of its tiles: reading all of them would take too long.
_MOST_SLIDE_PIXELS = 1 << 24
_LOW_PERCENT, _HIGH_PERCENT = 1.0, 99.5


def make_thumbnail(index: StudyIndex, series: Series, *, progress: Progress = SILENT) -> Path:
    """Write the thumbnail of a series: its middle slice, as acquired, with the window of the file.

    Parameters
    ----------
    index : StudyIndex
        Where the series is listed.
    series : Series
        One that holds images.
    progress : Progress
        Only asked whether to stop.

    Returns
    -------
    Path
        A PNG whose longer side has at most `SIDE_PIXELS` pixels.

    Raises
    ------
    BadInput
        When it holds no image, or the slice cannot be read.
    """
    frame = _middle_frame(index, series)
    whole = _is_small_slide(frame.instance)
    values = _whole_slide(index, series, progress) if whole else _read(frame, progress)
    picture = shrunk(values, frame.instance.spacing_ij_mm or (1.0, 1.0))
    if picture.ndim == 2:
        picture = grey_picture(picture, _window(series, values), inverted=series.inverted)
    path = index.thumbnail_path(series)
    texts = {INSTANCES_KEYWORD: str(series.instances)}
    write_png(path, np.ascontiguousarray(picture, np.uint8), texts=texts)
    return path


def shrunk(values: NDArray[np.generic], spacing_ij_mm: tuple[float, float]) -> NDArray[np.float32]:
    """Average a slice down to thumbnail size, with square pixels.

    Parameters
    ----------
    values : (j, i) or (j, i, 3)
        Grey or colour.
    spacing_ij_mm : tuple of float
        Distance between columns and between rows.
    """
    height_mm, width_mm = values.shape[0] * spacing_ij_mm[1], values.shape[1] * spacing_ij_mm[0]
    scale = SIDE_PIXELS / max(height_mm, width_mm)
    picture = values.astype(np.float32)
    for axis, length_mm in ((0, height_mm), (1, width_mm)):
        picture = _resized(picture, axis, max(1, min(SIDE_PIXELS, round(length_mm * scale))))
    return np.ascontiguousarray(picture)


def _resized(values: NDArray[np.float32], axis: int, size: int) -> NDArray[np.float32]:
    """Average groups of neighbours along an axis, or repeat them where there are too few."""
    count = values.shape[axis]
    if count < size:
        return np.take(values, np.arange(size) * count // size, axis)
    starts = np.arange(size) * count // size
    lengths = np.diff([*starts, count]).reshape([-1 if other == axis else 1 for other in range(values.ndim)])
    return (np.add.reduceat(values, starts, axis) / lengths).astype(np.float32)


def _middle_frame(index: StudyIndex, series: Series) -> Frame:
    instances = [instance for instance in index.instances(series) if instance.rows]
    if not instances:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "The series holds no images that can be shown.")))
    instance = instances[len(instances) // 2]
    return Frame(instance, instance.frames // 2)


def _is_small_slide(instance: Instance) -> bool:
    return instance.matrix_size is not None and math.prod(instance.matrix_size) <= _MOST_SLIDE_PIXELS


def _whole_slide(index: StudyIndex, series: Series, progress: Progress) -> NDArray[np.generic]:
    voxels = load_series(index, series, progress=progress).volume.voxels
    return voxels[len(voxels) // 2]


def _read(frame: Frame, progress: Progress) -> NDArray[np.generic]:
    form = choose_format([frame.instance])
    out = np.zeros(form.shape((frame.instance.columns, frame.instance.rows, 1)), form.dtype)[0]
    for done in read_slices([frame], lambda _: out, [0], progress):
        for one in done:
            if one.reason is not None:
                raise BadInput(one.reason)
    return out


def _window(series: Series, values: NDArray[Any]) -> tuple[float, float]:
    if series.window is not None:
        return series.window
    low, high = np.nanpercentile(values, [_LOW_PERCENT, _HIGH_PERCENT])
    return float(low + high) / 2, max(float(high - low), 1.0)
