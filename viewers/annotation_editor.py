"""Drawing and changing annotations with the mouse."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from core.annotation import Annotation, AnnotationKind
from core.message import Message
from core.plane import Plane
from viewers.annotation_draft import Draft, extent, new_uid
from viewers.annotation_grips import AnnotationGrip, annotation_grip
from viewers.annotation_kinds import KIND_OF
from viewers.annotation_list import new_stroke
from viewers.annotation_marks import ViewPlane, annotation_marks, apart, draft_marks
from viewers.annotation_shapes import moved, with_handle_at
from viewers.annotation_texts import label
from viewers.mouse_tools import MouseTool
from viewers.object_layer import Mark, Points
from viewers.strokes import StrokeStart
from viewers.view_editor import EditKey, EditStroke, Hover
from viewers.viewer_document import ViewerDocument

# In units of the screen.
_DRAG = 4.0
# Of a pixel: less is no shape.
_SMALLEST = 1e-3
# Of lines drawn by hand only so many points are shown as handles.
_MOST_HANDLES = 48


class AnnotationEditor:
    """Draws annotations with the tools that measure, and changes them with any tool.

    Parameters
    ----------
    document : ViewerDocument
        Whose `annotations` are changed.
    text_wanted : callable
        `text_wanted(uid)` asks the user what is to stand beside an annotation.
    """

    def __init__(
        self, document: ViewerDocument, text_wanted: Callable[[str], None] = lambda _uid: None
    ) -> None:
        self._document = document
        self._annotations = document.annotations
        self._draft: Draft | None = None
        self._text_wanted = text_wanted

    @property
    def revision(self) -> int:
        """Grows with every change of the annotations."""
        return self._annotations.revision

    @property
    def drawing(self) -> bool:
        """Whether an annotation has been begun."""
        return self._draft is not None

    # Mouse.

    def pressed(self, start: StrokeStart, tool: MouseTool) -> EditStroke | None:
        """Take hold of an annotation, or give the next point of a new one."""
        kind = KIND_OF.get(tool)
        draft = self._draft_of(kind, start)
        if draft is None:
            grip = self._grip(start)
            if grip is not None:
                self._annotations.select(grip.annotation.uid)
                return _ChangeStroke(self, start, grip)
            self._annotations.select("")
            if kind is None:
                return None
            draft = self._draft = Draft(kind, start.plane, self._document.openings)
        closes = draft.closes(start)
        if not closes:
            draft.clicks.append(start.plane.lps_from_pixel(start.x, start.y))
        draft.pointer = None
        if closes or draft.complete:
            self._finish()
        else:
            self._annotations.tell()
        return _DrawStroke(self, start)

    def double_pressed(self, start: StrokeStart, tool: MouseTool) -> bool:
        """Close a polygon, or write a text beside the annotation under the pointer."""
        draft = self._draft
        if draft is not None:
            if draft.traits.clicks == 0:
                self._finish()
            return True
        grip = self._grip(start)
        if grip is not None:
            self._text_wanted(grip.annotation.uid)
        return grip is not None or tool in KIND_OF

    def hovered(self, start: StrokeStart, tool: MouseTool) -> Hover:
        """Let the last line of what is being drawn follow the pointer."""
        draft = self._draft_of(KIND_OF.get(tool), start)
        if draft is not None:
            draft.pointer = start.plane.lps_from_pixel(start.x, start.y)
            self._annotations.tell()
            return Hover.DRAW
        grip = self._grip(start)
        if grip is not None:
            return Hover.MOVE if grip.handle is None else Hover.GRIP
        return Hover.DRAW if tool in KIND_OF else Hover.NOTHING

    def key_pressed(self, key: EditKey) -> bool:
        """End or give up what is being drawn; delete what is selected."""
        if key is EditKey.FINISH and self._draft is not None:
            self._draft.pointer = None
            self._finish()
            return True
        if key is EditKey.CANCEL and (self._draft is not None or self._annotations.selected):
            self.forget_draft()
            self._annotations.select("")
            return True
        if key is EditKey.DELETE:
            return self._delete()
        return False

    def _delete(self) -> bool:
        if self._draft is not None:
            self._draft.clicks[-1:] = []
            if not self._draft.clicks:
                self._draft = None
            self._annotations.tell()
            return True
        selected = self._annotations.selected
        self._annotations.remove([selected])
        return bool(selected)

    def forget_draft(self) -> None:
        """Give up what has been begun."""
        if self._draft is not None:
            self._draft = None
            self._annotations.tell()

    # Drawing.

    def _draft_of(self, kind: AnnotationKind | None, start: StrokeStart) -> Draft | None:
        """Give what has been begun, where it goes on; with another tool or series open it is given up."""
        draft = self._draft
        if draft is None:
            return None
        if draft.kind is not kind or draft.opening != self._document.openings:
            self.forget_draft()
            return None
        return draft if draft.goes_on(start.plane) else None

    def drag_draft(self, start: StrokeStart, x: float, y: float) -> None:
        """Follow a drag that gives points of what is being drawn."""
        if self._draft is None:
            return
        self._document.readings.quick = True
        point = start.plane.lps_from_pixel(x, y)
        if self._draft.traits.by_drag:
            self._draft.clicks.append(point)
        else:
            self._draft.pointer = point
        self._annotations.tell()

    def end_drag(self, start: StrokeStart, x: float, y: float) -> None:
        """End a drag: where it went somewhere, its end is a point as if it had been clicked."""
        self._document.readings.quick = False
        draft = self._draft
        if draft is None:
            return
        if draft.traits.by_drag:
            self._finish()
        elif np.hypot(x - start.x, y - start.y) > _DRAG * start.pixel_ratio:
            draft.pointer = None
            draft.clicks.append(start.plane.lps_from_pixel(x, y))
            if draft.complete:
                self._finish()
            else:
                self._annotations.tell()

    def _finish(self) -> None:
        draft, self._draft = self._draft, None
        made = None if draft is None else draft.made(draft.clicks, self._document.state, new_uid())
        if draft is None or made is None or extent(made) < _SMALLEST * draft.plane.spacing_mm[0]:
            self._annotations.tell()
            return
        self._annotations.add(made)
        if made.kind is AnnotationKind.TEXT:
            self._text_wanted(made.uid)

    # Finding.

    def _grip(self, start: StrokeStart) -> AnnotationGrip | None:
        view = self._view(start.plane, start.pixel_ratio)
        if view is None:
            return None
        return annotation_grip(view, self._visible(view), self._annotations.selected, start)

    def _visible(self, view: ViewPlane) -> list[Annotation]:
        if self._document.objects.hidden:
            return []
        return [one for one in self._annotations.items if view.shows(one)]

    def _view(self, plane: Plane, ratio: float = 1.0) -> ViewPlane | None:
        volume = self._document.volume
        slab_mm = self._document.state.slab_mm
        return None if volume is None else ViewPlane.of(volume, plane, slab_mm, ratio)

    # What is seen.

    def marks(self, plane: Plane, translate: Callable[[Message], str], ratio: float) -> tuple[Mark, ...]:
        """Give the lines and texts of all annotations on a plane."""
        view = self._view(plane, ratio)
        if view is None:
            return ()
        selected = self._annotations.selected
        found: list[Mark] = []
        for one in self._visible(view):
            text = label(one, self._document.readings(one), translate)
            found += annotation_marks(view, one, text, selected=one.uid == selected)
        return apart((*found, *self._draft_marks(view, translate)), ratio)

    def _draft_marks(self, view: ViewPlane, translate: Callable[[Message], str]) -> tuple[Mark, ...]:
        draft = self._draft
        if draft is None or not draft.places or draft.opening != self._document.openings:
            return ()
        if not draft.goes_on(view.plane) and draft.kind is not AnnotationKind.SPHERE:
            return ()
        ready = draft.traits.clicks > 0 or draft.traits.by_drag
        made = draft.made(draft.places, self._document.state, "draft") if ready else None
        if made is None:
            return draft_marks(view, draft.kind, draft.places)
        text = label(made, self._document.readings(made), translate)
        return annotation_marks(view, made, text, selected=True)

    def handles(self, plane: Plane) -> Points:
        """Give the points of the selected annotation."""
        view, selected = self._view(plane), self._annotations.find(self._annotations.selected)
        if view is None or selected is None or selected not in self._visible(view):
            return np.zeros((0, 2))
        found = view.handles(selected)
        return found if len(found) <= _MOST_HANDLES else np.zeros((0, 2))

    def change(self, annotation: Annotation, stroke: str) -> None:
        """Put a changed annotation in place of the one with its UID, in a drag that goes on."""
        self._document.readings.quick = True
        self._annotations.change(annotation, stroke=stroke)

    def end_change(self) -> None:
        """Measure exactly again: the drag is over."""
        self._document.readings.quick = False
        self._annotations.tell()


@dataclass(frozen=True, eq=False)
class _DrawStroke:
    """A drag that draws."""

    editor: AnnotationEditor
    start: StrokeStart

    def moved(self, x: float, y: float) -> None:
        """Follow the pointer."""
        self.editor.drag_draft(self.start, x, y)

    def released(self, x: float, y: float) -> None:
        """End it."""
        self.editor.end_drag(self.start, x, y)


@dataclass(frozen=True, eq=False)
class _ChangeStroke:
    """A drag that moves an annotation, or one of its points."""

    editor: AnnotationEditor
    start: StrokeStart
    grip: AnnotationGrip
    stroke: str = field(default_factory=new_stroke)

    def moved(self, x: float, y: float) -> None:
        """Follow the pointer from where the drag began."""
        plane, before = self.start.plane, self.grip.annotation
        offset = plane.lps_from_pixel(x, y) - plane.lps_from_pixel(self.start.x, self.start.y)
        if self.grip.handle is None:
            self.editor.change(moved(before, offset), self.stroke)
            return
        point = np.array(before.points_lps_mm[self.grip.handle]) + offset
        if before.kind is AnnotationKind.SPHERE and self.grip.handle == 1:
            # Its circle on this plane goes through the pointer; the rim lies elsewhere.
            point = plane.lps_from_pixel(x, y)
        self.editor.change(with_handle_at(before, self.grip.handle, point), self.stroke)

    def released(self, x: float, y: float) -> None:
        """End it."""
        self.editor.end_change()
