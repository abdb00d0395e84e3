"""Photographs that are listed before they are reconstructed, and the folders of the workspace."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import BadInput
from core.library import Library
from reconstruction.photograph_list import list_photographs, remarks_on, upright
from reconstruction.workspace_folder import (
    WorkspaceNotes,
    add_recent,
    forget_links,
    images_folder,
    name_of,
    new_output,
    read_notes,
    recent_results,
    write_notes,
)


def save(path: Path, seed: int, *, orientation: int = 1, blurred: bool = False) -> Path:
    noise = np.random.default_rng(seed).integers(0, 256, (16 if blurred else 64, 20 if blurred else 80, 3))
    exif = Image.Exif()
    exif[274] = orientation
    picture = Image.fromarray(noise.astype(np.uint8)).resize((320, 256), Image.Resampling.BICUBIC)
    picture.save(path, exif=exif)
    return path


def test_photographs_are_told_one_by_one_with_what_is_wrong(tmp_path: Path) -> None:
    for number in range(4):
        save(tmp_path / f"{number}.jpg", number, blurred=number == 3)
    save(tmp_path / "4.jpg", 0)
    (tmp_path / "5.jpg").write_bytes(b"nothing")
    (tmp_path / "notes.txt").write_text("text")
    told: list[str] = []
    listed = list_photographs(
        [tmp_path, tmp_path / "notes.txt", tmp_path / "0.jpg"],
        on_listed=lambda one: told.append(one.path.name),
    )
    assert told == [f"{n}.jpg" for n in range(6)] + ["notes.txt", "0.jpg"]
    problems = [None if one.problem is None else str(one.problem) for one in listed]
    assert problems[:5] == [None] * 5
    assert "not a picture" in str(problems[5])
    assert problems[6:] == ["not a photograph", "another photograph of the list has the same name"]
    remarks = remarks_on(listed)
    assert "blurred" in str(remarks["3.jpg"])
    assert "4.jpg" in remarks or "0.jpg" in remarks  # the same picture twice
    assert "1.jpg" not in remarks


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no photographs"):
        list_photographs([tmp_path])


def test_small_pictures_are_turned_as_their_exif_asks_for(tmp_path: Path) -> None:
    (upright_one,) = list_photographs([save(tmp_path / "a.jpg", 1)])
    (turned,) = list_photographs([save(tmp_path / "b.jpg", 1, orientation=6)])
    assert upright_one.picture is not None
    assert turned.picture is not None
    assert upright_one.picture.shape[:2] == turned.picture.shape[1::-1]
    assert np.abs(np.rot90(upright_one.picture, 3).astype(int) - turned.picture).mean() < 5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_are_those_of_pillow(orientation: int) -> None:
    from PIL import ImageOps

    stored = np.random.default_rng(0).integers(0, 255, (3, 5, 3)).astype(np.uint8)
    picture = Image.fromarray(stored)
    picture.getexif()[274] = orientation
    assert np.array_equal(upright(stored, orientation), np.asarray(ImageOps.exif_transpose(picture)))


def test_a_folder_of_its_own_is_taken_and_others_are_linked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    files = [save(home / f"{n}.jpg", n) for n in range(3)]
    output = tmp_path / "out" / "statue"
    assert images_folder(output, files) == home
    linked = images_folder(output, files[:2])
    assert sorted(path.name for path in linked.iterdir()) == ["0.jpg", "1.jpg"]
    assert (linked / "0.jpg").read_bytes() == files[0].read_bytes()
    forget_links(output)
    assert not linked.exists()
    assert files[0].exists()


def test_outputs_have_names_of_their_own(library: Library, tmp_path: Path) -> None:
    first = new_output(library, "statue")
    first.mkdir(parents=True)
    assert new_output(library, "statue").name == "statue 2"
    (tmp_path / "castle" / "images").mkdir(parents=True)
    assert name_of(tmp_path / "castle" / "images") == name_of(tmp_path / "castle") == "castle"


def test_notes_are_kept_and_damaged_ones_are_none(tmp_path: Path) -> None:
    notes = WorkspaceNotes((tmp_path / "a.jpg",), {"dabs": []})
    write_notes(tmp_path, notes)
    assert read_notes(tmp_path) == notes
    for damaged in ("{", "[]", '{"photographs": 3}'):
        (tmp_path / "workspace.json").write_text(damaged)
        assert read_notes(tmp_path) == WorkspaceNotes()


def test_only_results_that_are_still_there_are_recent(library: Library, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for file in ("cameras.json", "sparse.ply"):
            (tmp_path / name / file).touch()
        add_recent(library, tmp_path / name)
    assert [path.name for path in recent_results(library)] == ["two", "one"]
    (tmp_path / "two" / "sparse.ply").unlink()
    assert [path.name for path in recent_results(library)] == ["one"]
