"""Showing the open images as a presentation state says: window, turn, displayed area, slice."""

from dataclasses import replace

import numpy as np

from core.message import QT_TRANSLATE_NOOP, message
from core.presentation_state import DisplayedArea, PresentationState
from viewers.image_places import ImagePlaces
from viewers.orientation import Orientation
from viewers.state_layer import StateLayer
from viewers.view_state import ViewState, point_of
from viewers.viewer_document import ViewerDocument
from viewers.window_level import Window

_KIND = "presentation-state"


def show_state(document: ViewerDocument, layer: StateLayer) -> None:
    """Show the images as `layer` says, as one edit; another state that is shown is hidden.

    The active view shows the slices as they were acquired: drawings and turns are of stored images.
    """
    _hide_others(document, layer)
    places, slices = layer.places, layer.slices
    if document.volume is None or places is None or not slices:
        return
    k = _slice_in_sight(document, places, slices)
    window = layer.window_on(k)
    state = layer.state
    changes: dict[str, object] = {
        "inverted": state.inverted,
        "views": {**document.state.views, Orientation.ACQUIRED: _view(layer.area_on(k), state, places)},
        "panes": document.state.with_orientation(Orientation.ACQUIRED).panes,
    }
    if window is not None and not document.volume.is_colour:
        changes["window"] = Window(window.centre, window.width)
    document.present(message(QT_TRANSLATE_NOOP("Message", "presentation state")), **changes)
    document.move_cursor(Orientation.ACQUIRED, places.centre(k))


def _hide_others(document: ViewerDocument, layer: StateLayer) -> None:
    objects = document.objects
    for one in objects.objects:
        other = one.kind.id == _KIND and objects.layer(one.sop_uid) is not layer
        if other and objects.look(one.sop_uid).visible:
            objects.set_visible(one.sop_uid, visible=False)


def _slice_in_sight(document: ViewerDocument, places: ImagePlaces, slices: list[int]) -> int:
    """Give the slice of the state that the user looks at, or its first one."""
    geometry = places.geometry
    depths = geometry.positions_lps_mm @ geometry.normal
    here = float(document.state.point_of(Orientation.ACQUIRED) @ geometry.normal)
    nearest = int(np.argmin(np.abs(depths - here)))
    return nearest if nearest in slices else slices[0]


def _view(area: DisplayedArea | None, state: PresentationState, places: ImagePlaces) -> ViewState:
    """Give turn and zoom; the displayed area fits into the view whatever its shape."""
    turned = ViewState().turned(state.rotation_deg // 90).turned(0, mirror=state.mirrored)
    if area is None:
        return turned
    corners = np.array([area.first, area.last], float)
    low, high = corners.min(axis=0) - 1, corners.max(axis=0)
    if (low == 0).all() and (high == places.size_ij).all():
        return turned
    zoom = float((np.array(places.size_ij) / (high - low)).min())
    centre = places.points(0, ((low + high) / 2)[None])[0]
    return replace(turned, zoom=zoom, centre_lps_mm=point_of(centre))
