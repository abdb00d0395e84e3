"""The row below the views of a series that holds several volumes: which one is shown, and a film of them."""

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from core.series import Series
from core.services import Services
from viewers.part_title import part_title
from viewers.ui.volume_film import VolumeFilm

_ICON = QSize(18, 18)
_SPIN_ROOM = 36
_SHORTEST_PARTS = 14
_MARK_HEIGHT = 3


class SequenceBar(QWidget):
    """A list of the series' parts and, where some lie on one grid, a slider and a film through them.

    Parameters
    ----------
    services : Services
        Runs the commands.
    film : VolumeFilm
        What is shown and moved.
    """

    part_chosen = Signal(object)

    def __init__(self, services: Services, film: VolumeFilm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._film = film
        self._listed: tuple[Series, ...] = ()
        self._parts = QComboBox(
            sizeAdjustPolicy=QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._parts.setMinimumContentsLength(_SHORTEST_PARTS)
        self._parts.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._parts.activated.connect(self._choose)
        self._previous = self._button("previous", "care.previous-volume")
        self._play = self._button("play", "care.play-volumes")
        self._next = self._button("next", "care.next-volume")
        self._slider = LoadedSlider()
        self._slider.valueChanged.connect(film.show)
        self._number = QLabel()
        self._rate = QSpinBox(minimum=1, maximum=60, keyboardTracking=False)
        self._rate.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._rate.setFixedWidth(self.fontMetrics().horizontalAdvance("60 /s") + _SPIN_ROOM)
        self._rate.valueChanged.connect(film.set_rate)
        self._playing_widgets = (
            self._previous, self._play, self._next, self._slider, self._number, self._rate
        )  # fmt: skip
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 2, 6, 2)
        for widget in (self._parts, *self._playing_widgets):
            layout.addWidget(widget, 1 if widget is self._slider else 0)
        self._rest = QWidget()
        layout.addWidget(self._rest, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        film.changed.connect(self.refresh)
        self.retranslate()
        self.refresh()

    def refresh(self) -> None:
        """Follow the film; the row is hidden where a series is one volume."""
        film, parts = self._film, self._film.loader.parts
        self.setVisible(len(parts.shown) > 1)
        if parts.shown != self._listed:
            self._listed = parts.shown
            self._fill_parts()
        plays = film.count > 0
        for widget in self._playing_widgets:
            widget.setVisible(plays)
        self._rest.setVisible(not plays)
        if film.index >= 0:
            self._parts.setCurrentIndex(parts.shown.index(parts.sequence[film.index]))
            self._show_position()

    def _show_position(self) -> None:
        film = self._film
        for control, value in ((self._slider, film.index), (self._rate, round(film.cine.frames_per_second))):
            control.blockSignals(True)
            if control is self._slider:
                control.setRange(0, film.count - 1)
            control.setValue(value)
            control.blockSignals(False)
        self._slider.set_loaded(set(film.loader.volumes))
        number = f"{film.index + 1}/{film.count}"
        self._number.setText(f"{number} …" if film.waiting else number)
        width = self._number.fontMetrics().horizontalAdvance(f"{film.count}/{film.count} …")
        self._number.setMinimumWidth(width)
        icon = "pause" if film.playing else "play"
        if self._play.property("icon-name") != icon:
            self._play.setProperty("icon-name", icon)
            self._services.set_icon(self._play, icon)

    def _button(self, icon: str, command: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIconSize(_ICON)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._services.run_command, command))
        self._services.set_icon(button, icon)
        return button

    def _fill_parts(self) -> None:
        self._parts.clear()
        for series in self._listed:
            title = part_title(series.part, self._services.translate)
            self._parts.addItem(title or self.tr("Whole series"))
        longest = max((self._parts.itemText(i) for i in range(self._parts.count())), key=len, default="")
        room = min(max(len(longest), _SHORTEST_PARTS), 3 * _SHORTEST_PARTS)
        self._parts.setMinimumContentsLength(room)

    def _choose(self, row: int) -> None:
        series = self._listed[row]
        index = self._film.loader.parts.index_of(series)
        if index >= 0:
            self._film.show(index)
        else:
            self.part_chosen.emit(series)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._fill_parts()
        texts = {
            self._parts: self.tr("Part of the series"),
            self._previous: self.tr("Previous volume"),
            self._play: self.tr("Play volumes"),
            self._next: self.tr("Next volume"),
            self._slider: self.tr("Volume: time, phase or b-value"),
            self._rate: self.tr("Volumes a second"),
        }
        for widget, text in texts.items():
            widget.setToolTip(text)
            widget.setAccessibleName(text)
        self._rate.setSuffix(self.tr(" /s"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self.refresh()
        super().changeEvent(event)


class LoadedSlider(QSlider):
    """A slider that marks which of its values are ready."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._loaded: set[int] = set()
        self.setMinimumWidth(80)
        self.setPageStep(1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_loaded(self, loaded: set[int]) -> None:
        """Mark these values."""
        if loaded != self._loaded:
            self._loaded = loaded
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        count = self.maximum() - self.minimum() + 1
        if len(self._loaded) == count:
            return
        step = self.width() / count
        colour = self.palette().color(QPalette.ColorRole.Accent)
        with QPainter(self) as painter:
            for value in self._loaded:
                left = round((value - self.minimum()) * step)
                right = round((value - self.minimum() + 1) * step)
                painter.fillRect(left, self.height() - _MARK_HEIGHT, right - left, _MARK_HEIGHT, colour)
