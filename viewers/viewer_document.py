"""The open series with the state of its views: what tools and menus act on."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.settings import Settings
from core.study import Study
from core.volume import Volume
from imaging.reslice import Interpolation, Projection
from viewers.annotation_list import AnnotationList
from viewers.annotation_readings import AnnotationReadings
from viewers.annotation_values import MeasuredImages
from viewers.key_images import KeyImageNavigation
from viewers.layouts import DEFAULT_LAYOUT, LAYOUTS
from viewers.mpr_state import LONGEST_SLAB_MM, MprState, first_state, shown_alone
from viewers.orientation import Orientation
from viewers.quantity import STORED, Quantity
from viewers.series_facts import SeriesFacts
from viewers.series_values import SeriesValues
from viewers.shown_objects import ShownObjects
from viewers.window_level import Window, smallest_width
from viewers.window_presets import FROM_FILE, WindowPreset, find_preset, presets_for, uptake_presets

if TYPE_CHECKING:
    from viewers.view_editor import ViewEditor

_THICK_SLAB_MM = 10.0
_FIRST_QUANTITY = "suv-bw"
_REMEMBERED_TOGGLES = ("crosshair", "texts")


class ViewerDocument(KeyImageNavigation):
    """What is open in the Care workspace. Main thread only.

    Changes of window, slab, layout and the like are edits of `history`; scrolling, zooming and the crosshair
    are not.

    Parameters
    ----------
    settings : Settings
        Where presets and choices are remembered.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(_remembered_state(settings), ShownObjects(settings))
        self._settings = settings
        self._values: SeriesValues | None = None
        self._window_follows_values = False
        self.series: Series | None = None
        self.study: Study | None = None
        self.warnings: tuple[Message, ...] = ()
        self.facts = SeriesFacts()
        self.quantity = STORED
        self.openings = 0
        self.revision = 0
        self.annotations = AnnotationList(self.history)
        self.annotations.listen(self.tell)
        self.readings = AnnotationReadings(self.measured_images, self._measured_key)
        self.editors: list[ViewEditor] = []

    # Opening and filling.

    def open(
        self, volume: Volume, series: Series, study: Study | None, warnings: tuple[Message, ...] = ()
    ) -> None:
        """Show a volume that may still be empty; what was open before is forgotten."""
        state = self.state
        if self.volume is not None and shown_alone(self.volume):
            state = replace(state, panes=MprState().panes, active=0)
            state = state.with_layout(_remembered_layout(self._settings))
        self.volume, self.series, self.study, self.warnings = volume, series, study, warnings
        self._values = SeriesValues(volume, series)
        self.facts, self.quantity = SeriesFacts(), STORED
        self.openings += 1
        preset = self._first_preset()
        self._window_follows_values = self._values.needs_voxels(preset)
        self.state = replace(
            first_state(state, volume), inverted=series.inverted, window=self._values.window(preset)
        )
        self.revision += 1
        self.history.clear()
        self.annotations.clear()

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
        self._follow_values()
        if unmoved:
            self.state = replace(self.state, cursor_lps_mm=first_state(self.state, volume).cursor_lps_mm)
        self.revision += 1
        self.tell()

    def exchange(self, volume: Volume, series: Series, warnings: tuple[Message, ...]) -> None:
        """Show another complete volume on the same grid: views, window and the edits made so far stay."""
        if self.volume is None:
            return
        self.volume, self.series, self.warnings = volume, series, warnings
        self._values = SeriesValues(volume, series)
        self._values.filled[:] = True
        self._window_follows_values = False
        self.revision += 1
        self.tell()

    def close(self) -> None:
        """Show nothing."""
        self.volume = self.series = self.study = self._values = None
        self.warnings = ()
        self.history.clear()
        self.annotations.clear()

    def slices_filled(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Tell that the voxels of slices `first` to `last` (both included) of each range have come."""
        if self._values is None:
            return
        for first, last in ranges:
            self._values.filled[first : last + 1] = True
        self.revision += 1
        self._follow_values()
        self.tell()

    def loaded(self, series: Series, warnings: tuple[Message, ...]) -> None:
        """Tell that the series is complete; `series` then knows its range of values."""
        if self._values is None:
            return
        self.series = self._values.series = series
        self.warnings = warnings
        self.revision += 1
        self._follow_values()
        self.tell()

    @property
    def filled_fraction(self) -> float:
        """How much of the volume has come, 0 to 1."""
        return 1.0 if self._values is None else float(self._values.filled.mean())

    @property
    def listed_series(self) -> Series | None:
        """The open series, where the library has it; None for that of a volume file."""
        return self.series if self.series is not None and self.series.series_uid else None

    @property
    def modality(self) -> str:
        """Modality of the open series, or ""."""
        return self.series.modality if self.series else ""

    # Window.

    def set_window(self, window: Window, *, stroke: str | None = None) -> None:
        """Show other values between black and white."""
        self._window_follows_values = False
        self.edit(message(QT_TRANSLATE_NOOP("Message", "window change")), stroke, window=window)

    def drag_window(self, start: Window, dx: float, dy: float, *, stroke: str) -> None:
        """Set the window from where a drag began and how far it went, in screen pixels."""
        if self._values is not None:
            smallest = smallest_width(self._values.range())
            self.set_window(start.dragged(dx, dy, smallest=smallest), stroke=stroke)

    @property
    def presets(self) -> tuple[WindowPreset, ...]:
        """The named windows of the open series."""
        return (*uptake_presets(self.quantity, self.facts.quantities), *presets_for(self.modality))

    def choose_preset(self, preset_id: str) -> None:
        """Take a named window, and remember it for the modality."""
        preset = next((preset for preset in self.presets if preset.id == preset_id), None)
        if preset is not None and self._values is not None:
            self._settings.set(_preset_key(self.modality), preset_id)
            self.set_window(self._values.window(preset))

    def toggle_inverted(self) -> None:
        """Exchange black and white."""
        title = message(QT_TRANSLATE_NOOP("Message", "inversion"))
        self.edit(title, inverted=not self.state.inverted)

    def _first_preset(self) -> WindowPreset:
        remembered = self._settings.get(_preset_key(self.modality), "")
        return find_preset(self.modality, remembered) or FROM_FILE

    def _follow_values(self) -> None:
        # A window taken from the values follows them while slices come, until the user sets another.
        if self._values is not None and self._window_follows_values:
            self.state = replace(self.state, window=self._values.window(self._first_preset()))

    def present(self, title: Message, **changes: Any) -> None:
        """Show the images as somebody meant them: fields of the state, the window among them, as one edit."""
        self._window_follows_values = self._window_follows_values and "window" not in changes
        self.edit(title, **changes)

    # What values are told as.

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What values may be told as: by the files themselves, and by the value maps that are visible."""
        return (*self.facts.quantities, *self.objects.quantities)

    def take_facts(self, facts: SeriesFacts) -> None:
        """Take over what was found in the files of the open series; it is told as it was last chosen."""
        self.facts = facts
        remembered = self._settings.get(_quantity_key(self.modality), _FIRST_QUANTITY)
        usable = [one for one in self.quantities if one.refusal is None]
        self.quantity = next((one for one in usable if one.id == remembered), STORED)
        preset_id = self._settings.get(_preset_key(self.modality), "")
        preset = next((one for one in self.presets if one.id == preset_id and one.window), None)
        untouched = self._values is not None and self.state.window == self._values.window(FROM_FILE)
        if preset is not None and preset.window is not None and untouched:
            self.state = replace(self.state, window=preset.window)
        self.tell()

    def choose_quantity(self, quantity_id: str) -> None:
        """Tell values as another quantity, and remember it for the modality.

        Raises
        ------
        BadInput
            When the series does not allow it; the message says why.
        """
        chosen = next((one for one in self.quantities if one.id == quantity_id), STORED)
        if chosen.refusal is not None:
            raise BadInput(chosen.refusal)
        self.quantity = chosen
        self._settings.set(_quantity_key(self.modality), chosen.id)
        self.tell()

    def objects_changed(self) -> None:
        """Follow what is visible: a quantity of a value map that was hidden is told no more."""
        if self.quantity is not STORED and self.quantity.id not in {one.id for one in self.quantities}:
            self.quantity = STORED
        super().objects_changed()

    # Measuring.

    def measured_images(self) -> MeasuredImages | None:
        """Give what annotations are measured on; None when nothing is open."""
        if self.volume is None:
            return None
        calibration = self.annotations.calibration or self.facts.calibration
        return MeasuredImages(self.volume, self.quantity, self.modality, self.facts.regions, calibration)

    def _measured_key(self) -> object:
        calibration = self.annotations.calibration
        return id(self.volume), self.revision, self.quantity.id, id(self.facts), self.modality, calibration

    # Slab, interpolation, layout.

    def set_slab(self, slab_mm: float) -> None:
        """Show a thicker slice, 0 to 100 mm."""
        title = message(QT_TRANSLATE_NOOP("Message", "slab thickness"))
        self.edit(title, "slab", slab_mm=min(max(slab_mm, 0.0), LONGEST_SLAB_MM))

    def set_projection(self, projection: Projection) -> None:
        """Choose how the values within a slab are combined; a thin slice gets a slab to see it in."""
        slab_mm = self.state.slab_mm or _THICK_SLAB_MM
        title = message(QT_TRANSLATE_NOOP("Message", "slab projection"))
        self.edit(title, projection=projection, slab_mm=slab_mm)

    def set_interpolation(self, interpolation: Interpolation) -> None:
        """Choose how values between voxel centres are found."""
        self._settings.set("viewer.interpolation", interpolation.value)
        self.edit(message(QT_TRANSLATE_NOOP("Message", "interpolation")), interpolation=interpolation)

    def choose_layout(self, layout_id: str) -> None:
        """Arrange the views otherwise; a single image stays alone."""
        new = self.state.with_layout(layout_id)
        if self.is_single_image:
            return
        self._settings.set("viewer.layout", layout_id)
        title = message(QT_TRANSLATE_NOOP("Message", "layout"))
        self.edit(title, layout_id=new.layout_id, panes=new.panes, active=new.active, maximised=new.maximised)

    def show_in_active(self, orientation: Orientation) -> None:
        """Show another plane in the active cell; in all cells where they show successive slices."""
        if self.is_single_image:
            return
        panes = self.state.with_orientation(orientation).panes
        self.edit(message(QT_TRANSLATE_NOOP("Message", "view plane")), panes=panes)

    # Choices and reset.

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
        self.edit(title, window=window, inverted=self.series.inverted, slab_mm=0.0)
        self.tell()


def _quantity_key(modality: str) -> str:
    return f"viewer.quantity.{modality or 'other'}"


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
