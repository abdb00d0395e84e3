"""The annotations of what is open, changed by edits that can be undone. Main thread only."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from core.annotation import Annotation
from core.history import Edit, History
from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.pixel_calibration import PixelCalibration
from viewers.annotation_kinds import TRAITS

_strokes = itertools.count(1)
_BYTES_A_POINT = 200


def new_stroke() -> str:
    """Name a drag, so that all its edits are undone together."""
    return f"annotation-{next(_strokes)}"


class AnnotationList:
    """What has been drawn on the open series.

    Listeners are called after every change of what is to be seen.

    Parameters
    ----------
    history : History
        Where changes become edits.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._items: dict[str, Annotation] = {}
        self._listeners: list[Callable[[], None]] = []
        self.selected = ""
        self.revision = 0
        self.calibration: PixelCalibration | None = None

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener()` after every change."""
        self._listeners.append(listener)

    @property
    def items(self) -> tuple[Annotation, ...]:
        """All of them, the newest last."""
        return tuple(self._items.values())

    def find(self, uid: str) -> Annotation | None:
        """Give one of them, or None."""
        return self._items.get(uid)

    def take(self, items: Iterable[Annotation]) -> None:
        """Have others, without an edit: those of a series that was opened; what was drawn since stays."""
        self._items = {**{one.uid: one for one in items}, **self._items}
        self.tell()

    def clear(self) -> None:
        """Have none, and no calibration, without an edit."""
        self._items = {}
        self.calibration = None
        self.selected = ""
        self.tell()

    def select(self, uid: str) -> None:
        """Let keys act on one of them; "" for none."""
        if uid != self.selected:
            self.selected = uid
            self.tell()

    def add(self, annotation: Annotation) -> None:
        """Draw one more, and select it."""
        title = message(QT_TRANSLATE_NOOP("Message", "drawing: {kind}"), kind=TRAITS[annotation.kind].title)
        self._push(title, {annotation.uid: annotation})
        self.select(annotation.uid)

    def add_all(self, annotations: Iterable[Annotation]) -> None:
        """Take over several as one edit; those that are here already are replaced."""
        changes = {one.uid: one for one in annotations}
        self._push(message(QT_TRANSLATE_NOOP("Message", "reading of measurements")), changes)

    def change(self, annotation: Annotation, *, stroke: str | None = None) -> None:
        """Put another one in place of that with its UID."""
        if self._items.get(annotation.uid) not in (None, annotation):
            title = message(
                QT_TRANSLATE_NOOP("Message", "change: {kind}"), kind=TRAITS[annotation.kind].title
            )
            self._push(title, {annotation.uid: annotation}, stroke)

    def set_text(self, uid: str, text: str) -> None:
        """Write something beside an annotation."""
        found = self._items.get(uid)
        if found is not None:
            self.change(replace(found, text=text))

    def set_colour(self, uid: str, colour: tuple[int, int, int] | None) -> None:
        """Draw an annotation in another colour."""
        found = self._items.get(uid)
        if found is not None:
            self.change(replace(found, colour=colour))

    def calibrate(self, calibration: PixelCalibration | None) -> None:
        """Tell lengths by another calibration, as an edit; None for that of the file."""
        before = self.calibration
        if calibration != before:
            title = message(QT_TRANSLATE_NOOP("Message", "calibration"))
            self._history.push(
                Edit(
                    title,
                    lambda: self.take_calibration(calibration),
                    lambda: self.take_calibration(before),
                )
            )

    def take_calibration(self, calibration: PixelCalibration | None) -> None:
        """Tell lengths by another calibration, without an edit: that of a series that was opened."""
        self.calibration = calibration
        self.tell()

    def remove(self, uids: Iterable[str]) -> None:
        """Delete annotations as one edit."""
        gone = {uid: None for uid in uids if uid in self._items}
        if len(gone) == 1:
            kind = TRAITS[self._items[next(iter(gone))].kind].title
            self._push(message(QT_TRANSLATE_NOOP("Message", "deletion: {kind}"), kind=kind), gone)
        elif gone:
            self._push(message(QT_TRANSLATE_NOOP("Message", "deletion of measurements")), gone)

    def tell(self) -> None:
        """Call the listeners."""
        self.revision += 1
        for listener in list(self._listeners):
            listener()

    def _push(
        self, title: Message, changes: Mapping[str, Annotation | None], stroke: str | None = None
    ) -> None:
        places = {uid: place for place, uid in enumerate(self._items)}
        before = {uid: _Kept(places.get(uid, len(places)), self._items.get(uid)) for uid in changes}
        if all(kept.annotation == changes[uid] for uid, kept in before.items()):
            return
        after = {uid: _Kept(before[uid].place, one) for uid, one in changes.items()}
        kept = [one.annotation for one in (*before.values(), *after.values()) if one.annotation is not None]
        size = sum(_BYTES_A_POINT * len(one.points_lps_mm) for one in kept)
        self._history.push(Edit(title, lambda: self._set(after), lambda: self._set(before), size, stroke))

    def _set(self, changes: Mapping[str, "_Kept"]) -> None:
        self._items = _applied(self._items, changes)
        if self.selected not in self._items:
            self.selected = ""
        self.tell()


@dataclass(frozen=True)
class _Kept:
    """What an edit puts in place of an annotation: None deletes it."""

    place: int
    annotation: Annotation | None


def _applied(items: dict[str, Annotation], changes: Mapping[str, _Kept]) -> dict[str, Annotation]:
    """Give the annotations with some replaced, deleted, or put (back) in their places."""
    merged: list[Annotation] = []
    for uid, one in items.items():
        kept = changes[uid].annotation if uid in changes else one
        if kept is not None:
            merged.append(kept)
    new = [kept for uid, kept in changes.items() if uid not in items and kept.annotation is not None]
    for kept in sorted(new, key=lambda one: one.place):
        assert kept.annotation is not None
        merged.insert(kept.place, kept.annotation)
    return {one.uid: one for one in merged}
