"""A window with surfaces: of a file, of a segmentation or of a structure set."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEvent, QLocale, QObject, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSlider,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import Cancelled, SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.services import Services
from viewers.surface_model import SurfaceLook, SurfaceModel, SurfacePart
from viewers.ui.surface_list import SurfaceList
from viewers.ui.surface_menus import SurfaceMenus
from viewers.ui.surface_view import SurfaceView
from viewers.ui.turntable_saving import TurntableSaver

_SIZE = QSize(980, 700)
_LIST_WIDTH = 240
_METRES_FROM_MM = 3000.0


class SurfaceInput(Protocol):
    """Where surfaces come from."""

    @property
    def key(self) -> str:
        """What tells it from others."""
        ...

    @property
    def title(self) -> str:
        """What the user calls it."""
        ...

    def read(self, *, progress: Progress = SILENT) -> SurfaceModel:
        """Read it, in a working thread."""
        ...


class _Relay(QObject):
    """Lives as long as the job that tells by it, which may be longer than the window."""

    read = Signal(object)
    failed = Signal(object)


class SurfaceWindow(QWidget):
    """Reads surfaces as a job and shows them; a click on one names it.

    Parameters
    ----------
    services : Services
        The program around it.
    given : SurfaceInput
        Where the surfaces come from.
    look : SurfaceLook
        How they are first seen.
    parent : QWidget
        The window goes with it.
    """

    def __init__(self, services: Services, given: SurfaceInput, look: SurfaceLook, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName(given.key)
        self._services, self._given = services, given
        self._first_look = look
        self._error: SenseError | None = None
        self._pointed = ""
        self._relay = _Relay()
        self.view = SurfaceView(services)
        self.turntable = TurntableSaver(services, self.view)
        self.list = SurfaceList()
        self.menus = SurfaceMenus(self)
        self._make_tools()
        self._arrange()
        self._connect()
        self.retranslate()
        title = message(QT_TRANSLATE_NOOP("Message", "Read surfaces"))
        self._job = services.runner.submit(title, _read, given, self._relay)

    # What there is

    @property
    def model(self) -> SurfaceModel | None:
        """What is shown; None while it is read."""
        return self.view.model

    @property
    def error(self) -> SenseError | None:
        """Why there is nothing to see."""
        return self._error

    def facts(self) -> str:
        """Give the line below the picture: what is under the pointer or chosen."""
        return self._facts.text()

    # Widgets

    def _make_tools(self) -> None:
        icons = ("play", "reset", "save", "camera")
        self._spin, self._reset, self._save, self._film = (self._button(name) for name in icons)
        self._spin.setCheckable(True)
        self._opacity_title = QLabel()
        self.opacity = QSlider(Qt.Orientation.Horizontal, minimum=5, maximum=100, value=100, pageStep=10)
        self.opacity.setMaximumWidth(160)
        self._facts = QLabel(wordWrap=True)

    def _button(self, icon: str) -> QToolButton:
        button = QToolButton(autoRaise=True, focusPolicy=Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(18, 18))
        self._services.set_icon(button, icon)
        return button

    def _arrange(self) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(6, 4, 6, 4)
        for widget in (self._spin, self._reset, self._save, self._film):
            tools.addWidget(widget)
        tools.addStretch(1)
        tools.addWidget(self._opacity_title)
        tools.addSpacing(8)
        tools.addWidget(self.opacity)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 4, 8, 4)
        foot.addWidget(self._facts, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(self.view)
        split.setStretchFactor(1, 1)
        split.setSizes([_LIST_WIDTH, _SIZE.width() - _LIST_WIDTH])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setMenuBar(self.menus)
        column.addLayout(tools)
        column.addWidget(split, 1)
        column.addLayout(foot)
        self.resize(_SIZE)

    def _connect(self) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        self._relay.read.connect(self._take, queued)
        self._relay.failed.connect(self._fail, queued)
        self._spin.clicked.connect(self.set_spinning)
        self._reset.clicked.connect(self.go_home)
        self._save.clicked.connect(self.ask_to_save_picture)
        self._film.clicked.connect(self.turntable.ask)
        self.opacity.valueChanged.connect(lambda percent: self._change(opacity=percent / 100))
        self.list.shown_changed.connect(self._show_part)
        self.list.itemActivated.connect(lambda item: self.view.look_at(self.list.key_of(item)))
        self.list.part_chosen.connect(lambda key: self._change(chosen=key))
        self.view.part_clicked.connect(lambda key: self._change(chosen=key))
        self.view.part_pointed.connect(self._point)
        self.view.notes_changed.connect(self._follow)
        self.view.home_requested.connect(self._follow)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)

    # Reading

    def _take(self, model: SurfaceModel) -> None:
        self.view.set_model(model, self._first_look)
        self._list_parts()
        self._follow()
        self.view.setFocus()

    def _fail(self, error: SenseError) -> None:
        self._error = error
        self._follow()

    # What the user does

    def _show_part(self, key: str, shown: bool) -> None:
        self._set_look(self.view.look.with_part(key, shown=shown))

    def _change(self, **changes: object) -> None:
        self._set_look(replace(self.view.look, **changes))

    def _set_look(self, look: SurfaceLook) -> None:
        if self.model is not None:
            self.view.set_look(look)
            self.list.follow(self.model, look)
            self._follow()

    def _point(self, key: str) -> None:
        self._pointed = key
        self._follow()

    def set_spinning(self, spinning: bool) -> None:
        """Let the surfaces turn by themselves, or stop."""
        self.view.set_spinning(spinning)
        self._follow()

    def go_home(self) -> None:
        """Look from the front at everything, at rest."""
        self.view.reset_view()
        self._follow()

    def show_all(self) -> None:
        """Show what is hidden, too."""
        self._change(hidden=frozenset())

    def show_chosen_only(self) -> None:
        """Hide all surfaces but the chosen one."""
        chosen = self.view.look.chosen
        if self.model is not None and chosen:
            others = frozenset(part.key for part in self.model.parts if part.key != chosen)
            self._change(hidden=others)

    def go_near_chosen(self) -> None:
        """Look at the chosen surface from nearby."""
        if self.view.look.chosen:
            self.view.look_at(self.view.look.chosen)

    def open_files(self, paths: list[Path]) -> None:
        """Open files as the main window does: surfaces in windows of their own."""
        self._services.open_paths(paths)

    def ask_to_save_picture(self) -> None:
        """Ask where to save what is seen."""
        from viewers.ui.picture_saving import PictureSaver

        saver = PictureSaver(self._services, self)
        saver.ask(self.view.picture(), "surfaces.png", self)  # says nothing about the patient

    # Texts

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("{name} – surfaces").format(name=self._given.title))
        self.list.setAccessibleName(self.tr("Surfaces"))
        self._opacity_title.setText(self.tr("Opacity"))
        tips = {
            self._spin: self.tr("Turn by itself"),
            self._reset: self.tr("Reset the view (Home)"),
            self._save: self.tr("Save picture…"),
            self._film: self.tr("Save turntable…"),
        }
        for button, text in tips.items():
            button.setToolTip(text)
            button.setAccessibleName(text)
        self.opacity.setAccessibleName(self.tr("Opacity"))
        self.menus.retranslate()
        self._list_parts()
        self._follow()

    def _list_parts(self) -> None:
        if self.model is not None:
            titles = {part.key: self._title(part) for part in self.model.parts}
            self.list.set_model(self.model, self.view.look, titles)

    def _title(self, part: SurfacePart) -> str:
        return part.title or (self.tr("Points") if part.points else self.tr("Surface"))

    def _follow(self) -> None:
        model = self.model
        for widget in (self._spin, self._reset, self._save, self._film, self.opacity, self.list):
            widget.setEnabled(model is not None)
        self._spin.setChecked(self.view.spinning)
        self.menus.follow()
        if self._error is not None:
            self.view.set_note(self._services.translate(self._error.message))
        else:
            self.view.set_note(self.tr("Reading…") if model is None else "")
        part = None
        if model is not None:
            part = model.part(self._pointed) or model.part(self.view.look.chosen)
        self._facts.setText(self._hint() if part is None else self._sentence(part))

    def _hint(self) -> str:
        """Give the size of everything with its unit, and what a click does."""
        model = self.model
        if model is None:
            return ""
        numbers, sides = QLocale(), model.extent_mm
        metres = max(sides) >= _METRES_FROM_MM
        x, y, z = (
            numbers.toString(side / 1000 if metres else side, "f", 2 if metres else 1) for side in sides
        )
        unit = "m" if metres else "mm"
        size = self.tr("Size {x} × {y} × {z} {unit}").format(x=x, y=y, z=z, unit=unit)
        notes = [self._services.translate(note) for note in (*model.notes, *self.view.notes)]
        return "  ·  ".join([size, *notes, self.tr("Click a surface to name it; drag to turn.")])

    def _sentence(self, part: SurfacePart) -> str:
        numbers = QLocale()
        area = numbers.toString(part.area_mm2 / 100, "f", 1)
        facts = [self._title(part)]
        if part.volume_mm3 is not None:
            volume = numbers.toString(abs(part.volume_mm3) / 1000, "f", 1)
            facts.append(self.tr("{volume} ml").format(volume=volume))
        if part.points:
            facts.append(self.tr("Points: {count}").format(count=numbers.toString(part.points)))
        else:
            facts.append(self.tr("{area} cm²").format(area=area))
            facts.append(self.tr("{count} triangles").format(count=numbers.toString(part.triangles)))
        return "  ·  ".join(facts)

    # Window

    def closeEvent(self, event: QCloseEvent) -> None:
        self._services.runner.cancel(self._job.id)
        self.view.close_viewport()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _read(given: SurfaceInput, relay: _Relay, *, progress: Progress = SILENT) -> None:
    """Read in a working thread."""
    try:
        relay.read.emit(given.read(progress=progress))
    except SenseError as error:
        relay.failed.emit(error)
        raise
    except Cancelled:
        raise
    except Exception as error:
        # The job says so, too, and logs the cause; here it ends the waiting.
        text = QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind}).")
        relay.failed.emit(SenseError(message(text, kind=type(error).__name__)))
        raise


def show_surfaces(
    services: Services, given: SurfaceInput, parent: QWidget, look: SurfaceLook | None = None
) -> SurfaceWindow:
    """Show surfaces in their window; the one that is there comes to the front."""
    window = parent.window().findChild(SurfaceWindow, given.key)
    if window is None:
        window = SurfaceWindow(services, given, look or SurfaceLook(), parent)
    window.show()
    window.raise_()
    window.activateWindow()
    return window
