"""The reports of crashes: read, copy, delete."""

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.crash_report import CrashReports
from app.icons import set_icon
from app.ui.translated import TranslatedDialog


class CrashDialog(TranslatedDialog):
    """Shows one report at a time; nothing is ever sent anywhere."""

    def __init__(self, reports: CrashReports, parent: QWidget) -> None:
        super().__init__(parent)
        self._reports = reports
        self.resize(720, 520)
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._choice = QComboBox(self)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._copy, self._delete = QPushButton(self), QPushButton(self)
        set_icon(self._copy, "copy")
        set_icon(self._delete, "clear")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        bottom = QHBoxLayout()
        for widget in (self._copy, self._delete):
            bottom.addWidget(widget)
        bottom.addWidget(buttons, 1)
        layout = QVBoxLayout(self)
        for widget in (self._note, self._choice, self.text):
            layout.addWidget(widget)
        layout.addLayout(bottom)
        buttons.rejected.connect(self.close)
        self.finished.connect(self.deleteLater)
        self._choice.currentIndexChanged.connect(self._show)
        self._copy.clicked.connect(self.copy)
        self._delete.clicked.connect(self.delete)
        for path in reports.reports():
            self._choice.addItem(path.stem, str(path))
        self._show()
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Crash reports"))
        self._note.setText(
            self.tr(
                "A report says where in the program something went wrong. It holds no patient data and no "
                "file names of yours, and is sent nowhere: copy it into a bug report if you like."
            )
        )
        self._copy.setText(self.tr("Copy"))
        self._delete.setText(self.tr("Delete all"))
        self.text.setPlaceholderText(self.tr("There are no reports."))

    def copy(self) -> None:
        """Put the shown report on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def delete(self) -> None:
        """Delete all reports."""
        self._reports.delete_all()
        self._choice.clear()
        self._show()

    def _show(self) -> None:
        chosen = [path for path in self._reports.reports() if str(path) == self._choice.currentData()]
        self.text.setPlainText(chosen[0].read_text("utf-8") if chosen else "")
        for button in (self._copy, self._delete):
            button.setEnabled(bool(chosen))
