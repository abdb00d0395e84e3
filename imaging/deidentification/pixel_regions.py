"""Where a picture shows text by the rules that are known: ultrasound regions and the banners of devices."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from imaging.deidentification.burned_text import Box

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_TABLE = Path(__file__).with_name("known_layouts.tsv")
# SOP classes of ultrasound and of secondary capture, and the roots of their later ones (PS3.4 B.5).
_ULTRASOUND = ("1.2.840.10008.5.1.4.1.1.6", "1.2.840.10008.5.1.4.1.1.3")
_CAPTURE = ("1.2.840.10008.5.1.4.1.1.7",)
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_CONDITION = re.compile(r"\s*(\w+)([~=])(.*?)\s*")


class Source(StrEnum):
    """Who says that there is text."""

    ULTRASOUND = "ultrasound-regions"
    LAYOUT = "known-layout"
    SHAPE = "text-shape"
    PERSON = "person"


@dataclass(frozen=True)
class Finding:
    """A place to be blanked, and who says so."""

    box: Box
    source: Source


@dataclass(frozen=True)
class _Condition:
    keyword: str
    exact: bool
    value: str

    def holds(self, dataset: "Dataset") -> bool:
        met = str(dataset.get(self.keyword, "") or "").casefold()
        if self.exact:
            return met == self.value
        return re.search(rf"(?<![a-z0-9]){re.escape(self.value)}", met) is not None  # "GE", not in "images"


@dataclass(frozen=True)
class _Layout:
    conditions: tuple[tuple[_Condition, ...], ...]
    boxes: tuple[Box, ...]

    def fits(self, dataset: "Dataset") -> bool:
        return all(any(one.holds(dataset) for one in either) for either in self.conditions)


def may_show_text(dataset: "Dataset") -> bool:
    """Tell whether the picture says that text is burned in, or is of a kind that often has some."""
    if not any(name in dataset for name in _PIXELS):
        return False
    burned = str(dataset.get("BurnedInAnnotation", "") or "").strip().upper()
    if burned in ("YES", "NO"):
        return burned == "YES"
    return _is_of(dataset, _ULTRASOUND + _CAPTURE)


def rule_findings(dataset: "Dataset") -> list[Finding]:
    """Give what lies outside of the ultrasound regions, and the banners of a known device."""
    rows, columns = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
    found: list[Finding] = []
    if _is_of(dataset, _ULTRASOUND) and (regions := _regions(dataset)):
        found = [Finding(box, Source.ULTRASOUND) for box in outside(regions, rows, columns)]
    if any(name in dataset for name in _PIXELS):
        boxes = [box.within(rows, columns) for box in _layout_boxes(dataset)]
        found += [Finding(box, Source.LAYOUT) for box in boxes if box.width and box.height]
    return found


def outside(regions: Sequence[Box], rows: int, columns: int) -> list[Box]:
    """Give boxes that cover exactly what none of the regions does, in bands from the top."""
    inner = [region.within(rows, columns) for region in regions]
    edges = sorted({0, rows, *(box.y for box in inner), *(box.y + box.height for box in inner)})
    found: list[Box] = []
    for top, bottom in pairwise(edges):
        taken = sorted((b.x, b.x + b.width) for b in inner if b.y <= top and bottom <= b.y + b.height)
        at = 0
        for left, right in (*taken, (columns, columns)):
            if left > at:
                found.append(Box(at, top, left - at, bottom - top))
            at = max(at, right)
    return found


def _is_of(dataset: "Dataset", classes: tuple[str, ...]) -> bool:
    uid = str(dataset.get("SOPClassUID", ""))
    return any(uid == one or uid.startswith(f"{one}.") for one in classes)


def _regions(dataset: "Dataset") -> list[Box]:
    """Give the calibrated regions; their corners are inclusive (PS3.3 C.8.5.5)."""
    found: list[Box] = []
    for item in dataset.get("SequenceOfUltrasoundRegions") or []:
        corners = [item.get(f"RegionLocation{name}") for name in ("MinX0", "MinY0", "MaxX1", "MaxY1")]
        if all(isinstance(corner, int) for corner in corners):
            x0, y0, x1, y1 = corners
            found.append(Box(x0, y0, x1 - x0 + 1, y1 - y0 + 1))
    return found


def _layout_boxes(dataset: "Dataset") -> Iterable[Box]:
    for layout in _layouts():
        if layout.fits(dataset):
            yield from layout.boxes


@lru_cache(maxsize=1)
def _layouts() -> tuple[_Layout, ...]:
    lines = _TABLE.read_text(encoding="ascii").splitlines()
    return tuple(_layout(line) for line in lines if not line.startswith("#"))


def _layout(line: str) -> _Layout:
    conditions, boxes = line.split("\t")
    return _Layout(
        tuple(tuple(_condition(one) for one in either.split("|")) for either in conditions.split(";")),
        tuple(Box(*map(int, box.split(","))) for box in boxes.split()),
    )


def _condition(text: str) -> _Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"not a condition: {text!r}")
    return _Condition(found[1], found[2] == "=", found[3].casefold())
