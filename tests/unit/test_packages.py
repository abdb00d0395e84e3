import pytest

from app import packages


def test_the_source_tree_declares_needed_packages_and_extras() -> None:
    declared = packages.declared_packages()
    assert {"numpy", "PySide6-Essentials", "pydicom"} <= set(declared[""])
    assert "torch" in declared["train"]
    assert "torch" not in declared[""]


@pytest.mark.parametrize(
    ("requirement", "groups"),
    [
        ("numpy", {"": ["numpy"]}),
        ("numpy>=2,<3; python_version >= '3.11'", {"": ["numpy"]}),
        ('torch ; extra == "train"', {"": [], "train": ["torch"]}),
        ("pylibjpeg-rle==2.2.0; sys_platform != 'x' and extra == 'a-b'", {"": [], "a-b": ["pylibjpeg-rle"]}),
    ],
)
def test_requirements_are_read(
    monkeypatch: pytest.MonkeyPatch, requirement: str, groups: dict[str, list[str]]
) -> None:
    monkeypatch.setattr(packages, "_requirements", lambda: [requirement])
    assert packages.declared_packages() == groups


def test_an_extra_that_is_not_installed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ['no-such-thing; extra == "odd"', 'numpy; extra == "odd"', 'numpy; extra == "there"']
    monkeypatch.setattr(packages, "_requirements", lambda: wanted)
    assert packages.missing_extras() == {"odd": ["no-such-thing"]}
