"""Going to where an annotation was drawn."""

import numpy as np

from core.annotation import Annotation
from core.volume import Volume
from viewers.orientation import STANDARD, Orientation, plane_axes
from viewers.viewer_document import ViewerDocument

_PARALLEL = 1 - 1e-4


def show_annotation(document: ViewerDocument, uid: str) -> None:
    """Select an annotation and put the views where it is seen, one of them in its plane."""
    annotation = document.annotations.find(uid)
    if annotation is None or document.volume is None:
        return
    document.annotations.select(uid)
    orientation = drawn_orientation(annotation, document.volume)
    if orientation is not None and not document.is_single_image:
        _face(document, orientation)
    document.go_to(np.array(annotation.points_lps_mm).mean(axis=0))


def drawn_orientation(annotation: Annotation, volume: Volume) -> Orientation | None:
    """Give the plane of the views that an annotation lies in; None for an oblique one."""
    normal = np.array(annotation.normal_lps)
    for orientation in (*STANDARD, Orientation.ACQUIRED):
        if abs(float(plane_axes(orientation, volume).forward @ normal)) > _PARALLEL:
            return orientation
    return None


def _face(document: ViewerDocument, orientation: Orientation) -> None:
    """Let the active view be one of this plane: a view that is there, or else the active one turned."""
    state = document.state
    if state.active_orientation is orientation:
        return
    cell = next((cell for cell, pane in enumerate(state.panes) if pane.orientation is orientation), None)
    if cell is not None:
        document.activate(cell)
    else:
        document.change(panes=state.with_orientation(orientation).panes)
