"""The filter row of the library browser: search field, order, and one chip for each modality."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.services import Services
from viewers.library_list import LibraryQuery, StudyOrder
from viewers.ui.flow_layout import FlowLayout


class LibraryFilter(QWidget):
    """What the user looks for; `changed` comes with every letter and click."""

    changed = Signal()
    leave_down = Signal()

    def __init__(self, services: Services, order: StudyOrder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.textChanged.connect(self.changed)
        self.search.installEventFilter(self)
        self._order = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        services.set_icon(self._order, "list")
        self._orders = self._order_actions(order)
        self._chips = QWidget()
        self._chip_layout = FlowLayout(self._chips)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._chips.setSizePolicy(policy)
        self._chips.hide()
        self._buttons: dict[str, QToolButton] = {}
        self._lay_out()
        self.retranslate()

    def query(self) -> LibraryQuery:
        """Give what is asked for at the moment."""
        chosen = frozenset(name for name, button in self._buttons.items() if button.isChecked())
        order = next(order for order, action in self._orders.items() if action.isChecked())
        return LibraryQuery(self.search.text(), order, chosen)

    def chip(self, modality: str) -> QToolButton:
        """Give the chip of a modality that is offered."""
        return self._buttons[modality]

    def clear(self) -> None:
        """Ask for everything."""
        for button in self._buttons.values():
            button.setChecked(False)
        self.search.clear()

    def set_modalities(self, modalities: Sequence[str]) -> None:
        """Offer these modalities; the chosen ones stay chosen while they are there."""
        if list(self._buttons) == list(modalities):
            return
        chosen = self.query().modalities
        for button in self._buttons.values():
            self._chip_layout.removeWidget(button)
            button.deleteLater()
        self._buttons = {name: self._chip(name, checked=name in chosen) for name in modalities}
        self._chips.setVisible(len(modalities) > 1)
        if chosen != self.query().modalities:
            self.changed.emit()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.search.setPlaceholderText(self.tr("Search name, ID, date, modality…"))
        self.search.setAccessibleName(self.tr("Search the library"))
        self.search.setToolTip(self.tr("Patient name or ID, date, modality, description, accession number"))
        texts = {
            StudyOrder.NEWEST: self.tr("Newest first"),
            StudyOrder.OLDEST: self.tr("Oldest first"),
            StudyOrder.NAME: self.tr("By name"),
        }
        for order, action in self._orders.items():
            action.setText(texts[order])
        self._order.setAccessibleName(self.tr("Order of the studies"))
        self._order.setToolTip(self.tr("Order of the studies"))
        for name, button in self._buttons.items():
            button.setToolTip(self.tr("Only studies with {modality}").format(modality=name))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.leave_down.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _order_actions(self, chosen: StudyOrder) -> dict[StudyOrder, QAction]:
        menu, group = QMenu(self._order), QActionGroup(self._order)
        self._order.setMenu(menu)
        actions: dict[StudyOrder, QAction] = {}
        for order in StudyOrder:
            action = actions[order] = menu.addAction("")
            action.setCheckable(True)
            action.setChecked(order is chosen)
            group.addAction(action)
            action.triggered.connect(lambda _checked: self.changed.emit())
        return actions

    def set_order(self, order: StudyOrder) -> None:
        """Sort in another way."""
        self._orders[order].trigger()

    def _chip(self, name: str, *, checked: bool) -> QToolButton:
        button = QToolButton(self._chips, text=name, checkable=True, checked=checked, autoRaise=False)
        button.setToolTip(self.tr("Only studies with {modality}").format(modality=name))
        button.toggled.connect(self.changed)
        self._chip_layout.addWidget(button)
        button.show()
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.search, 1)
        row.addWidget(self._order)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self._chips)
