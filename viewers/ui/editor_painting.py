"""Drawing what the editors of a document show over a slice picture: measurements, brushes."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QTransform

from core.message import Message
from core.plane import Plane
from viewers.object_layer import Points
from viewers.ui.mark_painting import PreparedMark, draw_marks, prepared
from viewers.viewer_document import ViewerDocument

_HANDLE = 7.0
_HANDLE_INK, _HANDLE_EDGE = QColor(255, 255, 255), QColor(0, 0, 0, 200)
_TEXT_SHARE = 0.92


class EditorPainting:
    """Keeps what one view shows of the editors until the view or the editors change.

    Parameters
    ----------
    document : ViewerDocument
        Whose editors are drawn.
    translate : callable
        Gives a message in the user's language.
    """

    def __init__(self, document: ViewerDocument, translate: Callable[[Message], str]) -> None:
        self._document = document
        self._translate = translate
        self._key: tuple[object, ...] = ()
        self._marks: tuple[PreparedMark, ...] = ()
        self._handles: list[Points] = []

    def forget(self) -> None:
        """Make everything anew: the language has changed."""
        self._key = ()

    def draw(self, painter: QPainter, plane: Plane, ratio: float, *, texts: bool) -> None:
        """Draw on a widget, or a picture, that shows `plane` with `ratio` of its pixels for each unit."""
        if not self._document.editors:
            return
        self._follow(plane, ratio)
        transform = QTransform.fromTranslate(0.5, 0.5) * QTransform.fromScale(1 / ratio, 1 / ratio)
        painter.save()
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * _TEXT_SHARE)
        painter.setFont(font)
        draw_marks(painter, self._marks, transform, texts=texts)
        if texts:
            for handles in self._handles:
                _draw_handles(painter, handles, transform)
        painter.restore()

    def _follow(self, plane: Plane, ratio: float) -> None:
        key = (self._document_key(), ratio, *_place(plane))
        if key == self._key:
            return
        self._key = key
        editors = self._document.editors
        self._marks = prepared(mark for one in editors for mark in one.marks(plane, self._translate, ratio))
        self._handles = [one.handles(plane) for one in editors]

    def _document_key(self) -> tuple[object, ...]:
        document, state = self._document, self._document.state
        revisions = tuple(one.revision for one in document.editors)
        values = (id(document.volume), document.revision, document.quantity.id, id(document.facts))
        return (*values, revisions, state.slab_mm, document.objects.hidden)


def _place(plane: Plane) -> tuple[object, ...]:
    vectors = (plane.origin_lps_mm.tobytes(), plane.right.tobytes(), plane.down.tobytes())
    return (*vectors, plane.spacing_mm, plane.size)


def _draw_handles(painter: QPainter, handles: Points, transform: QTransform) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_HANDLE_EDGE, 1.0))
    painter.setBrush(_HANDLE_INK)
    for x, y in handles.tolist():
        place = transform.map(QPointF(x, y))
        painter.drawRect(QRectF(place.x() - _HANDLE / 2, place.y() - _HANDLE / 2, _HANDLE, _HANDLE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
