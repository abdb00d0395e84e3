"""Which way is up, by the upright edges of what was built.

Photographers hold cameras level only about. The edges of walls, doors and poles are upright to a fraction
of a degree, and each that a photograph shows lies with the camera in a plane that holds the direction up
(vanishing points; Coughlan and Yuille, "Manhattan World", ICCV 1999).
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from reconstruction.photograph import Photograph, read_grey
from reconstruction.pixel_rays import pixel_rays

Floats = NDArray[np.float64]

_LOOKED_AT_PX = 1000
_MOST_PHOTOGRAPHS = 40
_THREADS = 2
_SHORTEST = 0.03  # of the longer side of the picture
_MOST_TILT = np.sin(np.radians(25.0))  # of cameras that were held about level
_AGREEING = np.sin(np.radians(0.7))
_FEWEST = 30
_LEAST_SHARE = 0.15  # by chance, of lines of every tilt that comes into question: 0.03
_STARTS = 400
_ROUNDS = 10


def find_lines(photographs: Sequence[Photograph], *, progress: Progress = SILENT) -> dict[str, Floats]:
    """Find straight edges, (n, 4) as x, y, x, y in pixels, of up to 40 photographs, by their names.

    Raises
    ------
    Cancelled
        When the progress was cancelled.
    """
    some = photographs[:: -(-len(photographs) // _MOST_PHOTOGRAPHS) or 1]
    found: dict[str, Floats] = {}
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="lines") as pool:
        for one, lines in zip(some, pool.map(_in_photograph, some), strict=True):
            progress.check()
            found[one.name] = lines
    return found


def _in_photograph(one: Photograph) -> Floats:
    import cv2

    try:
        grey = read_grey(one.path, _LOOKED_AT_PX)
    except BadInput:
        return np.zeros((0, 4))  # told where its features are looked for
    lines: Any = cv2.createLineSegmentDetector().detect(grey)[0]
    if lines is None:
        return np.zeros((0, 4))
    ends = np.asarray(lines, np.float64).reshape(-1, 4)
    long = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]) >= _SHORTEST * max(grey.shape)
    return (ends[long] + 0.5) * (one.size[0] / grey.shape[1]) - 0.5


def upright_direction(
    cameras: Mapping[str, PosedCamera], lines: Mapping[str, Floats], about: Floats
) -> Floats | None:
    """Give the direction up in the cameras' world, by lines that agree on it.

    Parameters
    ----------
    cameras : mapping
        Posed, by the names of photographs.
    lines : mapping
        As `find_lines` gives them; those of other photographs are left out.
    about : (3,) float64
        Up, to 25 degrees.

    Returns
    -------
    (3,) float64, optional
        None where too few lines agree, or lines of too few photographs.
    """
    normals, weights, of = _planes(cameras, lines)
    if not len(normals):
        return None
    steep = np.abs(normals @ about) < _MOST_TILT
    normals, weights, of = normals[steep], weights[steep], of[steep]
    if len(normals) < _FEWEST:
        return None
    up = _refined(normals, weights, _best_start(normals, weights, about))
    agreeing = np.abs(normals @ up) < _AGREEING
    enough = agreeing.sum() >= _FEWEST and weights[agreeing].sum() >= _LEAST_SHARE * weights.sum()
    photographs = len(np.unique(of[agreeing]))
    if not enough or photographs < min(3, len(cameras)) or abs(float(up @ about)) < np.cos(np.radians(25.0)):
        return None
    return up if up @ about > 0 else -up


def _planes(
    cameras: Mapping[str, PosedCamera], lines: Mapping[str, Floats]
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Give the normals of the planes through lines and cameras, (n, 3), the angles that lines span, views."""
    normals: list[Floats] = []
    weights: list[Floats] = []
    of: list[NDArray[np.int64]] = []
    for number, name in enumerate(sorted(name for name in lines if name in cameras and len(lines[name]))):
        camera, ends = cameras[name], lines[name]
        rays = pixel_rays(camera, ends.reshape(-1, 2))
        directions = np.column_stack((rays, np.ones(len(rays)))) @ camera.pose[0].T
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        across = np.cross(directions[::2], directions[1::2])
        spans = np.linalg.norm(across, axis=1)
        kept = spans > 1e-6
        normals.append(across[kept] / spans[kept, None])
        weights.append(spans[kept])
        of.append(np.full(int(kept.sum()), number))
    if not normals:
        return np.zeros((0, 3)), np.zeros(0), np.zeros(0, np.int64)
    return np.concatenate(normals), np.concatenate(weights), np.concatenate(of)


def _best_start(normals: Floats, weights: Floats, about: Floats) -> Floats:
    """Give the direction of two planes that most others agree on."""
    rng = np.random.default_rng(0)
    pairs = rng.choice(len(normals), (_STARTS, 2), p=weights / weights.sum())
    starts = np.cross(normals[pairs[:, 0]], normals[pairs[:, 1]])
    lengths = np.linalg.norm(starts, axis=1)
    starts = np.concatenate((about[None], starts[lengths > 0.05] / lengths[lengths > 0.05, None]))
    starts = starts[np.abs(starts @ about) > np.cos(np.radians(25.0))]
    votes = (np.abs(normals @ starts.T) < _AGREEING).T @ weights
    return np.asarray(starts[int(votes.argmax())], np.float64)


def _refined(normals: Floats, weights: Floats, up: Floats) -> Floats:
    for _ in range(_ROUNDS):
        off = normals @ up
        robust = weights / (1 + (off / _AGREEING) ** 2) ** 2
        _, vectors = np.linalg.eigh((normals * robust[:, None]).T @ normals)
        up = vectors[:, 0] if vectors[:, 0] @ up > 0 else -vectors[:, 0]
    return np.asarray(up, np.float64)
