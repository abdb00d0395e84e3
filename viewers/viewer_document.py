"""The open series with the state of its views: what tools and menus act on."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from core.history import Edit, History
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.settings import Settings
from core.study import Study
from core.volume import Volume
from imaging.reslice import Interpolation, Projection
from viewers.layouts import DEFAULT_LAYOUT, LAYOUTS
from viewers.mpr_state import LONGEST_SLAB_MM, MprState, first_state, placed_point
from viewers.orientation import Orientation, Vector, plane_axes
from viewers.series_values import SeriesValues
from viewers.slice_stack import SliceStack
from viewers.view_state import ViewState
from viewers.window_level import Window, smallest_width
from viewers.window_presets import FROM_FILE, WindowPreset, find_preset

_THICK_SLAB_MM = 10.0
_REMEMBERED_TOGGLES = ("crosshair", "texts")


class ViewerDocument:
    """What is open in the Care workspace. Main thread only.

    Listeners are called after every change of the state. Changes of window, slab, layout and the like are
    edits of `history`; scrolling, zooming and the crosshair are not.

    Parameters
    ----------
    settings : Settings
        Where presets and choices are remembered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._listeners: list[Callable[[], None]] = []
        self._values: SeriesValues | None = None
        self._window_settled = True
        self.history = History()
        self.state = _remembered_state(settings)
        self.volume: Volume | None = None
        self.series: Series | None = None
        self.study: Study | None = None
        self.warnings: tuple[Message, ...] = ()
        self.revision = 0

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener()` after every change."""
        self._listeners.append(listener)

    # Opening and filling.

    def open(
        self, volume: Volume, series: Series, study: Study | None, warnings: tuple[Message, ...] = ()
    ) -> None:
        """Show a volume that may still be empty; what was open before is forgotten."""
        state = self.state
        if self.is_single_image:
            state = replace(state, panes=MprState().panes, active=0)
            state = state.with_layout(_remembered_layout(self._settings))
        self.volume, self.series, self.study, self.warnings = volume, series, study, warnings
        self._values = SeriesValues(volume, series)
        preset = self._first_preset()
        self._window_settled = not self._values.needs_voxels(preset)
        self.state = replace(
            first_state(state, volume), inverted=series.inverted, window=self._values.window(preset)
        )
        self.revision += 1
        self.history.clear()
        self._tell()

    def grow(self, volume: Volume, series: Series, warnings: tuple[Message, ...]) -> None:
        """Show the complete volume of a series that was opened while its files were still being found.

        Zoom, window and the like stay; the cursor goes to the new middle unless the user has moved it.
        """
        if self.volume is None or self._values is None:
            return
        unmoved = self.state.cursor_lps_mm == first_state(self.state, self.volume).cursor_lps_mm
        self.volume, self.series, self.warnings = volume, series, warnings
        self._values = SeriesValues(volume, series)
        self._values.filled[:] = True
        if unmoved:
            self.state = replace(self.state, cursor_lps_mm=first_state(self.state, volume).cursor_lps_mm)
        self.revision += 1
        self._tell()

    def close(self) -> None:
        """Show nothing."""
        self.volume = self.series = self.study = self._values = None
        self.warnings = ()
        self.history.clear()
        self._tell()

    def slices_filled(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Tell that the voxels of slices `first` to `last` (both included) of each range have come."""
        if self._values is None:
            return
        for first, last in ranges:
            self._values.filled[first : last + 1] = True
        self.revision += 1
        self._settle_window()
        self._tell()

    def loaded(self, series: Series, warnings: tuple[Message, ...]) -> None:
        """Tell that the series is complete; `series` then knows its range of values."""
        if self._values is None:
            return
        self.series = self._values.series = series
        self.warnings = warnings
        self.revision += 1
        self._settle_window()
        self._window_settled = True
        self._tell()

    @property
    def filled_fraction(self) -> float:
        """How much of the volume has come, 0 to 1."""
        return 1.0 if self._values is None else float(self._values.filled.mean())

    @property
    def modality(self) -> str:
        """Modality of the open series, or ""."""
        return self.series.modality if self.series else ""

    @property
    def is_single_image(self) -> bool:
        """Whether the open series is one image without depth."""
        return self.volume is not None and self.volume.shape_ijk[2] == 1

    # Window.

    def set_window(self, window: Window, *, stroke: str | None = None) -> None:
        """Show other values between black and white."""
        self._window_settled = True
        self._edit(message(QT_TRANSLATE_NOOP("Message", "window change")), stroke, window=window)

    def drag_window(self, start: Window, dx: float, dy: float, *, stroke: str) -> None:
        """Set the window from where a drag began and how far it went, in screen pixels."""
        if self._values is not None:
            smallest = smallest_width(self._values.range())
            self.set_window(start.dragged(dx, dy, smallest=smallest), stroke=stroke)

    def choose_preset(self, preset_id: str) -> None:
        """Take a named window, and remember it for the modality."""
        preset = find_preset(self.modality, preset_id)
        if preset is not None and self._values is not None:
            self._settings.set(_preset_key(self.modality), preset_id)
            self.set_window(self._values.window(preset))

    def toggle_inverted(self) -> None:
        """Exchange black and white."""
        title = message(QT_TRANSLATE_NOOP("Message", "inversion"))
        self._edit(title, inverted=not self.state.inverted)

    def _first_preset(self) -> WindowPreset:
        remembered = self._settings.get(_preset_key(self.modality), "")
        return find_preset(self.modality, remembered) or FROM_FILE

    def _settle_window(self) -> None:
        # While slices come, a window taken from the values follows them, unless the user has set another.
        if self._values is not None and not self._window_settled:
            self._window_settled = bool(self._values.filled.all())
            self.state = replace(self.state, window=self._values.window(self._first_preset()))

    # Slab, interpolation, layout.

    def set_slab(self, slab_mm: float) -> None:
        """Show a thicker slice, 0 to 100 mm."""
        title = message(QT_TRANSLATE_NOOP("Message", "slab thickness"))
        self._edit(title, "slab", slab_mm=min(max(slab_mm, 0.0), LONGEST_SLAB_MM))

    def set_projection(self, projection: Projection) -> None:
        """Choose how the values within a slab are combined; a thin slice gets a slab to see it in."""
        slab_mm = self.state.slab_mm or _THICK_SLAB_MM
        title = message(QT_TRANSLATE_NOOP("Message", "slab projection"))
        self._edit(title, projection=projection, slab_mm=slab_mm)

    def set_interpolation(self, interpolation: Interpolation) -> None:
        """Choose how values between voxel centres are found."""
        self._settings.set("viewer.interpolation", interpolation.value)
        self._edit(message(QT_TRANSLATE_NOOP("Message", "interpolation")), interpolation=interpolation)

    def choose_layout(self, layout_id: str) -> None:
        """Arrange the views otherwise; a single image stays alone."""
        new = self.state.with_layout(layout_id)
        if self.is_single_image:
            return
        self._settings.set("viewer.layout", layout_id)
        title = message(QT_TRANSLATE_NOOP("Message", "layout"))
        self._edit(
            title, layout_id=new.layout_id, panes=new.panes, active=new.active, maximised=new.maximised
        )

    def show_in_active(self, orientation: Orientation) -> None:
        """Show another plane in the active cell; in all cells where they show successive slices."""
        if self.is_single_image:
            return
        panes = self.state.with_orientation(orientation).panes
        self._edit(message(QT_TRANSLATE_NOOP("Message", "view plane")), panes=panes)

    # Moving about: not edits.

    def change(self, **changes: Any) -> None:
        """Set fields of the state without an edit: what the user looks at, not what was decided."""
        self.state = replace(self.state, **changes)
        self._tell()

    def activate(self, cell: int) -> None:
        """Let keys and menus act on another cell."""
        if cell != self.state.active:
            self.change(active=cell)

    def toggle_maximised(self, cell: int) -> None:
        """Show one cell alone, or all again."""
        self.change(active=cell, maximised=not self.state.maximised and len(self.state.panes) > 1)

    def toggle_link(self) -> None:
        """Link or unlink the positions of the views."""
        self.state = self.state.with_link(linked=not self.state.linked)
        self._tell()

    def set_view(self, orientation: Orientation, view: ViewState) -> None:
        """Zoom, pan or turn the views of an orientation."""
        self.state = self.state.with_view(orientation, view)
        self._tell()

    def turn_active(self, quarter_turns: int = 0, *, mirror: bool = False) -> None:
        """Turn the active view clockwise by quarter turns, or exchange its left and right on the screen."""
        orientation = self.state.active_orientation
        self.set_view(orientation, self.state.view(orientation).turned(quarter_turns, mirror=mirror))

    def stack(self, orientation: Orientation) -> SliceStack | None:
        """Slices of the open volume in an orientation; None when nothing is open."""
        if self.volume is None:
            return None
        return SliceStack.of(self.volume, plane_axes(orientation, self.volume).forward)

    def move_cursor(self, orientation: Orientation, point_lps_mm: Vector) -> None:
        """Put the cursor at a point, as seen in a view of `orientation`."""
        if self.volume is not None:
            start = self.state.point_of(orientation)
            self._place(orientation, placed_point(self.volume, start, point_lps_mm))

    def scroll(self, orientation: Orientation, steps: int) -> None:
        """Go on by whole slices; stays within the volume."""
        stack = self.stack(orientation)
        if stack is not None:
            self._place(orientation, stack.stepped(self.state.point_of(orientation), steps))

    def go_to_slice(self, orientation: Orientation, index: int) -> None:
        """Show slice `index`, counted from 0."""
        stack = self.stack(orientation)
        if stack is not None:
            self._place(orientation, stack.moved_to(self.state.point_of(orientation), index))

    def go_to_end(self, orientation: Orientation, *, last: bool) -> None:
        """Show the first or the last slice."""
        stack = self.stack(orientation)
        if stack is not None:
            self.go_to_slice(orientation, stack.count - 1 if last else 0)

    def fit_active(self) -> None:
        """Show the whole slice in the active view."""
        orientation = self.state.active_orientation
        view = self.state.view(orientation)
        self.set_view(orientation, replace(view, zoom=1.0, centre_lps_mm=None))

    def toggle(self, name: str) -> None:
        """Show or hide the crosshair, the texts or the patient data; all but the last are remembered."""
        shown = not getattr(self.state, name)
        if name in _REMEMBERED_TOGGLES:
            self._settings.set(f"viewer.{name}", shown)
        self.change(**{name: shown})

    def reset(self) -> None:
        """Show the whole volume again, from its middle, in the window it was opened with."""
        if self.volume is None or self.series is None or self._values is None:
            return
        self.state = replace(first_state(self.state, self.volume), maximised=self.state.maximised)
        window = self._values.window(self._first_preset())
        title = message(QT_TRANSLATE_NOOP("Message", "reset"))
        self._edit(title, window=window, inverted=self.series.inverted, slab_mm=0.0)
        self._tell()

    def _place(self, orientation: Orientation, point_lps_mm: Vector) -> None:
        self.state = self.state.with_point(orientation, point_lps_mm)
        self._tell()

    def _edit(self, title: Message, stroke: str | None = None, /, **changes: Any) -> None:
        before = {name: getattr(self.state, name) for name in changes}
        if before == changes:
            return
        self.history.push(
            Edit(title, lambda: self.change(**changes), lambda: self.change(**before), stroke=stroke)
        )

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()


def _preset_key(modality: str) -> str:
    return f"viewer.preset.{modality or 'other'}"


def _remembered_layout(settings: Settings) -> str:
    layout_id = settings.get("viewer.layout", DEFAULT_LAYOUT)
    return layout_id if layout_id in LAYOUTS else DEFAULT_LAYOUT


def _remembered_state(settings: Settings) -> MprState:
    linear = settings.get("viewer.interpolation", "") != Interpolation.NEAREST.value
    state = MprState(
        interpolation=Interpolation.LINEAR if linear else Interpolation.NEAREST,
        crosshair=settings.get("viewer.crosshair", True),
        texts=settings.get("viewer.texts", True),
    )
    return state.with_layout(_remembered_layout(settings))
