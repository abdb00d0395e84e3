"""The list of measurements: what was drawn on the open series, and what it measures."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QLabel,
    QMenu,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.annotation import Annotation, AnnotationKind
from core.services import Services
from core.volume import Volume
from viewers.annotation_jump import show_annotation
from viewers.annotation_kinds import TRAITS
from viewers.annotation_marks import COLOUR
from viewers.annotation_texts import as_table, named_text, row_title, row_value
from viewers.annotation_values import Readings
from viewers.measuring_scale import calibration_by
from viewers.ui.background_calls import BackgroundCalls
from viewers.ui.value_curve_plot import ValueCurvePlot
from viewers.value_curves import ValueCurve, has_curve, value_curve
from viewers.viewer_document import ViewerDocument

_ROLE = Qt.ItemDataRole.UserRole
Rows = tuple[tuple[Annotation, Readings], ...]

_SWATCH = 12
_LOWEST = 110
_ICONS = ("archive", "save", "copy", "remove")


class AnnotationsPanel(QWidget):
    """Lists annotations; a row goes to its place, and its text can be changed.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose annotations are listed.
    volumes : callable
        Gives the volumes of the open sequence that are in memory, by their number.
    """

    def __init__(
        self,
        services: Services,
        document: ViewerDocument,
        volumes: Callable[[], Mapping[int, Volume]] = dict,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._volumes = volumes
        self._calls = BackgroundCalls(services.report_error)
        self._curve_of: tuple[object, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._filling = False
        self._make_widgets()
        self._connect()
        document.listen(self.refresh)
        self.retranslate()

    def _make_widgets(self) -> None:
        self._title = QLabel()
        self._buttons = {
            "care.add-annotations-to-study": QToolButton(autoRaise=True),
            "care.save-annotations": QToolButton(autoRaise=True),
            "care.copy-annotations": QToolButton(autoRaise=True),
            "care.delete-annotation": QToolButton(autoRaise=True),
        }
        for (command, button), icon in zip(self._buttons.items(), _ICONS, strict=True):
            button.setIconSize(QSize(16, 16))
            button.clicked.connect(partial(self._services.run_command, command))
            self._services.set_icon(button, icon)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setMinimumHeight(_LOWEST)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(12, 12, 12, 12)
        self.note = QLabel(wordWrap=True)
        self.note.setContentsMargins(8, 4, 8, 4)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.tree)
        self._pages.addWidget(self.empty)
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 4, 2)
        head.addWidget(self._title, 1)
        for button in self._buttons.values():
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        self.plot = ValueCurvePlot()
        self.plot.hide()
        column.addWidget(self.plot)
        column.addWidget(self.note)

    def _connect(self) -> None:
        self.tree.currentItemChanged.connect(self._chosen)
        self.tree.itemClicked.connect(lambda item, _column: self.go_to(_uid(item)))
        self.tree.itemActivated.connect(lambda item, _column: self.ask_text(_uid(item)))
        self.tree.customContextMenuRequested.connect(self._menu)

    def close_panel(self) -> None:
        """End the work in the background."""
        self._calls.close()

    # What the user does.

    def go_to(self, uid: str) -> None:
        """Show an annotation in the views."""
        show_annotation(self._document, uid)

    def edit_text(self) -> None:
        """Ask for the text beside the selected annotation."""
        self.ask_text(self._document.annotations.selected)

    def ask_text(self, uid: str) -> None:
        """Ask for the text beside an annotation; one that is nothing but an empty text is deleted."""
        annotation = self._document.annotations.find(uid)
        if annotation is None:
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self._services.translate(TRAITS[annotation.kind].title))
        dialog.setLabelText(self.tr("Text"))
        dialog.setOption(QInputDialog.InputDialogOption.UsePlainTextEditForTextInput)
        dialog.setTextValue(annotation.text)
        dialog.finished.connect(lambda result: self._text_told(uid, dialog.textValue() if result else None))
        dialog.open()

    def _text_told(self, uid: str, text: str | None) -> None:
        """Take over a text; None where the user gave up."""
        annotations = self._document.annotations
        if text is not None:
            annotations.set_text(uid, text.strip())
        annotation = annotations.find(uid)
        if annotation is not None and annotation.kind is AnnotationKind.TEXT and not annotation.text:
            annotations.remove([uid])

    def copy(self) -> None:
        """Put all measurements into the clipboard, as a table."""
        rows = [(one, self._document.readings(one)) for one in self._document.annotations.items]
        QGuiApplication.clipboard().setText(as_table(rows, self._services.translate))

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and not self._filling:
            self.go_to(_uid(item))

    def _menu(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is None:
            return
        uid = _uid(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Go to"), lambda: self.go_to(uid))
        menu.addAction(self.tr("Text…"), lambda: self.ask_text(uid))
        menu.addAction(self.tr("Change colour…"), lambda: self._ask_colour(uid))
        if self._can_calibrate(uid):
            menu.addAction(self.tr("Calibrate by this length…"), lambda: self.ask_length(uid))
        if self._document.annotations.calibration is not None:
            menu.addAction(
                self.tr("Calibration of the file"), lambda: self._document.annotations.calibrate(None)
            )
        menu.addSeparator()
        menu.addAction(self.tr("Delete"), lambda: self._document.annotations.remove([uid]))
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def _can_calibrate(self, uid: str) -> bool:
        """Whether an annotation is a length where lengths are not simply those in the patient."""
        annotation = self._document.annotations.find(uid)
        if annotation is None or annotation.kind is not AnnotationKind.LENGTH:
            return False
        return not self._document.readings(annotation).is_patient and not self._document.facts.regions

    def ask_length(self, uid: str) -> None:
        """Ask how long an annotation is in the patient, and tell all lengths by it."""
        annotation = self._document.annotations.find(uid)
        if annotation is None:
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Calibrate"))
        dialog.setLabelText(self.tr("True length (mm)"))
        dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
        dialog.setDoubleDecimals(2)
        dialog.setDoubleRange(0.01, 10_000.0)
        dialog.setDoubleValue(self._document.readings(annotation).measurements[0].value)
        dialog.doubleValueSelected.connect(partial(self.calibrate, uid))
        dialog.open()

    def calibrate(self, uid: str, length_mm: float) -> None:
        """Tell all lengths so that an annotation is `length_mm` long."""
        annotation = self._document.annotations.find(uid)
        if annotation is not None:
            self._document.annotations.calibrate(calibration_by(annotation, length_mm))

    def _ask_colour(self, uid: str) -> None:
        annotation = self._document.annotations.find(uid)
        if annotation is None:
            return
        dialog = QColorDialog(QColor(*(annotation.colour or COLOUR)), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda colour: self._document.annotations.set_colour(
                uid, (colour.red(), colour.green(), colour.blue())
            )
        )
        dialog.open()

    # Following.

    def refresh(self) -> None:
        """Follow the document."""
        annotations = self._document.annotations
        self._follow_curve()
        rows = tuple((one, self._document.readings(one)) for one in annotations.items)
        shown = (rows, annotations.selected, self._document.volume is None)
        if shown == self._shown:
            return
        self._shown = shown
        able = {
            "care.delete-annotation": bool(annotations.selected),
            "care.add-annotations-to-study": self._document.listed_series is not None,
        }
        for command, button in self._buttons.items():
            button.setEnabled(bool(rows) and able.get(command, True))
        self._pages.setCurrentWidget(self.tree if rows else self.empty)
        self._show_source(rows)
        self._filling = True
        try:
            self._fill(rows)
        finally:
            self._filling = False

    def _follow_curve(self) -> None:
        """Plot the values of the selected annotation, where it has a curve."""
        document, volumes = self._document, dict(self._volumes())
        annotation, images = (
            document.annotations.find(document.annotations.selected),
            document.measured_images(),
        )
        key = (
            annotation,
            document.revision,
            document.quantity.id,
            *map(id, (*volumes.values(), document.volume)),
        )
        if key == self._curve_of:
            return
        self._curve_of = key
        if annotation is None or images is None or not has_curve(annotation, images.volume, len(volumes)):
            self._calls.call("curve", lambda: None, self._show_curve)
            return
        self._calls.call("curve", partial(value_curve, annotation, images, volumes), self._show_curve)

    def _show_curve(self, curve: ValueCurve | None) -> None:
        self.plot.show_curve(curve, self._services.translate(curve.title) if curve else "")

    def _show_source(self, rows: Rows) -> None:
        """Say where lengths are calibrated from, where they are not simply those in the patient."""
        selected = [found for one, found in rows if one.uid == self._document.annotations.selected]
        told = [one.source for one in selected or [found for _, found in rows] if not one.is_patient]
        self.note.setText(self._services.translate(told[0]) if told else "")
        self.note.setVisible(bool(told))

    def _fill(self, rows: Rows) -> None:
        while self.tree.topLevelItemCount() > len(rows):
            self.tree.takeTopLevelItem(len(rows))
        while self.tree.topLevelItemCount() < len(rows):
            self.tree.addTopLevelItem(QTreeWidgetItem())
        chosen = None
        for number, (annotation, readings) in enumerate(rows):
            item = self.tree.topLevelItem(number)
            item.setData(0, _ROLE, annotation.uid)
            item.setText(0, row_title(annotation, self._services.translate))
            item.setIcon(0, _swatch(annotation))
            item.setText(1, row_value(annotation, readings))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            values = [named_text(one, self._services.translate) for one in readings.measurements]
            told = self._services.translate(readings.source)
            kind = self._services.translate(TRAITS[annotation.kind].title)
            for column in (0, 1):
                item.setToolTip(column, "\n".join([kind, *values, told]))
            if annotation.uid == self._document.annotations.selected:
                chosen = item
        self.tree.setCurrentItem(chosen)
        if chosen is not None:
            self.tree.scrollToItem(chosen)

    # Language.

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._title.setText(self.tr("Measurements"))
        self.tree.setAccessibleName(self.tr("Measurements"))
        self.tree.setHeaderLabels([self.tr("Measurement"), self.tr("Value")])
        texts = (
            self.tr("Add measurements to the study, as report and presentation state"),
            self.tr("Save measurements…"),
            self.tr("Copy measurements"),
            self.tr("Delete measurement"),
        )
        for button, text in zip(self._buttons.values(), texts, strict=True):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self.empty.setText(
            self.tr("What you measure and annotate stands here. Choose a tool at the ruler in the tool bar.")
        )
        self._shown = self._curve_of = ()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _uid(item: QTreeWidgetItem) -> str:
    return str(item.data(0, _ROLE) or "")


def _swatch(annotation: Annotation) -> QIcon:
    pixmap = QPixmap(_SWATCH, _SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.fillRect(2, 2, _SWATCH - 4, _SWATCH - 4, QColor(*(annotation.colour or COLOUR)))
    return QIcon(pixmap)
