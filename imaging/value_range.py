"""The exact range of the values of a series, slice by slice, so that it need not fit into memory."""

import math
from dataclasses import replace
from pathlib import PurePath

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.series import Series
from imaging.geometry import SeriesPart, split_series
from imaging.index import StudyIndex
from imaging.slice_feed import SliceDone, read_slices
from imaging.voxel_format import choose_format

_NAMED_FAILURES = 3


class ValueRanges:
    """Measures the values of one series after the other.

    Parameters
    ----------
    index : StudyIndex
        Where their files are, and where the ranges are kept.
    """

    def __init__(self, index: StudyIndex) -> None:
        self._index = index
        self._split: tuple[str, dict[str, SeriesPart]] = "", {}

    def measured(self, series: Series, *, progress: Progress = SILENT) -> Series:
        """Give the series with its rescaled minimum and maximum over all voxels, and keep them.

        Slices that cannot be decoded do not count; the returned series has a warning for them.
        """
        if series.value_range is not None or series.geometry is None:
            return series
        part = self._parts_of(series.series_uid).get(series.part)
        if part is None:
            return series
        low, high, failed = _measure(part, progress)
        warnings = series.warnings + _failures(part, failed)
        if low > high:
            return replace(series, warnings=warnings)
        if not failed:
            self._index.set_value_range(series, low, high)
        return replace(series, value_range=(low, high), warnings=warnings)

    def _parts_of(self, series_uid: str) -> dict[str, SeriesPart]:
        # Parts follow one another; a file of 20,000 frames is not split anew for each of them.
        if self._split[0] != series_uid:
            parts = split_series(self._index.all_instances(series_uid))
            self._split = series_uid, {part.part: part for part in parts if part.frames}
        return self._split[1]


def _measure(part: SeriesPart, progress: Progress) -> tuple[float, float, list[SliceDone]]:
    form = choose_format(frame.instance for frame in part.frames)
    first = part.frames[0].instance
    shape = (first.rows, first.columns, 3) if form.colour else (first.rows, first.columns)
    low, high, failed, done = math.inf, -math.inf, list[SliceDone](), 0
    order = range(len(part.frames))
    for batch in read_slices(part.frames, lambda _: np.empty(shape, form.dtype), order, progress):
        for item in batch:
            if item.facts is None:
                failed.append(item)
            elif math.isfinite(item.facts.low) and math.isfinite(item.facts.high):
                low, high = min(low, item.facts.low), max(high, item.facts.high)
        done += len(batch)
        progress.report(done / len(part.frames))
    return low, high, failed


def _failures(part: SeriesPart, failed: list[SliceDone]) -> tuple[Message, ...]:
    text = QT_TRANSLATE_NOOP("Message", "{name} could not be read: {reason}")
    named = tuple(
        message(text, name=PurePath(part.frames[item.index].instance.path).name, reason=item.reason or "")
        for item in failed[:_NAMED_FAILURES]
    )
    if len(failed) <= _NAMED_FAILURES:
        return named
    more = QT_TRANSLATE_NOOP("Message", "More images that could not be read: {count}.")
    return (*named, message(more, count=len(failed) - _NAMED_FAILURES))
