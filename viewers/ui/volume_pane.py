"""The 3D picture in its frame."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from core.services import Services
from core.volume import Volume
from viewers.ui.pane_frame import PaneFrame
from viewers.ui.volume_labelling import VolumeLabelling
from viewers.ui.volume_view import VolumeView
from viewers.viewer_document import ViewerDocument
from viewers.volume_sequence import same_grid


class VolumePane(PaneFrame):
    """One cell of the grid with the 3D picture of the document's volume.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose volume is shown.
    """

    activated = Signal()
    maximise_requested = Signal()

    def __init__(self, services: Services, document: ViewerDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._shown: Volume | None = None
        self._exchanged = False
        self.view = VolumeView(services, document.history)
        self.view.maximise_requested.connect(self.maximise_requested)
        self.view.picture_drawn.connect(self._drawn)
        self._labelling = VolumeLabelling(services, document, self.view.set_bodies)
        document.objects.listen(self._follow_objects)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self.view)
        QApplication.instance().focusChanged.connect(self._focus_changed)

    def refresh(self) -> None:
        """Show the volume of the document, where it is not shown yet."""
        self._show_volume()
        self._follow_objects()

    def _show_volume(self) -> None:
        volume, series = self._document.volume, self._document.series
        if volume is self._shown:
            return
        if volume is None or not self._is_other_time(volume):
            self._shown, self._exchanged = volume, False
            self.view.set_volume(volume, series)
            self._labelling.forget()
        elif not self._exchanged:  # else after the picture that is being drawn: a film must not stop it
            self._shown, self._exchanged = volume, True
            self.view.exchange_volume(volume, series)

    def _is_other_time(self, volume: Volume) -> bool:
        opened, shown = self._document.series, self.view.series
        same_series = opened is not None and shown is not None and opened.series_uid == shown.series_uid
        return same_series and same_grid(volume, self._shown)

    def forget_other(self) -> None:
        """Let go of a volume that is no longer open, while nothing is shown."""
        if self._shown is not None and self._shown is not self._document.volume:
            self._shown = None
            self.view.set_volume(None)
            self._labelling.forget()

    def slices_filled(self) -> None:
        """Tell that voxels have come."""
        self.view.slices_filled()

    def shutdown(self) -> None:
        """Stop all work; before the widget goes."""
        QApplication.instance().focusChanged.disconnect(self._focus_changed)
        self._labelling.close()
        self.view.close_view()

    def _follow_objects(self) -> None:
        if self.view.scene is not None and not self.isHidden():
            self._labelling.follow()

    def _drawn(self) -> None:
        self._exchanged = False
        if self._shown is not None and not self.isHidden():
            self.refresh()

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.isAncestorOf(new):
            self.activated.emit()
