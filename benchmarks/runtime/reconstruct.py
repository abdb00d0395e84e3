"""Photographs to cameras beside pycolmap, and to a textured mesh.

    python -m benchmarks.runtime.reconstruct [--images DIR] [--intrinsics FILE] [--quality Q]
                                             [--only cameras|whole] [--runs N] [--json FILE]

Both sides are programs of their own, started anew in every round: `sense reconstruct --stages cameras`, and
pycolmap as it comes (its SIFT, exhaustive matching, incremental mapping, one camera for all). Then one run of
`sense reconstruct` to GLB and USDZ tells seconds, processor seconds and memory of every stage beside what was
guessed before; no peer of it runs without a GPU. `--images` is a folder of photographs; fountain-P11 of the
corpus by default.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Benchmark, Contender, required_peer, subprocess_sample

_CORPUS = Path(os.environ.get("SENSE_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
_GOAL = 2.0  # cameras in at most 21 s where the peer takes 42
_GOAL_WHOLE_S, _GOAL_WHOLE_BYTES = 300.0, 4 * 2**30
_SENSE = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"
_PEER = """
import sys, pathlib, tempfile, pycolmap
pycolmap.logging.minloglevel = 3
images = pathlib.Path(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    database = folder / "database.db"
    pycolmap.extract_features(database, images, camera_mode=pycolmap.CameraMode.SINGLE)
    pycolmap.match_exhaustive(database)
    models = pycolmap.incremental_mapping(database, images, folder)
    assert models
"""


def sense_command(images: Path, output: Path, options: argparse.Namespace, *words: str) -> list[str | Path]:
    """Give the command line of the program."""
    lenses = ["--intrinsics", options.intrinsics] if options.intrinsics else []
    return [
        *(sys.executable, "-c", _SENSE, "--library", output.parent / "library", "reconstruct", images),
        *("-o", output, "--quality", options.quality, *lenses, *words),
    ]


def compare_cameras(benchmark: Benchmark, folder: Path, options: argparse.Namespace) -> None:
    """Take turns at finding the cameras."""
    required_peer("pycolmap")
    again = ("--stages", "cameras", "--force", "--restart", "cameras")
    ours = sense_command(options.images, folder / "cameras", options, *again)
    theirs = [sys.executable, "-c", _PEER, options.images]
    benchmark.compare(
        f"cameras of {options.images.parent.name}, {options.quality}",
        Contender("sense", lambda: subprocess_sample(ours)),
        [Contender("pycolmap, incremental", lambda: subprocess_sample(theirs))],
        goal=_GOAL,
        warm_up=False,
    )


def measure_whole(folder: Path, options: argparse.Namespace) -> None:
    """Run all stages once, and print what each took."""
    output = folder / "whole"
    command = sense_command(options.images, output, options, "--export", "usdz", "--json")
    done = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)
    facts = json.loads(done.stdout)
    print(f"\n## {facts['registered']} of {facts['photographs']} photographs to a textured mesh")
    for name, stage in facts["stages"].items():
        print(
            f"{name:8} {stage['seconds']:7.1f} s (cpu {stage['cpu_seconds']:7.1f} s)"
            f" {stage['peak_memory_bytes'] / 2**30:5.2f} GiB,"
            f" guessed cpu {facts['estimate']['cpu_seconds'][name]:7.1f} s"
        )
    seconds = sum(stage["seconds"] for stage in facts["stages"].values())
    peak = max(stage["peak_memory_bytes"] for stage in facts["stages"].values())
    low, high = (size / 2**30 for size in facts["estimate"]["memory_bytes"])
    reached = seconds <= _GOAL_WHOLE_S and peak <= _GOAL_WHOLE_BYTES
    print(f"all      {seconds:7.1f} s, {peak / 2**30:.2f} GiB (guessed {low:.2f} to {high:.2f} GiB)")
    print(f"goal {_GOAL_WHOLE_S:.0f} s and 4 GiB: {'reached' if reached else 'NOT reached'}")


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--images", type=Path, default=_CORPUS / "fountain-P11" / "images")
    parser.add_argument("--intrinsics", type=Path)
    parser.add_argument("--quality", default="normal", choices=("draft", "normal", "high"))
    parser.add_argument("--only", choices=("cameras", "whole"))
    options, rest = parser.parse_known_args()
    benchmark = Benchmark(__doc__.splitlines()[0], rest)
    with tempfile.TemporaryDirectory(prefix="sense-benchmark-") as folder:
        if options.only != "whole":
            compare_cameras(benchmark, Path(folder), options)
        if options.only != "cameras":
            measure_whole(Path(folder), options)
    benchmark.finish()


if __name__ == "__main__":
    main()
