"""The Care workspace: the library at the left, the views of the open series, the tools."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.coded_concept import InstanceReference
from core.history import History
from core.series import Series
from core.services import Services
from imaging.file_series import volume_suffix
from viewers.annotation_editor import AnnotationEditor
from viewers.derived_objects import DerivedObject
from viewers.library_list import series_key
from viewers.mouse_buttons import MouseButtons
from viewers.mouse_tools import MouseTool
from viewers.ui.annotation_exchange import AnnotationExchange
from viewers.ui.annotation_keeper import AnnotationKeeper
from viewers.ui.annotations_panel import AnnotationsPanel
from viewers.ui.derived_opener import DerivedOpener
from viewers.ui.dropped_imports import DroppedImports
from viewers.ui.empty_page import EmptyPage
from viewers.ui.exchange_pages import ExchangePages
from viewers.ui.facts_loader import FactsLoader
from viewers.ui.image_links import ImageLinks
from viewers.ui.library_browser import LibraryBrowser
from viewers.ui.loading_bar import LoadingBar
from viewers.ui.object_loader import ObjectLoader
from viewers.ui.objects_panel import ObjectsPanel
from viewers.ui.picture_saving import ViewPictures
from viewers.ui.players import Players
from viewers.ui.reading_window import ReadingWindow
from viewers.ui.sequence_bar import SequenceBar
from viewers.ui.series_drop import SeriesDrop
from viewers.ui.series_opener import SeriesOpener
from viewers.ui.side_panel import SidePanel, restore_sizes
from viewers.ui.surface_opening import show_surface_files
from viewers.ui.surface_window import SurfaceWindow
from viewers.ui.view_grid import ViewGrid
from viewers.ui.view_menu import ViewMenu
from viewers.ui.viewer_toolbar import ViewerToolbar
from viewers.ui.volume_file_opener import VolumeFileOpener
from viewers.viewer_document import ViewerDocument
from viewers.workspace_states import document_states

if TYPE_CHECKING:
    from imaging.pacs.exchange import Retrieved

_LIBRARY_WIDTH = 280
_DRAWING_THREADS = 2


class ViewerWorkspace(QWidget):
    """Everything for reading a study.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    states_changed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._closed = False
        self._refreshing = False
        self._told: set[str] = set()
        self._pool = ThreadPoolExecutor(_DRAWING_THREADS, thread_name_prefix="slice")
        self.document = ViewerDocument(services.library.settings)
        self.opener = SeriesOpener(services, self.document, self)
        self._volume_files = VolumeFileOpener(services, self.document, self.opener, self)
        self.object_loader = ObjectLoader(services, self.document, self)
        self._annotations = AnnotationKeeper(services, self.document, self)
        self.annotation_files = AnnotationExchange(services, self.document, self)
        self._chosen = DerivedOpener(services, self)
        self._image_links = ImageLinks(services, self.document, self)
        self._imports = DroppedImports(services, self)
        self.exchange = ExchangePages(services, self.document, self)
        self._facts = FactsLoader(services.library, self.document, services.report_error)
        self.players = Players(services, self.document, self.opener, self)
        self._buttons = MouseButtons(services.library.settings)
        self._make_widgets()
        self._connect()
        self._refresh()
        QTimer.singleShot(0, self.grid, self.grid.prepare)

    def _make_widgets(self) -> None:
        self.toolbar = ViewerToolbar(self._services, self.document)
        self.grid = ViewGrid(self._services, self.document, self._pool)
        self.grid.set_tools(self._buttons.left, self._buttons.right)
        self.pictures = ViewPictures(self._services, self.document, self.grid)
        self._loading = LoadingBar()
        self.sequence_bar = SequenceBar(self._services, self.players.volumes)
        self._pages = QStackedWidget()
        self._empty = EmptyPage(self._services)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.grid)
        self._drop = SeriesDrop(self._services, self._pages)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.toolbar, self._loading, self._pages, self.sequence_bar):
            column.addWidget(widget, 1 if widget is self._pages else 0)
        self.browser = LibraryBrowser(self._services)
        self.objects = ObjectsPanel(self._services, self.document)
        held = self.players.volumes.loader
        self.measurements = AnnotationsPanel(
            self._services,
            self.document,
            lambda: {number: one.volume for number, one in held.volumes.items()},
        )
        held.came.connect(lambda _number: self.measurements.refresh())
        self.document.editors.append(AnnotationEditor(self.document, self.measurements.ask_text))
        self.side = SidePanel(self.browser, self.objects, self.measurements)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self.side)
        self._splitter.addWidget(right)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setCollapsible(1, False)
        self._splitter.setSizes([_LIBRARY_WIDTH, 4 * _LIBRARY_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def _connect(self) -> None:
        self.document.listen(self._refresh)
        self.browser.open_series.connect(self.open_series)
        self._drop.dropped.connect(self.open_series)
        self._chosen.images_wanted.connect(self._open_images)
        self._chosen.object_wanted.connect(self.object_loader.show_when_found)
        self._imports.series_known.connect(self._series_known)
        self._imports.ended.connect(self._imports_ended)
        self.opener.opened.connect(self.grid.take_focus)
        self._volume_files.opened.connect(self.grid.take_focus)
        self.opener.opened.connect(self._image_links.series_opened)
        self._image_links.series_wanted.connect(self.open_series)
        self.opener.filled.connect(self.grid.slices_filled)
        self.opener.ended.connect(self._refresh)
        self.opener.ended.connect(self.players.volumes.begin)
        self.players.changed.connect(self._refresh)
        self.exchange.series_known.connect(lambda series: self._series_known(series, opens=False))
        self.exchange.study_came.connect(self._study_came)
        self.sequence_bar.part_chosen.connect(self.open_series)
        self.toolbar.rate_changed.connect(self.players.slices.set_rate)
        self.grid.menu_requested.connect(self._show_menu)
        self.objects.report_wanted.connect(self._take_report)
        self.annotation_files.study_grew.connect(self._imports_ended)
        self.grid.drawing_ended.connect(self.stop_drawing)
        self.grid.play_requested.connect(self.players.toggle_slices)
        self.grid.volume_states_changed.connect(self._refresh)

    # What the window asks.

    @property
    def history(self) -> History:
        """The edits of what is open, for Undo and Redo."""
        return self.document.history

    @property
    def series_uid(self) -> str:
        """UID of the open series; "" for none."""
        return self.document.series.series_uid if self.document.series is not None else ""

    @property
    def series_part(self) -> str:
        """Part of the open series."""
        return self.document.series.part if self.document.series is not None else ""

    @property
    def segments_file(self) -> str:
        """File of the segmentation or structure set that is chosen, or else shown; "" for none."""
        derived = self.objects.segments
        return "" if derived is None else str(derived.path)

    def states(self) -> set[str]:
        """Name what is true, for enabling and checking commands."""
        volume_pane = self.grid.volume_pane
        in_3d = volume_pane.view.states() if volume_pane is not None else set[str]()
        shown = self.side.states() | self._buttons.states() | in_3d
        return document_states(self.document) | self.players.states() | shown

    def open_paths(self, paths: list[Path]) -> None:
        """Import files and folders and open the first series that comes of them; show surfaces, volumes."""
        others = show_surface_files(self._services, paths, self)
        volumes = [path for path in others if path.is_file() and volume_suffix(path)]
        if volumes:
            self.players.forget()
            self.browser.clear_selection()
            self._volume_files.open(volumes)
        rest = [path for path in others if path not in volumes]
        if rest:
            self.opener.set_importing(True)
            self._imports.start(rest)

    def open_series(self, series: Series) -> None:
        """Open a series of the library; a derived object on the images that it refers to."""
        self._chosen.open(series)

    def _open_images(self, series: Series, referenced: bool) -> None:
        shown = self.document.series
        if referenced and shown is not None and series_key(shown) == series_key(series):
            return
        self.players.forget()
        self._volume_files.forget()
        self.opener.open(series)
        self.browser.select_series(series)
        self._refresh()

    def show_image(self, reference: InstanceReference) -> None:
        """Go to an image that a report names."""
        self._image_links.follow(reference)

    def save_state(self) -> dict[str, Any]:
        """Give the arrangement of the workspace, for the next start."""
        return {
            "splitter": self._splitter.sizes(),
            **self.side.save_state(),
            **self.players.save_state(),
        }

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take over what `save_state` gave; what does not fit is left out."""
        restore_sizes(self._splitter, state.get("splitter"))
        self.side.restore_state(state)
        self.players.restore_state(state)
        self._refresh()

    def close_workspace(self) -> bool:
        """End all work in the background; the workspace may go afterwards."""
        if not self._closed:
            self._closed = True
            self.exchange.close()
            self.players.close()
            self._facts.close()
            self.opener.cancel()
            self._volume_files.forget()
            self.object_loader.close()
            self._annotations.close()
            self.annotation_files.close()
            self.measurements.close_panel()
            self._chosen.close()
            self._image_links.close()
            for window in (*self.findChildren(ReadingWindow), *self.findChildren(SurfaceWindow)):
                window.close()
            self.grid.shutdown()
            self._drop.close()
            self.browser.close_browser()
            self._pool.shutdown(wait=True, cancel_futures=True)
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_workspace()
        super().closeEvent(event)

    # What commands ask.

    def choose_tool(self, tool: MouseTool) -> None:
        """Choose what the left mouse button does."""
        self._buttons.choose(tool)
        if tool.draws:
            self.side.show_measurements(shown=True)
        self._tools_changed()

    def _take_report(self, derived: DerivedObject) -> None:
        self.annotation_files.take_report(derived)
        self.side.show_measurements(shown=True)
        self._refresh()

    def stop_drawing(self) -> None:
        """Give the left mouse button the tool back that it had before the drawing."""
        if self._buttons.stop_drawing():
            self._tools_changed()

    def toggle_right_drag(self) -> None:
        """Let the right mouse button set the window instead of zooming, or zoom again."""
        self._buttons.toggle_right()
        self._tools_changed()

    def toggle_library(self) -> None:
        """Show or hide the library."""
        self.side.toggle_library()
        self._refresh()

    def toggle_objects_panel(self) -> None:
        """Show or hide the list of derived objects."""
        self.side.toggle_objects()
        self._refresh()

    def toggle_annotations_panel(self) -> None:
        """Show or hide the list of measurements."""
        self.side.toggle_measurements()
        self._refresh()

    def show_deidentify(self) -> None:
        """Open the page that de-identifies files, at first those of the open or selected series."""
        self.exchange.show_deidentify(self.browser.selected_series())

    # Following document and jobs.

    def _tools_changed(self) -> None:
        self.grid.set_tools(self._buttons.left, self._buttons.right)
        self._refresh()

    def _refresh(self) -> None:
        if self._refreshing:
            return  # a view tells its new state while it is refreshed; all states are asked for below
        opened = self.document.volume is not None
        self._refreshing = True
        try:
            self._pages.setCurrentWidget(self.grid if opened else self._empty)
            if opened:
                self.grid.refresh()
        finally:
            self._refreshing = False
        fraction = self.document.filled_fraction if opened and self.opener.loading else 0.0
        self._loading.set_fraction(fraction)
        states = self.states()
        self.toolbar.refresh(states, self.players.slices.cine.frames_per_second)
        if states != self._told:
            # Menus need not follow every slice.
            self._told = states
            self.states_changed.emit()

    def _series_known(self, series: Series, opens: bool) -> None:
        self.browser.refresh()
        if opens:
            self.open_series(series)
        else:
            self.opener.grow(series)

    def _study_came(self, got: "Retrieved") -> None:
        self.browser.refresh()
        self.object_loader.refresh()
        shown = [series for series in got.series if series.geometry is not None]
        if shown:
            self.open_series(shown[0])

    def _imports_ended(self) -> None:
        self.browser.refresh()
        self.object_loader.refresh()
        self.opener.set_importing(False)
        self.players.volumes.begin()

    def _show_menu(self, place: QPoint) -> None:
        ViewMenu(self._services, self.document, self).popup(place)
