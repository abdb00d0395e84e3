"""The real window: without a display, on a real X server with a window manager, and after a crash."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

COMMAND_LINE = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())"]
NO_DISPLAY = {
    key: value
    for key, value in os.environ.items()
    if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 is how Linux shows windows")


def gui(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND_LINE, "gui", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=NO_DISPLAY | environment)


def test_without_a_display_it_says_so_in_one_line(tmp_path: Path) -> None:
    done = gui(SENSE_LIBRARY=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("sense: There is no display")
    assert done.stderr.count("\n") == 1


def test_a_display_that_does_not_answer_is_named(tmp_path: Path) -> None:
    done = gui(SENSE_LIBRARY=str(tmp_path), DISPLAY=":4711")
    assert done.returncode == 1
    assert done.stderr.startswith("sense: The display :4711 does not answer.")
    assert done.stderr.count("\n") == 1


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of our own with a window manager."""
    missing = [name for name in ("Xvfb", "openbox", "xdotool") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        name = f":{answer.readline().strip()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager = subprocess.Popen(["openbox"], env=NO_DISPLAY | {"DISPLAY": name}, **quiet)
    try:
        yield name
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(10)


class Window:
    """The program in its own process, driven through the X server like by a user."""

    def __init__(self, display: str, library: Path) -> None:
        self.environment = NO_DISPLAY | {"DISPLAY": display, "SENSE_LIBRARY": str(library), "LANG": "C.UTF-8"}
        self._log = library.with_suffix(".log")
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [*COMMAND_LINE, "--debug", "gui"], stderr=log, env=self.environment
            )
        self.wait_for(lambda: "first paint" in self.log(), 20)
        self.wait_for(lambda: self.named("Sense Workstation"), 10)
        self.tool("windowactivate", "--sync", self.named("Sense Workstation")[0])

    def log(self) -> str:
        return self._log.read_text()

    def tool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=20
        )
        return done.stdout

    def named(self, title: str) -> list[str]:
        return self.tool("search", "--onlyvisible", "--name", title).split()

    def wait_for(self, true: Callable[[], object], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)


def test_keys_alone_open_the_palette_and_run_a_command(display: str, tmp_path: Path) -> None:
    window = Window(display, tmp_path / "library")
    try:
        window.tool("key", "ctrl+k")
        window.tool("type", "shortcuts")
        window.tool("key", "Return")
        window.wait_for(lambda: window.named("Keyboard shortcuts"), 10)
        window.tool("key", "Escape")
        window.wait_for(lambda: not window.named("Keyboard shortcuts"), 10)
        window.tool("key", "ctrl+q")
        assert window.process.wait(10) == 0
    finally:
        window.process.kill()
        window.process.wait()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_closes_the_window_and_leaves_nothing(
    display: str, tmp_path: Path, number: int, status: int
) -> None:
    window = Window(display, tmp_path / "library")
    try:
        window.process.send_signal(number)
        assert window.process.wait(10) == status
    finally:
        window.process.kill()
        window.process.wait()
    assert list((tmp_path / "library" / "crashes").glob("*.trace")) == []


CRASHING = """
import ctypes, sys
from pathlib import Path
from app.crash_report import CrashReports

CrashReports(Path(sys.argv[1])).install()
patient = "Doe^John"
ctypes.string_at(0)
"""

FAILING = """
import sys, threading
from pathlib import Path
from app.crash_report import CrashReports

def read(name):
    raise KeyError(name)

CrashReports(Path(sys.argv[1])).install()
thread = threading.Thread(target=read, args=("Doe^John",))
thread.start()
thread.join()
read("Doe^John")
"""


def test_a_crash_of_native_code_becomes_a_report_at_the_next_start(tmp_path: Path) -> None:
    from app.crash_report import CrashReports

    crashed = subprocess.run([sys.executable, "-c", CRASHING, str(tmp_path)], capture_output=True, timeout=60)
    assert crashed.returncode == -signal.SIGSEGV
    reports = CrashReports(tmp_path)
    reports.install()
    try:
        (report,) = reports.unseen()
        text = report.read_text()
    finally:
        reports.uninstall()
    assert "Segmentation fault" in text
    assert "Doe" not in text
    assert str(Path.home()) not in text
    assert list(tmp_path.glob("*.trace")) == []


def test_an_exception_that_nobody_catches_becomes_a_report_without_values(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", FAILING, str(tmp_path)], capture_output=True, timeout=60, check=False
    )
    texts = [path.read_text() for path in tmp_path.glob("report-*.txt")]
    assert len(texts) == 2  # of the thread and of the main thread
    assert all("KeyError" in text and "in read" in text and "Doe" not in text for text in texts)
