"""How exactly pictures are found in a map, and whether it is said when they are of elsewhere.

    python -m benchmarks.quality.localisation [--seeds N] [--queries N] [--tracked] [--corpus DIR]

Rooms are drawn, and a walk with depth makes the map: at its exact poses, or (`--tracked`) with those that
`sense slam` finds, brought onto the true ones by the centres of its keyframes. Every query is drawn from a
place at least 0.3 m away from every picture of the map and turned by at least 15 degrees against every one;
those of which less than half is in the map's pictures, or whose wall is nearer than a metre, are drawn again.
Pictures of other rooms must not be placed. `--corpus DIR` also maps frames 0 to 199 of its room as
`sense slam` does and finds frames 200 to 299. Told beside: how far the nearest picture of the map is, and the
error of the position in its own standard deviations (root mean square 1 where they are true).
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.trajectory import Trajectory
from core.visual_map import VisualMap
from reconstruction.photograph import read_grey
from reconstruction.similarity import Similarity
from reconstruction.slam.alignment_choice import Alignment
from reconstruction.slam.found_place import FoundPlace
from reconstruction.slam.localisation import Localiser
from reconstruction.slam.map_building import PosedPicture, build_map
from reconstruction.slam.recording_map import map_of_recording
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.slam_run import run_slam
from reconstruction.slam.trajectory_error import aligning
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, RenderOptions
from render.scene import RenderScene
from tests.truth.layouts import write_rgbd
from tests.truth.places import place
from tests.truth.sensors import DepthSensor, ImageSensor
from tests.truth.sequence import RENDERER, TRUTH, Frame, sequence
from tests.truth.sequence import Sequence as Walk

_SENSOR = ImageSensor(electrons_at_white=8000, read_electrons=8, samples=2)
_DEPTH = DepthSensor.indoor()
_PICTURES, _TRACKED_PICTURES = 48, 240
_LEAST_AWAY_M, _LEAST_TURN_DEG, _LEAST_SEEN = 0.3, 15.0, 0.5
_UNMAPPED = 10


@dataclass(frozen=True, eq=False)
class Query:
    """A picture, and where it was truly taken.

    Parameters
    ----------
    grey : (h, w) uint8
        The picture.
    camera : PosedCamera
        Its lens.
    pose : (4, 4) float64
        World-from-camera.
    """

    grey: NDArray[np.uint8]
    camera: PosedCamera
    pose: NDArray[np.float64]


def posed(camera: PinholeCamera) -> PosedCamera:
    """Give a drawn camera as one of a map."""
    pose = camera.world_from_camera
    return PosedCamera(
        camera.size, camera.intrinsics, rotation_world_from_camera=pose[:3, :3], centre_m=pose[:3, 3]
    )


def grey_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give a colour picture in grey."""
    return (picture @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)


def drawn_map(walk: Walk, seed: int) -> VisualMap:
    """Map a walk at its exact poses."""
    return build_map(_picture(frame, np.random.default_rng([seed, frame.index])) for frame in walk)


def _picture(frame: Frame, rng: np.random.Generator) -> PosedPicture:
    measured = _DEPTH.measure(frame.depth, frame.camera.fx, rng) / np.float32(1000)
    depth = np.where(measured > 0, measured, np.nan).astype(np.float32)
    return PosedPicture(f"{frame.index}", posed(frame.camera), grey_of(frame.picture), depth, frame.time_s)


def tracked_map(walk: Walk, seed: int) -> tuple[VisualMap, Similarity]:
    """Map a walk as `sense slam` does; with what brings the map onto the truth."""
    with tempfile.TemporaryDirectory() as made:
        folder = write_rgbd(walk, Path(made) / "recording", _DEPTH, seed)
        for path in (*folder.glob("*.pose.txt"), *folder.glob("*.npy"), folder / "trajectory.txt"):
            path.unlink()
        run = run_slam(folder, Sensor.RGBD)
        world = map_of_recording(folder, run)
    numbers = [int(one.name.split(".")[0].removeprefix("frame-")) for one in world.keyframes]
    truth = [walk.camera_at(float(walk.times_s[number])).world_from_camera for number in numbers]
    return world, brought(world, np.stack(truth))


