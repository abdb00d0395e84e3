"""Overlays kept without the text that is drawn in them (DICOM PS3.15 E.3.3, PS3.3 C.9.2)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from imaging.deidentification.burned_text import find_text

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_GROUPS = range(0x6000, 0x6020, 2)
_DATA = 0x3000


def clean_overlays(dataset: "Dataset") -> Iterator[tuple[str, str, str]]:
    """Blank what looks like text in the overlays of a data set; give the changes, for the report.

    An overlay that cannot be read is removed.
    """
    for group in _GROUPS:
        if (group, _DATA) not in dataset:
            _remove(dataset, group)  # what is left of one that lies in the pixel data, or of none
            continue
        tags = f"({group:04X},{_DATA:04X})"
        try:
            changed = _clean(dataset, group)
        except Exception:
            # pydicom raises whatever it likes on a bitmap that is not what its size says.
            _remove(dataset, group)
            yield tags, "OverlayData", "removed"
            continue
        if changed:
            yield tags, "OverlayData", "cleaned"


def _clean(dataset: "Dataset", group: int) -> bool:
    drawn = np.asarray(dataset.overlay_array(group), np.uint8)
    frames = drawn.reshape(-1, *drawn.shape[-2:]).copy()
    changed = False
    for frame in frames:
        for box in find_text(frame * np.uint8(255)):
            part = frame[box.y : box.y + box.height, box.x : box.x + box.width]
            changed |= bool(part.any())
            part[:] = 0
    if changed:
        bits = np.packbits(frames.ravel(), bitorder="little").tobytes()
        dataset[group, _DATA].value = bits + b"\0" * (len(bits) % 2)
    return changed


def _remove(dataset: "Dataset", group: int) -> None:
    for tag in [tag for tag in dataset.keys() if tag.group == group]:  # noqa: SIM118 - iterating gives elements
        del dataset[tag]
