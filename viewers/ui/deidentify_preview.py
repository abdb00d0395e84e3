"""The pictures that may show text, with the boxes to be blanked, and the heads to be defaced."""

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from imaging.deidentification.batch_facts import PictureKey
from imaging.deidentification.burned_text import Box
from imaging.deidentification.defacing import FaceFound
from imaging.deidentification.pixel_regions import Source
from imaging.deidentification.preview import PicturePreview, Preview
from viewers.box_editing import BoxEditing
from viewers.ui.box_canvas import BoxCanvas

_LIST_WIDTH = 290
_GAP = 8  # pixels between before and after


class DeidentifyPreviewPage(QWidget):
    """What a person changes here is what will be blanked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview = Preview()
        self._editings: dict[PictureKey, BoxEditing] = {}
        self.list = QListWidget()
        self.canvas = BoxCanvas()
        self.hint = QLabel(wordWrap=True)
        self.remove, self.clear, self.rules, self.all_found = (
            QPushButton(autoDefault=False) for _ in range(4)
        )
        self._lay_out()
        self.list.currentRowChanged.connect(self._show_row)
        self.canvas.changed.connect(self._boxes_changed)
        self.remove.clicked.connect(self.canvas.remove_selected)
        self.clear.clicked.connect(self.canvas.clear)
        self.rules.clicked.connect(lambda: self._reset(rules_only=True))
        self.all_found.clicked.connect(lambda: self._reset(rules_only=False))
        self.retranslate()

    def show_preview(self, preview: Preview) -> None:
        """Show what was found; where a rule knows the place of the text, shapes are not taken for some."""
        self._preview = preview
        self._editings = {
            key: BoxEditing(key.rows, key.columns, _boxes(picture, rules_only=_has_rule(picture)))
            for key, picture in preview.pictures.items()
        }
        self.list.clear()
        for picture in preview.pictures.values():
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, picture)
            self.list.addItem(item)
        for face in preview.faces:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, face)
            self.list.addItem(item)
        self._title_items()
        self.list.setCurrentRow(0)
        self._show_row(self.list.currentRow())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not self._preview.pictures and not self._preview.faces

    @property
    def preview(self) -> Preview:
        """What was found."""
        return self._preview

    def blanked(self) -> dict[PictureKey, tuple[Box, ...]]:
        """Give what is to be blanked, as it is shown."""
        return {key: tuple(editing.boxes) for key, editing in self._editings.items()}

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.remove, self.clear, self.rules, self.all_found):
            buttons.addWidget(button)
        buttons.addStretch(1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.hint)
        column.addLayout(buttons)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LIST_WIDTH, 3 * _LIST_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def _shown(self) -> PicturePreview | FaceFound | None:
        row = self.list.currentRow()
        return self.list.item(row).data(Qt.ItemDataRole.UserRole) if row >= 0 else None

    def _show_row(self, _row: int) -> None:
        shown = self._shown()
        if isinstance(shown, PicturePreview):
            self.canvas.show_picture(shown.picture, self._editings[shown.key])
        elif isinstance(shown, FaceFound):
            gap = np.zeros((shown.before.shape[0], _GAP), np.uint8)
            both = np.ascontiguousarray(np.hstack((shown.before, gap, shown.after)))
            self.canvas.show_picture(both, None)
        self._refresh()

    def _reset(self, *, rules_only: bool) -> None:
        shown = self._shown()
        if isinstance(shown, PicturePreview):
            editing = self._editings[shown.key]
            editing.clear()
            editing.boxes += _boxes(shown, rules_only=rules_only)
            self.canvas.update()
            self._boxes_changed()

    def _boxes_changed(self) -> None:
        self._title_items()
        self._refresh()

    def _refresh(self) -> None:
        shown = self._shown()
        is_picture = isinstance(shown, PicturePreview)
        editing = self._editings[shown.key] if isinstance(shown, PicturePreview) else None
        self.remove.setEnabled(editing is not None and editing.selected is not None)
        self.clear.setEnabled(editing is not None and bool(editing.boxes))
        for button in (self.rules, self.all_found):
            button.setEnabled(is_picture)
        if isinstance(shown, FaceFound):
            self.hint.setText(self.tr("The head from the front, before and after. Look at the copy in 3D."))
        elif is_picture:
            self.hint.setText(
                self.tr(
                    "What is in a box will be blanked in all of these pictures. Drag to draw, move or size a "
                    "box. Boxes come from rules and from shapes that look like text: add what was missed."
                )
            )
        else:
            self.hint.setText(self.tr("No picture may show text, and no head was found."))

    def _title_items(self) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            shown = item.data(Qt.ItemDataRole.UserRole)
            if isinstance(shown, FaceFound):
                item.setText(self.tr("Head {number}").format(number=row + 1 - len(self._preview.pictures)))
                continue
            title = self.tr("{modality} {columns} × {rows}, images: {files}, boxes: {boxes}")
            counts = {"files": shown.files, "boxes": len(self._editings[shown.key].boxes)}
            size = {"columns": shown.key.columns, "rows": shown.key.rows}
            item.setText(title.format(modality=shown.modality or "?", **size, **counts))

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.remove.setText(self.tr("Remove box"))
        self.clear.setText(self.tr("Remove all"))
        self.rules.setText(self.tr("Only by rules"))
        self.all_found.setText(self.tr("All that was found"))
        self._title_items()
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _has_rule(picture: PicturePreview) -> bool:
    return any(finding.source is not Source.SHAPE for finding in picture.findings)


def _boxes(picture: PicturePreview, *, rules_only: bool) -> list[Box]:
    """Give the boxes that were found; by rules alone, or also those of shapes."""
    return [
        finding.box for finding in picture.findings if not rules_only or finding.source is not Source.SHAPE
    ]
