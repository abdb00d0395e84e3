"""Keeps the coloured bodies of the 3D view in step with what is shown over the slices."""

from collections.abc import Callable

from core.message import Message
from core.services import Services
from render.label_layer import LabelLayer
from viewers.object_layer import ShownLayer
from viewers.shown_objects import ShownObjects
from viewers.ui.background_calls import BackgroundCalls
from viewers.volume_labels import label_layer, left_out

Notes = tuple[Message, ...]


class VolumeLabelling:
    """Makes the bodies in the background whenever the visible objects change, and the 3D view is there.

    Parameters
    ----------
    services : Services
        The program around it.
    objects : ShownObjects
        What is shown over the slices.
    show : callable
        `show(layer, notes)` on the main thread; None for no bodies, and sentences about what is left out.
    """

    def __init__(
        self, services: Services, objects: ShownObjects, show: Callable[[LabelLayer | None, Notes], None]
    ) -> None:
        self._objects = objects
        self._show = show
        self._calls = BackgroundCalls(services.report_error)
        self._followed: tuple[ShownLayer, ...] | None = None

    def follow(self) -> None:
        """Look at what is shown; quick where nothing has changed."""
        shown = self._objects.shown
        if shown is not self._followed:
            self._followed = shown
            made = lambda: (label_layer(shown), left_out(shown))  # noqa: E731
            self._calls.call("labels", made, lambda found: self._show(*found))

    def forget(self) -> None:
        """Make them again at the next look: another volume is shown."""
        self._followed = None

    def close(self) -> None:
        """End the work in the background."""
        self._calls.close()
