"""Time from a folder of DICOM files to the first picture and to the whole volume, beside its peers.

    python -m benchmarks.runtime.load_series [--folder DIR] [--runs N] [--json FILE]

Everybody starts from the path of the folder, finds the files, reads their headers, sorts the slices by
position and decodes the same middle slice first. The peers get their fastest documented way: for the first
picture they read headers only and then that one slice. Each comparison is repeated the whole way of a user's
drop: import into a new library (index on disk) and open as soon as the series is announced, as the window
does; nothing that the peers do compares to that.

After the MR series of the corpus, or of the folder that is named, comes a made CT of 275 slices of 512 x 512,
uncompressed, as JPEG-LS and as JPEG 2000, with the memory that it takes.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Benchmark, Contender, Sample, required_peer
from benchmarks.synthetic_ct import write_ct
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
_MOST_MEMORY = 1.3


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


def through_library(folder: Path) -> NDArray[Any]:
    """Import the folder into a new library and open its largest series."""
    with tempfile.TemporaryDirectory() as home:
        library = Library.open(Path(home))
        series = max(import_paths(library, [folder]).series, key=lambda found: found.instances)
        with StudyIndex.open(library) as index:
            return load_series(index, series, on_start=lambda _: None).stored


def through_library_first(folder: Path) -> Sample | None:
    """Import the folder and open the series that is announced first, while the import goes on."""
    first = FirstPicture()
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(1) as importer:
        library = Library.open(Path(home))
        with StudyIndex.open(library) as index:
            known: SimpleQueue[Series] = SimpleQueue()
            importing = importer.submit(import_paths, library, [folder], on_series=known.put)
            load_series(index, known.get(), on_start=lambda _: None, on_slices=first)
            importing.result()
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
def _corpus_folder() -> Iterator[Path]:
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


def compare(benchmark: Benchmark, folder: Path, name: str = "") -> None:
    """Compare the ways from one folder."""
    facts = _facts(folder)
    peers = {"SimpleITK": (simpleitk, simpleitk_first), "pydicom": (pydicom_stack, pydicom_first)}
    for label, mine, library, which in (
        ("first picture", ours_first, through_library_first, 1),
        ("whole volume", ours, through_library, 0),
    ):
        label = f"{name}, {label}" if name else label
        others = [Contender(peer, partial(runs[which], folder)) for peer, runs in peers.items()]
        mine_alone = Contender("sense", partial(mine, folder))
        benchmark.compare(label, mine_alone, others, goal=_GOAL, facts=facts)
        whole_way = Contender("sense", partial(library, folder))
        benchmark.compare(f"{label}, through a new library", whole_way, others)


def compare_ct(benchmark: Benchmark) -> None:
    """Compare over a made CT in several transfer syntaxes."""
    from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless

    with tempfile.TemporaryDirectory() as scratch:
        for syntax, slices in (
            (ExplicitVRLittleEndian, 275),
            (JPEGLSLossless, 275),
            (JPEG2000Lossless, 100),
        ):
            folder = Path(scratch) / syntax
            write_ct(folder, slices, syntax)
            name = f"CT of {slices} slices, {syntax.name}"
            compare(benchmark, folder, name)
            print_memory(folder, slices, name)
            shutil.rmtree(folder)


_MEASURE = """
import sys, threading, time
from pathlib import Path
import psutil
from benchmarks.runtime.load_series import ours

def in_use():
    children = me.children(recursive=True)
    return sum(process.memory_info().rss for process in (me, *children))

def watch():
    while not done:
        peak[0] = max(peak[0], in_use())
        time.sleep(0.002)

if __name__ == "__main__":
    me, done, peak = psutil.Process(), [], [0]
    ours(Path(sys.argv[1]).parent / "few")  # what is imported and started is no part of the volume
    before = in_use()
    watching = threading.Thread(target=watch)
    watching.start()
    voxels = ours(Path(sys.argv[1]))
    done.append(True)
    watching.join()
    print((peak[0] - before) / voxels.nbytes)
"""


def print_memory(folder: Path, slices: int, name: str) -> None:
    """Print the largest memory of all processes while the volume loads, in a fresh program."""
    few = folder.parent / "few"
    few.mkdir()
    for path in sorted(folder.iterdir())[:: max(1, slices // 4)]:
        shutil.copy(path, few)
    script = folder.parent / "measure.py"
    script.write_text(_MEASURE, encoding="utf-8")
    command = [sys.executable, str(script), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(few)
    share = float(output)
    reached = "reached" if share <= _MOST_MEMORY else "NOT reached"
    print(f"{name}: memory {share:.2f} times the voxels; goal {_MOST_MEMORY:g}: {reached}")


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--folder", type=Path)
    known, rest = parser.parse_known_args()
    benchmark = Benchmark("A series from a folder to memory", rest)
    if known.folder is not None:
        compare(benchmark, known.folder)
    elif _CORPUS.exists():
        with _corpus_folder() as folder:
            compare(benchmark, folder)
    else:
        print(f"no series at {_CORPUS}: it is left out")
    compare_ct(benchmark)
    benchmark.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
