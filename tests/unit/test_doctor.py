from pathlib import Path

from app.display_check import x_server_answers
from app.doctor import examine
from app.licences import shipped_components
from core.context import Context
from core.errors import ExitStatus
from core.library import Library


def test_a_sound_machine_and_library(library: Library) -> None:
    library.audit.append("care.import", ("1.2",))
    found = examine(Context(library), None)
    assert found.exit_status is ExitStatus.DONE
    assert found.library["audit_trail"] == "ok, 1 events"
    assert found.machine["cores"] >= 1
    assert all(codec["available"] for codec in found.codecs)
    assert len(found.codecs) >= 14
    assert all(found.packages.values())


def test_a_broken_index_and_a_changed_audit_trail_are_found(library: Library) -> None:
    library.index_path.write_bytes(b"this is no database, and long enough to be looked at" * 50)
    library.audit.append("care.import", ("1.2",))
    trail = library.folder / "audit.jsonl"
    trail.write_text(trail.read_text().replace("1.2", "1.3"))
    found = examine(Context(library), None)
    assert found.exit_status is ExitStatus.FAILED
    assert {item.what for item in found.missing if item.needed} == {
        "sound library index",
        "sound audit trail",
    }
    assert "Missing" in str(found)


def test_what_is_shipped_is_named_with_its_licence() -> None:
    components = {component.name: component for component in shipped_components()}
    assert "LGPL" in components["PySide6-Essentials"].licence
    assert all(component.licence for component in components.values())


def test_an_x_server_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    assert not x_server_answers(":4711")
    assert not x_server_answers(str(tmp_path / "socket"))
