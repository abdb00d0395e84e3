"""Fusing depth frames into a surface, beside Open3D.

    python -m benchmarks.runtime.fusion [--folder DIR] [--frames N] [--runs N] [--json FILE]

DIR holds depth frames with their poses; rgbd-room of the corpus by default, of which N frames are taken,
evenly spread. A run fuses them all at voxels of 1 cm, frames in memory; the surface is not extracted.
How well the surfaces fit is told by benchmarks/quality/fusion.py.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

from benchmarks.fusion_peer import open3d_fusion, sense_fusion
from benchmarks.measure import Benchmark, Contender, Sample
from benchmarks.quality.fusion import Recording, read_recording

_CORPUS = Path(os.environ.get("SENSE_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
_VOXEL_M = 0.01
_GOAL = 29 / 15  # At most 15 ms where Open3D takes 29.


def compare(benchmark: Benchmark, recording: Recording) -> None:
    """Let both fuse the frames."""

    def contender(name: str) -> Contender:
        fuse = {"sense": sense_fusion, "Open3D": open3d_fusion}[name]

        def run() -> Sample:
            found = fuse(recording.frames, recording.poses, _VOXEL_M)
            return Sample(found.milliseconds / 1000, found.cpu_milliseconds / 1000)

        return Contender(name, run)

    label = f"a frame, median of {len(recording.frames)}"
    result = benchmark.compare(label, contender("sense"), [contender("Open3D")], goal=_GOAL)
    milliseconds = 1000 * statistics.median(run.seconds for run in result.samples["sense"])
    print(f"goal 15 ms: {'reached' if milliseconds <= 15 else 'NOT reached'} ({milliseconds:.1f} ms)")


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--folder", type=Path, default=_CORPUS / "rgbd-room")
    parser.add_argument("--frames", type=int, default=60)
    known, rest = parser.parse_known_args()
    benchmark = Benchmark("Fusion of depth frames", rest)
    if known.folder.exists():
        whole = read_recording(known.folder)
        every = max(1, len(whole.frames) // known.frames)
        compare(
            benchmark, Recording(whole.frames[::every], whole.poses[::every], whole.true_depths_m[::every])
        )
    else:
        print(f"no frames at {known.folder}: they are left out")
    benchmark.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
