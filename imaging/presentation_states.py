"""Greyscale softcopy presentation states (PS3.3 A.33.1): window, drawings and texts on images."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.coded_concept import InstanceReference
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.coded_terms import instance_reference
from imaging.equipment import contributing_equipment, equipment
from imaging.object_file import read_object, refusing_damage, write_object

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PRESENTATION_STATE_CLASS = "1.2.840.10008.5.1.4.1.1.11.1"
_LAYER = "DRAWINGS"

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawing:
    """A line, polygon, circle or point.

    Parameters
    ----------
    shape : str
        GraphicType: "POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE".
    points : tuple of (float, float)
        (column, row); in pixels the first pixel's centre is (1, 1) (PS3.3 C.10.5.1.2).
    units : str
        "PIXEL" of the image or "DISPLAY" (0 to 1 of the displayed area).
    filled : bool
    """

    shape: str
    points: Points
    units: str = "PIXEL"
    filled: bool = False


@dataclass(frozen=True)
class Note:
    """A text on an image.

    Parameters
    ----------
    text : str
    anchor : tuple of float, optional
        What it points to, (column, row).
    box : tuple of float, optional
        Left, top, right, bottom of where it stands; one of the two is there.
    units : str
        "PIXEL" or "DISPLAY", of anchor and box.
    """

    text: str
    anchor: tuple[float, float] | None = None
    box: tuple[float, float, float, float] | None = None
    units: str = "PIXEL"


@dataclass(frozen=True)
class PresentationState:
    """How images are to be shown.

    Parameters
    ----------
    label : str
        Upper case, at most 16 characters.
    images : tuple of InstanceReference
        What it applies to.
    window : tuple of float, optional
        Centre and width, after the modality's rescaling; None writes those of the images.
    inverted : bool
    rotation_deg : int
        Clockwise, 0, 90, 180 or 270; after it
    mirrored : bool
        left and right are exchanged.
    drawings : tuple of Drawing
    notes : tuple of Note
    """

    label: str
    images: tuple[InstanceReference, ...]
    window: tuple[float, float] | None = None
    inverted: bool = False
    rotation_deg: int = 0
    mirrored: bool = False
    drawings: tuple[Drawing, ...] = ()
    notes: tuple[Note, ...] = ()


def read_presentation_state(path: Path) -> PresentationState:
    """Read a greyscale presentation state.

    Raises
    ------
    BadInput
        When it is none, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) != PRESENTATION_STATE_CLASS:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="presentation state"))
        annotations = data.get("GraphicAnnotationSequence") or ()
        return PresentationState(
            label=str(data.get("ContentLabel", "") or ""),
            images=tuple(
                instance_reference(image, str(series.get("SeriesInstanceUID", "")))
                for series in data.get("ReferencedSeriesSequence") or ()
                for image in series.get("ReferencedImageSequence") or ()
            ),
            window=_window(data),
            inverted=data.get("PresentationLUTShape") == "INVERSE",
            rotation_deg=int(data.get("ImageRotation", 0) or 0),
            mirrored=data.get("ImageHorizontalFlip") == "Y",
            drawings=tuple(
                _drawing(item)
                for annotation in annotations
                for item in annotation.get("GraphicObjectSequence") or ()
            ),
            notes=tuple(
                _note(item)
                for annotation in annotations
                for item in annotation.get("TextObjectSequence") or ()
            ),
        )


def _window(data: "Dataset") -> tuple[float, float] | None:
    for item in data.get("SoftcopyVOILUTSequence") or ():
        if "WindowCenter" in item and "WindowWidth" in item:
            center, width = (np.ravel(value) for value in (item.WindowCenter, item.WindowWidth))
            return float(center[0]), float(width[0])
    return None


