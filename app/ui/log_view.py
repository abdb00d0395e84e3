"""The log, newest line last."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.app_log import LogMemory
from app.icons import set_icon
from app.ui.translated import TranslatedWidget


class LogView(TranslatedWidget):
    """Shows what the log memory keeps; only while it is visible."""

    _arrived = Signal(str)

    def __init__(self, memory: LogMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._filter = QLineEdit(self)
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._fill)
        self._copy = QPushButton(self)
        set_icon(self._copy, "copy")
        self._copy.clicked.connect(self._copy_all)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(2000)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        top = QHBoxLayout()
        top.addWidget(self._filter, 1)
        top.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(top)
        layout.addWidget(self.text)
        # Lines come from any thread.
        self._arrived.connect(self._append, Qt.ConnectionType.QueuedConnection)
        self.retranslate()

    def retranslate(self) -> None:
        self._filter.setPlaceholderText(self.tr("Filter lines"))
        self._copy.setText(self.tr("Copy"))
        self.text.setPlaceholderText(self.tr("Nothing was logged."))

    def showEvent(self, event: QShowEvent) -> None:
        self._fill()
        self._memory.listen(self._on_line)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._memory.ignore(self._on_line)
        super().hideEvent(event)

    def _on_line(self, line: str) -> None:
        self._arrived.emit(line)

    def _fill(self) -> None:
        self.text.setPlainText("\n".join(line for line in self._memory.lines() if self._wanted(line)))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _append(self, line: str) -> None:
        if self._wanted(line):
            self.text.appendPlainText(line)

    def _wanted(self, line: str) -> bool:
        return self._filter.text().casefold() in line.casefold()

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
