"""Files of surfaces dropped on the 3D view: they join the volume that is shown there."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QDropEvent, QPainter, QPen

from render.ui.viewport_overlay import ViewportOverlay
from viewers.surface_reading import is_surface_file

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView

_KINDS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
_MARGIN, _ROUND, _LARGER = 14, 10, 1.3
_VEIL, _INK, _FRAME = QColor(12, 14, 18, 170), QColor(235, 235, 235), QColor(255, 200, 110)


class SurfaceDrop(QObject):
    """Watches the canvas of a view for drops; other drops than of surfaces alone are left to the window.

    Parameters
    ----------
    view : VolumeView
        Whose volume surfaces join.
    """

    def __init__(self, view: "VolumeView") -> None:
        super().__init__(view)
        self._view = view
        self.hint = _Hint(view, self.text)
        view.canvas.setAcceptDrops(True)
        view.canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragLeave:
            self._show_hint(shown=False)
            return False
        if event.type() not in _KINDS or not isinstance(event, QDropEvent):
            return False
        files = self._surfaces(event)
        if not files:
            return False
        event.acceptProposedAction()
        dropped = event.type() == QEvent.Type.Drop
        self._show_hint(shown=not dropped)
        if dropped:
            self._view.surfaces.add(files)
        return True

    def _surfaces(self, event: QDropEvent) -> list[Path]:
        """Give what is dropped; nothing where it is something else, too, or where there is no volume."""
        urls = event.mimeData().urls()
        files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if self._view.scene is None or len(files) < len(urls) or not all(map(is_surface_file, files)):
            return []
        return files

    def text(self) -> str:
        """Say what a drop does."""
        here = self.tr("Show in this volume")
        elsewhere = self.tr("Dropped elsewhere, surfaces open in a window of their own.")
        return f"{here}\n\n{elsewhere}"

    def _show_hint(self, *, shown: bool) -> None:
        if self.hint.shown != shown:
            self.hint.shown = shown
            self._view.canvas.update()


class _Hint(ViewportOverlay):
    """Says, while surfaces are dragged over the view, what a drop does here."""

    def __init__(self, view: "VolumeView", text: Callable[[], str]) -> None:
        self._view = view
        self._text = text
        self.shown = False

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        if not on_screen or not self.shown:
            return
        place = self._view.canvas.rect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(place, _VEIL)
        inside = place.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.setPen(QPen(_FRAME, 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(inside, _ROUND, _ROUND)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * _LARGER)
        painter.setFont(font)
        painter.setPen(_INK)
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(inside.adjusted(_MARGIN, 0, -_MARGIN, 0), wrapped, self._text())
