"""The library browser: the studies of the library with their series, searched as the user types."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QImage, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QMenu,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import CancelToken, SilentProgress
from core.series import Series
from core.services import Services
from core.study import Study
from viewers.library_list import LibraryAnswer, StudyOrder, find_studies, listed_series, series_key
from viewers.ui.background_calls import BackgroundCalls
from viewers.ui.import_progress import ImportProgress
from viewers.ui.library_delegate import LibraryDelegate
from viewers.ui.library_empty import EmptyLibrary
from viewers.ui.library_filter import LibraryFilter
from viewers.ui.library_model import LibraryModel
from viewers.ui.question import Question

if TYPE_CHECKING:
    from imaging.index import StudyIndex

_log = logging.getLogger(__name__)
_ORDER_SETTING = "care.library.order"
_REFRESH_INTERVAL_MS = 300
_MOST_THUMBNAILS_WAITING = 60


class LibraryBrowser(QWidget):
    """Lists what the library holds; `open_series(series)` tells what the user wants to see.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    open_series = Signal(object)
    _refresh_asked = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._index: StudyIndex | None = None
        self._answer: LibraryAnswer | None = None
        self._to_select: Series | None = None
        self._calls = BackgroundCalls(services.report_error)
        self._thumbnails = BackgroundCalls(_no_thumbnail, limit=_MOST_THUMBNAILS_WAITING)
        self._stop = CancelToken()
        self._endings = endings = [self._stop.cancel, self._calls.close, self._thumbnails.close]
        self.destroyed.connect(lambda: [end() for end in endings])
        self._make_widgets(services)
        self._timer = QTimer(self, singleShot=True, interval=_REFRESH_INTERVAL_MS)
        self._timer.timeout.connect(self._ask)
        self._refresh_asked.connect(self._ask_soon, Qt.ConnectionType.QueuedConnection)
        self.setAcceptDrops(True)
        self.retranslate()
        self._ask()

    def _make_widgets(self, services: Services) -> None:
        self.model = LibraryModel(services.translate, self)
        self.model.series_wanted.connect(self._ask_series)
        self.model.thumbnail_wanted.connect(self._ask_thumbnail)
        self.filter = LibraryFilter(services, _saved_order(services))
        self.filter.changed.connect(self._filter_changed)
        self.tree = self._make_tree()
        self.filter.leave_down.connect(self._enter_tree)
        self.empty = EmptyLibrary(services)
        self.empty.clear_search.connect(self.filter.clear)
        self._pages = QStackedWidget()
        for page in (self.tree, self.empty):
            self._pages.addWidget(page)
        self.progress = ImportProgress(services)
        self.progress.imported.connect(self.refresh)
        self._counts = QLabel(wordWrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.filter)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self._counts)

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(headerHidden=True, uniformRowHeights=True, rootIsDecorated=True, indentation=14)
        tree.setModel(self.model)
        tree.setItemDelegate(LibraryDelegate(self._services.translate, tree))
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        tree.setExpandsOnDoubleClick(False)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._menu)
        tree.activated.connect(self._activate)
        return tree

    # For the workspace

    def refresh(self) -> None:
        """Look at the index again, soon; may be called often and from any thread."""
        self._refresh_asked.emit()

    def close_browser(self) -> None:
        """End the work in the background."""
        self._timer.stop()
        for end in self._endings:
            end()

    def selected_series(self) -> Series | None:
        """Give the series under the keyboard's focus, if it is one."""
        return self.model.series(self.tree.currentIndex())

    def select_series(self, series: Series) -> None:
        """Open the study of `series` and mark the series, as soon as they are listed."""
        self._to_select = listed_series([series])[0]
        self._select_wanted()

    def clear_selection(self) -> None:
        """Mark no series: what is open is not listed."""
        self._to_select = None
        self.tree.setCurrentIndex(QModelIndex())
        self.tree.clearSelection()

    def _select_wanted(self) -> None:
        series = self._to_select
        if series is None:
            return
        self.tree.expand(self.model.study_index(series.study_uid))
        index = self.model.series_index(series.study_uid, series_key(series))
        if index.isValid():
            self._to_select = None
            self.tree.setCurrentIndex(index)

    def counts_text(self) -> str:
        """Give what the footer says."""
        return self._counts.text()

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.filter.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.search.selectAll()

    # Questions and answers

    def _study_index(self) -> "StudyIndex":
        """Give the index, opened when first asked for; only called in the thread of `_calls`."""
        if self._index is None:
            from imaging.index import StudyIndex

            self._index = StudyIndex.open(self._services.library)
            self._endings.append(self._index.close)
        return self._index

    def _ask_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        query = self.filter.query()
        self._calls.call("studies", lambda: find_studies(self._study_index(), query), self._show)

    def _show(self, answer: LibraryAnswer) -> None:
        self._answer = answer
        current = self.tree.currentIndex()
        seen = self.tree.viewport().rect().intersects(self.tree.visualRect(current))
        self.model.set_studies(answer.studies)
        if seen and current.isValid():  # what comes above it must not push it out of sight
            self.tree.scrollTo(self.tree.currentIndex())
        self.filter.set_modalities(answer.modalities)
        self._show_counts()
        for widget in (self.filter, self._counts):
            widget.setVisible(answer.total.studies > 0)
        page = self.tree if answer.studies else self.empty
        self.empty.set_library_empty(answer.total.studies == 0)
        self._pages.setCurrentWidget(page)
        if len(answer.studies) == 1:
            self.tree.expand(self.model.index(0, 0))
        self._select_wanted()

    def _ask_series(self, study_uid: str) -> None:
        def work() -> tuple[str, list[tuple[Series, ...]]]:
            from viewers.derived_objects import seen_on_images
            from viewers.volume_sequence import played_together

            index = self._study_index()
            series = index.series_of(study_uid)
            return study_uid, played_together(listed_series(series, seen_on_images(index, series)))

        self._calls.call(("series", study_uid), work, self._show_series)

    def _show_series(self, answer: tuple[str, list[tuple[Series, ...]]]) -> None:
        self.model.set_groups(*answer)
        self._select_wanted()

    def _ask_thumbnail(self, series: Series) -> None:
        if series.geometry is not None:
            work = lambda: _thumbnail(self._study_index(), series, self._stop)  # noqa: E731
            self._thumbnails.call(
                series_key(series),
                work,
                lambda image: self.model.set_thumbnail(series, image),
                lambda: self.model.forget_thumbnail(series),
            )

    # What the user does

    def _enter_tree(self) -> None:
        if self.model.rowCount():
            if not self.tree.currentIndex().isValid():
                self.tree.setCurrentIndex(self.model.index(0, 0))
            self.tree.setFocus(Qt.FocusReason.TabFocusReason)

    def _filter_changed(self) -> None:
        self._to_select = None  # the user looks for something else now
        self._services.library.settings.set(_ORDER_SETTING, self.filter.query().order.value)
        self._ask()

    def _activate(self, index: QModelIndex) -> None:
        series = self.model.series(index)
        if series is not None:
            self.open_series.emit(series)
        elif self.model.study(index) is not None:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _menu(self, place: QPoint) -> None:
        index = self.tree.indexAt(place)
        study, series = self.model.study(index), self.model.series(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if series is not None:
            menu.addAction(self.tr("Open"), lambda: self.open_series.emit(series))
            menu.addAction(self.tr("Show in file manager"), lambda: self._show_files(series))
            study = self.model.study(index.parent())
        elif study is not None:
            text = self.tr("Hide series") if self.tree.isExpanded(index) else self.tr("Show series")
            menu.addAction(text, lambda: self._activate(index))
        if study is not None:
            menu.addSeparator()
            menu.addAction(self.tr("Remove study from library…"), lambda: self.remove_study(study))
            menu.popup(self.tree.viewport().mapToGlobal(place))

    def _show_files(self, series: Series) -> None:
        def first_file() -> Path | None:
            instances = self._study_index().instances(series)
            return Path(instances[0].path).parent if instances else None

        def show(folder: Path | None) -> None:
            if folder is None or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
                text = QT_TRANSLATE_NOOP("Message", "The folder of the series cannot be shown.")
                self._services.report_error(SenseError(message(text)))

        self._calls.call("folder", first_file, show)

    def remove_study(self, study: Study) -> None:
        """Ask whether the study shall leave the library, and remove it; the files stay."""

        def write(question: Question) -> None:
            question.setWindowTitle(self.tr("Remove study"))
            question.setText(
                self.tr("Remove this study with {count} series from the library?").format(count=study.series)
            )
            question.setInformativeText(
                self.tr(
                    "Files stay where they are and can be imported again. "
                    "Copies that the library made of them are deleted."
                )
            )
            question.verb.setText(self.tr("Remove"))

        Question(self, write, lambda: self._remove(study)).open()

    def _remove(self, study: Study) -> None:
        def remove() -> None:
            self._study_index().remove_study(study.study_uid)
            self._services.library.audit.append("care.remove-study", (study.study_uid,))

        self._calls.call(("remove", study.study_uid), remove, lambda _: self._ask())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self._services.open_paths(paths)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.tree.currentIndex()
        study = self.model.study(index) or self.model.study(index.parent())
        if event.key() == Qt.Key.Key_Delete and study is not None:
            self.remove_study(study)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # Appearance

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.tree.setAccessibleName(self.tr("Studies"))
        self._show_counts()
        self.tree.viewport().update()

    def _show_counts(self) -> None:
        if self._answer is None:
            self._counts.clear()
            return
        shown, total = self._answer.shown, self._answer.total
        parts = [
            self.tr("Patients: {count}").format(count=self._number(shown.patients)),
            self.tr("Studies: {count}").format(count=self._number(shown.studies)),
            self.tr("Series: {count}").format(count=self._number(shown.series)),
            self.tr("Images: {count}").format(count=self._number(shown.images)),
        ]
        text = "  ·  ".join(parts)
        if shown != total:
            text = self.tr("Found: {counts}").format(counts=text)
        self._counts.setText(text)

    def _number(self, value: int) -> str:
        return self.locale().toString(value)


def _saved_order(services: Services) -> StudyOrder:
    saved = services.library.settings.get(_ORDER_SETTING, StudyOrder.NEWEST.value)
    return StudyOrder(saved) if saved in list(StudyOrder) else StudyOrder.NEWEST


def _thumbnail(index: "StudyIndex", series: Series, stop: CancelToken) -> QImage | None:
    """Read the thumbnail of a series, made now where it never was or the series has grown."""
    from imaging.thumbnails import INSTANCES_KEYWORD, make_thumbnail

    path = index.thumbnail(series)
    image = QImage(str(path)) if path is not None else QImage()
    if image.isNull() or image.text(INSTANCES_KEYWORD) != str(series.instances):
        image = QImage(str(make_thumbnail(index, series, progress=SilentProgress(stop))))
    return None if image.isNull() else image


def _no_thumbnail(error: SenseError) -> None:
    """Leave the place holder: opening the series will say what is wrong with it."""
    _log.debug("no thumbnail: %s", error.message.text)
