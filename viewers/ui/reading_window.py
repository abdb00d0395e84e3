"""A window of its own with something to read: a report, a plan, a document."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

from core.coded_concept import InstanceReference
from core.errors import SenseError
from core.message import Message
from core.services import Services
from viewers.derived_objects import DerivedObject
from viewers.reading_page import Translate
from viewers.report_page import linked_image
from viewers.ui.background_calls import BackgroundCalls

_SIZE = (860, 760)


class ReadingWindow(QWidget):
    """Reads its contents in the background, and says why where that fails.

    What inherits it calls `retranslate` when its widgets are made.

    Parameters
    ----------
    services : Services
        The program around it.
    derived : DerivedObject
        What is read.
    parent : QWidget
        The window goes with it.
    """

    def __init__(self, services: Services, derived: DerivedObject, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName(derived.sop_uid)
        self.services, self.derived = services, derived
        self.calls = BackgroundCalls(self._fail)
        self._error: SenseError | None = None
        self._state = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._pages)
        for key in (QKeySequence.StandardKey.Close, QKeySequence(Qt.Key.Key_Escape)):
            QShortcut(QKeySequence(key), self, self.close)
        self.resize(*_SIZE)

    @property
    def error(self) -> SenseError | None:
        """Why there is nothing to read."""
        return self._error

    def show_content(self, content: QWidget) -> None:
        """Show what has been read."""
        if self._pages.indexOf(content) < 0:
            self._pages.addWidget(content)
        self._pages.setCurrentWidget(content)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        kind = self.services.translate(Message(self.derived.kind.title))
        self.setWindowTitle(" – ".join(filter(None, (kind, self.derived.title))))
        if self._error is None:
            self._state.setText(self.tr("Reading…"))
        else:
            self._state.setText(self.services.translate(self._error.message))

    def _fail(self, error: SenseError) -> None:
        self._error = error
        self._pages.setCurrentWidget(self._state)
        self.retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.calls.close()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class PageWindow(ReadingWindow):
    """A page of text and tables; its links lead to images.

    Parameters
    ----------
    read : callable
        `read(path)`, called in the background.
    write : callable
        `write(what was read, translate)` gives the page as HTML, again whenever the language changes.
    """

    def __init__(
        self,
        services: Services,
        derived: DerivedObject,
        parent: QWidget,
        *,
        read: Callable[[Any], Any],
        write: Callable[[Any, Translate], str],
    ) -> None:
        super().__init__(services, derived, parent)
        self._content: Any = None
        self._write = write
        self.text = QTextBrowser(openLinks=False)
        self.text.document().setDocumentMargin(18)
        self.text.anchorClicked.connect(self._follow)
        self.retranslate()
        self.calls.call("read", lambda: read(derived.path), self._show)

    def _show(self, content: Any) -> None:
        self._content = content
        self.retranslate()
        self.show_content(self.text)

    def retranslate(self) -> None:
        super().retranslate()
        if self._content is not None:
            place = self.text.verticalScrollBar().value()
            self.text.setHtml(self._write(self._content, self.services.translate))
            self.text.verticalScrollBar().setValue(place)

    def _follow(self, url: QUrl) -> None:
        image = linked_image(url.toString())
        if image is not None:
            show_image(self, image)


def show_image(widget: QWidget, image: InstanceReference) -> None:
    """Ask the workspace around a widget to show an image."""
    host = widget.parentWidget()
    while host is not None and not hasattr(host, "show_image"):
        host = host.parentWidget()
    if host is not None:
        host.show_image(image)


def opened_already(derived: DerivedObject, parent: QWidget) -> bool:
    """Bring the window of an object to the front where there is one."""
    window = parent.window().findChild(ReadingWindow, derived.sop_uid)
    if window is not None:
        window.show()
        window.raise_()
        window.activateWindow()
    return window is not None
