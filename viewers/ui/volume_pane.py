"""The 3D picture in its frame."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from core.services import Services
from core.volume import Volume
from viewers.ui.pane_frame import PaneFrame
from viewers.ui.volume_view import VolumeView
from viewers.viewer_document import ViewerDocument


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
        self.view = VolumeView(services, document.history)
        self.view.maximise_requested.connect(self.maximise_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self.view)
        QApplication.instance().focusChanged.connect(self._focus_changed)

    def refresh(self) -> None:
        """Show the volume of the document, where it is not shown yet."""
        volume = self._document.volume
        if volume is not self._shown:
            self._shown = volume
            self.view.set_volume(volume, self._document.series)

    def forget_other(self) -> None:
        """Let go of a volume that is no longer open, while nothing is shown."""
        if self._shown is not None and self._shown is not self._document.volume:
            self._shown = None
            self.view.set_volume(None)

    def slices_filled(self) -> None:
        """Tell that voxels have come."""
        self.view.slices_filled()

    def shutdown(self) -> None:
        """Stop all work; before the widget goes."""
        QApplication.instance().focusChanged.disconnect(self._focus_changed)
        self.view.close_view()

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.isAncestorOf(new):
            self.activated.emit()
