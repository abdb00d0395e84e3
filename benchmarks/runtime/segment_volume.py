"""A network of nnU-Net v2 on a volume, against nnU-Net's own predictor on the same processor.

SENSE_TRAIN_PYTHON names a Python that has nnU-Net v2. Both prepare the volume, predict in tiles without
mirroring, and resample the scores back; loading the network is not counted.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.measure import Benchmark, Contender, Sample
from core.progress import SILENT
from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume_files import FoundVolume
from models.adding import add
from models.runner import Runner
from models.store import ModelStore
from models.volume_procedures import segment
from tests.nnunet_plans_factory import dataset, plans, save_plans

PYTHON = os.environ.get("SENSE_TRAIN_PYTHON", sys.executable)
SCRIPT = Path(__file__).parents[2] / "tests" / "nnunet_reference.py"
SHAPE, SPACING, TILE = (72, 120, 120), (1.5, 1.5, 1.5), [48, 64, 64]
LABELS = {"background": 0, **{f"organ {number}": number for number in range(1, 9)}}
GOAL = 1.0


def volume() -> FoundVolume:
    """Noise of the size of a small CT."""
    voxels = np.random.default_rng(0).normal(80, 150, SHAPE).astype(np.float32)
    affine = np.diag([*SPACING[::-1], 1.0])
    positions = np.arange(SHAPE[0])[:, None] * affine[:3, 2]
    row, column = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    ijk = SHAPE[2], SHAPE[1], SHAPE[0]
    geometry = SliceGeometry(GeometryKind.UNIFORM, ijk, SPACING, row, column, positions, affine)
    return FoundVolume(voxels, geometry, "noise")


def theirs(folder: Path) -> Sample:
    """Let nnU-Net do it, and read how long it says that it took."""
    limits = {"OMP_NUM_THREADS": str(os.cpu_count()), "nnUNet_def_n_proc": "1"}
    try:
        subprocess.run(
            [PYTHON, str(SCRIPT), str(folder)], check=True, capture_output=True, env=os.environ | limits
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"benchmark: {PYTHON} has no nnU-Net v2; name one in SENSE_TRAIN_PYTHON") from error
    seconds, processor = map(float, (folder / "seconds.txt").read_text().split())
    return Sample(seconds, processor)


def processor_seconds() -> float:
    """Give the processor time of this process and of those that run models for it."""
    own = psutil.Process()
    times = [process.cpu_times() for process in (own, *own.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def main() -> None:
    """Measure."""
    benchmark = Benchmark("A network of nnU-Net v2 on a volume")
    found = volume()
    with tempfile.TemporaryDirectory() as name, Runner() as runner:
        folder = Path(name) / "NoMirroring"
        save_plans(folder, plans(TILE, [1.7, 1.6, 1.6]), dataset(LABELS))
        np.save(folder / "image.npy", found.voxels)
        told = {"spacing": SPACING, "features": [32, 64, 128], "mirror": False, "labels_only": True}
        (folder / "reference.json").write_text(json.dumps(told))
        theirs(folder)
        store = ModelStore(Path(name) / "store")
        model = add(store, str(folder / "fold_0" / "network.onnx"), licence="MIT")[0]
        kept: list[Any] = []

        def ours() -> Sample:
            start, processor = time.perf_counter(), processor_seconds()
            kept[:] = [segment(store, runner, model, found, SILENT).layers[0]]
            return Sample(time.perf_counter() - start, processor_seconds() - processor)

        ours()  # loads the network
        same = round(float((kept[0] == np.load(folder / "labels.npy")).mean()), 6)
        result = benchmark.compare(
            f"{' x '.join(map(str, SHAPE))} voxels, tiles of {' x '.join(map(str, TILE))}, U-Net of 3 stages",
            Contender("sense", ours),
            [Contender("nnunetv2", lambda: theirs(folder))],
            goal=GOAL,
            facts={"equal labels": same},
        )
        for side, samples in result.samples.items():
            wall = statistics.median(sample.seconds for sample in samples)
            processor = statistics.median(sample.cpu_seconds for sample in samples)
            print(f"{side}: {wall:.1f} s, {processor:.1f} s of processor time")
        print(f"equal labels: {same}")
    benchmark.finish()


if __name__ == "__main__":
    main()
