"""What a line of text says: the strip that is cut out, and the letters that come out of the recogniser.

Connectionist temporal classification (Graves et al. 2006): the same letter twice in a row is one, a blank
between them makes them two.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HEIGHT, _NARROWEST = 48, 320
_DIRECTION_SIZE = (48, 192)
_UPRIGHT = 1.5  # height of a strip over its width from which on it is taken for a column


def cut_out(rgb: "NDArray[np.uint8]", corners: "NDArray[np.float32]") -> "NDArray[np.uint8]":
    """Cut a line out of a picture and set it straight; columns are laid down."""
    import cv2
    import numpy as np

    width = max(int(max(_length(corners, 0, 1), _length(corners, 2, 3))), 1)
    height = max(int(max(_length(corners, 0, 3), _length(corners, 1, 2))), 1)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, target)
    strip = cv2.warpPerspective(
        rgb, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if height >= _UPRIGHT * width:
        strip = np.rot90(strip)
    return np.ascontiguousarray(strip).astype(np.uint8, copy=False)


def _length(corners: "NDArray[np.float32]", first: int, second: int) -> float:
    import numpy as np

    return float(np.linalg.norm(corners[first] - corners[second]))


def direction_input(strips: "Sequence[NDArray[np.uint8]]") -> "NDArray[np.float32]":
    """Make what the network takes that tells strips upside down, (strips, 3, 48, 192)."""
    import numpy as np

    return np.stack([_strip_input(strip, *_DIRECTION_SIZE) for strip in strips])


def recogniser_input(strips: "Sequence[NDArray[np.uint8]]") -> "NDArray[np.float32]":
    """Make what the recogniser takes, (strips, 3, 48, width of the longest)."""
    import numpy as np

    ratio = max(_NARROWEST / _HEIGHT, *(strip.shape[1] / strip.shape[0] for strip in strips))
    return np.stack([_strip_input(strip, _HEIGHT, int(_HEIGHT * ratio)) for strip in strips])


def _strip_input(rgb: "NDArray[np.uint8]", height: int, width: int) -> "NDArray[np.float32]":
    """Bring a strip to a height, in -1 to 1, blue first; filled up with grey to the right."""
    import math

    import cv2
    import numpy as np

    across = max(min(math.ceil(height * rgb.shape[1] / rgb.shape[0]), width), 1)
    resized = cv2.resize(rgb, (across, height)).astype(np.float32)
    filled = np.zeros((3, height, width), np.float32)
    filled[:, :, :across] = resized[..., ::-1].transpose(2, 0, 1) / np.float32(127.5) - np.float32(1)
    return filled


def read_letters(probabilities: "NDArray[np.float32]", characters: Sequence[str]) -> list[tuple[str, float]]:
    """Give text and confidence of every strip.

    Parameters
    ----------
    probabilities : ndarray of float32, (strips, steps, classes)
        Class 0 is the blank, the last one the space.
    characters : sequence of str
        Of the classes between them.

    Returns
    -------
    list of (str, float)
        The confidence is the mean probability of the letters, 0 where there are none.
    """
    best, sure = probabilities.argmax(axis=2), probabilities.max(axis=2)
    letters = ["", *characters, " "]
    read: list[tuple[str, float]] = []
    for classes, confidence in zip(best, sure, strict=True):
        kept = classes != 0
        kept[1:] &= classes[1:] != classes[:-1]
        text = "".join(letters[number] for number in classes[kept])
        read.append((text, float(confidence[kept].mean()) if kept.any() else 0.0))
    return read