def brought(world: VisualMap, truth: NDArray[np.float64]) -> Similarity:
    """Give what brings the keyframes of a map onto their true poses (n, 4, 4), by their centres."""
    poses = np.tile(np.eye(4), (len(world.keyframes), 1, 1))
    poses[:, :3, :3], poses[:, :3, 3] = world.rotations, world.centres
    times = np.arange(len(poses), dtype=float)
    return aligning(Trajectory(times, poses), Trajectory(times, truth), Alignment.RIGID)


def drawn_queries(walk: Walk, seed: int, count: int) -> Iterator[Query]:
    """Draw pictures from places and directions that are not the map's."""
    rng = np.random.default_rng([seed, 77])
    made = place("room", seed)
    cameras = [walk.camera_at(float(time)) for time in walk.times_s]
    scene = walk.scene_at(0.0)
    depths = [_depth(scene, camera) for camera in cameras[:: max(1, len(cameras) // _PICTURES)]]
    seen = list(zip(cameras[:: max(1, len(cameras) // _PICTURES)], depths, strict=True))
    found = 0
    while found < count:
        camera = walk.camera.moved(_anywhere(rng, made.extent_m))
        if not _is_elsewhere(camera.world_from_camera, cameras):
            continue
        depth = _depth(scene, camera)
        if (
            np.nanmin(depth) < 0.4
            or np.nanmedian(depth) < 1
            or _seen_share(camera, depth, seen) < _LEAST_SEEN
        ):
            continue
        found += 1
        drawn = RENDERER.render(
            scene, camera, RenderOptions(frozenset({Output.RADIANCE}), samples=2)
        ).radiance
        assert drawn is not None
        picture = grey_of(_SENSOR.develop(drawn[..., :3], 1.0, rng))
        yield Query(picture, posed(camera), camera.world_from_camera)


def _anywhere(rng: np.random.Generator, extent: tuple[float, float, float]) -> NDArray[np.float64]:
    """Give a pose in a room as of a hand: it looks anywhere, up or down a little, and is tilted."""
    w, _, d = extent
    yaw, pitch, roll = rng.uniform(-np.pi, np.pi), rng.uniform(-0.35, 0.2), rng.uniform(-0.5, 0.5)
    ahead = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    right = np.cross(ahead, [0, 1.0, 0])
    right /= np.linalg.norm(right)
    down = np.cross(ahead, right)
    pose = np.eye(4)
    pose[:3, 0] = np.cos(roll) * right + np.sin(roll) * down
    pose[:3, 1] = np.cos(roll) * down - np.sin(roll) * right
    pose[:3, 2] = ahead
    pose[:3, 3] = rng.uniform(-0.35, 0.35) * w, rng.uniform(1.0, 1.8), rng.uniform(-0.35, 0.35) * d
    return pose


def _is_elsewhere(pose: NDArray[np.float64], cameras: Sequence[PinholeCamera]) -> bool:
    return all(
        np.linalg.norm(pose[:3, 3] - one.world_from_camera[:3, 3]) >= _LEAST_AWAY_M
        and angle_deg(pose[:3, :3], one.world_from_camera[:3, :3]) >= _LEAST_TURN_DEG
        for one in cameras
    )


def angle_deg(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Angle between two rotations."""
    return float(np.degrees(np.arccos(np.clip((np.trace(first.T @ second) - 1) / 2, -1, 1))))


def _depth(scene: RenderScene, camera: PinholeCamera) -> NDArray[np.float32]:
    drawn = RENDERER.render(scene, camera, RenderOptions(TRUTH)).depth
    assert drawn is not None
    return drawn


def _seen_share(
    camera: PinholeCamera,
    depth: NDArray[np.float32],
    seen: Sequence[tuple[PinholeCamera, NDArray[np.float32]]],
) -> float:
    """Share of a picture's pixels (one of 16 x 16) whose surface a picture of the map shows."""
    v, u = np.meshgrid(*(np.arange(8, size, 16) for size in depth.shape), indexing="ij")
    z = depth[v, u].astype(float)
    pose = camera.world_from_camera
    rays = np.stack([(u - camera.cx) / camera.fx * z, (v - camera.cy) / camera.fy * z, z], -1)
    points = (rays @ pose[:3, :3].T + pose[:3, 3])[np.isfinite(z)]
    known = np.zeros(len(points), np.bool_)
    for other, theirs in seen:
        places = other.project(points)
        inside = np.asarray(np.isfinite(places).all(axis=1), np.bool_)
        x, y = np.rint(np.where(inside[:, None], places, -1)).astype(int).T
        inside &= (x >= 0) & (y >= 0) & (x < other.size[0]) & (y < other.size[1])
        ahead = (points @ other.camera_from_world[:3, :3].T + other.camera_from_world[:3, 3])[:, 2]
        x, y = np.where(inside, x, 0), np.where(inside, y, 0)
        known |= inside & (np.abs(theirs[y, x] / np.maximum(ahead, 0.01) - 1) < 0.03)
    return float(np.count_nonzero(known) / z.size)


@dataclass(frozen=True)
class Tally:
    """Errors of many pictures; those that were not placed are infinitely wrong.

    Parameters
    ----------
    away_m, turn_deg : (n,) float64
        Errors.
    scaled : (n,) float64
        Error of the position on an axis in standard deviations, root mean square of the three.
    nearest : (n, 2) float64
        Metres and degrees to the nearest picture of the map.
    milliseconds, cpu_ms : (n,) float64
        Wall time, and time of all threads.
    """

    away_m: NDArray[np.float64]
    turn_deg: NDArray[np.float64]
    scaled: NDArray[np.float64]
    nearest: NDArray[np.float64]
    milliseconds: NDArray[np.float64]
    cpu_ms: NDArray[np.float64]

    def told(self, within_m: float, within_deg: float, goal: float) -> str:
        """Give it in words, with a goal for the share within limits."""
        placed = np.isfinite(self.away_m)
        good = (self.away_m <= within_m) & (self.turn_deg <= within_deg)
        near = (self.nearest[:, 0] <= within_m) & (self.nearest[:, 1] <= within_deg)
        share = 100 * float(good.mean())
        reached = "reached" if share >= 100 * goal else "NOT reached"
        rms = float(np.sqrt(np.mean(self.scaled[placed] ** 2)))
        size = f"{100 * within_m:g} cm and {within_deg:g} deg ({share:.1f} %, goal {100 * goal:g}: {reached})"
        most = 100 * np.percentile(self.away_m, 95, method="lower")
        middle = f"{100 * np.median(self.away_m):.2f} cm and {np.median(self.turn_deg):.2f} deg"
        away, turn = np.median(self.nearest, axis=0)
        wall, cpu = np.median(self.milliseconds), np.mean(self.cpu_ms)
        return (
            f"{good.sum()} of {len(good)} within {size}, {placed.sum()} placed\n"
            f"  error: median {middle}, 95 % {most:.2f} cm; "
            f"in standard deviations: root mean square {rms:.2f}\n"
            f"  nearest picture of the map: {near.sum()} within, "
            f"median {100 * away:.0f} cm and {turn:.0f} deg\n"
            f"  {wall:.0f} ms a picture, {cpu:.0f} ms of all threads"
        )


def measured(world: VisualMap, true_from_map: Similarity, queries: Sequence[Query]) -> Tally:
    """Find pictures in a map and compare."""
    localiser = Localiser(world)
    localiser.find(queries[0].grey, queries[0].camera)
    rows: list[tuple[float, ...]] = []
    for query in queries:
        wall, cpu = time.perf_counter(), time.process_time()
        found = localiser.find(query.grey, query.camera)
        took = 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)
        rows.append(
            (*_errors(found, true_from_map, query.pose), *_nearest(world, true_from_map, query.pose), *took)
        )
    columns = np.array(rows).T
    return Tally(columns[0], columns[1], columns[2], columns[3:5].T, columns[5], columns[6])


def _errors(
    found: FoundPlace | None, true_from_map: Similarity, pose: NDArray[np.float64]
) -> tuple[float, float, float]:
    if found is None:
        return np.inf, np.inf, np.inf
    centre = true_from_map.scale * true_from_map.rotation @ found.centre_m + true_from_map.shift
    away = float(np.linalg.norm(centre - pose[:3, 3]))
    turn = angle_deg(true_from_map.rotation @ found.rotation_world_from_camera, pose[:3, :3])
    return away, turn, away / found.position_sigma_m


def _nearest(world: VisualMap, true_from_map: Similarity, pose: NDArray[np.float64]) -> tuple[float, float]:
    centres = true_from_map.scale * world.centres @ true_from_map.rotation.T + true_from_map.shift
    away = np.linalg.norm(centres - pose[:3, 3], axis=1)
    turn = np.array([angle_deg(true_from_map.rotation @ one, pose[:3, :3]) for one in world.rotations])
    row = int(np.argmin(away / _LEAST_AWAY_M + turn / _LEAST_TURN_DEG))
    return float(away[row]), float(turn[row])


def measure_rooms(seeds: int, queries: int, *, tracked: bool) -> None:
    """Drawn rooms, and pictures of other rooms."""
    tallies, wrong, asked = [], 0, 0
    for seed in range(101, 101 + seeds):
        walk = sequence("room", seed, _TRACKED_PICTURES if tracked else _PICTURES, sensor=_SENSOR)
        world, moved = tracked_map(walk, seed) if tracked else (drawn_map(walk, seed), Similarity())
        tally = measured(world, moved, list(drawn_queries(walk, seed, queries)))
        print(f"room {seed}: {tally.told(0.02, 1.0, 0.95)}", flush=True)
        tallies.append(tally)
        localiser = Localiser(world)
        for frame in sequence("room", seed + 500, _UNMAPPED, sensor=_SENSOR):
            wrong += localiser.find(grey_of(frame.picture), posed(frame.camera)) is not None
            asked += 1
    joined = Tally(
        *(np.concatenate([getattr(one, name) for one in tallies]) for name in Tally.__dataclass_fields__)
    )
    print(f"{'tracked' if tracked else 'exact'} rooms: {joined.told(0.02, 1.0, 0.95)}")
    print(f"pictures of other rooms: {wrong} of {asked} placed (goal 0)", flush=True)


def measure_recording(room: Path) -> None:
    """Frames 200 to 299 of a recording in the map of frames 0 to 199."""
    with tempfile.TemporaryDirectory() as made:
        first = Path(made) / "first"
        first.mkdir()
        shutil.copy(room / "camera-intrinsics.txt", first)
        for number in range(200):
            for path in room.glob(f"frame-{number:06d}.[cd]*"):
                (first / path.name).symlink_to(path)
        run = run_slam(first, Sensor.RGBD)
        world = map_of_recording(first, run)
    truth = [_given_pose(room, int(one.name[6:12])) for one in world.keyframes]
    camera = world.keyframes[0].camera
    queries = []
    for number in range(200, 300):
        path = next(room.glob(f"frame-{number:06d}.color.*"))
        queries.append(Query(read_grey(path, max(camera.size)), camera, _given_pose(room, number)))
    for alignment in ("centres", "orientations"):
        moved = brought(world, np.stack(truth))
        if alignment == "orientations":
            moved = _by_orientations(world, np.stack(truth))
        print(
            f"recording, map brought by its {alignment}: {measured(world, moved, queries).told(0.05, 5, 0.9)}"
        )


def _given_pose(room: Path, number: int) -> NDArray[np.float64]:
    pose = np.loadtxt(room / f"frame-{number:06d}.pose.txt")
    u, _, vt = np.linalg.svd(pose[:3, :3])
    pose[:3, :3] = u @ vt
    return pose


def _by_orientations(world: VisualMap, truth: NDArray[np.float64]) -> Similarity:
    u, _, vt = np.linalg.svd(sum(t[:3, :3] @ r.T for t, r in zip(truth, world.rotations, strict=True)))
    rotation = u @ vt
    return Similarity(1.0, rotation, truth[:, :3, 3].mean(0) - rotation @ world.centres.mean(0))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--tracked", action="store_true")
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    measure_rooms(options.seeds, options.queries, tracked=options.tracked)
    if options.corpus:
        measure_recording(options.corpus / "rgbd-room")


if __name__ == "__main__":
    main()
