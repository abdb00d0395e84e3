import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.history import Edit, History
from core.message import message


class Counter:
    """A document with one number."""

    def __init__(self) -> None:
        self.value = 0

    def set_to(self, value: int, *, stroke: str | None = None, size_bytes: int = 0) -> Edit:
        before = self.value
        return Edit(
            message("Set {value}", value=value),
            redo=lambda: setattr(self, "value", value),
            undo=lambda: setattr(self, "value", before),
            size_bytes=size_bytes,
            stroke=stroke,
        )


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("push"), st.integers(0, 99), st.sampled_from([None, "a", "b"])),
            st.just(("undo",)),
            st.just(("redo",)),
        ),
        max_size=40,
    )
)
def test_undo_gives_back_every_earlier_state_and_redo_every_later(steps: list[tuple[object, ...]]) -> None:
    document, history = Counter(), History()
    past: list[tuple[int, str | None]] = []  # value before, and the stroke that changed it
    future: list[tuple[int, str | None]] = []
    for step in steps:
        if step[0] == "push":
            _, value, stroke = step
            if not (past and stroke is not None and past[-1][1] == stroke):
                past.append((document.value, stroke))  # type: ignore[arg-type]
            history.push(document.set_to(value, stroke=stroke))  # type: ignore[arg-type]
            future.clear()
            assert document.value == value
        elif step[0] == "undo":
            if past:
                before, stroke = past.pop()
                future.append((document.value, stroke))
                history.undo()
                assert document.value == before
            else:
                assert history.undo_title is None
                history.undo()
        elif future:
            after, stroke = future.pop()
            past.append((document.value, stroke))
            history.redo()
            assert document.value == after
        else:
            assert history.redo_title is None
            history.redo()


def test_titles_tell_what_comes_next() -> None:
    document, history = Counter(), History()
    history.push(document.set_to(1))
    history.push(document.set_to(2))
    assert str(history.undo_title) == "Set 2"
    history.undo()
    assert (str(history.undo_title), str(history.redo_title)) == ("Set 1", "Set 2")


def test_the_oldest_edits_go_when_memory_or_number_run_out() -> None:
    document, history = Counter(), History(limit_bytes=100, limit_edits=3)
    for value in (1, 2, 3, 4):
        history.push(document.set_to(value))
    for _ in range(9):
        history.undo()
    assert document.value == 1
    history.clear()
    for value in (5, 6):
        history.push(document.set_to(value, size_bytes=60))
    history.undo()
    history.undo()
    assert document.value == 5


def test_the_newest_edit_can_be_undone_however_large() -> None:
    document, history = Counter(), History(limit_bytes=10)
    history.push(document.set_to(7, size_bytes=1000))
    history.undo()
    assert document.value == 0


def test_an_undo_that_fails_is_not_forgotten() -> None:
    def broken() -> None:
        raise OSError("gone")

    history = History()
    history.push(Edit(message("Break"), redo=lambda: None, undo=broken))
    with pytest.raises(OSError, match="gone"):
        history.undo()
    assert str(history.undo_title) == "Break"


def test_watchers_hear_of_every_change() -> None:
    document, history = Counter(), History()
    heard: list[bool] = []
    history.on_change = lambda: heard.append(history.undo_title is not None)
    history.push(document.set_to(1))
    history.undo()
    history.undo()
    history.redo()
    history.clear()
    assert heard == [True, False, True, False]
