"""Anatomical planes: which way a slice picture is turned, and the letters that say so."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.volume import Volume

Vector = NDArray[np.float64]

_LETTERS = (("L", "R"), ("P", "A"), ("S", "I"))
_LETTER_THRESHOLD = np.sin(np.radians(15.0))


class Orientation(StrEnum):
    """The plane that a view shows, in radiological convention (axial seen from the feet)."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"
    ACQUIRED = "acquired"


STANDARD = (Orientation.AXIAL, Orientation.CORONAL, Orientation.SAGITTAL)

# Right and down of the picture, and the direction of growing image numbers, LPS: axial from head to feet,
# coronal from front to back, sagittal from the patient's right to left.
_AXES: dict[Orientation, tuple[tuple[float, float, float], ...]] = {
    Orientation.AXIAL: ((1, 0, 0), (0, 1, 0), (0, 0, -1)),
    Orientation.CORONAL: ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    Orientation.SAGITTAL: ((0, 1, 0), (0, 0, -1), (1, 0, 0)),
}


@dataclass(frozen=True, eq=False)
class PlaneAxes:
    """Directions of a slice picture, unit vectors in LPS.

    Parameters
    ----------
    right, down : (3,) float64
        Growing x and growing y of the picture; perpendicular.
    forward : (3,) float64
        Direction in which image numbers grow, along or against right x down.
    """

    right: Vector
    down: Vector
    forward: Vector

    def turned(self, quarter_turns: int, *, mirrored: bool = False) -> "PlaneAxes":
        """Give the axes of the picture turned clockwise by quarter turns, after a left-right mirroring."""
        right, down = (-self.right if mirrored else self.right), self.down
        for _ in range(quarter_turns % 4):
            right, down = -down, right
        return PlaneAxes(right, down, self.forward)


def acquired_axes(volume: Volume) -> PlaneAxes:
    """Axes of the pictures as they were acquired; the columns are made perpendicular to the rows."""
    row, column, stack = (volume.lps_from_ijk[:3, axis] for axis in range(3))
    right = row / np.linalg.norm(row)
    down = column - right * (right @ column)
    down = down / np.linalg.norm(down)
    normal = np.cross(right, down)
    return PlaneAxes(right, down, normal if normal @ stack >= 0 else -normal)


def plane_axes(orientation: Orientation, volume: Volume) -> PlaneAxes:
    """Axes of the pictures of `volume` in `orientation`."""
    if orientation is Orientation.ACQUIRED:
        return acquired_axes(volume)
    right, down, forward = (np.array(axis, float) for axis in _AXES[orientation])
    return PlaneAxes(right, down, forward)


def direction_letters(direction: Vector) -> str:
    """Name a direction by one letter, or by two where it is oblique by 15 degrees or more.

    Parameters
    ----------
    direction : (3,) float
        LPS, any length but zero.

    Returns
    -------
    str
        Letters of R L A P S I, the strongest first ("L", "AS").
    """
    unit = np.asarray(direction, float) / np.linalg.norm(direction)
    strongest = sorted(range(3), key=lambda axis: -abs(unit[axis]))[:2]
    named = [axis for axis in strongest if abs(unit[axis]) >= _LETTER_THRESHOLD]
    return "".join(_LETTERS[axis][0 if unit[axis] > 0 else 1] for axis in named)


@dataclass(frozen=True)
class EdgeLetters:
    """The letters at the four edges of a picture; empty where the patient position is unknown."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


def edge_letters(axes: PlaneAxes) -> EdgeLetters:
    """Name where each edge of a picture points to."""
    return EdgeLetters(
        left=direction_letters(-axes.right),
        right=direction_letters(axes.right),
        top=direction_letters(-axes.down),
        bottom=direction_letters(axes.down),
    )


def offset_text(offset_mm: float, direction: Vector) -> Message:
    """Tell a signed distance along `direction` as a positive one: "34.5 mm S"."""
    letters = direction_letters(direction if offset_mm >= 0 else -direction)
    text = QT_TRANSLATE_NOOP("Message", "{offset} mm {letters}")
    return message(text, offset=f"{abs(offset_mm):.1f}", letters=letters)


def point_text(point_lps_mm: Vector) -> str:
    """Tell a point in patient coordinates: "L 12.0 P 34.5 S 101.2"."""
    parts = zip(point_lps_mm, _LETTERS, strict=True)
    return " ".join(f"{pair[0] if value >= 0 else pair[1]} {abs(value):.1f}" for value, pair in parts)


_TITLES: dict[Orientation, Message] = {
    Orientation.AXIAL: message(QT_TRANSLATE_NOOP("Message", "Axial")),
    Orientation.CORONAL: message(QT_TRANSLATE_NOOP("Message", "Coronal")),
    Orientation.SAGITTAL: message(QT_TRANSLATE_NOOP("Message", "Sagittal")),
    Orientation.ACQUIRED: message(QT_TRANSLATE_NOOP("Message", "As acquired")),
}
# Where the images carry no place in the patient, a plane must not be called by an anatomical name.
_NEUTRAL_TITLES: dict[Orientation, Message] = {
    Orientation.AXIAL: message(QT_TRANSLATE_NOOP("Message", "Plane 1")),
    Orientation.CORONAL: message(QT_TRANSLATE_NOOP("Message", "Plane 2")),
    Orientation.SAGITTAL: message(QT_TRANSLATE_NOOP("Message", "Plane 3")),
    Orientation.ACQUIRED: _TITLES[Orientation.ACQUIRED],
}


def orientation_title(orientation: Orientation, volume: Volume | None) -> Message:
    """Name a plane; only by its number where the place of `volume` in the patient is unknown."""
    known = volume is None or volume.lps_known
    return (_TITLES if known else _NEUTRAL_TITLES)[orientation]
