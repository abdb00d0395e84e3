"""Masks: what of a photograph is not to be reconstructed, black in a picture of its own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from reconstruction.photograph import Photograph, read_grey, read_photograph

_WHOLE_PX = 1 << 15
_MOST_UNLIKE = 0.02  # of the shape
_SUFFIXES = (".png", ".jpg", ".tif", ".tiff", ".bmp")


def with_masks(photographs: Sequence[Photograph], folder: Path) -> tuple[Photograph, ...]:
    """Give photographs the masks of a folder: for `03.jpg` that is `03.jpg.png`, `03.png` or `03.jpg`.

    Raises
    ------
    BadInput
        When no photograph has one, or a mask has another shape than its photograph.
    """
    masked = tuple(replace(one, mask=_mask_of(one, folder)) for one in photographs)
    if not any(one.mask for one in masked):
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no masks of these photographs.")
        hint = QT_TRANSLATE_NOOP("Message", "Call the mask of 03.jpg 03.jpg.png; black is left out.")
        raise BadInput(message(text, path=str(folder)), message(hint))
    return masked


def _mask_of(one: Photograph, folder: Path) -> Path | None:
    names = (*(one.name + suffix for suffix in _SUFFIXES), *(one.path.stem + suffix for suffix in _SUFFIXES))
    found = next((folder / name for name in (*names, one.name) if (folder / name).is_file()), None)
    if found is None:
        return None
    across, down = np.divide(read_photograph(found).size, one.size)
    if abs(across / down - 1) > _MOST_UNLIKE:
        text = QT_TRANSLATE_NOOP("Message", "{path} has another shape than its photograph.")
        raise BadInput(message(text, path=str(found)))
    return found


def usable_pixels(one: Photograph, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Give 255 where a photograph is to be used and 0 where not, (height, width); None where it has no mask.

    Raises
    ------
    BadInput
        When the mask is damaged.
    """
    import cv2

    if one.mask is None:
        return None
    mask = np.where(read_grey(one.mask, _WHOLE_PX) > 0, 255, 0).astype(np.uint8)
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)
