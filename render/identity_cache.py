"""What was made of things, kept as long as these live."""

import weakref
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class IdentityCache:
    """Keeps what was made of objects, told apart by identity.

    Unlike with a WeakKeyDictionary, what was made is let go only in `prune`, by the thread that calls it:
    things of OpenGL may be destroyed by the thread alone that made them.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[tuple[weakref.ref[Any], ...], Any]] = {}

    def get(self, sources: tuple[Any, ...], more: Hashable, make: Callable[[], T]) -> T:
        """Give what was made of `sources` and of the values `more`; make it where it is not known."""
        key = (tuple(map(id, sources)), more)
        kept = self._kept.get(key)
        # An address may be that of another object by now.
        if kept is not None and all(ref() is one for ref, one in zip(kept[0], sources, strict=True)):
            return kept[1]
        made = make()
        self._kept[key] = tuple(weakref.ref(one) for one in sources), made
        return made

    def prune(self) -> None:
        """Let go what was made of objects that are no more."""
        gone = [key for key, (refs, _) in self._kept.items() if any(ref() is None for ref in refs)]
        for key in gone:
            del self._kept[key]

    def clear(self) -> None:
        """Let go everything."""
        self._kept.clear()
