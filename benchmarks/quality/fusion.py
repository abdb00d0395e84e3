"""How well the fused surface shows what the depth frames show, beside Open3D in the same run.

    python -m benchmarks.quality.fusion [--folder DIR ...] [--voxel-mm MM] [--every N] [--drawn]

DIR holds `frame-NNNNNN.{color,depth,pose}` or TUM's layout with poses; rgbd-room of the corpus by default.
The frames are fused at the given poses, and every N-th is looked at again through the surface: how much of
the measured depth it covers, and how far it is off, median. `--drawn` draws a room with a sensor's errors;
there the depth without errors is compared, too. Times are of one pass; benchmarks/runtime/fusion.py takes
turns.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.fusion_peer import FusedSurface, depths_seen, open3d_fusion, sense_fusion
from reconstruction.fusion.depth_volume import DepthFrame
from reconstruction.fusion.fuse import depth_frame, open_depth_frames
from reconstruction.fusion.given_poses import given_poses
from tests.truth.layouts import write_rgbd
from tests.truth.recordings import DEPTH, RECORDINGS

Floats = NDArray[np.float64]
_CORPUS = Path(os.environ.get("SENSE_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
_GOAL_MM, _GOAL_PERCENT, _GOAL_MS = 8.5, 99.0, 15.0
_DRAWN_FRAMES = 90


@dataclass(frozen=True, eq=False)
class Recording:
    """Depth frames with their poses, and their depth without errors where it is known."""

    frames: list[DepthFrame]
    poses: list[Floats]
    true_depths_m: list[NDArray[np.float32] | None]


def read_recording(folder: Path) -> Recording:
    """Read all frames that have a pose."""
    sequence = open_depth_frames(folder)
    recording = Recording([], [], [])
    for frame, pose in zip(sequence.frames(), given_poses(folder, sequence), strict=True):
        if pose is None:
            continue
        truth = folder / f"frame-{frame.index:06d}.true-depth.npy"
        recording.frames.append(depth_frame(frame, sequence))
        recording.poses.append(pose)
        recording.true_depths_m.append(np.load(truth) if truth.exists() else None)
    return recording


@contextmanager
def drawn_room() -> Iterator[Path]:
    """Draw a room with the errors of a depth sensor."""
    walk = RECORDINGS["desk orbit"](0)
    few = replace(walk, times_s=walk.times_s[:: max(1, len(walk) // _DRAWN_FRAMES)])
    with tempfile.TemporaryDirectory() as made:
        yield write_rgbd(few, Path(made) / "room", DEPTH)


@dataclass(frozen=True)
class Judgement:
    """How much of the measured depth a surface covers, and how far it is off, median.

    Parameters
    ----------
    percent : float
        Of the pixels with a depth.
    millimetres : float
        Off what was measured.
    true_millimetres : float, optional
        Off the depth without errors.
    """

    percent: float
    millimetres: float
    true_millimetres: float | None


def judged(surface: FusedSurface, recording: Recording, every: int) -> Judgement:
    """Look at every so many frames through a surface."""
    off, off_truth, covered, measured = [], [], 0, 0
    for number in range(0, len(recording.frames), every):
        frame = recording.frames[number]
        seen = depths_seen(surface, frame, recording.poses[number])
        known = np.nan_to_num(frame.depth_m) > 0
        both = known & np.isfinite(seen)
        covered, measured = covered + int(both.sum()), measured + int(known.sum())
        off.append(np.abs(seen - frame.depth_m)[both])
        truth = recording.true_depths_m[number]
        if truth is not None:
            off_truth.append(np.abs(seen - truth)[both & np.isfinite(truth)])
    true_mm = 1000 * float(np.median(np.concatenate(off_truth))) if off_truth else None
    return Judgement(100 * covered / measured, 1000 * float(np.median(np.concatenate(off))), true_mm)


def measure(name: str, folder: Path, voxel_m: float, every: int, *, goals: bool) -> None:
    """Fuse a recording by both ways and print, with what was aimed at where that was set."""
    recording = read_recording(folder)
    print(f"## {name}: {len(recording.frames)} frames, voxels of {1000 * voxel_m:g} mm")
    for title, fuse in (("sense", sense_fusion), ("Open3D", open3d_fusion)):
        surface = fuse(recording.frames, recording.poses, voxel_m)
        found = judged(surface, recording, every)
        truth = "" if found.true_millimetres is None else f", {found.true_millimetres:.2f} mm off the truth"
        print(
            f"{title}: {found.percent:.2f} % covered, {found.millimetres:.2f} mm off{truth},"
            f" {len(surface.triangles)} triangles, {surface.milliseconds:.1f} ms a frame"
            f" (cpu {surface.cpu_milliseconds:.1f})",
            flush=True,
        )
        if title != "sense" or not goals:
            continue
        for unit, value, goal, reached in (
            ("%", found.percent, _GOAL_PERCENT, found.percent >= _GOAL_PERCENT),
            ("mm", found.millimetres, _GOAL_MM, found.millimetres <= _GOAL_MM),
            ("ms", surface.milliseconds, _GOAL_MS, surface.milliseconds <= _GOAL_MS),
        ):
            print(f"  goal {goal:g} {unit}: {'reached' if reached else 'NOT reached'} ({value:.4g})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, action="append")
    parser.add_argument("--voxel-mm", type=float, default=10.0)
    parser.add_argument("--every", type=int, default=10, metavar="N")
    parser.add_argument("--drawn", action="store_true")
    options = parser.parse_args()
    for folder in options.folder or [_CORPUS / "rgbd-room"]:
        if folder.exists():
            measure(folder.name, folder, options.voxel_mm / 1000, options.every, goals=True)
        else:
            print(f"no frames at {folder}: they are left out")
    if options.drawn:
        with drawn_room() as folder:
            measure("drawn room", folder, options.voxel_mm / 1000, options.every, goals=False)


if __name__ == "__main__":
    main()
