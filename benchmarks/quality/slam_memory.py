"""Whether the tracker goes on for half an hour, and whether its memory grows.

    python -m benchmarks.quality.slam_memory [--minutes 30] [--every-s 60] [--size 320x240] [--seed N]

One turn around the table of a drawn room (tests/truth) with its depth is shown again and again, each time
with new noise, as fast as the tracker takes it. Told are, by minutes of the recording: memory of the process
over that at the start; keyframes and points of the newest map, and what these take at least (32 bytes of a
descriptor, 24 of a place, 12 of a sighting); milliseconds a frame; frames without a pose; maps begun. What
grows besides the map is a leak, or a record of every frame (its pose is 128 bytes).
"""

import argparse
import statistics
import time
from collections.abc import Iterator

import numpy as np
import psutil
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.slam.input_sequence import CameraRig, SensorFrame
from reconstruction.slam.live_moment import TrackingState
from reconstruction.slam.slam import Slam
from tests.truth.paths import through_room
from tests.truth.places import place
from tests.truth.sensors import ImageSensor
from tests.truth.sequence import Sequence, camera_of

RATE_HZ = 15.0
TURN_S = 16.0
# The walk goes a little further than one turn: 43 of the 47 steps between its controls.
ROUND = 2 * np.pi / ((2 * np.pi + 0.6) * 43 / 47)


def one_turn(size: tuple[int, int], seed: int) -> list[tuple[NDArray[np.uint8], NDArray[np.float32]]]:
    """Draw pictures (grey) and depths of one turn, whose end is beside its beginning."""
    made = place("room", seed)
    whole = TURN_S / ROUND
    times = np.arange(int(TURN_S * RATE_HZ)) / RATE_HZ
    walk = Sequence(
        lambda _: made.scene,
        through_room(made, seed, whole),
        camera_of(size, 0.66 * size[0]),
        times,
        ImageSensor(samples=2),
        seed,
    )
    weights = np.array([0.299, 0.587, 0.114])
    return [((frame.picture @ weights).astype(np.uint8), frame.depth) for frame in walk]


def frames(
    turn: list[tuple[NDArray[np.uint8], NDArray[np.float32]]], count: int, seed: int
) -> Iterator[SensorFrame]:
    """Give frames with noise of their own, turn after turn."""
    rng = np.random.default_rng([seed, 71])
    for index in range(count):
        grey, depth = turn[index % len(turn)]
        noisy = grey + rng.normal(0, 1.5, grey.shape)
        picture = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
        yield SensorFrame(index, str(index), index / RATE_HZ, picture, depth_m=depth)


def main() -> None:
    """Walk and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every-s", type=float, default=60)
    parser.add_argument("--size", default="320x240")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    size = tuple(int(side) for side in options.size.split("x"))
    turn = one_turn((size[0], size[1]), options.seed)
    drawn = camera_of((size[0], size[1]), 0.66 * size[0])
    slam = Slam(CameraRig(PosedCamera((size[0], size[1]), drawn.intrinsics)))
    process = psutil.Process()
    before = process.memory_info().rss
    spent: list[float] = []
    maps, lost = set[int](), 0
    step = int(options.every_s * RATE_HZ)
    for frame in frames(turn, int(options.minutes * 60 * RATE_HZ), options.seed):
        began = time.perf_counter()
        told = slam.track(frame)
        spent.append(1e3 * (time.perf_counter() - began))
        lost += told.state is not TrackingState.TRACKING
        maps.add(told.map_number)
        if (frame.index + 1) % step == 0:
            part = slam.newest_map()
            points = 0 if part is None else len(part.points_m)
            sightings = 0 if part is None else int(part.sightings.sum())
            least = (points * (32 + 24) + sightings * 12) / 2**20
            grown = (process.memory_info().rss - before) / 2**20
            keyframes = 0 if part is None else len(part.keyframes)
            print(
                f"{(frame.index + 1) / RATE_HZ / 60:5.1f} min: {grown:7.1f} MiB over the start, "
                f"{keyframes} keyframes, {points} points (at least {least:.1f} MiB), "
                f"{statistics.median(spent):.1f} ms a frame, {lost} frames without a pose, {len(maps)} maps",
                flush=True,
            )
            spent.clear()


if __name__ == "__main__":
    main()
