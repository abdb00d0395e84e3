"""The model as it grows while photographs are mapped: told by COLMAP's process in a file, read in ours."""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SenseError
from core.message import Message
from core.posed_camera import PosedCamera
from core.progress import Progress
from reconstruction.alignment import mean_rotation
from reconstruction.colmap_cameras import from_colmap
from reconstruction.photograph import Photograph, read_colours
from reconstruction.sparse_model import SparseModel
from reconstruction.world_frame import place

GROWTH = "growth.npz"
OnGrowth = Callable[[SparseModel], None]
_EVERY_S = 0.5
_MOST_OF_THE_TIME = 0.05
_COLOURS_PX = 400
_FEWEST_CAMERAS, _FEWEST_POINTS = 2, 10
_ARRAYS = ("names", "sizes", "intrinsics", "rotations", "centres", "points", "seen_in", "pixels")


class GrowthWriter:
    """Writes what is known so far, twice a second and in a twentieth of the time at most.

    Parameters
    ----------
    path : Path
        Of the file; what it holds is whole at any time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next_s = 0.0

    def tell(self, model: Any) -> None:
        """Write a `pycolmap.Reconstruction`, if it is time to."""
        started = time.monotonic()
        if started < self._next_s or model.num_points3D() < _FEWEST_POINTS:
            return
        partial = self._path.with_suffix(".part")
        with contextlib.suppress(OSError):  # a full disk ends the work elsewhere, and says so
            with partial.open("wb") as file:
                np.savez(file, allow_pickle=False, **_arrays(model))
            partial.replace(self._path)
        ended = time.monotonic()
        self._next_s = ended + max(_EVERY_S, (ended - started) / _MOST_OF_THE_TIME)


def _arrays(model: Any) -> dict[str, NDArray[Any]]:
    images = [model.image(number) for number in sorted(model.reg_image_ids())]
    order = {image.image_id: number for number, image in enumerate(images)}
    cameras = [from_colmap(model.cameras[image.camera_id], image.cam_from_world()) for image in images]
    points = list(model.points3D.values())
    first = [point.track.elements[0] for point in points]
    return {
        "names": np.array([image.name for image in images]),
        "sizes": np.array([camera.size for camera in cameras]),
        "intrinsics": np.array([camera.intrinsics for camera in cameras]),
        "rotations": np.array([camera.pose[0] for camera in cameras]),
        "centres": np.array([camera.pose[1] for camera in cameras]),
        "points": np.array([point.xyz for point in points]),
        "seen_in": np.array([order[element.image_id] for element in first], np.int32),
        "pixels": np.array([images[order[e.image_id]].points2D[e.point2D_idx].xy for e in first]),
    }


class GrowthWatch:
    """Progress of mapping that tells of every model that was written, upright and where the last one was.

    Parameters
    ----------
    progress : Progress
        Reports and cancels.
    path : Path
        What a `GrowthWriter` writes.
    photographs : sequence of Photograph
        Give the colours.
    on_growth : callable
        Called with the cameras and points so far; the model has no tracks.
    """

    def __init__(
        self, progress: Progress, path: Path, photographs: Sequence[Photograph], on_growth: OnGrowth
    ) -> None:
        self._progress, self._path, self._on_growth = progress, path, on_growth
        self._photographs = {one.name: one for one in photographs}
        self._pictures: dict[str, NDArray[np.uint8] | None] = {}
        self._written_ns = 0
        self._told: Mapping[str, PosedCamera] = {}

    def report(self, fraction: float, message: Message | None = None) -> None:
        """Pass the report on."""
        self._progress.report(fraction, message)

    def check(self) -> None:
        """Look for a cancel, and for a new model."""
        self._progress.check()
        try:
            written_ns = self._path.stat().st_mtime_ns
        except OSError:
            return
        if written_ns == self._written_ns:
            return
        self._written_ns = written_ns
        with np.load(self._path) as stored:
            arrays = {name: stored[name] for name in _ARRAYS}
        model = place(self._model(arrays), {}, 0, turns=self._turns()).model
        model = beside(model, self._told)
        self._told = model.cameras
        self._on_growth(model)

    def _turns(self) -> dict[str, int]:
        return {name: one.turns for name, one in self._photographs.items()}

    def _model(self, arrays: Mapping[str, NDArray[Any]]) -> SparseModel:
        names = [str(name) for name in arrays["names"]]
        cameras = {
            name: PosedCamera(
                (int(size[0]), int(size[1])), k, rotation_world_from_camera=rotation, centre_m=centre
            )
            for name, size, k, rotation, centre in zip(
                names,
                arrays["sizes"],
                arrays["intrinsics"],
                arrays["rotations"],
                arrays["centres"],
                strict=True,
            )
        }
        points = arrays["points"]
        colours = np.full((len(points), 3), 160, np.uint8)
        for number, name in enumerate(names):
            mine = np.flatnonzero(arrays["seen_in"] == number)
            picture = self._picture(name)
            if len(mine) and picture is not None:
                scale = picture.shape[1] / cameras[name].size[0]
                x, y = (arrays["pixels"][mine] * scale).astype(int).T
                height, width = picture.shape[:2]
                colours[mine] = picture[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
        return SparseModel(cameras, points, colours, np.zeros(len(points)), (), 0.0)

    def _picture(self, name: str) -> NDArray[np.uint8] | None:
        if name not in self._pictures:
            self._pictures[name] = None
            photograph = self._photographs.get(name)
            if photograph is not None:
                with contextlib.suppress(SenseError):  # told where its features are looked for
                    self._pictures[name] = read_colours(photograph.path, _COLOURS_PX)
        return self._pictures[name]


def beside(model: SparseModel, told: Mapping[str, PosedCamera]) -> SparseModel:
    """Move a model such that its cameras stand where those of an earlier one did, as well as that goes."""
    common = [name for name in model.names if name in told]
    if len(common) < _FEWEST_CAMERAS:
        return model
    rotation = mean_rotation([told[name].pose[0] @ model.cameras[name].pose[0].T for name in common])
    here, there = (np.array([cameras[name].pose[1] for name in common]) for cameras in (model.cameras, told))
    spreads = [float(np.linalg.norm(centres - centres.mean(axis=0))) for centres in (here, there)]
    scale = spreads[1] / spreads[0] if min(spreads) > 0 else 1.0
    return model.moved(scale, rotation, there.mean(axis=0) - scale * rotation @ here.mean(axis=0))
