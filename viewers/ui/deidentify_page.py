"""De-identification step by step: what and how, a look at the pictures, and the report."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import Cancelled, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from core.series import Series
from core.services import Services
from imaging.deidentification.profile import ProfileOption
from viewers.ui.background_calls import BackgroundCalls
from viewers.ui.deidentify_options import DeidentifyOptionsPage
from viewers.ui.deidentify_preview import DeidentifyPreviewPage
from viewers.ui.import_progress import ImportProgress

GROUP = "deidentify"
_SIZE = (940, 700)
_LOOKED_AT = frozenset({ProfileOption.CLEAN_PIXEL, ProfileOption.DEFACE})


class DeidentifyPage(QDialog):
    """A window beside the workspace; looking and writing run as jobs.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    _answered = Signal(object, object)

    def __init__(self, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._calls = BackgroundCalls(services.report_error)
        self._output = Path()
        self._running = False
        self.resize(*_SIZE)
        self.options, self.preview = DeidentifyOptionsPage(), DeidentifyPreviewPage()
        self.report = QPlainTextEdit(readOnly=True)
        self.pages = QStackedWidget()
        for page in (self.options, self.preview, self.report):
            self.pages.addWidget(page)
        self.progress = _DeidentifyProgress(services)
        self.status = QLabel(wordWrap=True)
        self.back, self.forward, self.show_folder, self.close_button = (
            QPushButton(autoDefault=False) for _ in range(4)
        )
        self._lay_out()
        self._connect()
        self.retranslate()

    def open_with(self, series: Series | None) -> None:
        """Show the page; where nothing is listed yet, with the files of a series."""
        if self.pages.currentWidget() is self.report:
            self._go_back()
        if series is not None and not self.options.paths:
            uid, title = series.series_uid, f"{series.modality} {series.description}".strip()
            library = self._services.library

            def files() -> list[Path]:
                from imaging.index import StudyIndex

                with StudyIndex.open(library) as index:
                    return [Path(instance.path) for instance in index.all_instances(uid)]

            self._calls.call("files", files, lambda paths: self.options.add_entry(title, paths))
        self.show()
        self.raise_()
        self.activateWindow()

    def close_page(self) -> None:
        """End the work in the background."""
        self._calls.close()
        self.close()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_folder)
        buttons.addStretch(1)
        for button in (self.back, self.forward, self.close_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._answered.connect(lambda tell, result: tell(result), Qt.ConnectionType.QueuedConnection)
        self.options.changed.connect(self.refresh)
        self.back.clicked.connect(self._go_back)
        self.forward.clicked.connect(self.go_on)
        self.show_folder.clicked.connect(self._open_folder)
        self.close_button.clicked.connect(self.close)

    # What the user does.

    def go_on(self) -> None:
        """Look at the pictures first where something in them will be blanked, else write at once."""
        looks = self.pages.currentWidget() is self.options and bool(_LOOKED_AT & self.options.options)
        if looks:
            self._look()
        else:
            self._write()

    def _go_back(self) -> None:
        self.pages.setCurrentWidget(self.options)
        self._tell("")

    def _look(self) -> None:
        from imaging.deidentification.preview import preview

        paths, options = self.options.paths, self.options.options

        def work(progress: Progress) -> Any:
            return preview(paths, options=options, progress=progress)

        title = message(QT_TRANSLATE_NOOP("Message", "Looking for text and faces"))
        self._submit(title, work, self._looked)

    def _looked(self, found: Any) -> None:
        self.preview.show_preview(found)
        self.pages.setCurrentWidget(self.preview)
        self._tell("")

    def _write(self) -> None:
        from imaging.deidentify_command import deidentify_into

        paths, options = self.options.paths, self.options.options
        self._output = Path(self.options.output.text().strip()).expanduser().absolute()
        looked = self.pages.currentWidget() is self.preview
        blanked = self.preview.blanked() if looked and ProfileOption.CLEAN_PIXEL in options else None
        faces = self.preview.preview.planes if looked and ProfileOption.DEFACE in options else None
        key, output = self.options.key.text().strip(), self._output

        def work(progress: Progress) -> Any:
            return deidentify_into(
                self._services.library,
                paths,
                output,
                options=options,
                key=Path(key).expanduser() if key else None,
                blanked=blanked,
                faces=faces,
                progress=progress,
            )

        self._submit(message(QT_TRANSLATE_NOOP("Message", "De-identifying")), work, self._written)

    def _written(self, done: Any) -> None:
        translate = self._services.translate
        lines = [
            self.tr("Copies written: {count}").format(count=done.report.instances),
            self.tr("Left out: {count}").format(count=len(done.rejected)),
            self.tr("Kinds of changes: {count}").format(count=len(done.report.to_json()["changes"])),
            self.tr("The full report is deidentification.html in the folder."),
        ]
        if done.notes:
            lines += ["", self.tr("Look at these:"), *dict.fromkeys(map(translate, done.notes))]
        if done.rejected:
            lines += ["", self.tr("Left out:"), *(translate(item.reason) for item in done.rejected)]
        self.report.setPlainText("\n".join(lines))
        self.pages.setCurrentWidget(self.report)
        self._tell(self.tr("Done: {folder}").format(folder=done.output))

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._output)))

    # Work in the background.

    def _submit(self, title: Message, work: Callable[[Progress], Any], tell: Callable[[Any], None]) -> None:
        self._running = True
        self._tell("")
        self._services.runner.submit(title, self._run, work, tell, group=GROUP)

    def _run(
        self, work: Callable[[Progress], Any], tell: Callable[[Any], None], *, progress: Progress
    ) -> None:
        # In a working thread.
        try:
            result = work(progress)
        except Cancelled:
            self._answered.emit(self._ended, None)
            raise
        except SenseError as error:
            self._answered.emit(self._failed, error)
            raise
        self._answered.emit(self._ended, None)
        self._answered.emit(tell, result)

    def _ended(self, _nothing: object) -> None:
        self._running = False
        self.refresh()

    def _failed(self, error: SenseError) -> None:
        self._ended(None)
        hint = f" {self._services.translate(error.hint)}" if error.hint else ""
        self._tell(self._services.translate(error.message) + hint, error=True)

    def _tell(self, text: str, *, error: bool = False) -> None:
        self.status.setObjectName("jobError" if error else "dim")
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(text)
        self.refresh()

    def refresh(self) -> None:
        """Enable what can be done now."""
        page = self.pages.currentWidget()
        ready = bool(self.options.paths) and bool(self.options.output.text().strip())
        self.forward.setVisible(page is not self.report)
        self.forward.setEnabled(ready and not self._running)
        self.back.setVisible(page is not self.options)
        self.back.setEnabled(not self._running)
        self.show_folder.setVisible(page is self.report)
        self.pages.setEnabled(not self._running)
        looks = page is self.options and bool(_LOOKED_AT & self.options.options)
        self.forward.setText(self.tr("Look at the pictures") if looks else self.tr("De-identify"))

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("De-identify"))
        self.back.setText(self.tr("Back"))
        self.show_folder.setText(self.tr("Open folder"))
        self.close_button.setText(self.tr("Close"))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class _DeidentifyProgress(ImportProgress):
    """How far the work is, and a button that ends it."""

    GROUP = GROUP

    def retranslate(self) -> None:
        super().retranslate()
        self._cancel.setToolTip(self.tr("Stop; nothing is written then"))
        self._bar.setAccessibleName(self.tr("Progress of the de-identification"))
