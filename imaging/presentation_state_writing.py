"""Writing greyscale softcopy presentation states with highdicom."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.presentation_state import Drawing, Note, PresentationState, References
from imaging.equipment import contributing_equipment, equipment
from imaging.object_file import write_object

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_LAYER = "DRAWINGS"


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
    """Make one graphic annotation for all drawings and texts that are on the same images."""
    if not state.drawings and not state.notes:
        return None, None
    from highdicom.pr import GraphicAnnotation, GraphicLayer

    layer = GraphicLayer(_LAYER, order=1)
    made = [
        GraphicAnnotation(
            referenced_images=_named(images, place),
            graphic_layer=layer,
            referenced_frame_number=list(place[0].frames) if place and place[0].frames else None,
            graphic_objects=[_shape(item) for item in state.drawings if item.images == place] or None,
            text_objects=[_text(item) for item in state.notes if item.images == place] or None,
        )
        for place in dict.fromkeys(item.images for item in (*state.drawings, *state.notes))
    ]
    return made, [layer]


def _named(images: list["Dataset"], place: References) -> list["Dataset"]:
    """Give the headers of the images that a drawing is on; all of them where it names none."""
    wanted = {image.sop_uid for image in place}
    return [one for one in images if str(one.SOPInstanceUID) in wanted] if place else images


def _shape(item: Drawing) -> Any:
    from highdicom.pr import GraphicObject

    return GraphicObject(item.shape, np.array(item.points, np.float64), item.units, is_filled=item.filled)


def _text(item: Note) -> Any:
    from highdicom.pr import TextObject

    return TextObject(item.text, item.units, bounding_box=item.box, anchor_point=item.anchor)
