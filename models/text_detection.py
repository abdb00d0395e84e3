"""Where lines of text are in a picture: what goes into the detector, and the boxes that come out of its map.

Differentiable binarisation (Liao et al. 2020), as PaddleOCR uses it: every region of the map is the shrunken
core of a line, which is grown again.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHORT_SIDE, _LONG_SIDE, _STEP = 736, 2000, 32
_IS_TEXT, _IS_LINE = 0.3, 0.5
_GROWTH = 1.6
_SMALLEST_PIXELS = 3.0
_SAME_LINE = 0.5  # share of a line's height


def detector_input(rgb: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """Make what the detector takes of a picture, (1, 3, height, width) in -1 to 1, blue first.

    The short side is enlarged to 736 pixels, the long one reduced to 2000; both to multiples of 32.
    """
    import cv2
    import numpy as np

    height, width = rgb.shape[:2]
    scale = max(1.0, _SHORT_SIDE / min(height, width))
    scale = min(scale, _LONG_SIDE / max(height, width))
    size = [max(round(side * scale / _STEP), 1) * _STEP for side in (width, height)]
    resized = cv2.resize(rgb, (size[0], size[1])).astype(np.float32)
    return np.ascontiguousarray(resized[..., ::-1].transpose(2, 0, 1) / np.float32(127.5) - np.float32(1))[
        None
    ]


def line_corners(probability: "NDArray[np.float32]", size: tuple[int, int]) -> "list[NDArray[np.float32]]":
    """Give the corners of every line, in the order in which they are read.

    Parameters
    ----------
    probability : ndarray of float32, (rows, columns)
        How sure the detector is of text.
    size : tuple of int
        Height and width of the picture.

    Returns
    -------
    list of ndarray of float32, (4, 2)
        x and y in pixels of the picture: top left, top right, bottom right, bottom left as seen.
    """
    import cv2
    import numpy as np

    mask = (probability > _IS_TEXT).astype(np.uint8)
    mask = cv2.dilate(mask, np.ones((2, 2), np.uint8)).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.array([size[1] / probability.shape[1], size[0] / probability.shape[0]], np.float32)
    most = np.array([size[1] - 1, size[0] - 1], np.float32)
    found: list[NDArray[np.float32]] = []
    for contour in contours:
        centre, (across, down), angle = cv2.minAreaRect(contour)
        if min(across, down) < _SMALLEST_PIXELS:
            continue
        if _mean_inside(probability, cv2.boxPoints((centre, (across, down), angle))) < _IS_LINE:
            continue
        grown = 2 * _GROWTH * across * down / (2 * (across + down))
        corners = cv2.boxPoints((centre, (across + grown, down + grown), angle))
        found.append(_from_top_left(np.clip(corners * scale, 0, most)))
    return _in_reading_order(found)


def _mean_inside(probability: "NDArray[np.float32]", corners: "NDArray[Any]") -> float:
    import cv2
    import numpy as np

    height, width = probability.shape
    first = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    last = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, (width - 1, height - 1))
    part = probability[first[1] : last[1] + 1, first[0] : last[0] + 1]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - first).astype(np.int32)], (1.0,))
    return float(cv2.mean(part, mask)[0])


def _from_top_left(corners: "NDArray[Any]") -> "NDArray[np.float32]":
    """Bring the corners into the order top left, top right, bottom right, bottom left."""
    import numpy as np

    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = (half[np.argsort(half[:, 1], kind="stable")] for half in (by_x[:2], by_x[2:]))
    return np.stack([left[0], right[0], right[1], left[1]]).astype(np.float32)


def _in_reading_order(lines: "list[NDArray[np.float32]]") -> "list[NDArray[np.float32]]":
    """Sort from the top, and what stands side by side from the left."""
    ordered: list[NDArray[np.float32]] = []
    row: list[NDArray[np.float32]] = []
    for line in sorted(lines, key=lambda corners: float(corners[:, 1].mean())):
        if row:
            height = float(row[0][3, 1] - row[0][0, 1])
            if float(line[:, 1].mean() - row[0][:, 1].mean()) > _SAME_LINE * height:
                ordered += sorted(row, key=lambda corners: float(corners[:, 0].min()))
                row = []
        row.append(line)
    return ordered + sorted(row, key=lambda corners: float(corners[:, 0].min()))
