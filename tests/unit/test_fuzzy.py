import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fuzzy import fuzzy_match


def matched(typed: str, title: str) -> str | None:
    match = fuzzy_match(typed, title)
    return None if match is None else "".join(title[place] for place in match.positions)


@pytest.mark.parametrize(
    ("typed", "title", "letters"),
    [
        ("of", "Open files…", "Of"),
        ("files", "Open files…", "files"),
        ("o f", "Open files…", "Of"),
        ("ofs", "Open files…", "Ofs"),
        ("x", "Open files…", None),
        ("sf", "Open files…", None),
        ("", "Open files…", ""),
        ("打开", "打开文件…", "打开"),
        ("ss", "Straße", None),
    ],
)
def test_letters_are_found_in_order(typed: str, title: str, letters: str | None) -> None:
    assert matched(typed, title) == letters


def test_starts_of_words_and_runs_win() -> None:
    titles = ["Move to the other screen", "Full screen", "Jobs", "Settings…", "Fullness of screens"]
    ranked = sorted((t for t in titles if fuzzy_match("fs", t)), key=lambda t: -fuzzy_match("fs", t).score)  # type: ignore[union-attr]
    assert ranked[0] == "Full screen"
    assert fuzzy_match("set", "Settings…").score > fuzzy_match("set", "Use it at once").score  # type: ignore[union-attr]


@given(st.text(), st.data())
def test_every_subsequence_matches_and_positions_grow(title: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, max(0, len(title) - 1)), unique=True).map(sorted))
    typed = "".join(title[place] for place in places) if title else ""
    if typed.casefold() != typed or title.casefold() != title:
        return  # folding may change the number of characters
    match = fuzzy_match(typed, title)
    assert match is not None
    assert list(match.positions) == sorted(set(match.positions))
    found = "".join(title[place] for place in match.positions)
    assert found == "".join(letter for letter in typed if not letter.isspace())
