import logging
from pathlib import Path

import pytest

from app.app_log import AppLog
from app.crash_report import CrashReports
from app.scrub import describe_exception, scrub_paths
from core.errors import BadInput
from core.message import message

SECRETS = ("Doe", "19700101", "patients")


def raised(error: BaseException) -> str:
    try:
        try:
            raise OSError(2, "No such file or directory", "/data/patients/Doe^John.dcm")
        except OSError as cause:
            raise error from cause
    except BaseException as caught:
        return describe_exception(type(caught), caught, caught.__traceback__)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("Doe^John"),
        ValueError("invalid literal for int() with base 10: '19700101'"),
        BadInput(message("{path}: it is cut off.", path="/data/patients/Doe.dcm")),
        FileNotFoundError(2, "No such file or directory", "/patients/Doe.dcm"),
        AttributeError("/data/patients/Doe has no attribute"),
    ],
)
def test_a_description_quotes_no_data(error: BaseException) -> None:
    text = raised(error)
    assert not [secret for secret in SECRETS if secret in text]
    assert type(error).__name__ in text
    assert "caused by" in text
    assert "tests/unit/test_scrub.py" in text
    assert str(Path.home()) not in text


def test_the_template_of_our_own_error_is_kept() -> None:
    assert "it is cut off." in raised(BadInput(message("{path}: it is cut off.", path="/patients/Doe")))


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("cannot open /data/patients/Doe^John.dcm: gone", "cannot open <path>: gone"),
        (r"cannot open C:\patients\Doe.dcm", "cannot open <path>"),
        (r"cannot open \\server\patients\Doe.dcm", "cannot open <path>"),
        ("'~/patients/Doe'", "'<path>'"),
        ("10 slices/s, 3/4 done", "10 slices/s, 3/4 done"),
    ],
)
def test_paths_are_replaced(text: str, scrubbed: str) -> None:
    assert scrub_paths(text) == scrubbed


def test_places_in_the_program_stay(tmp_path: Path) -> None:
    import numpy

    import app.scrub

    assert scrub_paths(app.scrub.__file__) == "app/scrub.py"
    assert scrub_paths(numpy.__file__) == "numpy/__init__.py"
    assert scrub_paths(str(tmp_path / "Doe.py")) == "<path>"


def test_the_log_holds_no_paths_in_memory_and_on_disk(tmp_path: Path) -> None:
    log = AppLog(tmp_path / "logs")
    try:
        logging.getLogger("test").warning("reading %s took %d ms", Path("/patients/John Doe/1.dcm"), 3)
        logging.getLogger("test").warning("reading %s took %d ms", "/patients/John Doe/1.dcm", 4)
        try:
            raise KeyError("Doe^John")
        except KeyError:
            logging.getLogger("test").exception("failed at /patients/Doe")
        kept = "\n".join(log.memory.lines())
        written = (tmp_path / "logs" / "sense.log").read_text()
    finally:
        log.close()
    for text in (kept, written):
        assert "reading <path> took 3 ms" in text
        assert "reading <path> took 4 ms" in text
        assert "failed at <path>" in text
        assert "tests/unit/test_scrub.py" in text
        assert not [secret for secret in SECRETS if secret in text]


def test_a_report_is_written_offered_once_and_deleted(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path)
    assert reports.unseen() == []
    path = reports.write(raised(KeyError("Doe^John")))
    assert reports.unseen() == [path]
    text = path.read_text()
    assert "Sense Workstation" in text
    assert "PySide6" in text
    assert "Doe" not in text
    reports.mark_seen()
    assert (reports.unseen(), reports.reports()) == ([], [path])
    reports.delete_all()
    assert reports.reports() == []


def test_only_the_newest_reports_are_kept(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path)
    newest = [reports.write(str(number)) for number in range(25)][-20:]
    assert sorted(reports.reports()) == newest
