from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import Settings

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_every_value_is_read_back(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    Settings(path).set("key", value)
    assert Settings(path).get("key", None) == value


def test_a_value_of_another_type_gives_the_default(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    settings.set("theme", 3)
    assert settings.get("theme", "dark") == "dark"
    settings.set("count", True)
    assert settings.get("count", 5) == 5
    settings.set("scale", 2)
    assert settings.get("scale", 1.5) == 2.0
    assert isinstance(settings.get("scale", 1.5), float)


def test_values_are_copies(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    recent = ["a"]
    settings.set("recent", recent)
    recent.append("b")
    settings.get("recent", [""]).append("c")
    assert settings.get("recent", [""]) == ["a"]
    settings.set("recent", recent)
    assert Settings(tmp_path / "settings.json").get("recent", [""]) == ["a", "b"]


def test_listeners_hear_of_changes_only(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    heard: list[str] = []
    settings.listen(heard.append)
    settings.set("a", 1)
    settings.set("a", 1)
    settings.set("b", None)
    assert heard == ["a", "b"]


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b""])
def test_a_broken_file_is_set_aside_and_the_defaults_hold(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.get("theme", "dark") == "dark"
    assert (tmp_path / "settings.json.broken").read_bytes() == content
    settings.set("theme", "light")
    assert Settings(path).get("theme", "dark") == "light"


def test_two_programs_keep_each_others_keys(tmp_path: Path) -> None:
    first, second = (Settings(tmp_path / "settings.json") for _ in range(2))
    first.set("a", 1)
    second.set("b", 2)
    first.set("c", 3)
    read = Settings(tmp_path / "settings.json")
    assert [read.get(key, 0) for key in "abc"] == [1, 2, 3]


def test_changes_written_behind_are_there_at_once_and_in_the_file_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings, other = Settings(path), Settings(path)
    heard: list[str] = []
    settings.listen(heard.append)
    settings.write_behind()
    for count in range(50):
        settings.set("count", count)
    assert settings.get("count", 0) == 49
    assert len(heard) == 50
    other.set("theirs", 1)
    settings.set("last", 2)
    settings.write_through()
    read = Settings(path)
    assert [read.get(key, -1) for key in ("count", "last", "theirs")] == [49, 2, 1]
    settings.set("count", 50)
    assert Settings(path).get("count", 0) == 50


def test_changes_that_cannot_be_written_behind_hold_and_are_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = Settings(path)
    settings.write_behind()
    path.mkdir()  # no file can take this name now
    settings.set("theme", "light")
    settings.write_through()
    assert settings.get("theme", "dark") == "light"
    path.rmdir()
    settings.write_behind()
    settings.set("count", 1)
    settings.write_through()
    assert Settings(path).get("theme", "dark") == "light"


def test_what_is_cleared_does_not_come_back_from_behind(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    settings.set("old", 1)
    settings.write_behind()
    settings.set("theme", "light")
    settings.clear()
    settings.write_through()
    assert (
        settings.get("theme", "dark") == Settings(tmp_path / "settings.json").get("theme", "dark") == "dark"
    )
