"""Whether the pictures of two cameras lie beside one another as their calibration says."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.slam.input_sequence import SensorFrame

_FEATURES = 800
# Matches are looked at that lie within this share of the height.
_TALLEST_SHARE = 0.1
_FEWEST = 60
_MOST_ROWS_PX = 1.0
# Of the matches, or the cameras are the other way round.
_LEAST_IN_FRONT = 0.5
_LOOKS, _EVERY = 3, 10


@dataclass(eq=False)
class StereoCheck:
    """Looks at some of the first pairs of a recording, independently of what tracks it."""

    _seen: int = field(default=0, init=False)
    _shifts: list[NDArray[np.float64]] = field(default_factory=list[NDArray[np.float64]], init=False)

    def look(self, frame: SensorFrame) -> None:
        """Take a frame; most are not looked at."""
        if frame.right is None or self._seen >= _LOOKS * _EVERY:
            return
        if not self._seen % _EVERY:
            self._shifts.append(_shifts(frame.grey, frame.right))
        self._seen += 1

    def remark(self) -> Message | None:
        """Give what is wrong; None where nothing is, or too little was seen to tell."""
        shifts = np.concatenate([np.zeros((0, 2)), *self._shifts])
        if len(shifts) < _FEWEST:
            return None
        rows = float(np.median(shifts[:, 1]))
        if abs(rows) > _MOST_ROWS_PX:
            text = QT_TRANSLATE_NOOP(
                "Message",
                "What both cameras see lies {pixels} rows apart, which the calibration rules out: it is of"
                " other cameras, or the pictures were bent otherwise.",
            )
            return message(text, pixels=f"{abs(rows):.1f}")
        if float((shifts[:, 0] > 0).mean()) < _LEAST_IN_FRONT:
            text = QT_TRANSLATE_NOOP(
                "Message", "The pictures of the left and of the right camera are the other way round."
            )
            return message(text)
        return None


def _shifts(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Give columns and rows (n, 2) by which features lie further left and further up in the right picture."""
    import cv2

    orb = cv2.ORB.create(_FEATURES)
    ones, first = orb.detectAndCompute(left, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
    others, second = orb.detectAndCompute(right, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
    if not ones or not others:
        return np.zeros((0, 2))
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(first, second)
    near = [one for one in matches if one.distance < 40]
    shifts = np.array(
        [np.subtract(ones[one.queryIdx].pt, others[one.trainIdx].pt) for one in near], np.float64
    ).reshape(-1, 2)
    return shifts[np.abs(shifts[:, 1]) < _TALLEST_SHARE * left.shape[0]]
