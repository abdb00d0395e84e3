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
