import pytest

from core.command import Command, Contribution, Registry, Workspace, resolve


def command(command_id: str, subcommand: str | None = None) -> Command:
    return Command(command_id, "Title", "pathlib:Path", subcommand=subcommand)


def workspace(workspace_id: str, order: int) -> Workspace:
    return Workspace(workspace_id, "Title", "icon", "pathlib:Path", order)


def test_a_duplicate_id_is_refused() -> None:
    with pytest.raises(ValueError, match=r"care\.import"):
        Registry([Contribution((command("care.import"),)), Contribution((command("care.import"),))])


def test_a_duplicate_subcommand_is_refused() -> None:
    with pytest.raises(ValueError, match="b"):
        Registry([Contribution((command("a", "import"), command("b", "import")))])


def test_workspaces_come_in_rail_order() -> None:
    registry = Registry([Contribution(workspaces=(workspace("scene", 50), workspace("care", 10)))])
    assert [entry.id for entry in registry.workspaces] == ["care", "scene"]


@pytest.mark.parametrize("text", ["pathlib", "pathlib:", ":Path"])
def test_what_is_no_import_string_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="import string"):
        resolve(text)


def test_a_name_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ImportError, match="Nothing"):
        resolve("pathlib:Nothing")
