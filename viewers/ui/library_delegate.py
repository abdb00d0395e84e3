"""How a study and a series look in the library browser."""

from collections.abc import Callable

from PySide6.QtCore import QDate, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QImage, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from core.message import Message
from core.series import Series
from core.study import Study
from viewers.part_title import part_title
from viewers.ui.library_model import LibraryRole

THUMBNAIL_PIXELS = 44
_MARGIN = 6
_WARNING = QColor(230, 160, 30)  # amber stays readable on both themes; the sign is a shape as well

_Index = QModelIndex | QPersistentModelIndex


class LibraryDelegate(QStyledItemDelegate):
    """Two lines of text for every row, with a picture before a series and a sign for its warnings.

    Parameters
    ----------
    translate : callable
        Gives a message in the language of the window.
    """

    def __init__(self, translate: Callable[[Message], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._translate = translate

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        lines = 2 * option.fontMetrics.height() + 3 * _MARGIN  # type: ignore[attr-defined]
        return QSize(200, max(lines, THUMBNAIL_PIXELS + 2 * _MARGIN))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        self._background(painter, option)
        painter.save()
        rect: QRect = option.rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)  # type: ignore[attr-defined]
        study, series = index.data(LibraryRole.STUDY), index.data(LibraryRole.SERIES)
        if study is not None:
            self._lines(painter, option, rect, *self.study_lines(study), bold=True)
        elif series is not None:
            self._picture(painter, option, rect, index.data(Qt.ItemDataRole.DecorationRole), series)
            rect.setLeft(rect.left() + THUMBNAIL_PIXELS + 2 * _MARGIN)
            if series.warnings:
                rect.setRight(self._sign(painter, rect) - _MARGIN)
            lines = self.series_lines(series, index.data(LibraryRole.VOLUMES))
            self._lines(painter, option, rect, *lines, bold=False)
        painter.restore()

    def study_lines(self, study: Study) -> tuple[str, str]:
        """Give the two lines of a study: who, and what when."""
        name = study.patient_name or self.tr("No name")
        first = f"{name}  ·  {study.patient_id}" if study.patient_id else name
        second = [self.date_text(study.date), " ".join(study.modalities), study.description]
        return first, "  ·  ".join(part for part in second if part)

    def series_lines(self, series: Series, volumes: int = 1) -> tuple[str, str]:
        """Give the two lines of a series, of which `volumes` parts play together: what it is, how large."""
        name = series.description or self.tr("Series {number}").format(number=series.number or "–")
        # What tells parts apart comes first in its line: names are often long, and alike.
        several = self.tr("{count} volumes").format(count=volumes) if volumes > 1 else ""
        second = [several or part_title(series.part, self._translate), series.modality]
        if series.instances > 1 and not several:
            second.append(self.tr("{count} images").format(count=series.instances))
        if series.geometry is not None:
            second.append(" × ".join(str(n) for n in series.geometry.shape_ijk[:2]))
        return name, "  ·  ".join(part for part in second if part)

    @staticmethod
    def date_text(date: str) -> str:
        """Give a DICOM date as ISO 8601, which means the same everywhere; what is no date stays as it is."""
        parsed = QDate.fromString(date, "yyyyMMdd")
        return parsed.toString(Qt.DateFormat.ISODate) if parsed.isValid() else date

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), self.tooltip(index), view)
        return True

    def tooltip(self, index: _Index) -> str:
        """Give both lines in full, and the warnings below them."""
        study, series = index.data(LibraryRole.STUDY), index.data(LibraryRole.SERIES)
        lines = self.study_lines(study) if study is not None else ()
        volumes = index.data(LibraryRole.VOLUMES)
        lines = self.series_lines(series, volumes) if series is not None else lines
        return "\n".join([*lines, *filter(None, [index.data(Qt.ItemDataRole.ToolTipRole)])])

    def _background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        style = option.widget.style()  # type: ignore[attr-defined]
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem,
            option,
            painter,
            option.widget,  # type: ignore[attr-defined]
        )

    def _lines(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRect,
        first: str,
        second: str,
        *,
        bold: bool,
    ) -> None:
        palette: QPalette = option.palette  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        font = QFont(option.font)  # type: ignore[attr-defined]
        font.setBold(bold)
        metrics = QFontMetrics(font)
        top = rect.center().y() - metrics.height() - 1
        self._line(
            painter, QRect(rect.left(), top, rect.width(), metrics.height()), first, font, palette.color(role)
        )
        quiet = palette.color(role)
        quiet.setAlphaF(0.65)
        font.setBold(False)
        below = QRect(rect.left(), top + metrics.height() + 3, rect.width(), metrics.height())
        self._line(painter, below, second, font, quiet)

    def _line(self, painter: QPainter, rect: QRect, text: str, font: QFont, colour: QColor) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)

    def _picture(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRect,
        image: QImage | None,
        series: Series,
    ) -> None:
        side = THUMBNAIL_PIXELS
        box = QRect(rect.left(), rect.center().y() - side // 2, side, side)
        if image is not None:
            painter.fillRect(box, Qt.GlobalColor.black)
            size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(box.topLeft(), size)
            place.moveCenter(box.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image)
            return
        palette: QPalette = option.palette  # type: ignore[attr-defined]
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.setBrush(palette.color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        text = series.modality or "?"
        font = QFont(painter.font())
        wide = QFontMetrics(font).horizontalAdvance(text) + 6
        font.setPointSizeF(font.pointSizeF() * min(1.0, side / wide))
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _sign(self, painter: QPainter, rect: QRect) -> int:
        """Draw the warning triangle at the right end and give its left border."""
        side = 16
        box = QRect(rect.right() - side, rect.center().y() - side // 2, side, side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_WARNING)
        corners = [box.bottomLeft(), box.bottomRight(), QRect(box).center()]
        corners[2].setY(box.top())
        painter.drawPolygon(corners)
        font = QFont(painter.font())
        font.setBold(True)
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(Qt.GlobalColor.black)
        painter.drawText(box.adjusted(0, 4, 1, 2), Qt.AlignmentFlag.AlignCenter, "!")
        return box.left()
