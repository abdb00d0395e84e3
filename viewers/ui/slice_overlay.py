"""The texts and marks over a slice picture."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.volume import Volume
from viewers.layouts import Pane
from viewers.mpr_state import pane_point
from viewers.object_layer import Pointed
from viewers.orientation import orientation_title
from viewers.overlay import (
    Probe,
    patient_lines,
    projection_title,
    scale_bar,
    slice_letters,
    slice_messages,
    study_lines,
    window_message,
)
from viewers.region_scale import region_place, region_scale_bar, spacing_at
from viewers.scale_bar import ScaleBar
from viewers.ui.slice_painting import (
    MARGIN,
    PLANE_COLOURS,
    TextLine,
    draw_corner,
    draw_letters,
    draw_scale_bar,
)
from viewers.viewer_document import ViewerDocument

# Below this width a view shows its letters, title and slice number only.
_SMALL = 260.0
# Below this one each part of the slice's position has a line of its own.
_NARROW = 420.0
_BADGE_HEIGHT = 26.0
# Overlays are cut, not projected: their edges would mean nothing over a projection of other voxels.
_MIDDLE = QT_TRANSLATE_NOOP("Message", "overlays: middle plane")


@dataclass(frozen=True, eq=False)
class SliceScene:
    """What a view shows, for drawing over it."""

    document: ViewerDocument
    volume: Volume
    pane: Pane
    plane: Plane
    pixel_ratio: float
    under_pointer: Probe | None
    pointed: tuple[Pointed, ...] = ()


class SliceOverlay:
    """Draws what a view says about its slice, in the user's language.

    Parameters
    ----------
    translate : callable
        Gives a message in the user's language.
    """

    def __init__(self, translate: Callable[[Message], str]) -> None:
        self._translate = translate

    def draw(self, painter: QPainter, area: QRectF, scene: SliceScene) -> None:
        """Draw into `area` of the view (units of the widget)."""
        state = scene.document.state
        small = area.width() < _SMALL
        painter.setFont(_overlay_font(painter.font(), small=small))
        inner = area.adjusted(MARGIN, MARGIN - 2, -MARGIN, -MARGIN + 2)
        draw_letters(painter, inner, slice_letters(state, scene.volume, scene.pane))
        if not state.texts:
            return
        draw_corner(painter, inner, Qt.Corner.TopLeftCorner, self._patient(scene, small=small))
        lines = self._slice(scene, narrow=area.width() < _NARROW)
        draw_corner(painter, inner, Qt.Corner.BottomLeftCorner, lines)
        if not small:
            self._draw_right(painter, inner, scene)

    def _patient(self, scene: SliceScene, *, small: bool) -> list[TextLine]:
        orientation = scene.pane.orientation
        assert orientation is not None
        title = TextLine(
            self._translate(orientation_title(orientation, scene.volume)), PLANE_COLOURS[orientation]
        )
        hidden = small or scene.document.state.patient_hidden
        lines = () if hidden else patient_lines(scene.document.study)
        return [title, *(TextLine(line) for line in lines)]

    def _slice(self, scene: SliceScene, *, narrow: bool) -> list[TextLine]:
        state = scene.document.state
        parts = [self._translate(part) for part in slice_messages(state, scene.volume, scene.pane)]
        slab = [parts.pop(), self._translate(projection_title(state.projection))] if state.slab_mm > 0 else []
        if slab and scene.document.objects.shown:
            slab.append(self._translate(message(_MIDDLE)))
        probed = [] if scene.under_pointer is None else self._probe_texts(scene, scene.under_pointer)
        lines = (*parts, *slab) if narrow else filter(None, ("  ".join(parts), "  ".join(slab)))
        pointed = [
            TextLine(self._translate(one.text), QColor(*one.colour) if one.colour else None)
            for one in scene.pointed
        ]
        return [*pointed, *(TextLine(text) for text in (*probed, *lines))]

    def _probe_texts(self, scene: SliceScene, under_pointer: Probe) -> list[str]:
        i, j, k = under_pointer.ijk
        voxel = message(QT_TRANSLATE_NOOP("Message", "voxel {i}, {j}, {k}"), i=i, j=j, k=k)
        place = f"{under_pointer.point} mm" if under_pointer.point else ""
        in_region = region_place(scene.document.facts.regions_of(k), (i, j))
        if in_region is not None:
            place = self._translate(in_region)
        return [text for text in (under_pointer.value_text, place, self._translate(voxel)) if text]

    def _draw_right(self, painter: QPainter, inner: QRectF, scene: SliceScene) -> None:
        document = scene.document
        below_badge = inner.adjusted(0, _BADGE_HEIGHT if document.warnings else 0, 0, 0)
        series = [TextLine(line) for line in study_lines(document.study, document.series, self._translate)]
        draw_corner(painter, below_badge, Qt.Corner.TopRightCorner, series)
        bar = scale_bar_of(scene)
        above = 0.0
        if bar is not None:
            draw_scale_bar(painter, inner, bar, scene.pixel_ratio)
            above = QFontMetricsF(painter.font(), painter.device()).height() + 12
        if not scene.volume.is_colour:
            window = [TextLine(self._translate(window_message(document.state, document.quantity)))]
            draw_corner(painter, inner.adjusted(0, 0, 0, -above), Qt.Corner.BottomRightCorner, window)


def scale_bar_of(scene: SliceScene) -> ScaleBar | None:
    """Give the bar of a view; in ultrasound for the region under the pointer."""
    facts, pointer = scene.document.facts, scene.under_pointer
    if not facts.regions:
        calibration = scene.document.annotations.calibration or facts.calibration
        return scale_bar(scene.volume, scene.plane, calibration)
    point = pane_point(scene.document.state, scene.volume, scene.pane)
    k = round(float((scene.volume.ijk_from_lps @ (*point, 1.0))[2]))
    spacing = spacing_at(facts.regions_of(k), None if pointer is None else pointer.ijk[:2])
    return region_scale_bar(scene.volume, scene.plane, spacing)


def _overlay_font(font: QFont, *, small: bool) -> QFont:
    overlay = QFont(font)
    overlay.setPointSizeF(max(font.pointSizeF() * (0.8 if small else 0.9), 6.5))
    return overlay
