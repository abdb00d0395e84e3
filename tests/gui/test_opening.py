"""Which workspace opens what is dropped, and what the start page says of it."""

from pathlib import Path

import pytest

from app.contributions import registry
from app.opening import openers
from app.ui.drop_area import DropArea
from core.command import Workspace

START, VIEWER, FILMS, PICTURES = (
    Workspace("start", "", "", "", 0),
    Workspace("viewer", "", "", "", 10),
    Workspace("films", "", "", "", 20, opens=(".mp4", ".avi")),
    Workspace("pictures", "", "", "", 30, opens=(".jpg", ".mp4")),
)
OTHER = Workspace("other", "", "", "", 40)
ALL = (START, VIEWER, FILMS, PICTURES, OTHER)


@pytest.mark.parametrize("front", ["", "viewer", "pictures", "other"])
def test_a_file_goes_to_the_workspace_that_names_it(front: str) -> None:
    found = openers(ALL, [Path("A.JPG"), Path("b.avi")], front)
    assert found == {"pictures": [Path("A.JPG")], "films": [Path("b.avi")]}


@pytest.mark.parametrize(("front", "opener"), [("", "films"), ("viewer", "films"), ("pictures", "pictures")])
def test_of_two_that_name_it_the_front_one_opens_it(front: str, opener: str) -> None:
    assert openers(ALL, [Path("a.mp4")], front) == {opener: [Path("a.mp4")]}


@pytest.mark.parametrize(
    ("front", "opener"), [("", "viewer"), ("films", "viewer"), ("viewer", "viewer"), ("other", "other")]
)
def test_what_nobody_names_goes_to_a_general_one(front: str, opener: str) -> None:
    assert openers(ALL, [Path("a.dcm"), Path("b.stl")], front) == {opener: [Path("a.dcm"), Path("b.stl")]}


def test_a_folder_has_no_ending(tmp_path: Path) -> None:
    folder = tmp_path / "holiday.jpg"
    folder.mkdir()
    assert openers(ALL, [folder], "pictures") == {"viewer": [folder]}


def test_without_other_workspaces_nothing_is_opened() -> None:
    assert openers((START,), [Path("a.dcm")], "") == {}


def test_the_endings_are_in_small_letters() -> None:
    endings = [ending for workspace in registry().workspaces for ending in workspace.opens]
    assert ".mp4" in endings
    assert all(ending.startswith(".") and ending == ending.lower() for ending in endings)


def test_the_start_page_names_what_can_be_dropped(services, qtbot) -> None:
    area = DropArea(services, None)
    qtbot.addWidget(area)
    for kind in ("DICOM", "NIfTI", "NRRD", "MetaImage", "zip", "STL", "OBJ", "PLY", "glTF", "VRM", "films"):
        assert kind in area._kinds.text()
