"""Start-up: the command line's help, and the window until its first paint, with the memory in use then.

The peers are what a program of this kind cannot do without: pydicom's command line for the help, and for the
window the smallest PySide6 window that has VTK loaded. (3D Slicer and the other workstations are no Python
packages and cannot be installed beside this one, so that they are not measured here.)
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks.measure import Benchmark, Contender, Sample, required_peer, subprocess_sample

FIRST_PAINT = "first paint"
SMALLEST_WINDOW = f"""
import sys
import vtk
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print({FIRST_PAINT!r}, file=sys.stderr, flush=True)

application = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
application.exec()
"""


def main() -> None:
    """Compare and print."""
    required_peer("pydicom")
    required_peer("PySide6")
    required_peer("vtkmodules")
    sense = Path(sys.executable).with_name("sense.exe" if os.name == "nt" else "sense")
    benchmark = Benchmark("Start-up")
    pydicom_help = [sys.executable, "-c", "from pydicom.cli.main import main; main(['--help'])"]
    benchmark.compare(
        "help",
        Contender("sense --help", lambda: subprocess_sample([sense, "--help"])),
        [Contender("pydicom --help", lambda: subprocess_sample(pydicom_help))],
    )
    with tempfile.TemporaryDirectory() as folder:
        ours = [sense, "--library", folder, "--debug", "gui"]
        peer = [sys.executable, "-c", SMALLEST_WINDOW]
        benchmark.compare(
            "window, until its first paint",
            Contender("sense gui", lambda: until_line(ours, FIRST_PAINT)),
            [Contender("bare window + VTK", lambda: until_line(peer, FIRST_PAINT))],
        )
    benchmark.finish()


def until_line(command: Sequence[str | Path], marker: str) -> Sample:
    """Run a program until a line with `marker` comes on its standard error, then end it.

    Raises
    ------
    RuntimeError
        When the program ends before.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        if not any(marker in line for line in process.stderr):
            raise RuntimeError(f"{command[0]} ended with status {process.wait()} before: {marker}")
        seconds = time.perf_counter() - begin
        program = psutil.Process(process.pid)
        times = program.cpu_times()
        memory = program.memory_info()
        peak = getattr(memory, "peak_wset", memory.rss)
        return Sample(seconds, times.user + times.system, peak)
    finally:
        process.kill()
        process.stderr.close()
        process.wait()


if __name__ == "__main__":
    main()
