"""Import of 2,000 files into an empty library, beside a bare header scan with pydicom that keeps nothing.

`--instances N` makes it N files, runs each side once, and measures the memory and the search as well.

The peer reads the same attributes with `dcmread(stop_before_pixels, specific_tags)` in one process, as
scripts do.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Benchmark, Contender, Sample, machine, required_peer, timed
from benchmarks.synthetic_files import SLICES, write_instances

if TYPE_CHECKING:
    from core.library import Library

SERIES = 10
_GOAL = 3.0


class _Imports:
    """Imports of one folder, each into a new library.

    What it needs is imported here and not above: the worker processes import this module again, and in the
    program they do not pay for that either.
    """

    def __init__(self, files: Path, scratch: Path) -> None:
        from core.library import Library
        from imaging.importing import import_paths

        self._open, self._import = Library.open, import_paths
        self._files = files
        self._folder = scratch / "library"
        self.prepare()

    def prepare(self) -> None:
        """Make an empty library."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._library = self._open(self._folder)

    def whole(self) -> None:
        """Import everything."""
        result = self._import(self._library, [self._files])
        found = sum(series.instances for series in result.series)
        if found != SERIES * SLICES:
            raise RuntimeError(f"{found} of {SERIES * SLICES} files were imported")

    def first_series(self) -> Sample:
        """Measure until the first series can be opened."""
        begin = time.perf_counter()
        announced: list[float] = []

        def note(_series: object) -> None:
            announced.append(time.perf_counter() - begin)

        self._import(self._library, [self._files], on_series=note)
        return Sample(announced[0])


def scan_with_pydicom(folder: Path) -> None:
    """Read the wanted elements of every file."""
    from pydicom import dcmread

    from imaging.tags import WANTED

    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = dcmread(path, stop_before_pixels=True, specific_tags=list(WANTED))
            str(data.PatientName), str(data.SeriesInstanceUID), list(data.ImagePositionPatient)


def import_many(count: int) -> None:
    """Import `count` files once, and print speed against pydicom, memory along the way, and search."""
    from core.library import Library

    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "files"
        files.mkdir()
        write_instances(files, count)
        library = Library.open(Path(scratch) / "library")
        ours, memory = _measured_import(library, files, count)
        peer = timed(lambda: scan_with_pydicom(files))
        print(f"# {', '.join(f'{key} {value}' for key, value in machine().items())}")
        for name, sample in (("sense import", ours), ("pydicom's header scan", peer)):
            print(f"{name} of {count} files: {sample.seconds:.1f} s (cpu {sample.cpu_seconds:.1f} s)")
        ratio, cpu_ratio = peer.seconds / ours.seconds, peer.cpu_seconds / ours.cpu_seconds
        print(f"sense import is {ratio:.2f} times as fast (by cpu time {cpu_ratio:.2f})")
        print(f"goal {_GOAL:g}: {'reached' if min(ratio, cpu_ratio) >= _GOAL else 'NOT reached'}")
        tenth = max(1, len(memory) // 10)
        early, late = max(memory[:tenth]), max(memory[-tenth:])
        print(f"memory in the first and last tenth: {early / 2**20:.0f} and {late / 2**20:.0f} MiB")
        _search(library, count)


def _measured_import(library: "Library", files: Path, count: int) -> tuple[Sample, list[int]]:
    """Import `files`; give what it took and the memory in use at each announced series."""
    import psutil

    from imaging.importing import import_paths

    process, memory = psutil.Process(), list[int]()

    def run() -> None:
        result = import_paths(
            library, [files], on_series=lambda _series: memory.append(process.memory_info().rss)
        )
        found = sum(series.instances for series in result.series)
        if found != count:
            raise RuntimeError(f"{found} of {count} files were imported")

    return timed(run), memory


def _search(library: "Library", count: int) -> None:
    from imaging.index import StudyIndex

    with StudyIndex.open(library) as index:
        for words in ("Phantom", f"{count // SLICES // 4:011d}", "nobody"):
            begin = time.perf_counter()
            studies = index.studies(words)
            spent_ms = 1000 * (time.perf_counter() - begin)
            print(f"search {words}: {len(studies)} studies in {spent_ms:.1f} ms")


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--instances", type=int)
    options, rest = parser.parse_known_args()
    required_peer("pydicom")
    if options.instances:
        import_many(options.instances)
        return
    compare(rest)


def compare(arguments: list[str]) -> None:
    """Let both sides take turns over 2,000 files."""
    from tests.dicom_factory import make_ct_series

    benchmark = Benchmark(f"Import of {SERIES * SLICES} files", arguments)
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "files"
        for number in range(SERIES):
            name = f"s{number}"
            study = str(number // 2)
            make_ct_series(files / name, slices=SLICES, rows=64, columns=64, name=name, study=study)
        imports = _Imports(files, Path(scratch))
        peer = Contender("pydicom header scan", lambda: scan_with_pydicom(files))
        benchmark.compare("whole import", Contender("sense import", imports.whole, imports.prepare), [peer])
        benchmark.compare(
            "until the first series can be opened",
            Contender("sense import", imports.first_series, imports.prepare),
            [peer],
        )
    benchmark.finish()


if __name__ == "__main__":
    main()
