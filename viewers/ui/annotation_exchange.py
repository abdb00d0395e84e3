"""Measurements out of the window as files or into the study, and back from reports."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from core.annotation import Annotation
from core.message import Message
from core.services import Services
from viewers.annotation_files import (
    JSON,
    REPORT,
    STATE,
    TABLE,
    AnnotatedSeries,
    annotated_images,
    read_annotations,
    write_annotations,
)
from viewers.derived_objects import DerivedObject
from viewers.ui.background_calls import BackgroundCalls
from viewers.viewer_document import ViewerDocument

_NAMES = {
    REPORT: "measurements.dcm",
    STATE: "presentation.dcm",
    TABLE: "measurements.tsv",
    JSON: "measurements.json",
}


class AnnotationExchange(QObject):
    """Writes and reads the measurements of the open series away from the main thread.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose annotations they are.
    parent : QWidget
        Owns the dialogs.
    """

    study_grew = Signal()

    def __init__(self, services: Services, document: ViewerDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._parent = parent
        self._calls = BackgroundCalls(services.report_error)

    def close(self) -> None:
        """End the work in the background."""
        self._calls.close()

    # Files.

    def ask_to_save(self) -> None:
        """Ask for a file and write the measurements to it."""
        forms = self._forms()
        dialog = QFileDialog(self._parent, self.tr("Save measurements"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(forms))

        def follow(name_filter: str) -> None:
            dialog.setDefaultSuffix(Path(_NAMES[forms[name_filter]]).suffix[1:])
            dialog.selectFile(_NAMES[forms[name_filter]])  # says nothing about the patient

        def save(path: str) -> None:
            self.save(Path(path), forms[dialog.selectedNameFilter()])

        dialog.filterSelected.connect(follow)
        dialog.fileSelected.connect(save)
        follow(next(iter(forms)))
        dialog.open()

    def _forms(self) -> dict[str, str]:
        texts = {self.tr("Table (*.tsv)"): TABLE, self.tr("JSON (*.json)"): JSON}
        if self._document.listed_series is None:
            return texts  # DICOM objects must name the images that they are of
        report, state = self.tr("Structured report (*.dcm)"), self.tr("Presentation state (*.dcm)")
        return {report: REPORT, state: STATE, **texts}

    def save(self, path: Path, form: str) -> None:
        """Write the measurements to a file that may be replaced."""
        source = self._source()
        if source is None:
            return

        def write() -> tuple[Message, ...]:
            return write_annotations(path, source(), form, self._services.translate, force=True)

        self._calls.call(("save", form), write, self._tell)

    # The study.

    def add_to_study(self) -> None:
        """Write report and presentation state into the library, beside the images."""
        source, series = self._source(), self._document.listed_series
        if source is None or series is None:
            return

        def write() -> tuple[tuple[str, ...], tuple[Message, ...]]:
            return self._import(source())

        def done(made: tuple[tuple[str, ...], tuple[Message, ...]]) -> None:
            # What is in the file is on the views already, where it can be changed.
            for sop_uid in made[0]:
                self._document.objects.set_visible(sop_uid, visible=False)
            self.study_grew.emit()
            self._tell(made[1])

        self._calls.call("study", write, done)

    def _import(self, source: AnnotatedSeries) -> tuple[tuple[str, ...], tuple[Message, ...]]:
        from imaging.importing import import_paths
        from imaging.object_file import read_object

        library = self._services.library
        drawable = any(source.images.slice_of(one) is not None for one in source.annotations)
        forms = (REPORT, STATE) if drawable and not source.measured.volume.is_colour else (REPORT,)
        notes: list[Message] = []
        with tempfile.TemporaryDirectory(dir=library.folder) as folder:
            paths = [Path(folder) / f"{form}.dcm" for form in forms]
            for path, form in zip(paths, forms, strict=True):
                notes += write_annotations(path, source, form, self._services.translate)
            uids = tuple(str(read_object(path, pixels=False).SOPInstanceUID) for path in paths)
            import_paths(library, paths, copy=True)
        # Both forms may leave out the same; the second one leaves out more.
        return uids, tuple(notes[-1:])

    # Reports.

    def take_report(self, derived: DerivedObject) -> None:
        """Make the measurements of a report those of the window, where they can be changed."""
        series, volume = self._document.listed_series, self._document.volume
        if series is None or volume is None:
            return
        library, opening = self._services.library, self._document.openings

        def read() -> tuple[tuple[Annotation, ...], int]:
            return read_annotations(derived.path, annotated_images(library, series, volume))

        self._calls.call("take", read, partial(self._take, derived.sop_uid, opening))

    def _take(self, sop_uid: str, opening: int, found: tuple[tuple[Annotation, ...], int]) -> None:
        if opening == self._document.openings:
            self._document.objects.set_visible(sop_uid, visible=False)
            self._document.annotations.add_all(found[0])

    # Inside.

    def _source(self) -> Callable[[], AnnotatedSeries] | None:
        """Give what makes the whole series ready to be written, away from the main thread."""
        document, library = self._document, self._services.library
        series, volume, measured = document.series, document.volume, document.measured_images()
        if series is None or volume is None or measured is None:
            return None
        annotations, state = document.annotations.items, document.state
        window = None if volume.is_colour else (state.window.centre, state.window.width)
        listed = document.listed_series

        def make() -> AnnotatedSeries:
            images = None if listed is None else annotated_images(library, listed, volume)
            return AnnotatedSeries(images, annotations, measured, window, state.inverted)

        return make

    def _tell(self, notes: tuple[Message, ...]) -> None:
        if notes:
            box = QMessageBox(self._parent)
            box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            box.setIcon(QMessageBox.Icon.Information)
            box.setText("\n".join(self._services.translate(note) for note in notes))
            box.open()
