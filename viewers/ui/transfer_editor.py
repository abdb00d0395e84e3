"""The editor of the transfer function: curve, colours, and presets of the user's own."""

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QColor, QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from core.message import QT_TRANSLATE_NOOP, message
from core.services import Services
from core.volume import Volume
from render.transfer_function import TransferFunction
from viewers.histogram import Histogram, histogram
from viewers.transfer_editing import colour_point, move_point, remove_point, with_gradient_opacity
from viewers.ui.background_calls import BackgroundCalls
from viewers.ui.preset_buttons import PresetButtons
from viewers.ui.transfer_plot import TransferPlot

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView


class TransferEditor(QDialog):
    """A small window that edits the transfer function of one 3D view; every change can be undone.

    Parameters
    ----------
    view : VolumeView
        What is edited; the editor follows it to other volumes and presets.
    services : Services
        The program around it.
    """

    def __init__(self, view: "VolumeView", services: Services) -> None:
        super().__init__(view)
        self._view = view
        self._services = services
        self._volume: Volume | None = None
        self._calls = calls = BackgroundCalls(services.report_error)
        self.destroyed.connect(lambda: calls.close())
        self._make_widgets()
        self.retranslate()
        view.scene_changed.connect(self._follow)
        self._follow()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._volume = None  # the histogram is counted again when the editor opens next
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The shortcuts of the main window do not reach this one.
        if event.matches(QKeySequence.StandardKey.Undo):
            self._services.run_command("app.undo")
        elif event.matches(QKeySequence.StandardKey.Redo):
            self._services.run_command("app.redo")
        else:
            super().keyPressEvent(event)

    def close_editor(self) -> None:
        """Close the window and end the work in the background."""
        self.close()
        self._calls.close()

    # Building

    def _make_widgets(self) -> None:
        self.plot = TransferPlot()
        self.plot.edited.connect(self._edited)
        self.plot.selected.connect(self._show_point)
        self.plot.colour_wanted.connect(self._choose_colour)
        self._value_label, self._value = QLabel(), QDoubleSpinBox(decimals=1, keyboardTracking=False)
        self._opacity_label = QLabel()
        self._opacity = QDoubleSpinBox(maximum=100, decimals=1, suffix=" %", keyboardTracking=False)
        self._value.valueChanged.connect(self._typed)
        self._opacity.valueChanged.connect(self._typed)
        self._colour = QPushButton(clicked=lambda: self._choose_colour(self.plot.index))
        self._remove = QPushButton(clicked=self._remove_point)
        self._gradient = QCheckBox()
        self._gradient.toggled.connect(self._gradient_toggled)
        self.shading = QCheckBox()
        self.shading.toggled.connect(self._view.looks.set_shaded)
        self.presets = PresetButtons(self._view, self._services)
        self._lay_out()

    def _lay_out(self) -> None:
        point = QGridLayout()
        for column, widget in enumerate(
            (self._value_label, self._value, self._opacity_label, self._opacity, self._colour, self._remove)
        ):
            point.addWidget(widget, 0, column)
        point.setColumnStretch(6, 1)
        checks = QHBoxLayout()
        checks.addWidget(self._gradient)
        checks.addWidget(self.shading)
        checks.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.plot, 1)
        layout.addLayout(point)
        layout.addLayout(checks)
        layout.addWidget(self.presets)
        for button in (self._colour, self._remove):
            button.setAutoDefault(False)

    # Following the view

    def _transfer(self) -> TransferFunction | None:
        scene = self._view.scene
        return None if scene is None else scene.look.transfer

    def showEvent(self, event: QEvent) -> None:  # type: ignore[override]
        self._follow()

    def _follow(self) -> None:
        transfer, scene = self._transfer(), self._view.scene
        self.setEnabled(transfer is not None)
        if transfer is None or scene is None or not self.isVisible():
            return
        if self._view.volume is not self._volume:
            self._volume = self._view.volume
            self.plot.set_histogram(None)
            self._ask_histogram(self._volume)
        self.plot.set_transfer(transfer)
        self._set_quietly(self._gradient, bool(scene.look.transfer.gradient_opacity))
        self._set_quietly(self.shading, scene.look.shaded)
        self.presets.preset_changed()

    def _ask_histogram(self, volume: Volume | None) -> None:
        if volume is None:
            return

        def show(found: Histogram) -> None:
            if volume is self._volume:
                self.plot.set_histogram(found)

        self._calls.call("histogram", lambda: histogram(volume), show)

    def _set_quietly(self, box: QCheckBox, checked: bool) -> None:
        box.blockSignals(True)
        box.setChecked(checked)
        box.blockSignals(False)

    def _show_point(self, index: int) -> None:
        transfer = self._transfer()
        if transfer is None:
            return
        point = transfer.points[min(index, len(transfer.points) - 1)]
        for box, value in ((self._value, point.value), (self._opacity, 100 * point.opacity)):
            box.blockSignals(True)
            if box is self._value:
                box.setRange(-1e9, 1e9)
                box.setSingleStep(max(0.01, (transfer.points[-1].value - transfer.points[0].value) / 100))
            box.setValue(value)
            box.blockSignals(False)
        swatch = QPixmap(16, 16)
        swatch.fill(QColor.fromRgbF(point.red, point.green, point.blue))
        self._colour.setIcon(QIcon(swatch))
        self._remove.setEnabled(len(transfer.points) > 2)

    # Editing

    def _edited(self, transfer: TransferFunction, stroke: str) -> None:
        scene = self._view.scene
        if scene is not None:
            title = message(QT_TRANSLATE_NOOP("Message", "Change transfer function"))
            self._view.looks.set(replace(scene.look, transfer=transfer), title, stroke)

    def _typed(self) -> None:
        transfer = self._transfer()
        if transfer is not None:
            moved = move_point(transfer, self.plot.index, self._value.value(), self._opacity.value() / 100)
            self._edited(moved, uuid.uuid4().hex)

    def _remove_point(self) -> None:
        transfer = self._transfer()
        if transfer is not None:
            self._edited(remove_point(transfer, self.plot.index), uuid.uuid4().hex)

    def _choose_colour(self, index: int) -> None:
        transfer = self._transfer()
        if transfer is None:
            return
        point, stroke = transfer.points[index], uuid.uuid4().hex
        dialog = QColorDialog(QColor.fromRgbF(point.red, point.green, point.blue), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Colour of the point"))

        def take(colour: QColor) -> None:
            current = self._transfer()
            if current is not None and index < len(current.points) and colour.isValid():
                rgb = (colour.redF(), colour.greenF(), colour.blueF())
                self._edited(colour_point(current, index, rgb), stroke)

        dialog.currentColorChanged.connect(take)
        dialog.rejected.connect(lambda: take(QColor.fromRgbF(point.red, point.green, point.blue)))
        dialog.open()

    def _gradient_toggled(self, checked: bool) -> None:
        transfer = self._transfer()
        if transfer is not None:
            self._edited(with_gradient_opacity(transfer, enabled=checked), uuid.uuid4().hex)

    # Texts

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Transfer function"))
        self.plot.setAccessibleName(self.tr("Opacity over value"))
        self.plot.setToolTip(
            self.tr(
                "Click to add a point, drag to move it, right click or Delete to remove it, double click for "
                "its colour.\nArrows move the point, Page Up and Page Down choose another, Insert adds one; "
                "the wheel zooms."
            )
        )
        self._value_label.setText(self.tr("Value"))
        self._value.setAccessibleName(self.tr("Value"))
        self._opacity_label.setText(self.tr("Opacity"))
        self._opacity.setAccessibleName(self.tr("Opacity"))
        self._colour.setText(self.tr("Colour…"))
        self._remove.setText(self.tr("Remove point"))
        self._gradient.setText(self.tr("Show surfaces more than insides"))
        self._gradient.setToolTip(self.tr("Opacity grows with the gradient of the values"))
        self.shading.setText(self.tr("Shading"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