def _drawing(item: "Dataset") -> Drawing:
    values = [float(value) for value in item.get("GraphicData") or ()]
    points = tuple(zip(values[::2], values[1::2], strict=False))
    filled = item.get("GraphicFilled") == "Y"
    return Drawing(str(item.GraphicType), points, str(item.get("GraphicAnnotationUnits", "PIXEL")), filled)


def _note(item: "Dataset") -> Note:
    anchor = item.get("AnchorPoint")
    corner, end = item.get("BoundingBoxTopLeftHandCorner"), item.get("BoundingBoxBottomRightHandCorner")
    box = (float(corner[0]), float(corner[1]), float(end[0]), float(end[1])) if corner and end else None
    units = item.get("AnchorPointAnnotationUnits") or item.get("BoundingBoxAnnotationUnits") or "PIXEL"
    place = (float(anchor[0]), float(anchor[1])) if anchor else None
    return Note(str(item.get("UnformattedTextValue", "")), place, box, str(units))


def write_presentation_state(
    path: Path, state: PresentationState, images: list["Dataset"], *, force: bool = False
) -> None:
    """Write a presentation state for `images` (their headers, of one series).

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced.
    """
    write_object(path, presentation_state_object(state, images), force=force)


def presentation_state_object(state: PresentationState, images: list["Dataset"]) -> "Dataset":
    """Make the data set; see `write_presentation_state`."""
    from highdicom import PresentationLUTTransformation
    from highdicom.pr import GrayscaleSoftcopyPresentationState, SoftcopyVOILUTTransformation
    from pydicom.uid import generate_uid

    annotation, layers = _annotation(state, images)
    windows = [SoftcopyVOILUTTransformation(*state.window)] if state.window else None
    shape = "INVERSE" if state.inverted else "IDENTITY"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = GrayscaleSoftcopyPresentationState(
            referenced_images=images,
            series_instance_uid=generate_uid(prefix=None),
            series_number=1006,
            sop_instance_uid=generate_uid(prefix=None),
            instance_number=1,
            content_label=state.label,
            graphic_annotations=annotation,
            graphic_layers=layers,
            voi_lut_transformations=windows,
            presentation_lut_transformation=PresentationLUTTransformation(presentation_lut_shape=shape),
            series_description="Presentation state",
            contributing_equipment=[contributing_equipment("presentation state")],
            **equipment(),
        )
    if "Laterality" not in data:
        data.Laterality = ""
    if state.rotation_deg or state.mirrored:
        data.ImageRotation = state.rotation_deg
        data.ImageHorizontalFlip = "Y" if state.mirrored else "N"
        _turn_displayed_area(data, state)
    return data


def _turn_displayed_area(data: "Dataset", state: PresentationState) -> None:
    """Name the corners of the image that come to lie top left and bottom right (PS3.3 C.10.4)."""
    for area in data.DisplayedAreaSelectionSequence:
        left, top = area.DisplayedAreaTopLeftHandCorner
        right, bottom = area.DisplayedAreaBottomRightHandCorner
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        first = (int(state.mirrored) - state.rotation_deg // 90) % 4
        area.DisplayedAreaTopLeftHandCorner = corners[first]
        area.DisplayedAreaBottomRightHandCorner = corners[(first + 2) % 4]


def _annotation(state: PresentationState, images: list["Dataset"]) -> tuple[Any, Any]:
    if not state.drawings and not state.notes:
        return None, None
    from highdicom.pr import GraphicAnnotation, GraphicLayer, GraphicObject, TextObject

    layer = GraphicLayer(_LAYER, order=1)
    shapes = [
        GraphicObject(item.shape, np.array(item.points, np.float64), item.units, is_filled=item.filled)
        for item in state.drawings
    ]
    texts = [
        TextObject(item.text, item.units, bounding_box=item.box, anchor_point=item.anchor)
        for item in state.notes
    ]
    made = GraphicAnnotation(
        referenced_images=images,
        graphic_layer=layer,
        graphic_objects=shapes or None,
        text_objects=texts or None,
    )
    return [made], [layer]
