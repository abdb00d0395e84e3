"""Presentation states: their drawings, texts and shutters on the acquired slices."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.presentation_state import (
    DisplayedArea,
    Drawing,
    Note,
    PresentationState,
    References,
    Shutter,
    StateWindow,
)
from core.progress import SILENT, Progress
from imaging.presentation_states import read_presentation_state
from imaging.reslice import StopFlag
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.drawn_shapes import outline_of
from viewers.image_places import ImagePlaces
from viewers.object_layer import Colour, LayerItem, LayerLook, LayerPicture, Legend, Mark, pixels_of

Points = NDArray[np.float64]

_YELLOW = (255, 221, 85)
# Image points; Qt takes long over lines that are much longer.
_FARTHEST = 1e5
_DRAWINGS, _NOTES, _SHUTTER = "drawings", "texts", "shutter"
_TABLE = message(QT_TRANSLATE_NOOP("Message", "The value table of the state is shown as a window."))
_DIFFERENT = message(
    QT_TRANSLATE_NOOP("Message", "Images have windows of their own; that of the image in sight is taken.")
)


def read_state_layer(
    derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT
) -> "StateLayer":
    """Read a presentation state to be shown on `target`.

    Raises
    ------
    BadInput
        When it cannot be read.
    """
    return StateLayer(read_presentation_state(derived.path), ImagePlaces.of(target))


@dataclass(frozen=True, eq=False)
class StateLayer:
    """A presentation state on the open images."""

    state: PresentationState
    places: ImagePlaces | None

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """Drawings, texts and shutter, where it has them."""
        drawings = QT_TRANSLATE_NOOP("Message", "Drawings: {count}")
        notes = QT_TRANSLATE_NOOP("Message", "Texts: {count}")
        shutter = QT_TRANSLATE_NOOP("Message", "Shutter")
        state = self.state
        found = [
            LayerItem(_DRAWINGS, message(drawings, count=len(state.drawings))) if state.drawings else None,
            LayerItem(_NOTES, message(notes, count=len(state.notes))) if state.notes else None,
            LayerItem(_SHUTTER, message(shutter)) if state.shutter else None,
        ]
        return tuple(item for item in found if item is not None)

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is not shown exactly as the state says it."""
        windows = self.state.windows
        different = len({(window.centre, window.width) for window in windows}) > 1
        table = any(window.is_table for window in windows)
        return (*((_TABLE,) if table else ()), *((_DIFFERENT,) if different else ()))

    @property
    def legend(self) -> Legend | None:
        """None."""
        return None

    @property
    def slices(self) -> list[int]:
        """The open slices that the state is for, in order."""
        places = self.places
        return [] if places is None else sorted({k for one in self.state.images for k in places.slices(one)})

    def centre(self, key: str) -> Points | None:
        """Give the middle of the first slice that has drawings, texts or the shutter."""
        slices = self.slices
        if self.places is None or not slices:
            return None
        parts: Iterable[Drawing | Note] = self.state.drawings if key == _DRAWINGS else self.state.notes
        wanted = (k for k in slices if key == _SHUTTER or any(self._holds(part.images, k) for part in parts))
        k = next(wanted, slices[0])
        return self.places.centre(k)

    def window_on(self, k: int) -> StateWindow | None:
        """Give the window of a slice."""
        own = (one for one in self.state.windows if one.images and self._holds(one.images, k))
        return next(own, next((one for one in self.state.windows if not one.images), None))

    def area_on(self, k: int) -> DisplayedArea | None:
        """Give the displayed area of a slice."""
        return next((area for area in self.state.areas if self._holds(area.images, k)), None)

    def _holds(self, images: References, k: int) -> bool:
        return self.places is not None and (not images or any(k in self.places.slices(one) for one in images))

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Draw on a plane that shows one of the slices of the state."""
        places = self.places
        k = None if places is None else places.slice_on(plane)
        if places is None or k is None or not self._holds(self.state.images, k):
            return LayerPicture()
        shown = {item.key for item in self.items if look.shows(item)}
        on_slice = _OnSlice(self, places, k, plane)
        marks: list[Mark] = []
        if _SHUTTER in shown and self.state.shutter is not None:
            marks += on_slice.shutter(self.state.shutter)
        if _DRAWINGS in shown:
            marks += [on_slice.drawing(one) for one in self.state.drawings if self._holds(one.images, k)]
        if _NOTES in shown:
            marks += [on_slice.note(one) for one in self.state.notes if self._holds(one.images, k)]
        return LayerPicture(None, tuple(marks))


@dataclass(frozen=True, eq=False)
class _OnSlice:
    """Brings what a state draws on one slice to the pixels of a plane."""

    layer: StateLayer
    places: ImagePlaces
    k: int
    plane: Plane

    def pixels(self, points: Points, units: str = "PIXEL") -> Points:
        image = self._image_points(points) if units == "DISPLAY" else points
        return pixels_of(self.plane, self.places.points(self.k, np.clip(image, -_FARTHEST, _FARTHEST)))

    def _image_points(self, shares: Points) -> Points:
        """Turn shares of the displayed area, as it is seen, into image points (PS3.3 C.10.4 to C.10.6)."""
        corners = displayed_corners(self.layer.area_on(self.k), self.places.size_ij, self.layer.state)
        across, down = corners[1] - corners[0], corners[3] - corners[0]
        return corners[0] + shares[:, :1] * across + shares[:, 1:] * down

    def drawing(self, drawing: Drawing) -> Mark:
        outline = outline_of(drawing.shape, np.array(drawing.points, float).reshape(-1, 2))
        rings = tuple(self.pixels(ring, drawing.units) for ring in outline.rings)
        ends_meet = bool(rings) and len(rings[0]) > 2 and bool((rings[0][0] == rings[0][-1]).all())
        return Mark(
            rings,
            _colour(drawing.colour),
            closed=outline.closed or ends_meet,
            fill=1.0 if drawing.filled else 0.0,
        )

    def note(self, note: Note) -> Mark:
        """Write a text in its box, with a line to what it points to, or beside that."""
        anchor = None if note.anchor is None else self.pixels(np.array([note.anchor]), note.units)
        lines = note.text.replace("\r\n", "\n").rstrip()
        mark = Mark((), _colour(note.colour), text=lines)
        if note.box is None:
            return replace(mark, rings=() if anchor is None else (anchor,))
        left, top, right, bottom = note.box
        corners = self.pixels(np.array([[left, top], [right, bottom]]), note.units)
        x, y = corners[:, 0].min(), corners[:, 1].mean()
        line = () if anchor is None else (np.concatenate([anchor, corners.mean(axis=0)[None]]),)
        return replace(mark, rings=line, text_at=(float(x), float(y)))

    def shutter(self, shutter: Shutter) -> list[Mark]:
        """Cover everything outside of each of its shapes."""
        level = round(255 * shutter.grey)
        columns, rows = self.places.size_ij
        image = _box(0.0, 0.0, columns, rows)
        seen: list[Points] = []
        if shutter.rectangle is not None:
            left, right, upper, lower = shutter.rectangle
            seen.append(_box(left - 1.0, upper - 1.0, right, lower))
        if shutter.circle is not None:
            row, column, radius = shutter.circle
            centre = (column - 0.5, row - 0.5)
            seen += outline_of("CIRCLE", np.array([centre, (centre[0] + radius, centre[1])])).rings
        if shutter.polygon:
            seen.append(np.array(shutter.polygon, float)[:, ::-1] - 0.5)
        covers = [np.clip(ring, 0.0, (columns, rows)) for ring in seen]
        colour, whole = (level, level, level), self.pixels(image)
        return [Mark((whole, self.pixels(ring)), colour, closed=True, fill=1.0, width=0.0) for ring in covers]


def displayed_corners(
    area: DisplayedArea | None, size_ij: tuple[int, int], state: PresentationState
) -> Points:
    """Give the image points at the top left, top right, bottom right, bottom left of the turned picture."""
    first, last = ((1, 1), size_ij) if area is None else (area.first, area.last)
    left, right = sorted((first[0], last[0]))
    top, bottom = sorted((first[1], last[1]))
    corners = _box(left - 1.0, top - 1.0, right, bottom)
    turned = np.roll(corners, state.rotation_deg // 90, axis=0)
    return turned[[1, 0, 3, 2]] if state.mirrored else turned


def _box(left: float, top: float, right: float, bottom: float) -> Points:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def _colour(colour: Colour | None) -> Colour:
    return _YELLOW if colour is None else colour
