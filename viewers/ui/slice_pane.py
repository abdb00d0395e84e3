"""A slice view in its frame: a scroll bar for the slices, and the warnings."""

from collections.abc import Callable
from concurrent.futures import Executor

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QWidget

from core.message import Message
from viewers.layouts import Pane
from viewers.orientation import orientation_title
from viewers.ui.pane_frame import PaneFrame
from viewers.ui.slice_painting import MARGIN, PLANE_COLOURS
from viewers.ui.slice_view import SliceView
from viewers.ui.warning_badge import WarningBadge
from viewers.viewer_document import ViewerDocument

# Dark in every theme: beside a picture nothing may be bright.
_BAR_STYLE = """
QScrollBar:vertical { background: #0b0d10; width: 10px; margin: 0; border: none; }
QScrollBar::handle:vertical { background: #3d464f; min-height: 24px; border-radius: 3px; margin: 1px 2px; }
QScrollBar::handle:vertical:hover, QScrollBar::handle:vertical:pressed { background: #7b8894; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
"""


class SlicePane(PaneFrame):
    """One cell of the grid with a slice.

    Parameters
    ----------
    document : ViewerDocument
        What is shown.
    pool : Executor
        Threads that pictures are made in.
    translate : callable
        Gives a message in the user's language.
    """

    def __init__(
        self,
        document: ViewerDocument,
        pool: Executor,
        translate: Callable[[Message], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._translate = translate
        self.view = SliceView(document, pool, translate)
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        self.bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bar.setStyleSheet(_BAR_STYLE)
        # Views beside each other stay equally wide, with and without a bar.
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.bar.actionTriggered.connect(self._bar_moved)
        self._badge = WarningBadge(translate, self.view)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.bar)
        self.view.installEventFilter(self)

    def set_pane(self, pane: Pane) -> None:
        """Show something else."""
        self.view.set_pane(pane)
        self.set_colour(PLANE_COLOURS[self.view.orientation])
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        title = orientation_title(self.view.orientation, self._document.volume)
        self.view.setAccessibleName(self._translate(title))

    def refresh(self) -> None:
        """Follow the document."""
        document, view = self._document, self.view
        stack = document.stack(view.orientation)
        several = stack is not None and stack.count > 1
        self.bar.setVisible(several and view.pane.offset_steps == 0)
        if stack is not None:
            self.bar.setRange(0, stack.count - 1)
            self.bar.setPageStep(max(stack.count // 10, 1))
            self.bar.setValue(stack.nearest_index(document.state.point_of(view.orientation)))
        self._badge.set_warnings(document.warnings)
        self._place_badge()
        view.refresh()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_badge()
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _bar_moved(self) -> None:
        # The bar's value is only set by `refresh`; its position is where the user has it.
        self._document.go_to_slice(self.view.orientation, self.bar.sliderPosition())

    def _place_badge(self) -> None:
        self._badge.move(self.view.width() - self._badge.width() - int(MARGIN), int(MARGIN) - 2)
