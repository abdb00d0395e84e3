"""What is on the screen, as a picture file or on the clipboard."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from core.atomic_write import write_bytes
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.services import Services
from viewers.ui.slice_view import SliceView
from viewers.ui.volume_view import VolumeView
from viewers.viewer_document import ViewerDocument

if TYPE_CHECKING:
    from viewers.ui.view_grid import ViewGrid


def picture_of(widget: QWidget, *, texts: bool) -> QImage:
    """Give what a view shows, in device pixels; with the overlays that are shown."""
    if isinstance(widget, SliceView) and not texts:
        return widget.picture_image()
    if isinstance(widget, VolumeView) and not texts:
        return widget.picture()
    return widget.grab().toImage()


def save_png(image: QImage, path: Path, *, progress: Progress = SILENT) -> None:
    """Write a picture as PNG, complete or not at all.

    Raises
    ------
    SenseError
        When the file cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    progress.check()
    try:
        write_bytes(path, bytes(buffer.data().data()))
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path}: the picture cannot be written.")
        hint = QT_TRANSLATE_NOOP("Message", "Choose another folder.")
        raise SenseError(message(text, path=str(path)), message(hint)) from error


class ViewPictures:
    """Pictures of the active view.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        What is shown.
    grid : ViewGrid
        Its views.
    """

    def __init__(self, services: Services, document: ViewerDocument, grid: "ViewGrid") -> None:
        self._document = document
        self._grid = grid
        self._saver = PictureSaver(services, grid)

    def copy(self, *, texts: bool) -> None:
        """Put the active view on the clipboard."""
        widget = self._grid.active_widget()
        if widget is not None and self._document.volume is not None:
            QGuiApplication.clipboard().setImage(picture_of(widget, texts=texts))

    def ask_to_save(self, *, texts: bool) -> None:
        """Ask where to save the active view, and save it."""
        widget = self._grid.active_widget()
        if widget is not None and self._document.volume is not None:
            # The name says nothing about the patient.
            pane = self._document.state.panes[self._document.state.active]
            name = f"{self._document.modality or 'picture'}-{pane.kind}.png"
            self._saver.ask(picture_of(widget, texts=texts), name, self._grid)


class PictureSaver(QObject):
    """Asks for a file and writes a picture to it as a job.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    _failed = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._failed.connect(services.report_error, Qt.ConnectionType.QueuedConnection)

    def ask(self, image: QImage, name: str, parent: QWidget) -> None:
        """Ask where to save `image`, as `name` unless the user has a better one; the folder is remembered."""
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        folder = self._services.library.settings.get("viewer.picture-folder", pictures)
        dialog = QFileDialog(parent, self.tr("Save picture"), folder)
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("PNG pictures (*.png)"))
        dialog.setDefaultSuffix("png")
        dialog.fileSelected.connect(lambda name: self.save(image, Path(name)))
        dialog.open()

    def save(self, image: QImage, path: Path) -> None:
        """Save `image` as a job."""
        self._services.library.settings.set("viewer.picture-folder", str(path.parent))
        title = message(QT_TRANSLATE_NOOP("Message", "Save picture"))
        self._services.runner.submit(title, self._save, image, path)

    def _save(self, image: QImage, path: Path, *, progress: Progress = SILENT) -> None:
        # In a working thread.
        try:
            save_png(image, path, progress=progress)
        except SenseError as error:
            self._failed.emit(error)
            raise
