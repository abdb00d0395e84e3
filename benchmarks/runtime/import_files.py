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

from benchmarks.measure import Benchmark, Contender, Sample, required_peer

SERIES, SLICES = 10, 200


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


def write_instances(folder: Path, count: int) -> None:
    """Write `count` small CT images, 200 a series and two series a study, by patching the UIDs of one."""
    from tests.dicom_factory import make_ct_series

    study, series, instance = (f"2.25.{number}00000000000" for number in (111, 222, 333))
    attributes = {
        "StudyInstanceUID": study,
        "SeriesInstanceUID": series,
        "SOPInstanceUID": instance,
        "PatientName": "Phantom^00000000000",
    }
    made = make_ct_series(folder / "model", slices=SLICES, rows=16, columns=16, attributes=attributes)
    models = [path.read_bytes() for path in made.files]
    shutil.rmtree(made.folder)
    for number in range(count):
        group = number // SLICES
        content = models[number % SLICES]
        for uid, value in ((study, group // 2), (series, group), (instance, number)):
            content = content.replace(uid.encode(), f"{uid[:8]}1{value:010d}".encode())
        content = content.replace(b"Phantom^00000000000", f"Phantom^{group // 2:011d}".encode())
        path = folder / f"{group:05d}" / f"{number % SLICES:04d}.dcm"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def import_many(count: int) -> None:
    """Import `count` files once, and print speed against pydicom, memory along the way, and search."""
    import psutil

    from core.library import Library
    from imaging.importing import import_paths
    from imaging.index import StudyIndex

    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "files"
        files.mkdir()
        write_instances(files, count)
        process, memory = psutil.Process(), list[int]()
        begin = time.perf_counter()
        library = Library.open(Path(scratch) / "library")
        result = import_paths(
            library, [files], on_series=lambda _series: memory.append(process.memory_info().rss)
        )
        ours = time.perf_counter() - begin
        found = sum(series.instances for series in result.series)
        if found != count:
            raise RuntimeError(f"{found} of {count} files were imported")
        begin = time.perf_counter()
        scan_with_pydicom(files)
        peer = time.perf_counter() - begin
        print(f"import of {count} files: {ours:.1f} s, pydicom's header scan {peer:.1f} s")
        print(f"sense import is {peer / ours:.2f} times as fast")
        tenth = max(1, len(memory) // 10)
        early, late = max(memory[:tenth]), max(memory[-tenth:])
        print(f"memory in the first and last tenth: {early / 2**20:.0f} and {late / 2**20:.0f} MiB")
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
