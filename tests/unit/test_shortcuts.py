from pathlib import Path

import pytest

from app.contributions import registry as real_registry
from app.shortcuts import Shortcuts
from core.command import Command, Contribution, Registry
from core.settings import Settings


def command(command_id: str, keys: str | None, workspace: str | None = None) -> Command:
    return Command(command_id, "Title", "a:b", menu="view", shortcut=keys, workspace=workspace)


UNDO, REDO = command("undo", "Ctrl+Z"), command("redo", "Ctrl+Shift+Z; Ctrl+Y")
CARE, SCENE = command("care.play", "Space", "care"), command("scene.play", "Space", "scene")


@pytest.fixture
def shortcuts(tmp_path: Path) -> Shortcuts:
    commands = Registry([Contribution((UNDO, REDO, CARE, SCENE))])
    return Shortcuts(commands, Settings(tmp_path / "settings.json"))


def test_the_defaults_hold_until_changed_and_again_after_a_reset(shortcuts: Shortcuts) -> None:
    assert shortcuts.of(UNDO) == "Ctrl+Z"
    shortcuts.change(UNDO, "Alt+Backspace")
    assert (shortcuts.of(UNDO), shortcuts.is_changed(UNDO)) == ("Alt+Backspace", True)
    shortcuts.change(UNDO, "Ctrl+Z")
    assert not shortcuts.is_changed(UNDO)
    shortcuts.change(UNDO, "")
    assert shortcuts.of(UNDO) == ""
    shortcuts.reset()
    assert shortcuts.of(UNDO) == "Ctrl+Z"


def test_changes_survive_a_restart(shortcuts: Shortcuts, tmp_path: Path) -> None:
    shortcuts.change(CARE, "P")
    again = Shortcuts(Registry([Contribution((CARE,))]), Settings(tmp_path / "settings.json"))
    assert again.of(CARE) == "P"


def test_two_workspaces_may_use_the_same_keys(shortcuts: Shortcuts) -> None:
    assert shortcuts.conflicts() == {}
    assert shortcuts.rivals(CARE, "Space") == []


def test_a_rival_is_found_in_any_of_its_alternatives(shortcuts: Shortcuts) -> None:
    assert shortcuts.rivals(UNDO, "ctrl+y") == [REDO]
    assert shortcuts.rivals(CARE, "Ctrl+Z") == [UNDO]
    assert shortcuts.without(REDO, "Ctrl+Y") == "Ctrl+Shift+Z"


def test_the_defaults_of_the_program_do_not_collide(tmp_path: Path) -> None:
    assert Shortcuts(real_registry(), Settings(tmp_path / "s.json")).conflicts() == {}
