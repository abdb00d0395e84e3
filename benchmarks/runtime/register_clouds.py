"""Registration of two clouds of points, beside small_gicp and Open3D.

    python -m benchmarks.runtime.register_clouds [--folder DIR] [--runs N] [--json FILE]

DIR holds `source.ply`, `target.ply` and `T_target_source.txt`; lidar-pair of the corpus by default. Everybody
gets the raw points and has to thin them (the peers to 0.25 m, usual for a street), find normals and
align. How far each is off the given pose is told with the times.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

import numpy as np

from benchmarks.cloud_peers import off, own_ways, peer_ways
from benchmarks.measure import Benchmark, Contender
from formats.ply_points import read_ply_points
from reconstruction.clouds.registration import RegistrationOptions, register

_CORPUS = Path(os.environ.get("SENSE_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
_CELL_M = 0.25
_GOAL = 1.75  # At most 12 ms where small_gicp takes 21,
_GOAL_CM, _GOAL_DEG = 1.5, 0.2  # and so near.


def compare(benchmark: Benchmark, folder: Path) -> None:
    """Let everybody register the clouds of a folder."""
    source, target = (read_ply_points(folder / f"{name}.ply") for name in ("source", "target"))
    truth = np.loadtxt(folder / "T_target_source.txt")
    ways = {**own_ways(), **peer_ways(_CELL_M)}
    found = {name: off(way(source, target), truth) for name, way in ways.items()}
    anywhere = register(source, target, RegistrationOptions(coarse=True)).target_from_source
    facts = {name: f"{cm:.2f} cm, {deg:.3f} deg off" for name, (cm, deg) in found.items()}
    facts |= {
        "sense from anywhere": "{:.2f} cm, {:.3f} deg off".format(*off(anywhere, truth)),
        "as they lie": "{:.2f} cm, {:.3f} deg off".format(*off(np.eye(4), truth)),
    }
    runs = {name: Contender(name, lambda way=way: way(source, target)) for name, way in ways.items()}
    ours = runs.pop("sense GICP")
    label = f"{len(source)} and {len(target)} points"
    result = benchmark.compare(label, ours, list(runs.values()), facts=facts)
    milliseconds = 1e3 * statistics.median(run.seconds for run in result.samples["sense GICP"])
    fast = min(ratio for name, ratio in result.ratios.items() if "small_gicp" in name) >= _GOAL
    near = found["sense GICP"][0] <= _GOAL_CM and found["sense GICP"][1] <= _GOAL_DEG
    for title, reached in (
        (f"within {_GOAL_CM} cm and {_GOAL_DEG} deg", near),
        (f"{_GOAL} x small_gicp", fast),
    ):
        print(f"goal {title}: {'reached' if reached else 'NOT reached'} ({milliseconds:.1f} ms)")


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--folder", type=Path, default=_CORPUS / "lidar-pair")
    known, rest = parser.parse_known_args()
    benchmark = Benchmark("Clouds of points onto each other", rest)
    if known.folder.exists():
        compare(benchmark, known.folder)
    else:
        print(f"no clouds at {known.folder}: they are left out")
    benchmark.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
