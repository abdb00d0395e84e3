"""Pictures and depth pictures of recordings, with the pixels as they are stored."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message

Pixels = NDArray[np.uint8]
_NO_DEPTH = 65535


def read_stored_picture(path: Path, size: tuple[int, int] | None = None) -> Pixels:
    """Give a picture (h, w) grey or (h, w, 3) RGB, eight bits, without the turn that EXIF asks for.

    Raises
    ------
    BadInput
        When the file is damaged, or its width and height are not `size`.
    """
    import cv2

    picture = np.asarray(_decoded(path, cv2.IMREAD_ANYCOLOR | cv2.IMREAD_IGNORE_ORIENTATION), np.uint8)
    if size is not None and picture.shape[1::-1] != size:
        raise _of_other_size(path, picture.shape[1::-1], size)
    if picture.ndim == 3:
        picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    return picture


def read_depth_m(path: Path, size: tuple[int, int], per_metre: float) -> NDArray[np.float32]:
    """Give a depth picture (h, w) in metres; NaN where it holds 0 or 65535.

    Raises
    ------
    BadInput
        When the file is damaged, has no 16 bits a pixel, or another size.
    """
    import cv2

    stored = _decoded(path, cv2.IMREAD_UNCHANGED)
    if stored.ndim != 2 or stored.dtype != np.uint16:
        text = QT_TRANSLATE_NOOP("Message", "{path} is no depth picture of 16 bits a pixel.")
        raise BadInput(message(text, path=str(path)))
    if stored.shape[::-1] != size:
        raise _of_other_size(path, stored.shape[::-1], size)
    depth = stored.astype(np.float32) / np.float32(per_metre)
    depth[(stored == 0) | (stored == _NO_DEPTH)] = np.nan
    return depth


def grey_of(picture: Pixels) -> Pixels:
    """Give the picture (h, w) in grey; the same array where it is grey already."""
    if picture.ndim == 2:
        return picture
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _decoded(path: Path, flags: int) -> NDArray[np.generic]:
    import cv2

    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error
    picture = None
    if len(data):
        try:
            picture = cv2.imdecode(data, flags)
        except cv2.error:  # Of more pixels than OpenCV takes.
            picture = None
    if picture is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a picture.")
        raise BadInput(message(text, path=str(path)))
    return np.asarray(picture)


def _of_other_size(path: Path, has: tuple[int, ...], wanted: tuple[int, int]) -> BadInput:
    text = QT_TRANSLATE_NOOP(
        "Message", "{path} has {width} x {height} pixels, its camera has {wanted_width} x {wanted_height}."
    )
    sizes = {"width": has[0], "height": has[1], "wanted_width": wanted[0], "wanted_height": wanted[1]}
    return BadInput(message(text, path=str(path), **sizes))
