"""Dense stereo with given cameras: how much is kept and how exact it is, on photographs and known scenes.

    python -m benchmarks.quality.dense [--corpus DIR] [--only fountain object room "plain room" facade]

fountain: fountain-P11 at 768 x 512 with 4 neighbours. Every second point of structure from motion is withheld
from the stereo; the median relative difference of depth from those is told, and the share of pixels kept,
which three views have verified, or both that show the place. The others are scenes of tests/truth at
640 x 480 with shot noise: the share of pixels whose depth is within 1 % of the true one ("right") and of
those that are not ("wrong"), apart for textured and texture-poor surfaces (poor: grey levels around a pixel
deviate by less than 2); the rest is unknown. Seconds are those of the stereo without the structure;
pycolmap's wheel has no stereo without CUDA.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from formats.camera_set import read_camera_set
from reconstruction.dense_stereo import DenseOptions, find_depth_maps
from reconstruction.dense_views import dense_views
from reconstruction.depth_map import DepthMap
from reconstruction.neighbours import seen_points
from reconstruction.photograph import photograph_files, read_photograph
from reconstruction.sparse_model import SparseModel
from reconstruction.structure import StructureOptions, find_structure
from reconstruction.view import View
from render.material import Material
from tests.truth.layouts import write_photographs
from tests.truth.places import Place, place
from tests.truth.sensors import ImageSensor
from tests.truth.sequence import Frame, sequence

Floats = NDArray[np.float64]
POOR_GREY_LEVELS = 2.0
RIGHT = 0.01
# Four walls and the ceiling of a room.
WALLS = (0, 1, 2, 3, 5)


@dataclass(frozen=True)
class Case:
    """Views, the points that the stereo may use, and their number of neighbours."""

    views: list[View]
    model: SparseModel
    options: DenseOptions


def prepared(folder: Path, options: DenseOptions) -> Case:
    """Look at the photographs of a folder with the cameras beside them."""
    photographs = [read_photograph(path) for path in photograph_files(folder / "images")]
    cameras = read_camera_set(folder / "cameras.json")
    model = find_structure(photographs, StructureOptions(cameras=cameras)).model
    views = dense_views(photographs, model, options.longest_side_px)
    return Case(views, model, options)


def chosen(model: SparseModel, points: slice) -> SparseModel:
    """Give the model with some of its points only."""
    return replace(
        model,
        points=model.points[points],
        colours=model.colours[points],
        errors_px=model.errors_px[points],
        tracks=model.tracks[points],
    )


def differences(views: Sequence[View], maps: Sequence[DepthMap], withheld: SparseModel) -> Floats:
    """Relative differences of depth from points, in the views that see them."""
    seen = seen_points([view.camera for view in views], [view.name for view in views], withheld)
    found = []
    for one, points in zip(maps, seen, strict=True):
        rotation, centre = one.camera.pose
        local = (withheld.points[points] - centre) @ rotation
        places = local @ one.camera.intrinsics.T
        x, y = np.rint(places[:, :2] / places[:, 2:]).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < one.depth.shape[1]) & (y < one.depth.shape[0])
        depth = one.depth[y[inside], x[inside]]
        found.append(np.abs(depth / local[inside, 2] - 1)[depth > 0])
    return np.concatenate(found)


def timed(case: Case, model: SparseModel) -> tuple[list[DepthMap], str]:
    """Run the stereo."""
    started, cpu = time.perf_counter(), time.process_time()
    maps = find_depth_maps(case.views, model, case.options)
    wall, used = time.perf_counter() - started, time.process_time() - cpu
    return maps, f"{wall / len(maps):.1f} s, {used / len(maps):.1f} cpu a view"


def measure_fountain(corpus: Path) -> None:
    """Compare with points that the stereo does not know."""
    case = prepared(corpus / "fountain-P11", DenseOptions(longest_side_px=768, neighbours=4))
    maps, spent = timed(case, chosen(case.model, slice(0, None, 2)))
    kept = np.mean([(one.depth > 0).mean() for one in maps])
    three = np.mean([(one.verified_by >= 3).mean() for one in maps])
    median = np.median(differences(case.views, maps, chosen(case.model, slice(1, None, 2))))
    shares = f"{kept:.1%} kept ({three:.1%} seen by three views)"
    print(f"fountain: {shares}, median difference {median:.3%}; {spent}", flush=True)


def plain(made: Place) -> Place:
    """Paint the walls and the ceiling of a room in one colour."""
    paint = Material((0.6, 0.58, 0.52, 1.0), roughness=0.9)
    nodes = tuple(
        replace(node, material=paint) if number in WALLS else node
        for number, node in enumerate(made.scene.nodes)
    )
    return replace(made, scene=replace(made.scene, nodes=nodes))


SCENES: dict[str, tuple[str, int, Callable[[Place], Place]]] = {
    "object": ("object", 20, lambda made: made),
    "room": ("room", 28, lambda made: made),
    "plain room": ("room", 28, plain),
    "facade": ("facade", 12, lambda made: made),
}


def poor(frame: Frame) -> NDArray[np.bool_]:
    """Tell where a photograph has no texture; the noise of the chip is none."""
    grey = cv2.cvtColor(frame.picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5)
    spread = cv2.blur(smooth**2, (11, 11)) - cv2.blur(smooth, (11, 11)) ** 2
    return np.asarray(spread < POOR_GREY_LEVELS**2)


def judged(maps: Sequence[DepthMap], frames: Sequence[Frame]) -> str:
    """Tell the shares that are right and wrong, by texture."""
    surface = np.stack([frame.depth > 0 for frame in frames])
    depth = np.stack([one.depth for one in maps])
    truth = np.stack([np.where(frame.depth > 0, frame.depth, 1) for frame in frames])
    errors = np.abs(depth / truth - 1)
    without = np.stack([poor(frame) for frame in frames])
    parts = []
    for title, where in (("textured", surface & ~without), ("poor", surface & without)):
        if where.mean() < 0.01:
            continue
        known = depth[where] > 0
        right = (errors[where] < RIGHT) & known
        parts.append(
            f"{title} ({where.sum() / surface.sum():.0%}): {right.mean():.1%} right, "
            f"{(known & ~right).mean():.2%} wrong, median {np.median(errors[where][known]):.3%}"
        )
    parts.append(
        f"where there is nothing: {(depth[~surface] > 0).mean() if (~surface).any() else 0:.2%} known"
    )
    return "; ".join(parts)


def measure_scene(name: str, seed: int) -> None:
    """Compare with the true depths."""
    kind, count, change = SCENES[name]
    made = change(place(kind, seed))
    sensor = ImageSensor(electrons_at_white=8000, read_electrons=8)
    taken = replace(sequence(kind, seed, count, sensor=sensor), scene_at=lambda _: made.scene)
    with tempfile.TemporaryDirectory() as temporary:
        folder = write_photographs(taken, Path(temporary) / "scene")
        case = prepared(folder, DenseOptions.of("normal"))
    frames = [taken.frame(int(Path(view.name).stem)) for view in case.views]
    maps, spent = timed(case, case.model)
    print(f"{name}: {judged(maps, frames)}; {spent}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--only", nargs="*", default=["fountain", *SCENES], choices=["fountain", *SCENES])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for name in options.only:
        if name != "fountain":
            measure_scene(name, options.seed)
        elif options.corpus:
            measure_fountain(options.corpus)
        else:
            print("fountain: not measured, no --corpus", flush=True)


if __name__ == "__main__":
    main()
