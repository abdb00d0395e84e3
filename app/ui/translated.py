"""Widgets that change their texts when the language changes."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QFrame, QWidget


class TranslatedWidget(QWidget):
    """A widget whose `retranslate` sets all its texts; call it once at the end of `__init__`."""

    def retranslate(self) -> None:
        """Set every text."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class TranslatedFrame(QFrame):
    """A frame whose `retranslate` sets all its texts; call it once at the end of `__init__`."""

    def retranslate(self) -> None:
        """Set every text."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class TranslatedDialog(QDialog):
    """A dialog whose `retranslate` sets all its texts; call it once at the end of `__init__`."""

    def retranslate(self) -> None:
        """Set every text."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
