"""Plays the slices of the active view."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewers.cine import Cine, CineMode
from viewers.orientation import Orientation
from viewers.viewer_document import ViewerDocument


class Film(QObject):
    """Goes through the slices of one orientation by a timer.

    Parameters
    ----------
    document : ViewerDocument
        Whose slices are played.
    """

    changed = Signal()

    def __init__(self, document: ViewerDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._orientation = Orientation.AXIAL
        self.cine = Cine()
        self._own_rate = self.cine.frames_per_second
        self._facts = document.facts
        document.listen(self._follow_facts)
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)

    @property
    def playing(self) -> bool:
        """Whether the film runs."""
        return self._timer.isActive()

    @property
    def bounces(self) -> bool:
        """Whether it plays back and forth."""
        return self.cine.mode is CineMode.BOUNCE

    def toggle(self) -> None:
        """Play the active view's slices, or stop."""
        if self.playing:
            self._timer.stop()
        elif self._document.volume is not None and not self._document.is_single_image:
            self._orientation = self._document.state.active_orientation
            self._start_timer()
        self.changed.emit()

    def stop(self) -> None:
        """Stop playing."""
        if self.playing:
            self.toggle()

    def toggle_bounce(self) -> None:
        """Play back and forth, or start again at the end."""
        self.cine = replace(self.cine, mode=CineMode.LOOP if self.bounces else CineMode.BOUNCE, direction=1)
        self.changed.emit()

    @property
    def own_rate(self) -> float:
        """Slices a second that the user chose, for pictures that state no speed."""
        return self._own_rate

    def set_rate(self, frames_per_second: float) -> None:
        """Play faster or slower, 1 to 60 slices a second."""
        self._play_at(frames_per_second)
        self._own_rate = self.cine.frames_per_second

    def _follow_facts(self) -> None:
        """Play frames as fast as their file says."""
        if self._document.facts is not self._facts:
            self._facts = self._document.facts
            self._play_at(self._facts.frames_per_second or self._own_rate)

    def _play_at(self, frames_per_second: float) -> None:
        cine = self.cine.at_rate(frames_per_second)
        if cine == self.cine:
            return
        self.cine = cine
        if self.playing:
            self._start_timer()
        self.changed.emit()

    def _start_timer(self) -> None:
        self._timer.start(round(1000 / self.cine.frames_per_second))

    def _step(self) -> None:
        stack = self._document.stack(self._orientation)
        if stack is None:
            self.stop()
            return
        index = stack.nearest_index(self._document.state.point_of(self._orientation))
        following, self.cine = self.cine.next(index, stack.count)
        self._document.go_to_slice(self._orientation, following)
