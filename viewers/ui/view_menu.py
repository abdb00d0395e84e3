"""The menu under the right mouse button of a slice view."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from core.services import Services
from viewers.orientation import Orientation, orientation_title
from viewers.quantity import STORED
from viewers.ui.viewer_controls import preset_command
from viewers.viewer_document import ViewerDocument


class ViewMenu(QMenu):
    """Planes, windows and what else is often wanted; every entry runs a command.

    Parameters
    ----------
    services : Services
        Runs the commands.
    document : ViewerDocument
        What is open.
    """

    def __init__(self, services: Services, document: ViewerDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not document.is_single_image:
            self._add_planes(document)
        if document.volume is not None and not document.volume.is_colour:
            windows = self.addMenu(self.tr("Window"))
            for preset in document.presets:
                run = partial(services.run_command, preset_command(preset.id))
                windows.addAction(services.translate(preset.title), run)
        if document.quantities:
            self._add_quantities(document)
        self._add(self.tr("Invert"), "care.invert", "invert")
        self.addSeparator()
        self._add(self.tr("Fit to view"), "care.fit", "fullscreen")
        self._add(self.tr("Maximise or restore"), "care.maximise", "maximise")
        self._add(self.tr("Turn clockwise"), "care.turn-right", "rotate")
        self._add(self.tr("Mirror left and right"), "care.mirror", None)
        self._add(self.tr("Reset views"), "care.reset", "reset")
        self.addSeparator()
        self._add(self.tr("Save view as picture…"), "care.save-view", "save")
        self._add(self.tr("Copy view"), "care.copy-view", "copy")

    def _add_planes(self, document: ViewerDocument) -> None:
        for orientation in Orientation:
            title = self._services.translate(orientation_title(orientation, document.volume))
            action = self.addAction(title)
            action.setCheckable(True)
            action.setChecked(document.state.active_orientation is orientation)
            action.triggered.connect(partial(self._services.run_command, f"care.plane-{orientation.value}"))
        self.addSeparator()

    def _add_quantities(self, document: ViewerDocument) -> None:
        """List what values may be told as; what the series does not allow says why."""
        menu = self.addMenu(self.tr("Values as"))
        menu.setToolTipsVisible(True)
        for quantity in (STORED, *document.quantities):
            action = menu.addAction(self._services.translate(quantity.title))
            action.setCheckable(True)
            action.setChecked(document.quantity.id == quantity.id)
            action.setEnabled(quantity.refusal is None)
            if quantity.refusal is not None:
                action.setToolTip(self._services.translate(quantity.refusal))
            action.triggered.connect(lambda _=False, id=quantity.id: document.choose_quantity(id))

    def _add(self, title: str, command: str, icon: str | None) -> None:
        action = self.addAction(title)
        if icon is not None:
            self._services.set_icon(action, icon)
        action.triggered.connect(partial(self._services.run_command, command))
