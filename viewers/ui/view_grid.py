"""The grid of views: panes in the cells of the layout, or one alone."""

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QWidget

from core.services import Services
from viewers.layouts import LAYOUTS
from viewers.mouse_tools import MouseTool
from viewers.mpr_state import MprState
from viewers.ui.pane_frame import PaneFrame
from viewers.ui.slice_pane import SlicePane
from viewers.ui.slice_view import SliceView
from viewers.ui.volume_pane import VolumePane
from viewers.viewer_document import ViewerDocument

_SPAN = 3


class ViewGrid(QWidget):
    """Shows the document in the cells of its layout.

    Slice panes are made when a layout first needs them and kept; there is at most one 3D pane.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        What is shown.
    pool : Executor
        Threads that pictures are made in.
    """

    menu_requested = Signal(QPoint)
    play_requested = Signal()
    drawing_ended = Signal()
    volume_states_changed = Signal()

    def __init__(
        self, services: Services, document: ViewerDocument, pool: Executor, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._pool = pool
        self._slices: list[SlicePane] = []
        self._volume: VolumePane | None = None
        self._cells: list[SlicePane | VolumePane] = []
        self._arranged: tuple[object, ...] = ()
        self._arranging = False
        self._tools = (MouseTool.WINDOW, MouseTool.ZOOM)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)

    @property
    def volume_pane(self) -> VolumePane | None:
        """The 3D pane; None until a layout has shown it."""
        return self._volume

    def views(self) -> Iterator[SliceView]:
        """Give the slice views that are shown, in the order of their cells."""
        return (pane.view for pane in self._cells if isinstance(pane, SlicePane))

    def active_view(self) -> SliceView | None:
        """Give the slice view that keys and menus act on; None where that is the 3D picture."""
        pane = self._active_pane()
        return pane.view if isinstance(pane, SlicePane) else None

    def active_widget(self) -> QWidget | None:
        """Give the widget of the active cell, without its frame."""
        pane = self._active_pane()
        return None if pane is None else pane.view

    def set_tools(self, left: MouseTool, right: MouseTool) -> None:
        """Choose what the mouse buttons do in all views."""
        self._tools = (left, right)
        for pane in self._slices:
            pane.view.set_tools(left, right)

    def prepare(self) -> None:
        """Make the panes of the layout while nothing is open yet, so that the first series shows sooner."""
        if self._document.volume is None:
            self._arrange(self._document.state)

    def refresh(self) -> None:
        """Follow the document."""
        state = self._document.state
        self._arrange(state)
        for cell, pane in enumerate(self._cells):
            pane.set_active(len(self._cells) > 1 and cell == state.active)
            if not pane.isHidden():
                pane.refresh()
        if self._volume is not None and self._volume.isHidden():
            self._volume.forget_other()

    def zoom_by(self, factor: float) -> None:
        """Zoom the active view about its middle."""
        view = self.active_view()
        if view is not None:
            view.zoom_by(factor)
        elif self._volume is not None:
            self._volume.view.zoom(factor)

    def zoom_to_voxels(self) -> None:
        """Show the active view with one voxel on one pixel of the screen."""
        view = self.active_view()
        if view is not None:
            view.zoom_to_voxels()

    def next_view(self) -> None:
        """Let keys and menus act on the next view."""
        state = self._document.state
        self._document.activate((state.active + 1) % len(state.panes))
        widget = self.active_widget()
        if widget is not None:
            widget.setFocus()

    def take_focus(self) -> None:
        """Give the active view the keys, but do not take them from someone who types."""
        view = self.active_view()
        if view is not None and not isinstance(QApplication.focusWidget(), QLineEdit):
            view.setFocus()

    def slices_filled(self) -> None:
        """Tell the 3D pane that voxels have come."""
        if self._volume is not None:
            self._volume.slices_filled()

    def shutdown(self) -> None:
        """Stop all work; before the widget goes."""
        for pane in self._slices:
            pane.view.pictures.forget()
        if self._volume is not None:
            self._volume.shutdown()

    def _active_pane(self) -> SlicePane | VolumePane | None:
        active = self._document.state.active
        return self._cells[active] if active < len(self._cells) else None

    def _arrange(self, state: MprState) -> None:
        arrangement = (state.layout_id, state.panes, state.maximised, state.active if state.maximised else -1)
        if arrangement == self._arranged:
            return
        self._arranged = arrangement
        focused = self.isAncestorOf(QApplication.focusWidget()) if QApplication.focusWidget() else False
        self._fill_cells(state)
        self._arranging = True
        self._place(state)
        self._arranging = False
        active = self.active_widget()
        if focused and active is not None:
            active.setFocus()

    def _fill_cells(self, state: MprState) -> None:
        slices = 0
        cells: list[SlicePane | VolumePane] = []
        for pane in state.panes:
            if pane.orientation is None:
                cells.append(self._volume_pane())
                continue
            if slices == len(self._slices):
                self._slices.append(self._new_slice_pane())
            self._slices[slices].set_pane(pane)
            cells.append(self._slices[slices])
            slices += 1
        self._cells = cells

    def _place(self, state: MprState) -> None:
        while self._grid.count():
            self._grid.takeAt(0)
        for index in range(2 * _SPAN):
            self._grid.setRowStretch(index, 0)
            self._grid.setColumnStretch(index, 0)
        places = LAYOUTS[state.layout_id].cells
        shown = [
            (pane, place)
            for number, (pane, place) in enumerate(zip(self._cells, places, strict=True))
            if not state.maximised or number == state.active
        ]
        for pane in (*self._slices, *([self._volume] if self._volume else [])):
            pane.setVisible(any(pane is other for other, _ in shown))
        for pane in self._slices:
            if pane.isHidden():
                pane.view.pictures.forget()
        for pane, place in shown:
            self._grid.addWidget(pane, place.row, place.column, place.row_span, place.column_span)
            for row in range(place.row, place.row + place.row_span):
                self._grid.setRowStretch(row, 1)
            for column in range(place.column, place.column + place.column_span):
                self._grid.setColumnStretch(column, 1)

    def _new_slice_pane(self) -> SlicePane:
        pane = SlicePane(self._document, self._pool, self._services.translate, self)
        view = pane.view
        view.set_tools(*self._tools)
        view.activated.connect(partial(self._activate, pane))
        view.maximise_requested.connect(partial(self._maximise, pane))
        view.menu_requested.connect(self.menu_requested)
        view.play_requested.connect(self.play_requested)
        view.drawing_ended.connect(self.drawing_ended)
        return pane

    def _volume_pane(self) -> VolumePane:
        if self._volume is None:
            self._volume = VolumePane(self._services, self._document, self)
            self._volume.activated.connect(partial(self._activate, self._volume))
            self._volume.maximise_requested.connect(partial(self._maximise, self._volume))
            self._volume.view.states_changed.connect(self.volume_states_changed)
        return self._volume

    def _cell_of(self, pane: PaneFrame) -> int | None:
        return next((cell for cell, other in enumerate(self._cells) if other is pane), None)

    def _activate(self, pane: PaneFrame) -> None:
        # Hiding a view moves the keyboard's focus to another one, which nobody has chosen.
        cell = None if self._arranging else self._cell_of(pane)
        if cell is not None:
            self._document.activate(cell)

    def _maximise(self, pane: PaneFrame) -> None:
        cell = self._cell_of(pane)
        if cell is not None:
            self._document.toggle_maximised(cell)
