"""What the pointer does on a reconstruction, and what can be undone of it."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, Signal

from core.errors import BadInput
from core.history import Edit, History
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.services import Services
from reconstruction.edited_source import EditedSource
from reconstruction.measured_distance import PICKED_PX
from reconstruction.measuring import lengths, polygon_area
from reconstruction.point_precision import length_sigma
from reconstruction.result_edits import CropBox, ResultEdits, brushed, centred, on_floor, turned
from reconstruction.result_views import centres_of, framing
from reconstruction.similarity import Similarity
from reconstruction.ui.brush_overlay import BrushOverlay
from reconstruction.ui.crop_box_overlay import CropBoxOverlay
from reconstruction.ui.pick_overlay import PickOverlay
from reconstruction.ui.questions import Questions
from reconstruction.ui.result_view import ResultView
from render.pinhole_camera import PinholeCamera

Floats = NDArray[np.float64]


class Tool(StrEnum):
    """What a click or a drag does."""

    TURN = "turn"
    DISTANCE = "distance"
    AREA = "area"
    SCALE = "scale"
    FLOOR = "floor"
    CROP = "crop"
    BRUSH = "brush"


_MOST_PICKED = {Tool.SCALE: 2, Tool.FLOOR: 3}
_PICKING = (Tool.DISTANCE, Tool.AREA, Tool.SCALE, Tool.FLOOR)


class ResultTools(QObject):
    """Turns clicks into points, and these into measurements and edits.

    Signals: `changed` after anything that is shown has changed, `edited(ResultEdits)` after an edit, its
    undoing or its redoing.

    Parameters
    ----------
    services : Services
        The program around it.
    view : ResultView
        Where the clicks are.
    """

    changed = Signal()
    edited = Signal(object)

    def __init__(self, services: Services, view: ResultView) -> None:
        super().__init__(view)
        self._services, self._view = services, view
        self.history = History()
        self.tool = Tool.TURN
        self._picked: list[Floats] = []  # in the world of the reconstruction
        self._questions = Questions(self)
        self.pick_overlay = PickOverlay(self)
        self.crop_overlay = CropBoxOverlay(self, view)
        self.brush_overlay = BrushOverlay(self, view)
        view.overlays += [self.pick_overlay, self.crop_overlay, self.brush_overlay]
        view.clicked.connect(self._click)

    # What is shown.

    @property
    def edits(self) -> ResultEdits:
        """What was changed so far."""
        return self._view.edits

    @property
    def picked(self) -> Floats:
        """The picked points as they are shown, (n, 3)."""
        return self.edits.transform.apply(np.array(self._picked).reshape(-1, 3))

    @property
    def view_pinhole(self) -> PinholeCamera | None:
        """The camera of the view."""
        view = self._view
        if view.camera is None or view.result is None or min(view.width(), view.height()) < 1:
            return None
        return PinholeCamera.of_view(view.camera, (view.width(), view.height()))

    def length_text(self, length: float) -> str:
        """Write a length with its unit, if it has one."""
        if not self._view.has_scale:
            return f"{length:.4g}"
        if length < 1:
            return f"{100 * length:.4g} cm"
        return f"{length:.3f} m"

    def measured_text(self) -> str:
        """Write what the picked points measure; "" for nothing."""
        points = self.picked
        if self.tool is Tool.AREA and len(points) >= 3:
            area = polygon_area(points)
            unit = " m²" if self._view.has_scale else ""
            around = float(lengths(np.concatenate((points, points[:1]))).sum())
            text = self.tr("Area {area}{unit}  ·  around it {length}")
            return text.format(area=f"{area:.4g}", unit=unit, length=self.length_text(around))
        if self.tool in (Tool.DISTANCE, Tool.SCALE) and len(points) >= 2:
            length = float(lengths(points).sum())
            sigma, known = self._sigma_of(points), self.edits.scale_sigma
            if sigma is None:
                return self.tr("Length {length}").format(length=self.length_text(length))
            sigma = float(np.hypot(sigma, length * (known or 0.0)))
            texts = self.length_text(length), self.length_text(sigma)
            return self.tr("Length {length} ± {sigma}").format(length=texts[0], sigma=texts[1])
        return ""

    def _sigma_of(self, points: Floats) -> float | None:
        """Give how well the way along points is known, by how the photographs see its parts."""
        result = self._view.result
        if result is None or len(points) < 2:
            return None
        cameras = list(self.edits.placed(result.cameras).values())
        error = max(PICKED_PX, float(result.facts.get("reprojection_error_px") or 0.0))
        parts = [length_sigma(*pair, cameras, error) for pair in pairwise(points)]
        known = [part for part in parts if part is not None]
        return float(np.linalg.norm(known)) if len(known) == len(parts) else None

    # Choosing and picking.

    def choose(self, tool: Tool) -> None:
        """Let clicks and drags do something else."""
        if self._view.result is None:
            tool = Tool.TURN
        self.tool = tool
        self._picked.clear()
        self._view.frusta.answering = tool is Tool.TURN
        if tool is Tool.CROP and self.edits.crop is None:
            self._begin_crop()
        self._view.update()
        self.changed.emit()

    def forget(self) -> None:
        """Follow a view that shows something else: nothing is picked and nothing can be undone."""
        self.choose(Tool.TURN)
        self.history.clear()

    def drop_last(self) -> None:
        """Take the last picked point back."""
        if self._picked:
            self._picked.pop()
            self._view.update()
            self.changed.emit()

    def _click(self, place: QPointF) -> None:
        if self.tool in _PICKING:
            self.find(place, self.add_point)

    def find(self, place: QPointF, tell: Callable[[Floats], None]) -> None:
        """Find the shown point at a place in the background; `tell` gets it where there is one."""
        view, source, camera = self._view, self._view.source, self._view.camera
        if not isinstance(source, EditedSource) or camera is None:
            return
        size, pixel = (view.width(), view.height()), (place.x(), place.y())
        self._questions.ask(
            self.tool.value,
            lambda: source.place(camera, size, pixel),
            lambda found: None if found is None else tell(np.array(found)),
        )

    def add_point(self, shown: Floats) -> None:
        """Pick a point of the shown world."""
        if len(self._picked) >= _MOST_PICKED.get(self.tool, 1000):
            self._picked.clear()
        self._picked.append(self.edits.transform.inverse().apply(shown[None])[0])
        if self.tool is Tool.FLOOR and len(self._picked) == 3:
            self._lay_on_floor()
        self._view.update()
        self.changed.emit()

    # Edits.

    def _change(self, title: Message, after: ResultEdits, stroke: str | None = None) -> None:
        before = self.edits
        self.history.push(Edit(title, lambda: self._set(after), lambda: self._set(before), 4096, stroke))

    def _set(self, edits: ResultEdits) -> None:
        self._view.set_edits(edits)
        self.edited.emit(edits)
        self.changed.emit()

    def set_length(self, length_m: float) -> None:
        """Make the distance between the two picked points so many metres."""
        points = self.picked
        if self.tool is not Tool.SCALE or len(points) != 2 or length_m <= 0:
            return
        found = float(lengths(points)[0])
        if found <= 0:
            return
        title = message(QT_TRANSLATE_NOOP("Message", "Set the scale"))
        sigma = self._sigma_of(points)
        self._turn_with(title, self.edits.scaled(length_m / found, None if sigma is None else sigma / found))

    def _lay_on_floor(self) -> None:
        result = self._view.result
        assert result is not None
        centres = self.edits.transform.apply(centres_of(result.cameras))
        points = self.picked
        above = centres.mean(axis=0) if len(centres) else points.mean(axis=0) + np.array([0.0, 1.0, 0.0])
        self._picked.clear()
        try:
            after = on_floor(self.edits, points, above)
        except ValueError:
            text = QT_TRANSLATE_NOOP("Message", "These three points lie on one line: pick others.")
            self._services.report_error(BadInput(message(text)))
            return
        self._turn_with(message(QT_TRANSLATE_NOOP("Message", "Set the floor")), after)

    def turn(self, rotation: Floats) -> None:
        """Turn everything about the middle of what is seen."""
        view = self._view
        if view.result is None:
            return
        title = message(QT_TRANSLATE_NOOP("Message", "Turn the reconstruction"))
        self._turn_with(title, turned(self.edits, framing(view.result, view.layer), rotation))

    def centre(self) -> None:
        """Move everything so that its middle is over the origin; heights stay."""
        view = self._view
        if view.result is None:
            return
        title = message(QT_TRANSLATE_NOOP("Message", "Centre the reconstruction"))
        self._turn_with(title, centred(self.edits, framing(view.result, view.layer)))

    def _turn_with(self, title: Message, after: ResultEdits) -> None:
        """Change where things stand, and look at them anew from where the photographs were taken."""
        self._change(title, after)
        self._view.reset_view()

    def reset_place(self) -> None:
        """Put everything back to where the reconstruction found it."""
        title = message(QT_TRANSLATE_NOOP("Message", "Reset the place"))
        self._turn_with(title, replace(self.edits, transform=Similarity(), measured=False, scale_sigma=None))

    def _begin_crop(self) -> None:
        result, transform = self._view.result, self.edits.transform
        assert result is not None
        points = transform.apply(framing(result, self._view.layer))
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.05 * float((high - low).max()) + 1e-9
        self.set_crop(CropBox(transform, low - margin, high + margin))

    def set_crop(self, box: CropBox | None, stroke: str | None = None) -> None:
        """Keep only what is inside of a box; everything for None."""
        text = (
            QT_TRANSLATE_NOOP("Message", "Remove the crop box")
            if box is None
            else QT_TRANSLATE_NOOP("Message", "Change the crop box")
        )
        self._change(message(text), replace(self.edits, crop=box), stroke)

    def brush(self, place: QPointF, radius_px: float, stroke: str | None) -> None:
        """Brush away what is around the point that is seen at a place."""
        view = self.view_pinhole

        def dab(shown: Floats) -> None:
            if view is None:
                return
            pose = view.camera_from_world
            depth = float((pose[:3, :3] @ shown + pose[:3, 3])[2])
            title = message(QT_TRANSLATE_NOOP("Message", "Brush away"))
            self._change(title, brushed(self.edits, shown, radius_px * depth / view.fx), stroke)

        self.find(place, dab)

    def close(self) -> None:
        """Answer no clicks any more."""
        self._questions.close()
