"""Softcopy presentation states (PS3.3 A.33.1, A.33.2): window, drawings, shutters and turns of images."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.presentation_state import (
    Colour,
    DisplayedArea,
    Drawing,
    Note,
    PresentationState,
    References,
    Shutter,
    StateWindow,
)
from imaging.cielab import rgb_from_cielab
from imaging.coded_terms import instance_reference
from imaging.object_file import read_object, refusing_damage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PRESENTATION_STATE_CLASS = "1.2.840.10008.5.1.4.1.1.11.1"
COLOUR_STATE_CLASS = "1.2.840.10008.5.1.4.1.1.11.2"


def read_presentation_state(path: Path) -> PresentationState:
    """Read a greyscale or colour presentation state.

    Raises
    ------
    BadInput
        When it is none, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) not in (PRESENTATION_STATE_CLASS, COLOUR_STATE_CLASS):
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="presentation state"))
        return _State(data).read()


class _State:
    """A presentation state while it is read."""

    def __init__(self, data: "Dataset") -> None:
        self._data = data
        self._images = tuple(
            instance_reference(image, str(series.get("SeriesInstanceUID", "")))
            for series in data.get("ReferencedSeriesSequence") or ()
            for image in series.get("ReferencedImageSequence") or ()
        )
        self._all = {(image.sop_uid, image.frames) for image in self._images}
        self._colours = _layer_colours(data)

    def read(self) -> PresentationState:
        data = self._data
        windows = tuple(map(self._window, data.get("SoftcopyVOILUTSequence") or ()))
        usable = tuple(window for window in windows if window is not None)
        everywhere = next((window for window in usable if not window.images), usable[0] if usable else None)
        annotations = data.get("GraphicAnnotationSequence") or ()
        return PresentationState(
            label=str(data.get("ContentLabel", "") or ""),
            images=self._images,
            window=(everywhere.centre, everywhere.width) if everywhere else None,
            inverted=data.get("PresentationLUTShape") == "INVERSE",
            rotation_deg=int(data.get("ImageRotation", 0) or 0),
            mirrored=data.get("ImageHorizontalFlip") == "Y",
            drawings=tuple(found for item in annotations for found in self._drawings(item)),
            notes=tuple(found for item in annotations for found in self._notes(item)),
            description=str(data.get("ContentDescription", "") or ""),
            windows=usable,
            areas=tuple(map(self._area, data.get("DisplayedAreaSelectionSequence") or ())),
            shutter=_shutter(data),
        )

    def _references(self, item: "Dataset") -> References:
        """Give the images that an item is for; () where it is for all."""
        found = tuple(instance_reference(image) for image in item.get("ReferencedImageSequence") or ())
        return () if {(image.sop_uid, image.frames) for image in found} == self._all else found

    def _window(self, item: "Dataset") -> StateWindow | None:
        images = self._references(item)
        if "WindowCenter" in item and "WindowWidth" in item:
            centre, width = (float(np.ravel(value)[0]) for value in (item.WindowCenter, item.WindowWidth))
            return StateWindow(centre, width, images) if width > 0 else None
        tables = item.get("VOILUTSequence")
        if not tables:
            return None
        count, first, _bits = (int(value) for value in tables[0].LUTDescriptor)
        count = count or 1 << 16
        return StateWindow(first + count / 2, float(count), images, is_table=True)

    def _drawings(self, annotation: "Dataset") -> list[Drawing]:
        images, colour = self._references(annotation), self._colour(annotation)
        found: list[Drawing] = []
        for item in annotation.get("GraphicObjectSequence") or ():
            values = [float(value) for value in item.get("GraphicData") or ()]
            if not np.isfinite(values).all():
                raise ValueError("a coordinate that is no number")
            points = tuple(zip(values[::2], values[1::2], strict=False))
            units = str(item.get("GraphicAnnotationUnits", "PIXEL"))
            filled = item.get("GraphicFilled") == "Y"
            found.append(Drawing(str(item.GraphicType), points, units, filled, colour, images))
        return found

    def _notes(self, annotation: "Dataset") -> list[Note]:
        images, colour = self._references(annotation), self._colour(annotation)
        return [_note(item, colour, images) for item in annotation.get("TextObjectSequence") or ()]

    def _colour(self, annotation: "Dataset") -> Colour | None:
        return self._colours.get(str(annotation.get("GraphicLayer", "")))

    def _area(self, item: "Dataset") -> DisplayedArea:
        first, last = (
            (int(corner[0]), int(corner[1]))
            for corner in (item.DisplayedAreaTopLeftHandCorner, item.DisplayedAreaBottomRightHandCorner)
        )
        return DisplayedArea(first, last, self._references(item))


def _note(item: "Dataset", colour: Colour | None, images: References) -> Note:
    anchor = item.get("AnchorPoint")
    corner, end = item.get("BoundingBoxTopLeftHandCorner"), item.get("BoundingBoxBottomRightHandCorner")
    box = (float(corner[0]), float(corner[1]), float(end[0]), float(end[1])) if corner and end else None
    units = item.get("AnchorPointAnnotationUnits") or item.get("BoundingBoxAnnotationUnits") or "PIXEL"
    place = (float(anchor[0]), float(anchor[1])) if anchor else None
    return Note(str(item.get("UnformattedTextValue", "")), place, box, str(units), colour, images)


def _layer_colours(data: "Dataset") -> dict[str, Colour]:
    """Give the colour of every layer that has one."""
    found: dict[str, Colour] = {}
    for layer in data.get("GraphicLayerSequence") or ():
        stored = layer.get("GraphicLayerRecommendedDisplayCIELabValue")
        rgb = layer.get("GraphicLayerRecommendedDisplayRGBValue")  # retired, and still written
        grey = layer.get("GraphicLayerRecommendedDisplayGrayscaleValue")
        name = str(layer.get("GraphicLayer", ""))
        if stored is not None:
            found[name] = rgb_from_cielab([int(value) for value in stored])
        elif rgb is not None:
            red, green, blue = (int(value) >> 8 for value in rgb)
            found[name] = (red, green, blue)
        elif grey is not None:
            level = int(grey) >> 8
            found[name] = (level, level, level)
    return found


def _shutter(data: "Dataset") -> Shutter | None:
    shapes = np.ravel(data.get("ShutterShape") or []).tolist()
    rectangle = circle = None
    polygon: tuple[tuple[int, int], ...] = ()
    if "RECTANGULAR" in shapes:
        rectangle = (
            int(data.ShutterLeftVerticalEdge),
            int(data.ShutterRightVerticalEdge),
            int(data.ShutterUpperHorizontalEdge),
            int(data.ShutterLowerHorizontalEdge),
        )
    if "CIRCULAR" in shapes:
        row, column = (int(value) for value in data.CenterOfCircularShutter)
        circle = (row, column, int(data.RadiusOfCircularShutter))
    if "POLYGONAL" in shapes:
        corners = [int(value) for value in data.VerticesOfThePolygonalShutter]
        polygon = tuple(zip(corners[::2], corners[1::2], strict=False))
    if rectangle is None and circle is None and not polygon:
        return None
    return Shutter(rectangle, circle, polygon, int(data.get("ShutterPresentationValue", 0) or 0) / 65535)
