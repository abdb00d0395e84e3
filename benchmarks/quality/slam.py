"""How exactly a moving camera is followed, on recordings of which the poses are known.

    python -m benchmarks.quality.slam [--corpus DIR] [--only NAME ...] [--seeds N] [--seconds S] [--peers]

Every recording goes through `sense slam`, as a user would run it. Told are the frames that have a pose; the
absolute trajectory error (RMSE after a rigid alignment, with scale for one camera without inertial readings);
what a straight line at constant speed gets when it is aligned with scale (what is hardly better says
nothing); how wrong the way from the first to the last place is, as a share of the path; loops, maps, and
milliseconds a frame. The corpus' recordings need `--corpus`. Those of tests/truth are drawn (a walk of 200 m
takes many minutes); `--seconds` takes only their beginning. False loops: `--only "alike bays" --seeds 20`.
`--peers` runs Open3D's odometry beside those with depth. ORB-SLAM3 is not run: its vocabulary is in no
package.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.odometry_peer import open3d_odometry
from core.errors import BadInput
from core.trajectory import Trajectory
from formats.trajectory_file import read_trajectory
from reconstruction.slam.alignment_choice import Alignment
from reconstruction.slam.trajectory_error import (
    ErrorSummary,
    aligning,
    associated,
    moved,
    position_errors_m,
    straight_line,
)
from tests.truth.inertial import InertialSensor
from tests.truth.layouts import write_euroc, write_rgbd, write_stereo
from tests.truth.recordings import BASELINE_M, DEPTH, RECORDINGS

_SENSE = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"


@dataclass(frozen=True)
class Case:
    """A recording, a sensor, and what is aimed at.

    Parameters
    ----------
    name : str
        As told, and for `--only`.
    sensor : str
        Of `sense slam`.
    recorded : callable
        Gives the folder within a context, and the truth.
    goal_cm, goal_ms, goal_percent : float, optional
        Of the error, of a frame, and of the way from the first place to the last where a loop closes.
    """

    name: str
    sensor: str
    recorded: Callable[[], Any]
    goal_cm: float | None = None
    goal_ms: float | None = None
    goal_percent: float | None = None

    @property
    def inertial(self) -> bool:
        """Whether there is an inertial sensor."""
        return "inertial" in self.name

    @property
    def metric(self) -> bool:
        """Whether lengths are known: not by one camera alone."""
        return self.sensor != "mono" or self.inertial


def corpus_cases(corpus: Path) -> list[Case]:
    """Give the recordings of the corpus with the goals that were set for them."""
    drive, room = corpus / "kitti06-stereo", corpus / "rgbd-room"
    return [
        Case("kitti06-stereo", "stereo", lambda: _given(drive, drive / "poses.txt"), 4.0, 50.0),
        Case("kitti06 left only", "mono", lambda: _left_only(drive), 4.0),
        Case("rgbd-room", "rgbd", lambda: _given(room, None), 1.5, 33.0),
    ]


def drawn_cases(seeds: int, seconds: float | None) -> list[Case]:
    """Give the recordings of tests/truth: long ways in stereo, rooms with depth, a desk by one camera."""
    cases = []
    for seed in range(seeds):
        for name, sensors in _SENSORS.items():
            for sensor in sensors:
                title = f"{name}, {sensor}" + (f", seed {seed}" if seeds > 1 else "")
                make = _drawing(name, sensor, seed, seconds)
                loop = _LOOP_PERCENT if name in _LOOPS and seconds is None else None
                # A loop that is closed a bay too far bends the way by half a metre and more.
                straight = _BENT_CM if name == "alike bays" else None
                sees = sensor.removeprefix("inertial ")
                cases.append(Case(title, sees, make, straight, goal_percent=loop))
    return cases


_LOOPS = ("building loop", "corridor round", "desk orbit")
_LOOP_PERCENT, _BENT_CM = 0.1, 8.0
_SENSORS = {
    "building loop": ("stereo", "mono", "inertial mono"),
    "corridor round": ("stereo", "mono", "inertial mono"),
    "desk orbit": ("rgbd", "mono", "inertial mono", "inertial stereo"),
    "corridor and back": ("stereo",),
    "turn on the spot": ("rgbd",),
    "dark for 3 s": ("rgbd", "inertial mono"),
    "things that move": ("rgbd",),
    "alike bays": ("rgbd",),
}


@contextmanager
def _given(folder: Path, poses: Path | None) -> Iterator[tuple[Path, Trajectory]]:
    if poses is not None:
        yield folder, read_trajectory(poses)
        return
    files = sorted(folder.glob("frame-*.pose.txt"))
    numbers = np.array([float(path.name[6:12]) for path in files])
    yield folder, Trajectory(numbers, np.stack([_rotated(np.loadtxt(path)) for path in files]))


def _rotated(pose: np.ndarray) -> np.ndarray:
    """Round a written rotation to a true one."""
    u, _, vt = np.linalg.svd(pose[:3, :3])
    made = np.eye(4)
    made[:3, :3], made[:3, 3] = u @ vt, pose[:3, 3]
    return made


@contextmanager
def _left_only(folder: Path) -> Iterator[tuple[Path, Trajectory]]:
    with tempfile.TemporaryDirectory() as made:
        shutil.copytree(folder / "image_l", Path(made) / "images")
        shutil.copy(folder / "calib.txt", made)
        yield Path(made) / "images", read_trajectory(folder / "poses.txt")


def _drawing(name: str, sensor: str, seed: int, seconds: float | None) -> Callable[[], Any]:
    @contextmanager
    def drawn() -> Iterator[tuple[Path, Trajectory]]:
        walk = RECORDINGS[name](seed)
        if seconds is not None:
            walk = replace(walk, times_s=walk.times_s[walk.times_s < seconds])
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "recording"
            if sensor == "rgbd":
                write_rgbd(walk, folder, DEPTH)
            elif sensor.startswith("inertial"):
                write_euroc(walk, folder, InertialSensor(), seed, BASELINE_M if "stereo" in sensor else None)
                shutil.rmtree(folder / "mav0" / "state_groundtruth_estimate0")
            else:
                write_stereo(walk, folder, BASELINE_M)
            truth = np.stack([walk.camera_at(float(time)).world_from_camera for time in walk.times_s])
            # Only EuRoC's layout has times.
            stamped = sensor.startswith("inertial")
            times = walk.times_s if stamped else np.arange(len(walk), dtype=float)
            trajectory = Trajectory(times, truth)
            # What is true is not given to the program.
            for pattern in ("*.pose.txt", "*.true-depth.npy", "trajectory.txt", "poses.txt"):
                for path in folder.glob(pattern):
                    path.unlink()
            yield (folder / "image_l" if sensor == "mono" else folder), trajectory

    return drawn


def followed(case: Case, folder: Path, output: Path) -> dict[str, Any] | None:
    """Run `sense slam`; gives what it tells, or says why it could not and gives None."""
    calibration = folder.parent / "calib.txt"
    arguments = ["slam", folder, "--sensor", case.sensor, "-o", output, "--json", "--force"]
    if case.sensor == "mono" and calibration.exists():
        arguments += ["--calib", calibration]
    if case.inertial:
        arguments += ["--imu", folder / "mav0" / "imu0" / "data.csv"]
    command = [sys.executable, "-c", _SENSE, *(str(each) for each in arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"{case.name}: NOT followed: {done.stderr.strip()}", flush=True)
        return None
    return dict(json.loads(done.stdout))


@dataclass(frozen=True)
class Judgement:
    """Errors in words, the absolute one, and that of the way from the first place to the last."""

    text: str
    error_cm: float
    drift_percent: float


def judged(estimate: Trajectory, truth: Trajectory, *, metric: bool) -> Judgement:
    """Compare with the truth; the size is fitted where it is not metric."""
    estimate, truth = _together(estimate, truth)
    alignment = Alignment.RIGID if metric else Alignment.SIMILARITY
    world = aligning(estimate, truth, alignment)
    fitted = moved(estimate, world)
    straight = straight_line(truth.times_s)
    straight = moved(straight, aligning(straight, truth, Alignment.SIMILARITY))
    ours, trivial = (100 * ErrorSummary.of(position_errors_m(one, truth)).rmse for one in (fitted, straight))
    path = max(float(truth.path_m[-1]), 1e-9)
    ways = [one.centres_m[-1] - one.centres_m[0] for one in (fitted, truth)]
    text = f"ATE {ours:.2f} cm (straight line {trivial:.2f}), {path:.1f} m"
    if not metric:
        text += f", scaled by {world.scale:.3f}"
    drift = float(100 * np.linalg.norm(ways[0] - ways[1]) / path)
    if path > 1:
        text += f", first to last {drift:.3f} % of the path"
    return Judgement(text, float(ours), drift)


def _together(estimate: Trajectory, truth: Trajectory) -> tuple[Trajectory, Trajectory]:
    """Bring together by the numbers of the frames, or by their times where the estimate has those."""
    try:
        return associated(estimate, truth, largest_difference_s=0.01)
    except BadInput:
        by_number = Trajectory(np.arange(len(estimate), dtype=float), estimate.world_from_camera)
        return associated(by_number, truth, largest_difference_s=0.01)


def measure(case: Case, *, peers: bool) -> None:
    """Follow one recording and print."""
    with case.recorded() as (folder, truth), tempfile.TemporaryDirectory() as made:
        facts = followed(case, folder, Path(made) / "out")
        if facts is None:
            return
        estimate = read_trajectory(Path(made) / "out" / "trajectory.txt")
        found = judged(estimate, truth, metric=case.metric)
        if peers and case.sensor == "rgbd":
            theirs, milliseconds = open3d_odometry(folder)
            peer = judged(theirs, truth, metric=True).text
            print(f"{case.name}, Open3D: {peer}; {milliseconds:.1f} ms a frame")
    parts = f"{facts.get('loops', 0)} loops, {facts.get('maps', 1)} maps"
    times = f"{facts['median_ms']:.1f} ms a frame (95 %: {facts['p95_ms']:.1f})"
    print(f"{case.name}: {facts['tracked']}/{facts['frames']} frames, {found.text}; {parts}, {times}")
    goals = (
        ("cm", case.goal_cm, found.error_cm),
        ("ms", case.goal_ms, facts["median_ms"]),
        ("% of the path", case.goal_percent, found.drift_percent),
    )
    for unit, goal, value in goals:
        if goal is not None:
            print(f"  goal {goal:g} {unit}: {'reached' if value <= goal else 'NOT reached'} ({value:.3g})")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--only", nargs="*", help="beginnings of names")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    cases = corpus_cases(options.corpus) if options.corpus else []
    cases += drawn_cases(options.seeds, options.seconds)
    for case in cases:
        if not options.only or case.name.startswith(tuple(options.only)):
            measure(case, peers=options.peers)


if __name__ == "__main__":
    main()
