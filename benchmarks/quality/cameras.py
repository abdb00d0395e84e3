"""Cameras of photographs beside pycolmap in the same run: registered, centres, rotations and seconds.

    python -m benchmarks.quality.cameras --corpus DIR [--only fountain temple lund]

The peer is pycolmap as it comes: its own SIFT, exhaustive matching, incremental and global mapping. Errors
are those after a similarity alignment of the centres; angles come from the chordal distance, exact for
small ones.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from core.posed_camera import PosedCamera
from formats.camera_set import read_camera_set
from reconstruction.alignment import robust_similarity, similarity
from reconstruction.colmap_cameras import colmap_lens, from_colmap
from reconstruction.geodesy import east_north_up
from reconstruction.photograph import Photograph, photograph_files, read_photograph
from reconstruction.structure import StructureOptions, find_structure

Cameras = Mapping[str, PosedCamera]


def temple_cameras(path: Path) -> dict[str, PosedCamera]:
    """Read the camera file of the Middlebury sets: name, K, R and t of camera from world in every line."""
    cameras = {}
    for line in path.read_text().splitlines()[1:]:
        name, *numbers = line.split()
        k, rotation, shift = np.split(np.array(numbers, float), [9, 18])
        world = rotation.reshape(3, 3).T
        cameras[name] = PosedCamera(
            (640, 480),
            k.reshape(3, 3),
            rotation_world_from_camera=world,
            centre_m=-world @ shift,
        )
    return cameras


def ours(photographs: list[Photograph], known: Cameras | None) -> Cameras:
    """Find the cameras with the program."""
    return find_structure(photographs, StructureOptions(intrinsics=known)).model.cameras


def peer(photographs: list[Photograph], known: Cameras | None, mapper: str) -> Cameras:
    """Find the cameras with pycolmap alone."""
    import pycolmap

    pycolmap.logging.minloglevel = 3
    images = photographs[0].path.parent
    names = [one.name for one in photographs]
    reader = pycolmap.ImageReaderOptions()
    options: dict[str, Any] = {}
    if known:
        model, numbers = colmap_lens(known[names[0]])
        reader.camera_model, reader.camera_params = model, ",".join(map(str, numbers))
        options = {"ba_refine_focal_length": False, "ba_refine_extra_params": False}
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "database.db"
        pycolmap.extract_features(
            database,
            images,
            image_names=names,
            camera_mode=pycolmap.CameraMode.SINGLE,
            reader_options=reader,
        )
        pycolmap.match_exhaustive(database)
        if mapper == "global":
            models = pycolmap.global_mapping(database, images, folder)
        else:
            models = pycolmap.incremental_mapping(
                database, images, folder, pycolmap.IncrementalPipelineOptions(**options)
            )
    model = max(models.values(), key=lambda one: one.num_reg_images())
    found = [model.image(number) for number in model.reg_image_ids()]
    return {one.name: from_colmap(model.cameras[one.camera_id], one.cam_from_world()) for one in found}


def errors(found: Cameras, truth: Cameras) -> str:
    """Tell the mean errors after a similarity."""
    names = sorted(set(found) & set(truth))
    source = np.array([found[name].pose[1] for name in names])
    target = np.array([truth[name].pose[1] for name in names])
    scale, rotation, shift = similarity(source, target)
    distances = np.linalg.norm(scale * source @ rotation.T + shift - target, axis=1)
    chords = [np.linalg.norm(rotation @ found[name].pose[0] - truth[name].pose[0]) for name in names]
    angles = np.degrees(2 * np.arcsin(np.array(chords) / np.sqrt(8)))
    return f"centres {1e3 * distances.mean():.2f} mm, rotation {angles.mean():.4f} deg"


def gps_errors(photographs: list[Photograph], found: Cameras) -> str:
    """Tell the distances from the GPS places after a robust similarity."""
    positions = {one.name: one.position for one in photographs if one.position is not None}
    names = sorted(set(found) & set(positions))
    target = east_north_up([positions[name] for name in names])
    source = np.array([found[name].pose[1] for name in names])
    scale, rotation, shift = robust_similarity(source, target, 0)
    distances = np.linalg.norm(scale * source @ rotation.T + shift - target, axis=1)
    return f"from GPS: mean {distances.mean():.1f} m, median {np.median(distances):.1f} m"


def measure(title: str, count: int, work: Callable[[], Cameras], judge: Callable[[Cameras], str]) -> None:
    """Run once and print."""
    process = psutil.Process()
    started, before = time.perf_counter(), process.cpu_times()
    found = work()
    seconds, after = time.perf_counter() - started, process.cpu_times()
    used = sum(getattr(after, name) - getattr(before, name) for name in _TIMES)
    print(f"{title:42} {len(found):3}/{count}  {judge(found)}  {seconds:6.1f} s, {used:6.1f} cpu", flush=True)


_TIMES = ("user", "system", "children_user", "children_system")


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=["fountain", "temple", "lund"])
    options = parser.parse_args()
    fountain = options.corpus / "fountain-P11"
    temple = options.corpus / "temple-sparse-ring"
    sets = {
        "fountain": (fountain / "images", lambda: read_camera_set(fountain / "cameras.json"), (True, False)),
        "temple": (temple, lambda: temple_cameras(temple / "templeSR_par.txt"), (True,)),
        "lund": (options.corpus / "opensfm-lund" / "images", lambda: None, (False,)),
    }
    for name in options.only:
        folder, read_truth, ways = sets[name]
        truth = read_truth()
        photographs = [read_photograph(path) for path in photograph_files(folder)]

        def judge(found: Cameras, truth: Any = truth, photographs: Any = photographs) -> str:
            return gps_errors(photographs, found) if truth is None else errors(found, truth)

        for known in ways:
            lens = truth if known else None
            said = f"{name}, {'known K' if known else 'self-calibrated'}"
            count = len(photographs)
            measure(f"{said}, sense", count, lambda p=photographs, k=lens: ours(p, k), judge)
            for mapper in ("incremental",) if known else ("incremental", "global"):
                measure(
                    f"{said}, pycolmap {mapper}",
                    count,
                    lambda p=photographs, k=lens, m=mapper: peer(p, k, m),
                    judge,
                )


if __name__ == "__main__":
    main()
