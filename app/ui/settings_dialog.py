"""The settings: every change holds at once."""

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.machine import memory_in_use_gib, memory_total_gib
from app.themes import Theme
from app.translator import Language, system_language
from app.ui.renderer_choice import RendererChoice
from app.ui.translated import TranslatedDialog
from core.library import Library


class SettingsDialog(TranslatedDialog):
    """Language, theme, name, library, import."""

    def __init__(self, library: Library, parent: QWidget) -> None:
        super().__init__(parent)
        self._library = library
        self._settings = library.settings
        self.setMinimumWidth(560)
        self.language, self.theme, self.copy_files = QComboBox(self), QComboBox(self), QComboBox(self)
        self.user_name, self.watchdog = QLineEdit(self), QCheckBox(self)
        self.renderers = RendererChoice(library.settings, self)
        self._labels = {
            name: QLabel(self)
            for name in ("language", "theme", "user", "folder", "copy", "memory", "backend")
        }
        self._groups = {name: QGroupBox(self) for name in ("look", "library", "program")}
        self._folder_note, self._memory = QLabel(self), QLabel(self)
        self._show_folder, self._reset = QPushButton(self), QPushButton(self)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._fill()
        self._lay_out()
        self._read()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Settings"))
        texts = {
            "language": self.tr("Language"),
            "theme": self.tr("Theme"),
            "user": self.tr("Your name"),
            "folder": self.tr("Library folder"),
            "copy": self.tr("Imported files"),
            "memory": self.tr("Memory"),
            "backend": self.tr("3D pictures"),
        }
        for name, label in self._labels.items():
            label.setText(texts[name])
        self._groups["look"].setTitle(self.tr("You"))
        self._groups["library"].setTitle(self.tr("Library"))
        self._groups["program"].setTitle(self.tr("Program"))
        self.theme.setItemText(0, self.tr("Dark, for a reading room"))
        self.theme.setItemText(1, self.tr("Light"))
        self.copy_files.setItemText(0, self.tr("Leave them where they are"))
        self.copy_files.setItemText(1, self.tr("Copy them into the library"))
        self.user_name.setPlaceholderText(self.tr("Stands in the audit trail"))
        self.watchdog.setText(self.tr("Log whenever the window does not answer for 50 ms"))
        self._folder_note.setText(
            self.tr("Start with another one by --library or the variable SENSE_LIBRARY.")
        )
        self._show_folder.setText(self.tr("Show folder"))
        self._reset.setText(self.tr("Reset all settings…"))
        self._memory.setText(
            self.tr("{used} of {total} GiB in use by this program").format(
                used=f"{memory_in_use_gib():.1f}", total=f"{memory_total_gib():.1f}"
            )
        )

    def _fill(self) -> None:
        for language in Language:
            self.language.addItem(language.own_name, language.value)
        for theme in Theme:
            self.theme.addItem("", theme.value)
        for copied in (False, True):
            self.copy_files.addItem("", copied)

    def _lay_out(self) -> None:
        you = QFormLayout(self._groups["look"])
        you.addRow(self._labels["language"], self.language)
        you.addRow(self._labels["theme"], self.theme)
        you.addRow(self._labels["user"], self.user_name)
        folder = QLabel(str(self._library.folder), self)
        folder.setWordWrap(True)
        self._folder_note.setProperty("dim", True)
        self._folder_note.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(folder, 1)
        row.addWidget(self._show_folder)
        library = QFormLayout(self._groups["library"])
        library.addRow(self._labels["folder"], row)
        library.addRow(self._folder_note)  # the whole width: a form gives a wrapped text no height
        library.addRow(self._labels["copy"], self.copy_files)
        program = QFormLayout(self._groups["program"])
        program.addRow(self._labels["backend"], self.renderers)
        program.addRow(self._labels["memory"], self._memory)
        program.addRow("", self.watchdog)
        for form in (you, library, program):
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
            form.setContentsMargins(16, 18, 16, 14)
            form.setSpacing(10)
        bottom = QHBoxLayout()
        bottom.addWidget(self._reset)
        bottom.addWidget(self._buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for group in self._groups.values():
            layout.addWidget(group)
        layout.addStretch(1)
        layout.addLayout(bottom)

    def _read(self) -> None:
        chosen = self._settings.get("ui.language", "") or system_language().value
        self.language.setCurrentIndex(max(0, self.language.findData(chosen)))
        self.theme.setCurrentIndex(max(0, self.theme.findData(self._settings.get("ui.theme", "dark"))))
        self.copy_files.setCurrentIndex(int(self._settings.get("import.copy", False)))
        self.renderers.read()
        self.user_name.setText(self._settings.get("user.name", ""))
        self.watchdog.setChecked(self._settings.get("debug.watchdog", False))

    def _connect(self) -> None:
        self._buttons.rejected.connect(self.close)
        self.finished.connect(self.deleteLater)
        self.language.activated.connect(lambda: self._store("ui.language", self.language.currentData()))
        self.theme.activated.connect(lambda: self._store("ui.theme", self.theme.currentData()))
        self.copy_files.activated.connect(lambda: self._store("import.copy", self.copy_files.currentData()))
        self.user_name.editingFinished.connect(
            lambda: self._store("user.name", self.user_name.text().strip())
        )
        self.watchdog.toggled.connect(lambda checked: self._store("debug.watchdog", checked))
        self._show_folder.clicked.connect(self._open_folder)
        self._reset.clicked.connect(self._ask_to_reset)

    def _store(self, key: str, value: object) -> None:
        self._settings.set(key, value)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._library.folder)))

    def _ask_to_reset(self) -> None:
        question = ResetQuestion(self)
        question.reset.clicked.connect(self.reset)
        question.open()

    def reset(self) -> None:
        """Give every setting its default again."""
        self._settings.clear()
        self._read()


class ResetQuestion(QMessageBox):
    """Asks whether every setting shall have its default again."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.reset = self.addButton("", QMessageBox.ButtonRole.DestructiveRole)
        self.setDefaultButton(self.addButton(QMessageBox.StandardButton.Cancel))
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Reset all settings"))
        self.setText(self.tr("Give every setting and shortcut its default again? Studies are not touched."))
        self.reset.setText(self.tr("Reset"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
