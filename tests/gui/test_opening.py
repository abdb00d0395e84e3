"""Which workspace opens what is dropped, and what the start page says of it."""

from pathlib import Path

import pytest

from app.contributions import registry
from app.openers import openers
from app.ui.drop_area import DropArea
from app.ui.opener_question import OpenerQuestion
from core.command import Workspace
from reconstruction.shown_result import is_result
from tests.gui.shell import Desk, open_dialog

START, VIEWER, FILMS, PICTURES = (
    Workspace("start", "", "", "", 0),
    Workspace("viewer", "", "", "", 10),
    Workspace("films", "", "", "", 20, opens=(".mp4", ".avi")),
    Workspace("pictures", "", "", "", 30, opens=(".jpg", ".mp4")),
)
ALBUMS = Workspace("albums", "", "", "", 35, opens=(".pdf",), opens_folders_with=("album.json",))
OTHER = Workspace("other", "", "", "", 40)
ALL = (START, VIEWER, FILMS, PICTURES, ALBUMS, OTHER)


@pytest.mark.parametrize("front", ["", "viewer", "pictures", "other"])
def test_a_file_goes_to_the_workspace_that_names_it(front: str) -> None:
    found = openers(ALL, [Path("A.JPG"), Path("b.avi")], front)
    assert found == {("pictures",): [Path("A.JPG")], ("films",): [Path("b.avi")]}


@pytest.mark.parametrize(
    ("front", "able"), [("", ("films", "pictures")), ("viewer", ("films", "pictures")), ("films", ("films",))]
)
def test_of_two_that_name_it_the_front_one_opens_it_or_the_user_chooses(front: str, able: tuple) -> None:
    assert openers(ALL, [Path("a.mp4")], front) == {able: [Path("a.mp4")]}


@pytest.mark.parametrize(
    ("front", "opener"), [("", "viewer"), ("films", "viewer"), ("viewer", "viewer"), ("other", "other")]
)
def test_what_nobody_names_goes_to_a_general_one(front: str, opener: str) -> None:
    paths = [Path("a.dcm"), Path("b.stl")]
    assert openers(ALL, paths, front) == {(opener,): paths}


def test_a_folder_that_nobody_names_goes_to_a_front_one_that_takes_folders(tmp_path: Path) -> None:
    taking = Workspace("live", "", "", "", 45, opens=(".smap",), opens_other_folders=True)
    (tmp_path / "recording").mkdir()
    paths = [tmp_path / "recording", Path("a.glb"), Path("b.smap")]
    assert openers((*ALL, taking), paths, "live") == {
        ("live",): [tmp_path / "recording", Path("b.smap")],
        ("viewer",): [Path("a.glb")],
    }
    assert openers((*ALL, taking), paths, "films") == {
        ("viewer",): [tmp_path / "recording", Path("a.glb")],
        ("live",): [Path("b.smap")],
    }


def test_a_folder_is_opened_as_what_most_of_its_files_are(tmp_path: Path) -> None:
    folders = {}
    for name, files in {
        "photographs.avi": ["1.jpg", "2.JPG", "notes.txt", ".hidden.dcm"],
        "study": ["1.dcm", "2.dcm", "report.jpg"],
        "nothing": [],
        "half": ["1.jpg", "2.txt"],
        "album": ["album.json", *map("{}.dcm".format, range(5))],
    }.items():
        folders[name] = tmp_path / name
        folders[name].mkdir()
        for file in files:
            (folders[name] / file).touch()
    assert openers(ALL, folders.values(), "") == {
        ("pictures",): [folders["photographs.avi"]],
        ("albums",): [folders["album"]],
        ("viewer",): [folders["study"], folders["nothing"], folders["half"]],
    }


def test_the_user_chooses_where_a_film_is_opened(session, qtbot, tmp_path, monkeypatch) -> None:
    film = tmp_path / "walk.mp4"
    film.touch()
    more = (Workspace("films", "Films", "grid", f"{Desk.__module__}:Desk", 20, opens=(".mp4",)),)
    more += (Workspace("rooms", "Rooms", "grid", f"{Desk.__module__}:Desk", 30, opens=(".mp4",)),)
    registry = session.window.registry
    monkeypatch.setattr(type(registry), "workspaces", (*registry.workspaces, *more))
    asked = []
    monkeypatch.setattr("app.opening._give", lambda _window, paths, chosen: asked.append((paths, chosen)))
    session.window.open_paths([film])
    question = open_dialog(session.window, OpenerQuestion)
    assert question.text() == "Where is walk.mp4 to be opened?"
    assert [button.text() for button in question.choices.values()] == ["Films", "Rooms"]
    assert asked == []
    question.choices["rooms"].click()
    assert asked == [([film], "rooms")]


def test_without_other_workspaces_nothing_is_opened() -> None:
    assert openers((START,), [Path("a.dcm")], "") == {}


def test_the_folder_of_a_reconstruction_is_opened_by_its_workspace(tmp_path: Path) -> None:
    (tmp_path / "sparse.ply").touch()
    assert openers(registry().workspaces, [tmp_path], "care") == {("care",): [tmp_path]}
    (tmp_path / "cameras.json").touch()
    assert is_result(tmp_path)
    assert openers(registry().workspaces, [tmp_path], "care") == {("reconstruction",): [tmp_path]}


def test_the_endings_are_in_small_letters() -> None:
    endings = [ending for workspace in registry().workspaces for ending in workspace.opens]
    assert ".mp4" in endings
    assert all(ending.startswith(".") and ending == ending.lower() for ending in endings)


def test_the_start_page_names_what_can_be_dropped(services, qtbot) -> None:
    area = DropArea(services, None)
    qtbot.addWidget(area)
    studies, volumes = ("DICOM", "DICOMDIR", "zip", "tar"), ("NIfTI", "NRRD", "MetaImage")
    others = ("STL", "OBJ", "PLY", "glTF", "VRM", "photographs", "films", "ONNX")
    for kind in (*studies, *volumes, *others):
        assert kind in area._kinds.text()
