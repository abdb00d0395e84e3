"""Printed markers in photographs: ArUco and AprilTag, those of the program's board among them.

Garrido-Jurado et al., Pattern Recognition 47, 2014; Olson, AprilTag, ICRA 2011. OpenCV finds them.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.progress import SILENT, Progress
from reconstruction.marker_board import IDS
from reconstruction.photograph import Photograph, read_grey

Floats = NDArray[np.float64]
BOARD_FAMILY = "APRILTAG_36h11"
# Of what others print: families whose markers are too unlike to be mixed up or found where none are.
FAMILIES = (BOARD_FAMILY, "APRILTAG_25h9", "4X4_50", "5X5_100", "6X6_250", "7X7_100", "ARUCO_ORIGINAL")
_LOOKED_AT_PX, _MEASURED_PX = 1600, 4000
_THREADS = 2
_GAMMA = 2.2


@dataclass(frozen=True)
class Marker:
    """Which one it is."""

    family: str
    number: int

    @property
    def on_board(self) -> bool:
        """Whether the program's board holds it."""
        return self.family == BOARD_FAMILY and self.number in IDS


@dataclass(frozen=True, eq=False)
class MarkerSightings:
    """Where photographs show markers.

    Parameters
    ----------
    photographs : mapping
        By the names of photographs and by marker: the corners (4, 2) in pixels, the middle of the first pixel
        at (0, 0); upper left, upper right, lower right, lower left of the marker.
    side_m : float, optional
        Side of markers that are not on the program's board.
    """

    photographs: Mapping[str, Mapping[Marker, Floats]] = field(
        default_factory=dict[str, "Mapping[Marker, Floats]"]
    )
    side_m: float | None = None


def find_markers(
    photographs: Sequence[Photograph], side_m: float | None, *, progress: Progress = SILENT
) -> MarkerSightings:
    """Look for markers: those of the board, and where their side is told, also others.

    Small pictures are looked at; only where one of them shows a marker, all are measured at full sharpness.
    """
    families = (BOARD_FAMILY,) if side_m is None else FAMILIES
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="markers") as pool:
        try:
            for longest in (_LOOKED_AT_PX, _MEASURED_PX):
                futures = [pool.submit(_in_photograph, one, families, longest) for one in photographs]
                found: dict[str, dict[Marker, Floats]] = {}
                for done, (one, future) in enumerate(zip(photographs, futures, strict=True)):
                    progress.report(done / len(futures))
                    if markers := future.result():
                        found[one.name] = markers
                if not found:
                    break
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if side_m is None:
        found = {name: {one: at for one, at in seen.items() if one.on_board} for name, seen in found.items()}
    return MarkerSightings({name: seen for name, seen in found.items() if seen}, side_m)


def _in_photograph(one: Photograph, families: Sequence[str], longest: int) -> dict[Marker, Floats]:
    try:
        grey = read_grey(one.path, longest)
    except BadInput:
        return {}  # told where its features are looked for
    scale = one.size[0] / grey.shape[1]
    return {marker: (corners + 0.5) * scale - 0.5 for marker, corners in markers_of(grey, families).items()}


def markers_of(grey: NDArray[np.uint8], families: Sequence[str]) -> dict[Marker, Floats]:
    """Find the markers of a picture (h, w); those that it shows twice are left out.

    They are looked for in proportion to light: in sRGB a blurred edge lies too far in the dark, and black
    squares come out half a pixel too small on each side.
    """
    import cv2

    aruco: Any = cv2.aruco
    options = aruco.DetectorParameters()
    options.cornerRefinementMethod = aruco.CORNER_REFINE_SUBPIX
    brightest = max(float(np.percentile(grey, 99.5)), 1.0)
    light = np.clip((np.arange(256) / brightest) ** _GAMMA, 0, 1) * 255
    linear = np.round(light).astype(np.uint8)[grey]
    found: dict[Marker, Floats] = {}
    twice: set[Marker] = set()
    for family in families:
        dictionary = aruco.getPredefinedDictionary(getattr(aruco, f"DICT_{family}"))
        corners, numbers, _ = aruco.ArucoDetector(dictionary, options).detectMarkers(linear)
        for square, number in zip(corners, [] if numbers is None else numbers.ravel(), strict=True):
            marker = Marker(family, int(number))
            if marker in found:
                twice.add(marker)
            found[marker] = np.asarray(square, np.float64).reshape(4, 2)
    return {marker: corners for marker, corners in found.items() if marker not in twice}
