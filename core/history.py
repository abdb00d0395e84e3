"""Undo and redo: what changed, as edits that can be taken back."""

from collections.abc import Callable
from dataclasses import dataclass

from core.message import Message


@dataclass(frozen=True)
class Edit:
    """One change that can be undone.

    Parameters
    ----------
    title : Message
        What the user did, for the menu: "Undo window change".
    redo, undo : callable
        Apply the change, and take it back.
    size_bytes : int
        Memory that keeping the edit costs.
    stroke : str, optional
        Consecutive edits with the same stroke are undone together (one drag of the mouse).
    """

    title: Message
    redo: Callable[[], None]
    undo: Callable[[], None]
    size_bytes: int = 0
    stroke: str | None = None


class History:
    """The edits of one document, newest last, bounded in bytes and in number.

    Parameters
    ----------
    limit_bytes : int
        The oldest edits are dropped when all together cost more.
    limit_edits : int
        The oldest edits are dropped when there are more.
    """

    def __init__(self, limit_bytes: int = 256 * 2**20, limit_edits: int = 500) -> None:
        self._limit_bytes = limit_bytes
        self._limit_edits = limit_edits
        self._done: list[list[Edit]] = []
        self._undone: list[list[Edit]] = []
        self.on_change: Callable[[], None] = lambda: None

    @property
    def undo_title(self) -> Message | None:
        """What undo would take back, or None."""
        return self._done[-1][-1].title if self._done else None

    @property
    def redo_title(self) -> Message | None:
        """What redo would do again, or None."""
        return self._undone[-1][-1].title if self._undone else None

    def push(self, edit: Edit) -> None:
        """Apply `edit` and remember it; what had been undone can no longer be redone."""
        edit.redo()
        self._undone.clear()
        if self._done and edit.stroke is not None and self._done[-1][-1].stroke == edit.stroke:
            self._done[-1].append(edit)
        else:
            self._done.append([edit])
        self._drop_oldest()
        self.on_change()

    def undo(self) -> None:
        """Take the newest stroke back, if there is one."""
        if self._done:
            stroke = self._done[-1]
            for edit in reversed(stroke):
                edit.undo()
            self._undone.append(self._done.pop())
            self.on_change()

    def redo(self) -> None:
        """Apply the stroke that was undone last, if there is one."""
        if self._undone:
            stroke = self._undone[-1]
            for edit in stroke:
                edit.redo()
            self._done.append(self._undone.pop())
            self.on_change()

    def clear(self) -> None:
        """Forget everything."""
        self._done.clear()
        self._undone.clear()
        self.on_change()

    def _drop_oldest(self) -> None:
        def cost() -> int:
            return sum(edit.size_bytes for stroke in self._done for edit in stroke)

        while len(self._done) > 1 and (len(self._done) > self._limit_edits or cost() > self._limit_bytes):
            self._done.pop(0)
