"""What the library browser shows where there is nothing to list."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from core.services import Services


class EmptyLibrary(QWidget):
    """Says why the list is empty and offers what helps: an import, or a look at everything."""

    clear_search = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._is_library_empty = True
        self._text = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._folder = QPushButton(clicked=self._import_folder)
        self._files = QPushButton(clicked=self._import_files)
        self._clear = QPushButton(clicked=lambda: self.clear_search.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addStretch()
        layout.addWidget(self._text)
        layout.addSpacing(8)
        for button in (self._folder, self._files, self._clear):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        self.retranslate()

    def set_library_empty(self, is_library_empty: bool) -> None:
        """Choose between an empty library and a search without a result."""
        self._is_library_empty = is_library_empty
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        empty = self.tr(
            "The library is empty.\n\nDrop DICOM files, folders or archives here, or import them."
        )
        nothing = self.tr("No study matches the search.")
        self._text.setText(empty if self._is_library_empty else nothing)
        self._folder.setText(self.tr("Import folder…"))
        self._files.setText(self.tr("Import files…"))
        self._clear.setText(self.tr("Show all studies"))
        self._folder.setVisible(self._is_library_empty)
        self._files.setVisible(self._is_library_empty)
        self._clear.setVisible(not self._is_library_empty)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _import_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Import folder"), fileMode=QFileDialog.FileMode.Directory)
        self._run(dialog)

    def _import_files(self) -> None:
        dialog = QFileDialog(self, self.tr("Import files"), fileMode=QFileDialog.FileMode.ExistingFiles)
        self._run(dialog)

    def _run(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self._services.open_paths([Path(name) for name in names]))
        dialog.open()
