"""Keeps the coloured bodies of the 3D view in step with what is shown over the slices."""

from collections.abc import Callable

from core.message import Message
from core.services import Services
from core.slice_geometry import SliceGeometry
from render.label_layer import LabelLayer
from viewers.object_layer import ShownLayer
from viewers.ui.background_calls import BackgroundCalls
from viewers.viewer_document import ViewerDocument
from viewers.volume_labels import label_layer, left_out

Notes = tuple[Message, ...]


class VolumeLabelling:
    """Makes the bodies in the background whenever the visible objects change, and the 3D view is there.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose objects are shown over the slices.
    show : callable
        `show(layer, notes)` on the main thread; None for no bodies, and sentences about what is left out.
    """

    def __init__(
        self,
        services: Services,
        document: ViewerDocument,
        show: Callable[[LabelLayer | None, Notes], None],
    ) -> None:
        self._document = document
        self._show = show
        self._calls = BackgroundCalls(services.report_error)
        self._followed: tuple[tuple[ShownLayer, ...], SliceGeometry | None] | None = None

    def follow(self) -> None:
        """Look at what is shown; quick where nothing has changed."""
        shown, series = self._document.objects.shown, self._document.series
        geometry = None if series is None else series.geometry
        known = self._followed
        if known is None or shown is not known[0] or geometry is not known[1]:
            self._followed = shown, geometry
            made = lambda: (label_layer(shown, geometry), left_out(shown, geometry))  # noqa: E731
            self._calls.call("labels", made, lambda found: self._show(*found))

    def forget(self) -> None:
        """Make them again at the next look: another volume is shown."""
        self._followed = None

    def close(self) -> None:
        """End the work in the background."""
        self._calls.close()
