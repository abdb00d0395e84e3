"""Time from a folder of DICOM files to the first picture and to the whole volume, beside its peers.

    python -m benchmarks.runtime.load_series [--folder DIR] [--runs N] [--json FILE]

Everybody starts from the path of the folder, finds the files, reads their headers, sorts the slices by
position and decodes the same middle slice first. The peers get their fastest documented way: for the first
picture they read headers only and then that one slice. Each comparison is repeated the whole way of a user's
drop: import into a new library (worker processes, index on disk), then open; nothing that the peers do
compares to that.
"""

import argparse
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Benchmark, Contender, Sample, required_peer
from core.library import Library
from core.series import Series
from imaging.geometry import SeriesPart, split_series
from imaging.header import read_plain
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.instance import Instance
from imaging.loading import load_part, load_series

_CORPUS = Path(__file__).parents[2].parent / "shared" / "data" / "mr-head-dicom.zip"
_GOAL = 2.0


class FirstPicture:
    """Takes the time of the first picture, counted from its making."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._cpu = time.process_time()
        self.sample: Sample | None = None

    def __call__(self, _first: int, _last: int) -> None:
        if self.sample is None:
            self.sample = Sample(time.perf_counter() - self._start, time.process_time() - self._cpu)


def scan(folder: Path) -> tuple[SeriesPart, Series]:
    """Read all headers and take the largest volume."""
    headers = read_plain([str(path) for path in sorted(folder.iterdir())])
    instances = [header for header in headers if isinstance(header, Instance)]
    part = max(split_series(instances), key=lambda found: len(found.frames))
    uid = instances[0].series_uid
    return part, Series(uid, "", part.part, instances[0].modality, "", "", len(instances), part.geometry)


def ours(folder: Path, first: FirstPicture | None = None) -> NDArray[Any]:
    """Load the folder; voxels (k, j, i)."""
    part, series = scan(folder)
    return load_part(part, series, on_start=lambda _: None, on_slices=first).stored


def ours_first(folder: Path) -> Sample | None:
    first = FirstPicture()
    ours(folder, first)
    return first.sample


def through_library(folder: Path, first: FirstPicture | None = None) -> NDArray[Any]:
    """Import the folder into a new library and open its largest series."""
    with tempfile.TemporaryDirectory() as home:
        library = Library.open(Path(home))
        series = max(import_paths(library, [folder]).series, key=lambda found: found.instances)
        with StudyIndex.open(library) as index:
            return load_series(index, series, on_start=lambda _: None, on_slices=first).stored


def through_library_first(folder: Path) -> Sample | None:
    first = FirstPicture()
    through_library(folder, first)
    return first.sample


def simpleitk(folder: Path) -> Any:
    sitk = required_peer("SimpleITK")
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder)))
    return reader.Execute()  # an image whose voxels can be used as they are: no copy is charged to the peer


def simpleitk_first(folder: Path) -> Any:
    sitk = required_peer("SimpleITK")
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    return sitk.ReadImage(names[len(names) // 2])


def _depth(dataset: Any) -> float:
    row, column = np.split(np.array(dataset.ImageOrientationPatient, float), 2)
    return float(np.cross(row, column) @ np.array(dataset.ImagePositionPatient, float))


def pydicom_stack(folder: Path) -> NDArray[Any]:
    pydicom = required_peer("pydicom")
    datasets = sorted((pydicom.dcmread(path) for path in folder.iterdir()), key=_depth)
    stack = np.stack([dataset.pixel_array for dataset in datasets])
    slope, intercept = (float(datasets[0].get(name, default)) for name, default in _RESCALE)
    return stack if (slope, intercept) == (1.0, 0.0) else stack * slope + intercept


_RESCALE = (("RescaleSlope", 1), ("RescaleIntercept", 0))


def pydicom_first(folder: Path) -> Any:
    pydicom = required_peer("pydicom")
    paths = list(folder.iterdir())
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in paths]
    order = sorted(range(len(paths)), key=lambda index: _depth(headers[index]))
    return pydicom.dcmread(paths[order[len(order) // 2]]).pixel_array


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    if not _CORPUS.exists():
        raise SystemExit(f"benchmark: no series at {_CORPUS}; name one with --folder")
    with tempfile.TemporaryDirectory() as unpacked, zipfile.ZipFile(_CORPUS) as archive:
        archive.extractall(unpacked)
        yield next(path for path in Path(unpacked).iterdir() if path.is_dir())


def _facts(folder: Path) -> dict[str, Any]:
    """Compare the voxels of all sides."""
    voxels = ours(folder).astype(np.float64)
    theirs = {
        "SimpleITK": required_peer("SimpleITK").GetArrayFromImage(simpleitk(folder)),
        "pydicom": pydicom_stack(folder),
    }
    return {
        "files": len(list(folder.iterdir())),
        "voxels": voxels.size,
        **{f"largest difference from {name}": float(np.abs(voxels - v).max()) for name, v in theirs.items()},
    }


def main() -> int:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--folder", type=Path)
    known, rest = parser.parse_known_args()
    benchmark = Benchmark("A series from a folder to memory", rest)
    with _folder(known.folder) as folder:
        facts = _facts(folder)
        peers = {"SimpleITK": (simpleitk, simpleitk_first), "pydicom": (pydicom_stack, pydicom_first)}
        for label, mine, library, which in (
            ("first picture", ours_first, through_library_first, 1),
            ("whole volume", ours, through_library, 0),
        ):
            others = [Contender(name, partial(runs[which], folder)) for name, runs in peers.items()]
            benchmark.compare(
                label, Contender("sense", partial(mine, folder)), others, goal=_GOAL, facts=facts
            )
            whole_way = Contender("sense", partial(library, folder))
            benchmark.compare(f"{label}, through a new library", whole_way, others)
    benchmark.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
