"""The left column of the Care workspace: the library, and below it what belongs to the open images."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from viewers.ui.annotations_panel import AnnotationsPanel
from viewers.ui.library_browser import LibraryBrowser
from viewers.ui.objects_panel import ObjectsPanel

_OBJECTS_HEIGHT = 240


class SidePanel(QSplitter):
    """Shows library, derived objects and measurements above each other; each can be put away.

    Parameters
    ----------
    browser : LibraryBrowser
        Above.
    objects : ObjectsPanel
        Below.
    measurements : AnnotationsPanel
        Below that; put away until there is something to list.
    """

    def __init__(
        self,
        browser: LibraryBrowser,
        objects: ObjectsPanel,
        measurements: AnnotationsPanel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.browser, self.objects, self.measurements = browser, objects, measurements
        self.addWidget(browser)
        self.addWidget(objects)
        self.addWidget(measurements)
        self.setStretchFactor(0, 1)
        self.setSizes([2 * _OBJECTS_HEIGHT, _OBJECTS_HEIGHT, _OBJECTS_HEIGHT])
        measurements.hide()

    def toggle_library(self) -> None:
        """Show or hide the library."""
        self._show(self.browser, visible=self.browser.isHidden())

    def toggle_objects(self) -> None:
        """Show or hide the list of derived objects."""
        self._show(self.objects, visible=self.objects.isHidden())

    def toggle_measurements(self) -> None:
        """Show or hide the list of measurements."""
        self.show_measurements(shown=self.measurements.isHidden())

    def show_measurements(self, *, shown: bool) -> None:
        """Show or hide the list of measurements."""
        self._show(self.measurements, visible=shown)

    def states(self) -> set[str]:
        """Name what is shown, for checking commands."""
        shown = {
            "library-shown": self.browser,
            "objects-panel-shown": self.objects,
            "annotations-panel-shown": self.measurements,
        }
        return {name for name, widget in shown.items() if not widget.isHidden()}

    def save_state(self) -> dict[str, Any]:
        """Give the arrangement, for the next start."""
        return {
            "left": self.sizes(),
            "library": not self.browser.isHidden(),
            "objects": not self.objects.isHidden(),
        }

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take over what `save_state` gave; what does not fit is left out."""
        restore_sizes(self, state.get("left"))
        self._show(self.browser, visible=state.get("library") is not False)
        self._show(self.objects, visible=state.get("objects") is not False)

    def _show(self, widget: QWidget, *, visible: bool) -> None:
        widget.setVisible(visible)
        parts = (self.browser, self.objects, self.measurements)
        self.setVisible(not all(part.isHidden() for part in parts))


def restore_sizes(splitter: QSplitter, sizes: Any) -> None:
    """Give the parts of a splitter the sizes that were saved, if these are sizes of as many parts."""
    fits = isinstance(sizes, list) and len(sizes) == splitter.count()
    if fits and all(isinstance(size, int) for size in sizes):
        splitter.setSizes(sizes)
