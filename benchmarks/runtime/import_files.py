"""Import of 2,000 files into an empty library, beside a bare header scan with pydicom that keeps nothing.

The peer reads the same attributes with `dcmread(stop_before_pixels, specific_tags)` in one process, as
scripts do.
"""

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


def main() -> None:
    """Compare and print."""
    required_peer("pydicom")
    from tests.dicom_factory import make_ct_series

    benchmark = Benchmark(f"Import of {SERIES * SLICES} files")
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
