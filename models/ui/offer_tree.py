"""What the model server offers, with a mark for what shall be downloaded."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from models.ui.wording import in_words, megabytes, task_name
from models.updates import Offer, OfferedModel

_MODEL = Qt.ItemDataRole.UserRole
_SIZE_COLUMN = 4


class OfferTree(QTreeWidget):
    """A row for each model; updates are marked from the start, new models are not.

    `marked_changed` comes when a mark does.
    """

    marked_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setColumnCount(6)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.itemChanged.connect(lambda *_: self.marked_changed.emit())
        self.retranslate()

    def show_offer(self, offer: Offer | None) -> None:
        """Take the place of what was offered before."""
        self.clear()
        if offer is None:
            return
        updates = {model.name for model in offer.updates}
        for model in offer.models:
            self.addTopLevelItem(_row(model, self.tr("new"), marked=model.name in updates))
        self.marked_changed.emit()

    def marked(self) -> list[OfferedModel]:
        """Give the models that shall be downloaded."""
        items = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        return [item.data(0, _MODEL) for item in items if item.checkState(0) == Qt.CheckState.Checked]

    def retranslate(self) -> None:
        """Write the titles in the current language."""
        titles = (
            self.tr("Model"),
            self.tr("Here"),
            self.tr("Offered"),
            self.tr("Task"),
            self.tr("Size"),
            self.tr("Licence"),
        )
        self.setHeaderLabels(titles)
        self.setAccessibleName(self.tr("Models that the server offers"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _row(model: OfferedModel, new: str, *, marked: bool) -> QTreeWidgetItem:
    card = model.card
    texts = [
        in_words(card.title),
        model.installed or new,
        card.version,
        task_name(card.task),
        megabytes(model.size_bytes),
        card.licence,
    ]
    item = QTreeWidgetItem(texts)
    item.setData(0, _MODEL, model)
    item.setToolTip(0, in_words(card.intended_use))
    item.setCheckState(0, Qt.CheckState.Checked if marked else Qt.CheckState.Unchecked)
    item.setTextAlignment(_SIZE_COLUMN, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
