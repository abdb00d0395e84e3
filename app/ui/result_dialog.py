"""What came of a command that ran as a job: a text, or a table that can be copied and saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.translator import translate_message
from app.ui.curve_plot import CurvePlot
from core.atomic_write import write_bytes
from core.errors import SenseError
from core.result_curves import ResultCurves
from core.result_table import Cell, Column, ResultTable

_SIZE = (640, 420)
_TABLE_SIZE = (1200, 420)
_PLOT_SIZE = (1000, 620)


class ResultDialog(QDialog):
    """Shows the text of a result.

    Parameters
    ----------
    title, text : str
        In the language of the window.
    """

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(*_SIZE)
        self.text = QPlainTextEdit(text, readOnly=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(buttons)


class TableDialog(QDialog):
    """Shows a table; it can be copied to a spreadsheet and saved as comma-separated values.

    Parameters
    ----------
    title : str
        In the language of the window.
    table : ResultTable
        What is shown.
    notes : str
        What else there is to say; "" for nothing.
    report_error : callable
        Shows why the table could not be saved.
    curves : ResultCurves, optional
        Drawn over it.
    """

    def __init__(
        self,
        title: str,
        table: ResultTable,
        notes: str,
        report_error: Callable[[SenseError], None],
        parent: QWidget,
        *,
        curves: ResultCurves | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(*(_TABLE_SIZE if curves is None else _PLOT_SIZE))
        self.plot = None if curves is None else CurvePlot(curves)
        self.more: QPushButton | None = None
        self._table, self._report_error = table, report_error
        self.cells = QTableWidget(len(table.rows), len(table.columns))
        self.cells.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.cells.setAlternatingRowColors(True)
        self.cells.verticalHeader().hide()
        self._fill()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self.copy, self.save = QPushButton(autoDefault=False), QPushButton(autoDefault=False)
        for button, act in ((self.copy, self._copy), (self.save, self._ask)):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.clicked.connect(act)
        layout = QVBoxLayout(self)
        if self.plot is not None:
            layout.addWidget(self.plot, 2)
        layout.addWidget(self.cells, 1)
        if notes:
            layout.addWidget(QLabel(notes, wordWrap=True))
        layout.addWidget(self.buttons)
        self.retranslate()

    def _fill(self) -> None:
        for row, cells in enumerate(self._table.rows):
            for at, (column, cell) in enumerate(zip(self._table.columns, cells, strict=True)):
                item = QTableWidgetItem(_shown(cell, column))
                if not isinstance(cell, str):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.cells.setItem(row, at, item)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        titles = [column.heading(translate_message) for column in self._table.columns]
        self.cells.setHorizontalHeaderLabels(titles)
        self.cells.resizeColumnsToContents()
        self.copy.setText(self.tr("Copy table"))
        self.save.setText(self.tr("Save as CSV…"))
        if self.more is not None:
            self.more.setText(self.tr("Show"))

    def offer(self, show: Callable[[], None]) -> None:
        """Have a button that shows more of the result, and closes the table."""
        self.more = QPushButton(autoDefault=False)
        self.buttons.addButton(self.more, QDialogButtonBox.ButtonRole.ActionRole)
        self.more.clicked.connect(show)
        self.more.clicked.connect(self.accept)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _copy(self) -> None:
        text = self._table.written(translate_message, delimiter="\t")
        QGuiApplication.clipboard().setText(text)

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Save as CSV"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Comma-separated values (*.csv)"))
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write it, complete or not at all; a mark at the start lets spreadsheets read any script."""
        try:
            write_bytes(path, self._table.written(translate_message).encode("utf-8-sig"))
        except SenseError as error:
            self._report_error(error)


def _shown(cell: Cell, column: Column) -> str:
    if cell is None:
        return "–"
    return QLocale().toString(float(cell), "f", column.digits) if isinstance(cell, int | float) else cell
