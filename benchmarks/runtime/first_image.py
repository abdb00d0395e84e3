"""From the double click on a series of a large library to its first picture on the screen.

    python -m benchmarks.runtime.first_image [--instances N] [--clicks N]

The whole window runs off screen with real mouse events on the list. Beside it stands the least that anybody
does: SimpleITK reads the middle slice of the same series from a file whose name it is told.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import machine, required_peer
from benchmarks.synthetic_files import write_instances

_GOAL_S = 0.3
_PATIENCE_S = 30.0


class Reader:
    """The window with the Care workspace, and a hand that clicks.

    Parameters
    ----------
    library : Library
        Full.
    """

    def __init__(self, library: Any) -> None:
        from app.contributions import registry
        from app.window_session import WindowSession

        library.settings.set("ui.language", "en")
        self._session = WindowSession(library, ["sense"], registry())
        self._application = self._session.application
        self._session.window.show()
        stack = self._session.window.stack
        stack.show_workspace("care")
        self.wait(lambda: "care" in stack.widgets)
        self.workspace = stack.widgets["care"]
        self._empty_revision = 0
        self.workspace.opener.opened.connect(self._note_opened)
        self.wait(lambda: self.workspace.browser.model.rowCount() > 0)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let the window work until something is so."""
        deadline = time.monotonic() + _PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError("the window does not get there")
            self._application.processEvents()

    def click(self, study_row: int, series_row: int) -> tuple[float, Any]:
        """Double-click a series; give the seconds until its picture is painted, and the series."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        browser = self.workspace.browser
        study = browser.model.index(study_row, 0)
        browser.tree.expand(study)
        self.wait(lambda: browser.model.rowCount(study) > series_row)
        item = browser.model.index(series_row, 0, study)
        browser.tree.scrollTo(item)
        self.wait(lambda: browser.tree.visualRect(item).isValid())
        series, place = browser.model.series(item), browser.tree.visualRect(item).center()
        begin = time.perf_counter()
        QTest.mouseClick(browser.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(browser.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.wait(lambda: self._shows(series))
        seconds = time.perf_counter() - begin
        self.wait(lambda: not self.workspace.opener.loading)
        return seconds, series

    def close(self) -> None:
        """End the window."""
        self._session.window.close_now()
        self._session.close()

    def _note_opened(self) -> None:
        self._empty_revision = self.workspace.document.revision

    def _shows(self, series: Any) -> bool:
        """Tell whether the active view has painted a slice of the series that was read."""
        document, view = self.workspace.document, self.workspace.grid.active_view()
        if view is None or document.series is None or document.series.series_uid != series.series_uid:
            return False
        picture = view.pictures.picture
        if picture is None or picture.request.volume is not document.volume:
            return False
        if picture.request.revision <= self._empty_revision:
            return False
        view.repaint()
        return True


def read_middle(index: Any, series: Any) -> float:
    """Let SimpleITK read the middle slice; give the seconds."""
    sitk = required_peer("SimpleITK")
    files = index.instances(series)
    begin = time.perf_counter()
    sitk.ReadImage(files[len(files) // 2].path)
    return time.perf_counter() - begin


def measure(library: Any, clicks: int) -> int:
    """Click on series all over the list and print; give the exit status."""
    from imaging.index import StudyIndex

    reader = Reader(library)
    rows = random.Random(3).sample(range(reader.workspace.browser.model.rowCount()), clicks)
    ours, peer = list[float](), list[float]()
    with StudyIndex.open(library) as index:
        for number, row in enumerate(rows):
            seconds, series = reader.click(row, number % 2)
            ours.append(seconds)
            peer.append(read_middle(index, series))
            print(f"click {number + 1}: {1000 * ours[-1]:.0f} ms, SimpleITK {1000 * peer[-1]:.0f} ms")
        counts = index.counts()
    reader.close()
    print(f"library of {counts.instances} instances in {counts.series} series")
    print(f"first picture after the click: median {1000 * statistics.median(ours):.0f} ms,", end=" ")
    print(f"worst {1000 * max(ours):.0f} ms; SimpleITK alone {1000 * statistics.median(peer):.0f} ms")
    print(f"goal {1000 * _GOAL_S:.0f} ms: {'reached' if max(ours) <= _GOAL_S else 'NOT reached'}")
    return 0


def main() -> int:
    """Make the library, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instances", type=int, default=20_000)
    parser.add_argument("--clicks", type=int, default=10)
    options = parser.parse_args()
    required_peer("SimpleITK")
    required_peer("PySide6")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from core.library import Library
    from imaging.importing import import_paths

    print(f"# {', '.join(f'{key} {value}' for key, value in machine().items())}")
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "files"
        files.mkdir()
        write_instances(files, options.instances)
        library = Library.open(Path(scratch) / "library")
        import_paths(library, [files])
        return measure(library, options.clicks)


if __name__ == "__main__":
    sys.exit(main())
