"""The photographs of a reconstruction, with what is wrong with them."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QIcon, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.message import Message
from core.services import Services
from reconstruction.photograph_list import ListedPhotograph

_ICON = QSize(72, 54)
_WARNING, _ERROR = QColor("#e0a030"), QColor("#e5534b")
_ROLE = Qt.ItemDataRole.UserRole


class PhotographPanel(QWidget):
    """Lists photographs with their pictures and remarks.

    Signals: `chosen(name)` when one is activated; `removal_asked(names)` for the Delete key.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    chosen = Signal(str)
    removal_asked = Signal(list)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._listed: list[ListedPhotograph] = []
        self._remarks: Mapping[str, Message] = {}
        self._unregistered: Mapping[str, Message] | None = None
        self.heading = QLabel(objectName="sectionTitle")
        self.list = QListWidget(iconSize=_ICON, uniformItemSizes=True, wordWrap=True)
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.data(_ROLE)))
        self.list.itemActivated.connect(lambda item: self.chosen.emit(item.data(_ROLE)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.heading)
        column.addWidget(self.list, 1)
        self.retranslate()

    def clear(self) -> None:
        """List nothing."""
        self._listed, self._remarks, self._unregistered = [], {}, None
        self.list.clear()
        self.retranslate()

    def add(self, listed: ListedPhotograph) -> None:
        """Add one."""
        self._listed.append(listed)
        item = QListWidgetItem(_icon(listed), listed.path.name)
        item.setData(_ROLE, listed.path.name)
        item.setSizeHint(QSize(0, _ICON.height() + 8))
        self.list.addItem(item)
        self._count()

    def show_names(self, names: list[str]) -> None:
        """List the photographs of a result whose files are not at hand."""
        self.clear()
        for name in names:
            item = QListWidgetItem(name)
            item.setData(_ROLE, name)
            self.list.addItem(item)
        self._count()

    def set_remarks(self, remarks: Mapping[str, Message]) -> None:
        """Tell what is odd about photographs, by their names."""
        self._remarks = remarks
        self.show_remarks()

    def set_unregistered(self, reasons: Mapping[str, Message] | None) -> None:
        """Tell which photographs have no camera and why; None while that is not known."""
        self._unregistered = reasons
        self.show_remarks()

    def choose(self, name: str) -> None:
        """Select a photograph."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_ROLE) == name:
                self.list.setCurrentRow(row)

    def show_remarks(self) -> None:
        """Write below each name what is odd about it."""
        reasons = self._unregistered or {}
        problems = {one.path.name: one.problem for one in self._listed if one.problem is not None}
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = item.data(_ROLE)
            problem = problems.get(name) or reasons.get(name)
            remark = problem or self._remarks.get(name)
            text = "" if remark is None else self._services.translate(remark)
            if reasons.get(name) is not None and not problems.get(name):
                text = self.tr("no camera: {reason}").format(reason=text)
            item.setText(f"{name}\n{text}" if text else name)
            item.setToolTip(text)
            item.setForeground(QBrush(_ERROR if problem else _WARNING) if text else QBrush())
        self._count()

    def _count(self) -> None:
        odd = sum(1 for row in range(self.list.count()) if self.list.item(row).toolTip())
        text = self.tr("Photographs: {count}").format(count=self.list.count())
        if odd:
            text += "  ·  " + self.tr("with remarks: {count}").format(count=odd)
        self.heading.setText(text)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.list.setAccessibleName(self.tr("Photographs"))
        self.show_remarks()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_asked.emit([item.data(_ROLE) for item in self.list.selectedItems()])
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _icon(listed: ListedPhotograph) -> QIcon:
    """Give the picture in the middle of an empty one, so that all names begin at the same place."""
    base = QPixmap(_ICON)
    base.fill(Qt.GlobalColor.transparent)
    picture = listed.picture
    if picture is not None:
        height, width = picture.shape[:2]
        image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        small = image.scaled(
            _ICON, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        with QPainter(base) as painter:
            painter.drawImage(
                (_ICON.width() - small.width()) // 2, (_ICON.height() - small.height()) // 2, small
            )
    return QIcon(base)
