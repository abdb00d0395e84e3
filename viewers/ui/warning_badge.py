"""The mark on a view that says something is odd about the series, and what."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QToolTip, QVBoxLayout, QWidget

from core.message import Message

_STYLE = """
QPushButton { background: #e0a030; color: #16130c; border: none; border-radius: 4px; padding: 2px 7px;
  font-weight: bold; }
QPushButton:hover, QPushButton:focus { background: #ffc350; }
"""


class WarningBadge(QPushButton):
    """Visible while there are warnings; a click shows the sentences.

    Parameters
    ----------
    translate : callable
        Gives a message in the user's language.
    """

    def __init__(self, translate: Callable[[Message], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._warnings: tuple[Message, ...] = ()
        self.setStyleSheet(_STYLE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self.show_sentences)
        self.hide()

    def set_warnings(self, warnings: tuple[Message, ...]) -> None:
        """Show the mark, or hide it where there is nothing to say."""
        if warnings != self._warnings:
            self._warnings = warnings
            self.retranslate()
        self.setVisible(bool(warnings))

    def sentences(self) -> list[str]:
        """Give the warnings in the user's language."""
        return [self._translate(warning) for warning in self._warnings]

    def show_sentences(self) -> None:
        """Open a small window below the mark with all the sentences."""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setFrameShape(QFrame.Shape.StyledPanel)
        layout = QVBoxLayout(popup)
        title = QLabel(self.tr("About this series"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        layout.addWidget(title)
        for sentence in self.sentences():
            label = QLabel(sentence, wordWrap=True)
            label.setMinimumWidth(340)
            label.setMaximumWidth(420)
            layout.addWidget(label)
        popup.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width() - popup.width(), self.height() + 4))
        popup.move(max(corner.x(), 0), corner.y())
        popup.show()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setText(self.tr("⚠ {count}").format(count=len(self._warnings)))
        self.setAccessibleName(
            self.tr("Warnings about this series: {count}").format(count=len(self._warnings))
        )
        self.adjustSize()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), "\n".join(self.sentences()), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
