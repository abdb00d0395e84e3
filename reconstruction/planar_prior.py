"""Surfaces without texture: planes through what several views agree on within and around them.

Pictures cannot tell how far away a pixel is that looks like all pixels around it. Where a part of a view has
no texture, planes are fitted to the depths that there is evidence of, and between these they take the place
of guesses (Romanoni and Matteucci, TAPA-MVS: Textureless-Aware PAtchMatch Multi-View Stereo, ICCV 2019).
Nothing is laid beyond what is known: a wall does not grow into the sky.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from reconstruction.depth_map import DepthMap
from reconstruction.texture_evidence import EvidenceOptions, founded, grown, texture_poor
from reconstruction.view import View

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_MOST_POINTS = 600
_TRIALS = 200
_FEWEST_POINTS = 30


@dataclass(frozen=True)
class PlanarOptions:
    """Where and how planes are laid.

    Parameters
    ----------
    evidence : EvidenceOptions
        What depths are believed.
    least_share : float
        Of the picture, that a part without texture covers at least.
    around_px : int
        How far around a part known depths belong to it.
    relative_depth : float
        How far a depth may be from its plane.
    most_planes : int
        In one part.
    least_points : float
        Share of a part's known depths that a plane must go through.
    """

    evidence: EvidenceOptions = field(default_factory=EvidenceOptions)
    least_share: float = 0.0005
    around_px: int = 6
    relative_depth: float = 0.01
    most_planes: int = 3
    least_points: float = 0.2


def lay_planes(view: View, found: DepthMap, verified: Mask, options: PlanarOptions) -> tuple[DepthMap, Mask]:
    """Take out what there is no evidence of, and lay planes where a view has no texture.

    Parameters
    ----------
    view : View
        The picture.
    found : DepthMap
        Of the view, before what is not verified was taken out.
    verified : (height, width) bool
        Where several views agree.
    options : PlanarOptions
        Where and how.

    Returns
    -------
    DepthMap
        Another one: what is known, and planes that other views have to confirm.
    (height, width) bool
        Where it is what was known before.
    """
    import cv2

    poor = texture_poor(view, options.evidence)
    known = founded(view, poor, found.depth, verified, options.evidence)
    depth = np.where(known, found.depth, np.float32(0.0))
    normals = np.where(known[..., None], found.normals, np.float32(0.0))
    count, numbers, boxes, _ = cv2.connectedComponentsWithStats(poor.astype(np.uint8), connectivity=4)
    for part in range(1, count):
        if boxes[part, cv2.CC_STAT_AREA] < options.least_share * poor.size:
            continue
        window = _around(boxes[part], options.around_px)
        mine = numbers[window] == part
        near = known[window] & grown(mine, options.around_px)
        corner = np.array([window[1].start, window[0].start])
        for plane, laid in _planes_of_part(mine & ~known[window], near, found.depth[window], corner, options):
            down, across = np.nonzero(laid)
            at = np.stack((across + corner[0], down + corner[1], np.ones(len(down))), axis=-1)
            depth[window][laid] = 1.0 / (at @ plane)
            normals[window][laid] = _normal(plane, found)
    return replace(found, depth=depth, normals=normals, verified_by=found.verified_by.copy()), known


def _around(box: NDArray[np.int32], margin: int) -> tuple[slice, slice]:
    left, top, width, height = (int(one) for one in box[:4])
    return (
        slice(max(0, top - margin), top + height + margin),
        slice(max(0, left - margin), left + width + margin),
    )


def _planes_of_part(
    part: Mask, known: Mask, depth: NDArray[np.float32], corner: NDArray[np.int64], options: PlanarOptions
) -> list[tuple[Floats, Mask]]:
    """Fit planes one after the other, and tell which pixels of the part each of them is laid in."""
    rows, columns = np.nonzero(known)
    step = max(1, len(rows) // _MOST_POINTS)
    rows, columns = rows[::step], columns[::step]
    if len(rows) < _FEWEST_POINTS:
        return []
    points = np.stack((columns + corner[0], rows + corner[1], np.ones(len(rows))), axis=-1)
    planes, owner = _planes_through(points, 1.0 / depth[rows, columns].astype(float), options)
    if not planes:
        return []
    ours = owner >= 0
    owned = _nearest_owner(rows[ours], columns[ours], owner[ours], part.shape)
    return [
        (plane, part & (owned == number) & _hull(rows[owner == number], columns[owner == number], part.shape))
        for number, plane in enumerate(planes)
    ]


def _planes_through(
    points: Floats, values: Floats, options: PlanarOptions
) -> tuple[list[Floats], NDArray[np.int64]]:
    """Fit planes of inverse depth, the largest first, and tell whose each point is; -1: none's."""
    least = max(_FEWEST_POINTS, int(options.least_points * len(values)))
    owner = np.full(len(values), -1)
    planes: list[Floats] = []
    while len(planes) < options.most_planes and (owner < 0).sum() >= least:
        left = np.flatnonzero(owner < 0)
        plane = _fitted(points[left], values[left], options.relative_depth)
        near = left[np.abs(points[left] @ plane / values[left] - 1.0) < options.relative_depth]
        if len(near) < least:
            break
        owner[near] = len(planes)
        planes.append(plane)
    return planes, owner


def _nearest_owner(
    rows: NDArray[np.int64], columns: NDArray[np.int64], owner: NDArray[np.int64], shape: tuple[int, ...]
) -> NDArray[np.int64]:
    """Give every pixel the owner of the point nearest to it."""
    import cv2

    seeds = np.ones(shape, np.uint8)
    seeds[rows, columns] = 0
    _, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    nearest = np.asarray(labels, np.int64)
    owners = np.full(len(owner) + 1, -1)
    owners[nearest[rows, columns]] = owner
    return owners[nearest]


def _fitted(points: Floats, values: Floats, tolerance: float) -> Floats:
    """Fit a plane of inverse depth to most of the points: random samples, then least squares."""
    random = np.random.default_rng(len(values))
    triples = random.integers(0, len(values), (_TRIALS, 3))
    systems = points[triples]
    solid = np.abs(np.linalg.det(systems)) > 1.0
    tried = np.linalg.solve(systems[solid], values[triples[solid]][..., None])[..., 0]
    if not len(tried):
        return np.zeros(3)
    near = np.abs(tried @ points.T / values - 1.0) < tolerance
    best = near[np.argmax(near.sum(-1))]
    return np.asarray(np.linalg.lstsq(points[best], values[best], rcond=None)[0], np.float64)


def _hull(rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, ...]) -> Mask:
    import cv2

    inside = np.zeros(shape, np.uint8)
    outline = cv2.convexHull(np.stack((columns, rows), axis=-1).astype(np.int32))
    cv2.fillConvexPoly(inside, outline, 1)
    return inside.astype(bool)


def _normal(plane: Floats, found: DepthMap) -> Floats:
    """Towards the camera: points X of the plane have (K' plane) X = 1."""
    normal = -plane @ found.camera.intrinsics
    return normal / np.linalg.norm(normal)
