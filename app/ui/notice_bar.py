"""A strip above the workspace for what the user has to know now, without stopping the work."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.icons import set_icon
from app.translator import translate_message
from app.ui.translated import TranslatedFrame
from core.errors import SenseError
from core.message import Message

_MOST = 3


class Notice(TranslatedFrame):
    """One error or remark with a button to close it, and optionally one to act."""

    closed = Signal()
    acted = Signal()

    def __init__(
        self, kind: str, text: Message, hint: Message | None, action: Message | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("kind", kind)
        self._content = (text, hint, action)
        self._text, self._hint = QLabel(self), QLabel(self)
        self._text.setObjectName("noticeText")
        for label in (self._text, self._hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        symbol, self._close, self._act = QToolButton(self), QToolButton(self), QPushButton(self)
        set_icon(symbol, "error" if kind == "error" else "info")
        symbol.setAutoRaise(True)
        symbol.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        symbol.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_icon(self._close, "close")
        self._close.setAutoRaise(True)
        self._close.clicked.connect(self.closed)
        self._act.clicked.connect(self.acted)
        self._act.setVisible(action is not None)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._text)
        texts.addWidget(self._hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 7, 8, 7)
        layout.addWidget(symbol, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(self._act, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.retranslate()

    def retranslate(self) -> None:
        text, hint, action = self._content
        self._text.setText(translate_message(text))
        self._hint.setText(translate_message(hint) if hint else "")
        self._hint.setVisible(hint is not None)
        self._act.setText(translate_message(action) if action else "")
        self._close.setToolTip(self.tr("Dismiss"))
        self._close.setAccessibleName(self.tr("Dismiss"))


class NoticeBar(QWidget):
    """The newest notices, at most three at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.notices: list[Notice] = []

    def report(self, error: SenseError) -> Notice:
        """Show an error."""
        return self.show_notice("error", error.message, error.hint)

    def show_notice(
        self, kind: str, text: Message, hint: Message | None = None, action: Message | None = None
    ) -> Notice:
        """Show a notice of `kind` "error" or "info"; the same text is never shown twice."""
        for notice in [shown for shown in self.notices if shown._content[0] == text]:
            self._remove(notice)
        notice = Notice(kind, text, hint, action, self)
        notice.closed.connect(lambda: self._remove(notice))
        notice.acted.connect(lambda: self._remove(notice))
        self.notices.append(notice)
        self._layout.addWidget(notice)
        notice.show()
        if len(self.notices) > _MOST:
            self._remove(self.notices[0])
        return notice

    def _remove(self, notice: Notice) -> None:
        if notice in self.notices:
            self.notices.remove(notice)
            notice.hide()
            notice.deleteLater()
