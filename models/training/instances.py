"""Objects that touch: what a network learns of them, and how they are told apart again.

Three classes, background, body and border, as Caicedo et al. 2019 teach; bodies are apart, and grow back over
their borders by a watershed.
"""

import numpy as np
from numpy.typing import NDArray

CLASSES = ("background", "body", "border")
_SMALL_RADIUS = 6.0
_SMALLEST_SHARE = 0.1
_FLOODED_LAST = 10.0


def border_map(instances: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Give 0 outside, 1 in the body and 2 on the border of every instance, one or two pixels wide.

    Parameters
    ----------
    instances : (j, i) unsigned integer
        Number of the instance of every pixel, 0 outside.
    """
    import cv2

    numbers, areas = np.unique(instances[instances > 0], return_counts=True)
    radius = float(np.sqrt(np.median(areas) / np.pi)) if len(numbers) else 0.0
    kernel = np.ones((3, 3) if radius < _SMALL_RADIUS else (5, 5), np.uint8)
    stored = instances.astype(np.uint16)
    edge = (cv2.dilate(stored, kernel) != stored) | (cv2.erode(stored, kernel) != stored)
    inside = stored > 0
    found = np.where(inside, np.where(edge, 2, 1), 0).astype(np.uint8)
    lost = np.setdiff1d(numbers, np.unique(stored[found == 1]))
    found[np.isin(stored, lost) & inside] = 1  # too small for a border
    return found


def instances_of(probabilities: NDArray[np.floating]) -> NDArray[np.int32]:
    """Tell the objects apart.

    Parameters
    ----------
    probabilities : (3, j, i)
        Of background, body and border.

    Returns
    -------
    ndarray of int32, (j, i)
        Number of the object of every pixel, 0 outside.
    """
    import cv2
    import SimpleITK

    values = np.asarray(probabilities, np.float32)
    body = ((values[1] > values[0]) & (values[1] > values[2])).astype(np.uint8)
    count, seeds, facts, _ = cv2.connectedComponentsWithStats(body, connectivity=4)
    areas = facts[1:, cv2.CC_STAT_AREA]
    if count < 2:
        return np.zeros(body.shape, np.int32)
    small = 1 + np.flatnonzero(areas < max(4.0, _SMALLEST_SHARE * float(np.median(areas))))
    seeds[np.isin(seeds, small)] = 0
    outside = values[0] >= 0.5
    # Flooded last, so that no object reaches another's border through the background.
    level = SimpleITK.GetImageFromArray(np.where(outside, np.float32(_FLOODED_LAST), 1.0 - values[1]))
    markers = SimpleITK.GetImageFromArray(seeds.astype(np.uint32))
    grown = SimpleITK.GetArrayFromImage(
        SimpleITK.MorphologicalWatershedFromMarkers(level, markers, markWatershedLine=False)
    ).astype(np.int32)
    grown[outside] = 0
    return _only_connected(grown, seeds)


def _only_connected(grown: NDArray[np.int32], seeds: NDArray[np.int32]) -> NDArray[np.int32]:
    """Take away what the foreground cut off from its seed, and number the objects anew."""
    numbers = np.unique(seeds[(seeds > 0) & (grown > 0)])
    table = np.zeros(int(max(grown.max(), 0)) + 1, np.int32)
    table[numbers] = np.arange(1, len(numbers) + 1)
    return table[grown]


def looks_like_instances(labels: NDArray[np.integer]) -> bool:
    """Tell whether a picture's labels number objects: many values, nearly all in one small piece."""
    import cv2

    numbers, areas = np.unique(labels[labels > 0], return_counts=True)
    if labels.ndim != 2 or len(numbers) < 8:
        return False
    pieces = [
        cv2.connectedComponents((labels == number).astype(np.uint8), connectivity=8)[0] - 1
        for number in numbers[:64]
    ]
    return float(np.mean(np.array(pieces) == 1)) > 0.9 and float(areas.max()) < 0.2 * labels.size
