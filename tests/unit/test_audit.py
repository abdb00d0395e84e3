import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import AuditTrail
from core.errors import SenseError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def trail(tmp_path: Path) -> AuditTrail:
    return AuditTrail(tmp_path / "audit.jsonl", "Dr Who")


def test_events_come_back_as_they_were_written(trail: AuditTrail) -> None:
    written = [
        trail.append("care.import", ("1.2.3",)),
        trail.append("care.export", ["1.2.3", "4"], "no space"),
    ]
    assert list(trail.events()) == written
    assert [event.user for event in written] == ["Dr Who", "Dr Who"]
    assert written[1].previous == written[0].digest


def test_an_empty_trail_has_no_events(trail: AuditTrail) -> None:
    assert list(trail.events()) == []


@given(st.sampled_from(["user", "action", "objects", "outcome", "time"]), st.integers(0, 2))
def test_any_changed_field_shows(tmp_path_factory: pytest.TempPathFactory, field: str, line: int) -> None:
    path = tmp_path_factory.mktemp("audit") / "audit.jsonl"
    trail = AuditTrail(path, "user")
    for number in range(3):
        trail.append("care.import", (str(number),))
    lines = path.read_text().splitlines()
    fields = json.loads(lines[line])
    fields[field] = ["9"] if field == "objects" else "another"
    lines[line] = json.dumps(fields)
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(SenseError, match=f"line {line + 1}"):
        list(trail.events())


@pytest.mark.parametrize("order", [[0, 2], [1, 0, 2], [0, 1, 1, 2]], ids=["removed", "swapped", "doubled"])
def test_a_removed_moved_or_repeated_line_shows(tmp_path: Path, order: list[int]) -> None:
    path = tmp_path / "audit.jsonl"
    trail = AuditTrail(path, "user")
    for number in range(3):
        trail.append("care.import", (str(number),))
    lines = path.read_text().splitlines()
    path.write_text("".join(lines[index] + "\n" for index in order))
    with pytest.raises(SenseError):
        list(trail.events())


def test_an_event_may_name_ten_thousand_objects(trail: AuditTrail) -> None:
    many = [f"1.2.826.0.1.3680043.8.498.{number:040d}" for number in range(10_000)]
    trail.append("care.import", many)
    trail.append("care.import")
    assert [len(event.objects) for event in trail.events()] == [10_000, 0]


def test_a_line_that_a_crash_left_unfinished_is_taken_away_and_told(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    trail = AuditTrail(path, "user")
    trail.append("care.import", ("1",))
    with path.open("ab") as file:
        file.write(b'{"time": "2026-')
    assert len(list(trail.events())) == 1
    trail.append("care.export", ("1",))
    assert [event.action for event in trail.events()] == ["care.import", "audit.recover", "care.export"]


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    program = (
        "import sys; from pathlib import Path; from core.audit import AuditTrail\n"
        "trail = AuditTrail(Path(sys.argv[1]), sys.argv[2])\n"
        "for number in range(25): trail.append('care.import', (str(number),))\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(path), name], cwd=ROOT) for name in ("a", "b")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    events = list(AuditTrail(path).events())
    assert sorted((event.user, int(event.objects[0])) for event in events) == [
        (user, number) for user in ("a", "b") for number in range(25)
    ]
