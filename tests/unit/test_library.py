from pathlib import Path

import pytest

from core.errors import SenseError
from core.library import Library, default_library_folder


def test_a_library_is_made_where_it_is_asked_for(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "deep" / "library")
    assert library.folder.is_dir()
    assert list(library.folder.iterdir()) == []
    library.settings.set("user.name", "Dr Who")
    assert Library.open(library.folder).audit.append("care.import").user == "Dr Who"


def test_the_environment_names_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSE_LIBRARY", str(tmp_path / "chosen"))
    assert default_library_folder() == tmp_path / "chosen"
    monkeypatch.setenv("SENSE_LIBRARY", "")
    assert default_library_folder().name == "SenseWorkstation"


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("")
    with pytest.raises(SenseError, match="library: the library folder cannot be written"):
        Library.open(tmp_path / "library")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that not even root may write")
def test_a_folder_that_not_even_root_may_write_is_refused() -> None:
    with pytest.raises(SenseError, match="cannot be written"):
        Library.open(Path("/proc/self"))
