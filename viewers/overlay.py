"""What is written and drawn over a slice picture, without saying how."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.series import Series
from core.study import Study
from core.volume import Volume
from imaging.pixel_calibration import CalibrationKind, PixelCalibration
from imaging.reslice import Projection
from viewers.crosshair import CrossLine, cross_lines
from viewers.layouts import Pane
from viewers.mpr_state import MprState, pane_axes, pane_point
from viewers.orientation import EdgeLetters, Vector, edge_letters, offset_text, point_text
from viewers.part_title import part_title
from viewers.quantity import STORED, Quantity
from viewers.scale_bar import ScaleBar, length_text, scale_bar_mm
from viewers.slice_stack import SliceStack, voxel_at

_PROJECTION_TITLES = {
    Projection.MEAN: message(QT_TRANSLATE_NOOP("Message", "mean")),
    Projection.MAXIMUM: message(QT_TRANSLATE_NOOP("Message", "MIP")),
    Projection.MINIMUM: message(QT_TRANSLATE_NOOP("Message", "MinIP")),
}


def projection_title(projection: Projection) -> Message:
    """Name a slab projection."""
    return _PROJECTION_TITLES[projection]


def slice_letters(state: MprState, volume: Volume, pane: Pane) -> EdgeLetters:
    """Letters at the edges of a pane; none where the images carry no patient position."""
    if not volume.lps_known or pane.orientation is None:
        return EdgeLetters()
    view = state.view(pane.orientation)
    return edge_letters(pane_axes(volume, pane).turned(view.quarter_turns, mirrored=view.mirrored))


def patient_lines(study: Study | None) -> tuple[str, ...]:
    """Give the patient's name, identifier and birth date as they are shown; hidden with the patient data."""
    if study is None:
        return ()
    born = " ".join(filter(None, (date_text(study.birth_date), study.sex)))
    lines = (study.patient_name, study.patient_id, born)
    return tuple(line for line in lines if line)


def study_lines(
    study: Study | None, series: Series | None, translate: Callable[[Message], str] = str
) -> tuple[str, ...]:
    """Give study and series as they are shown."""
    if series is None:
        return ()
    number = f"{series.number}: " if series.number and series.description else series.number
    lines = (
        date_text(study.date) if study else "",
        study.description if study else "",
        f"{series.modality} {number}{series.description}".strip(),
        part_title(series.part, translate),
    )
    return tuple(line for line in lines if line)


def date_text(stored: str) -> str:
    """Give a DICOM date (YYYYMMDD) as YYYY-MM-DD; anything else as it is."""
    return f"{stored[:4]}-{stored[4:6]}-{stored[6:]}" if len(stored) == 8 and stored.isdigit() else stored


def slice_messages(state: MprState, volume: Volume, pane: Pane) -> tuple[Message, ...]:
    """Tell which slice a pane shows and how: number, position, slab, window."""
    stack = SliceStack.of(volume, pane_axes(volume, pane).forward)
    point = pane_point(state, volume, pane)
    number = QT_TRANSLATE_NOOP("Message", "Im {number}/{count}")
    lines = [message(number, number=round(stack.index_at(point)) + 1, count=stack.count)]
    if volume.lps_known and volume.spacing_known:
        # Measured along the patient's axis, so that "S" grows towards the head however slices are numbered.
        lines.append(offset_text(float(point @ stack.forward), stack.forward))
    if state.slab_mm > 0:
        slab = QT_TRANSLATE_NOOP("Message", "Slab {thickness} mm")
        lines.append(message(slab, thickness=f"{state.slab_mm:g}"))
    return tuple(lines)


def window_message(state: MprState, quantity: Quantity = STORED) -> Message:
    """Tell centre and width of the window, in the quantity that values are told in."""
    width = number_text(abs(quantity.factor) * state.window.width)
    centre = number_text(quantity.told(state.window.centre))
    if quantity.name:
        text = QT_TRANSLATE_NOOP("Message", "{quantity} W {width} C {centre}")
        return message(text, quantity=quantity.name, width=width, centre=centre)
    return message(QT_TRANSLATE_NOOP("Message", "W {width} C {centre}"), width=width, centre=centre)


def number_text(value: float) -> str:
    """Give a value with as many digits as make sense for its size."""
    return f"{value:.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.3g}"


def scale_bar(volume: Volume, plane: Plane, calibration: PixelCalibration | None = None) -> ScaleBar | None:
    """Give a bar of at most a quarter of the view's width; None where the pixel spacing is unknown."""
    by_reader = calibration is not None and calibration.kind is CalibrationKind.READER
    if not volume.spacing_known and not by_reader:
        return None
    pixel_mm = plane.spacing_mm[0] * (1.0 if calibration is None else calibration.factor)
    length_mm = scale_bar_mm(pixel_mm, max(plane.size[0] / 4, 1.0))
    return ScaleBar(length_mm / pixel_mm, length_text(length_mm))


@dataclass(frozen=True, eq=False)
class CrosshairMark:
    """Where the crosshair lies in a view: its middle (pixels) and its lines."""

    x: float
    y: float
    lines: tuple[CrossLine, ...]


def crosshair_mark(state: MprState, volume: Volume, pane: Pane, plane: Plane) -> CrosshairMark | None:
    """Give the crosshair of a pane; None where it is switched off or there is nothing to cross."""
    flat = volume.shape_ijk[2] == 1 or (len(state.panes) == 1 and not volume.lps_known)
    if not state.crosshair or pane.orientation is None or flat:
        return None
    x, y = plane.pixel_from_lps(state.point_of(pane.orientation))
    return CrosshairMark(x, y, cross_lines(volume, pane.orientation, plane))


@dataclass(frozen=True)
class Probe:
    """What is under the pointer.

    Parameters
    ----------
    value : tuple of float
        One value, or red, green and blue.
    unit : str
        Of the value, or "".
    ijk : tuple of int
        Index of the voxel.
    point : str
        Position in the patient, or "" where unknown.
    quantity : str
        Name of what the value is, or "".
    """

    value: tuple[float, ...]
    unit: str
    ijk: tuple[int, int, int]
    point: str
    quantity: str = ""

    @property
    def value_text(self) -> str:
        """The value with its unit."""
        numbers = ", ".join(f"{part:.0f}" if part == int(part) else f"{part:.4g}" for part in self.value)
        return f"{self.quantity} {numbers} {self.unit}".strip()


def probe(
    volume: Volume, point_lps_mm: Vector, shown: float | None = None, quantity: Quantity = STORED
) -> Probe | None:
    """Read what is under a point; None outside the volume.

    Parameters
    ----------
    shown : float, optional
        Value of the picture there, taken instead of the voxel's where a slab is shown.
    quantity : Quantity
        What a value is told as; colours stay themselves.
    """
    ijk = voxel_at(volume, point_lps_mm)
    if ijk is None:
        return None
    i, j, k = ijk
    stored = np.atleast_1d(volume.voxels[k, j, i]).astype(float)
    value = tuple(float(part) for part in stored) if shown is None else (shown,)
    if not all(np.isfinite(value)):
        return None
    point = point_text(point_lps_mm) if volume.lps_known else ""
    if quantity is STORED or volume.is_colour:
        return Probe(value, volume.unit, ijk, point)
    return Probe((quantity.told(value[0]),), quantity.unit, ijk, point, quantity.name)
