"""Everything that decides what the 2D views show, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from core.plane import Plane
from core.volume import Volume
from imaging.reslice import Interpolation, Projection, ResliceOptions
from viewers.layouts import DEFAULT_LAYOUT, LAYOUTS, Pane
from viewers.orientation import Orientation, PlaneAxes, Vector, plane_axes
from viewers.slice_stack import SliceStack, follows_patient_axes, snapped_to_voxel, towards_within_volume
from viewers.view_state import Point, Size, ViewState, point_of, slice_plane
from viewers.window_level import Window

LONGEST_SLAB_MM = 100.0
_NO_WINDOW = Window(0.5, 1.0)


@dataclass(frozen=True)
class MprState:
    """The state of the linked views; immutable, so that an older one can be put back.

    Parameters
    ----------
    cursor_lps_mm : tuple of float
        The common point of the linked views.
    own_points : mapping of Orientation to tuple of float
        Where each orientation stands when the views are not linked.
    views : mapping of Orientation to ViewState
        Zoom, pan and turn; an absent orientation shows the whole volume.
    panes : tuple of Pane
        What the cells of the layout show.
    active : int
        Cell that keys and menus act on.
    maximised : bool
        Only the active cell is shown.
    """

    cursor_lps_mm: Point = (0.0, 0.0, 0.0)
    linked: bool = True
    own_points: Mapping[Orientation, Point] = field(default_factory=dict[Orientation, Point])
    views: Mapping[Orientation, ViewState] = field(default_factory=dict[Orientation, ViewState])
    window: Window = _NO_WINDOW
    inverted: bool = False
    interpolation: Interpolation = Interpolation.LINEAR
    slab_mm: float = 0.0
    projection: Projection = Projection.MEAN
    layout_id: str = DEFAULT_LAYOUT
    panes: tuple[Pane, ...] = LAYOUTS[DEFAULT_LAYOUT].panes
    active: int = 0
    maximised: bool = False
    crosshair: bool = True
    texts: bool = True
    patient_hidden: bool = False

    @property
    def active_orientation(self) -> Orientation:
        """Orientation of the active cell, or of the first slice where the 3D picture is active."""
        shown = (self.panes[self.active], *self.panes)
        return next((pane.orientation for pane in shown if pane.orientation), Orientation.AXIAL)

    @property
    def reslice_options(self) -> ResliceOptions:
        """What the reslicer is asked for."""
        return ResliceOptions(self.interpolation, self.slab_mm, self.projection)

    def view(self, orientation: Orientation) -> ViewState:
        """Zoom, pan and turn of an orientation."""
        return self.views.get(orientation, ViewState())

    def with_view(self, orientation: Orientation, view: ViewState) -> "MprState":
        """Give the state with another zoom, pan or turn."""
        return replace(self, views={**self.views, orientation: view})

    def point_of(self, orientation: Orientation) -> Vector:
        """Point that the slices of an orientation pass through, LPS millimetres."""
        own = None if self.linked else self.own_points.get(orientation)
        return np.array(own or self.cursor_lps_mm)

    def with_point(self, orientation: Orientation, point_lps_mm: Vector) -> "MprState":
        """Give the state with the cursor moved; only this orientation's where the views are not linked."""
        point = point_of(point_lps_mm)
        if self.linked:
            return replace(self, cursor_lps_mm=point)
        return replace(self, own_points={**self.own_points, orientation: point})

    def with_link(self, *, linked: bool) -> "MprState":
        """Give the state with the views linked (to where the active one stands) or not."""
        cursor = point_of(self.point_of(self.active_orientation))
        return replace(self, linked=linked, cursor_lps_mm=cursor, own_points={})

    def with_layout(self, layout_id: str) -> "MprState":
        """Give the state in another layout; the active orientation stays in sight where it can."""
        panes = LAYOUTS[layout_id].panes_for(self.active_orientation)
        kinds = [pane.kind for pane in panes]
        kind = self.active_orientation.value
        middle = len(panes) // 2 if len(set(kinds)) == 1 else 0
        active = kinds.index(kind) if kind in kinds and len(set(kinds)) > 1 else middle
        return replace(self, layout_id=layout_id, panes=panes, active=active, maximised=False)

    def with_orientation(self, orientation: Orientation) -> "MprState":
        """Give the state with another plane in the active cell; in all where they show successive slices."""
        tiled = len(self.panes) > 1 and len({pane.kind for pane in self.panes}) == 1
        panes = tuple(
            replace(pane, kind=orientation.value) if tiled or cell == self.active else pane
            for cell, pane in enumerate(self.panes)
        )
        return replace(self, panes=panes)


def pane_axes(volume: Volume, pane: Pane) -> PlaneAxes:
    """Axes of a slice pane before turning."""
    assert pane.orientation is not None
    return plane_axes(pane.orientation, volume)


def pane_point(state: MprState, volume: Volume, pane: Pane) -> Vector:
    """Point that a pane's slice passes through, LPS millimetres."""
    assert pane.orientation is not None
    point = state.point_of(pane.orientation)
    if not pane.offset_steps:
        return point
    forward = pane_axes(volume, pane).forward
    return point + forward * (pane.offset_steps * SliceStack.of(volume, forward).step_mm)


def pane_plane(state: MprState, volume: Volume, pane: Pane, size: Size) -> Plane:
    """Plane of `size` (width, height) pixels that a slice pane shows."""
    assert pane.orientation is not None
    through = pane_point(state, volume, pane)
    return slice_plane(volume, pane_axes(volume, pane), state.view(pane.orientation), through, size)


def placed_point(volume: Volume, start_lps_mm: Vector, point_lps_mm: Vector) -> Vector:
    """Give where the cursor goes when the user moves it from `start_lps_mm` to `point_lps_mm`.

    On a grid along the patient's axes that is the nearest voxel centre, so that no view shows a slice
    interpolated between two stored ones; else as far towards the point as the volume goes.
    """
    if follows_patient_axes(volume):
        return snapped_to_voxel(volume, point_lps_mm)
    return towards_within_volume(volume, start_lps_mm, point_lps_mm)


def shown_alone(volume: Volume) -> bool:
    """Whether a volume opens in a single view: one image, or images without a position in the patient."""
    return volume.shape_ijk[2] == 1 or not volume.lps_known


def first_state(state: MprState, volume: Volume) -> MprState:
    """Give the state for a volume just opened: cursor in its middle, whole slices in sight.

    Where there is nothing to reslice, or no place in the patient, the images are shown as they were acquired.
    """
    cursor = point_of(snapped_to_voxel(volume, volume.centre_lps_mm))
    fresh = replace(state, cursor_lps_mm=cursor, own_points={}, views={}, maximised=False)
    if shown_alone(volume):
        return replace(fresh, layout_id="1x1", panes=(Pane(Orientation.ACQUIRED.value),), active=0)
    return fresh
