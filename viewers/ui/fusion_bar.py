"""The row below the head of the 3D view while another volume is fused: its name and its strength."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from core.series import Series
from core.services import Services
from viewers.part_title import part_title
from viewers.ui.volume_fusion import VolumeFusion

_SLIDER_WIDTH = 72


class FusionBar(QWidget):
    """Follows a fusion; hidden while there is none.

    Parameters
    ----------
    services : Services
        The program around it.
    fusion : VolumeFusion
        What is followed.
    """

    def __init__(self, services: Services, fusion: VolumeFusion) -> None:
        super().__init__()
        self._services = services
        self._fusion = fusion
        self._title = QLabel()
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._threshold_title, self._strength_title = QLabel(), QLabel()
        self.threshold, self.strength = _slider(95), _slider(100)
        self.threshold.valueChanged.connect(lambda percent: fusion.set_threshold(percent / 100))
        self.strength.valueChanged.connect(lambda percent: fusion.set_strength(percent / 100))
        self._remove = QToolButton(autoRaise=True, clicked=lambda: fusion.remove())
        self._remove.setIconSize(QSize(16, 16))
        services.set_icon(self._remove, "close")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 4, 2)
        row.addWidget(self._title, 1)
        for widget in (self._threshold_title, self.threshold, self._strength_title, self.strength):
            row.addWidget(widget)
        row.addWidget(self._remove)
        self.setAutoFillBackground(True)
        fusion.changed.connect(self.follow)
        self.retranslate()

    def follow(self) -> None:
        """Show what is fused now."""
        series = self._fusion.shown
        self.setVisible(series is not None)
        if series is None:
            return
        title = series_title(series, self._services)
        self._title.setText(
            self.tr("{name} is loading…").format(name=title) if self._fusion.loading else title
        )
        self._title.setToolTip(title)
        self.strength.setEnabled(not self._fusion.loading)
        self.threshold.setEnabled(self._fusion.has_threshold)
        settings = self._fusion.settings
        if settings is not None:
            _put(self.strength, settings.strength)
            _put(self.threshold, settings.threshold)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._threshold_title.setText(self.tr("From"))
        self._strength_title.setText(self.tr("Strength"))
        names = {
            self.threshold: self.tr("Lowest value of the fused volume that is shown"),
            self.strength: self.tr("Strength of the fused volume"),
        }
        for slider, name in names.items():
            slider.setToolTip(name)
            slider.setAccessibleName(name)
        self._remove.setToolTip(self.tr("Remove the fused volume"))
        self._remove.setAccessibleName(self.tr("Remove the fused volume"))
        self.follow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _slider(most: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=most, pageStep=10)
    slider.setFixedWidth(_SLIDER_WIDTH)
    return slider


def _put(slider: QSlider, share: float) -> None:
    slider.blockSignals(True)
    slider.setValue(round(100 * share))
    slider.blockSignals(False)


def series_title(series: Series, services: Services) -> str:
    """Give what the user calls a series: modality, number, description and part."""
    heading = f"{series.modality} {series.number}".strip()
    rest = (series.description, part_title(series.part, services.translate))
    return "  ·  ".join(word for word in (heading, *rest) if word)
