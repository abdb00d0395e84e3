"""Pictures that follow the pointer: how late they are on this machine, at rest and while others work on it.

A pane of 1000 x 800 pixels with a CT on 512 x 512 x 200 that is turned; sizes by `render.drawing_pace`
against those of a fixed number of rays. Milliseconds of the wall, since it is waiting that counts here.
"""

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event

from benchmarks.runtime.volume_beside import trunk
from imaging.reslice import StopFlag
from render.backend import Backend
from render.camera import Camera
from render.drawing_pace import DrawingPaces
from render.picture_quality import Quality
from render.presets import PRESETS
from render.steady_renderer import SteadyVolumeRenderer
from render.volume_source import VolumeSource

PANE = (1000, 800)
FIXED = (335, 268)  # 90,000 rays
GOAL_MS, PICTURES = 30.0, 60
PRESET_NAMES = ("ct-bone", "ct-skin", "ct-mip")

Size = tuple[int, int]


def _spin(end: Event) -> None:
    while not end.is_set():
        sum(range(100_000))


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Let other processes work as hard as they can."""
    context = multiprocessing.get_context("spawn")
    end = context.Event()
    others = [context.Process(target=_spin, args=(end,)) for _ in range(processes)]
    for one in others:
        one.start()
    time.sleep(1.0 if others else 0.0)
    try:
        yield
    finally:
        end.set()
        for one in others:
            one.join()


def turn(source: VolumeSource, size: Callable[[], Size], took: Callable[[int, float], None]) -> list[float]:
    """Draw it from all around; give the milliseconds of each picture."""
    camera = Camera.looking(source.renderer.native.volume).zoom(1.25)
    taken: list[float] = []
    for n in range(PICTURES):
        width, height = size()
        began = time.perf_counter()
        source.draw(camera.orbit(360 / PICTURES * n, 10), (width, height), Quality.INTERACTIVE, StopFlag())
        seconds = time.perf_counter() - began
        took(width * height, seconds)
        taken.append(1e3 * seconds)
    return taken


def told(title: str, taken: list[float], last: Size) -> None:
    """Print how late the pictures were."""
    late = sum(one > GOAL_MS for one in taken) / len(taken)
    middle, most = statistics.median(taken), sorted(taken)[int(0.95 * len(taken))]
    first = statistics.mean(taken[:2])
    print(
        f"{title}: first two {first:.1f} ms, median {middle:.1f} ms, 95 % within {most:.1f} ms, "
        f"{late:.0%} later than {GOAL_MS:g} ms, at last {last[0]} x {last[1]}"
    )


def compare(renderer: SteadyVolumeRenderer, load: str) -> None:
    """Print both for every look."""
    for name in PRESET_NAMES:
        source = VolumeSource(renderer, PRESETS[name].make((-1024.0, 2000.0)))
        source.draw(Camera.looking(renderer.native.volume), (64, 64), Quality.INTERACTIVE, StopFlag())
        told(f"{load}, {name}, fixed", turn(source, lambda: FIXED, lambda pixels, seconds: None), FIXED)
        pace = DrawingPaces().of(source.kind)  # nothing is known of this machine
        told(f"{load}, {name}, paced", turn(source, lambda: pace.size(PANE), pace.took), pace.size(PANE))  # noqa: B023


def main() -> None:
    """Measure and print."""
    print(f"# Pictures of a pane of {PANE[0]} x {PANE[1]} while it is turned; goal {GOAL_MS:g} ms")
    renderer = SteadyVolumeRenderer(trunk(), Backend.NATIVE)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for times, title in enumerate(("at rest", "a busy process for each core", "two for each core")):
        with busy(times * cores):
            compare(renderer, title)


if __name__ == "__main__":
    main()
