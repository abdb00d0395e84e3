"""The brush that takes away what does not belong to a reconstruction."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from reconstruction.ui.result_view import ResultView
from render.ui.viewport_overlay import ViewportOverlay

if TYPE_CHECKING:
    from reconstruction.ui.result_tools import ResultTools

_INK = QColor(255, 110, 90)
_LEAST, _MOST = 4.0, 200.0
_STEPS: dict[int, float] = {Qt.Key.Key_BracketLeft: 0.8, Qt.Key.Key_BracketRight: 1.25}


class BrushOverlay(ViewportOverlay):
    """Brushes away where a button is pressed and dragged; [ and ] change its size.

    Parameters
    ----------
    tools : ResultTools
        Does it.
    view : ResultView
        Where it is drawn.
    """

    def __init__(self, tools: "ResultTools", view: ResultView) -> None:
        self._tools, self._view = tools, view
        self._place: QPointF | None = None
        self._start = QPointF()
        self.radius = 24.0

    @property
    def active(self) -> bool:
        """Whether the brush is the tool."""
        return self._tools.tool == "brush"

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        if on_screen and self.active and self._place is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(_INK, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._place, self.radius, self.radius)

    def part_at(self, place: QPointF) -> tuple[float, float] | None:
        return (place.x(), place.y()) if self.active else None

    def hover(self, part: tuple[float, float] | None) -> None:
        self._place = None if part is None else QPointF(*part)

    def begin(self, part: tuple[float, float]) -> None:
        self._start = QPointF(*part)

    def drag(self, part: tuple[float, float], offset: QPointF, stroke: str) -> None:
        self._place = self._start + offset
        self._tools.brush(self._place, self.radius, stroke)
        self._view.update()

    def click(self, part: tuple[float, float]) -> None:
        self._tools.brush(QPointF(*part), self.radius, None)

    def answers(self, event: QKeyEvent) -> bool:
        return self.active and event.key() in _STEPS

    def key(self, event: QKeyEvent) -> None:
        self.radius = min(_MOST, max(_LEAST, self.radius * _STEPS[event.key()]))
        self._view.update()
