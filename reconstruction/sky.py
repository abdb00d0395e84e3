"""The sky in photographs: it has no distance, but stereo finds one in its noise.

Shen and Wang, Sky Region Detection in a Single Image for Autonomous Ground Robot Navigation, International
Journal of Advanced Robotic Systems 10, 2013: of all borders below which the gradient first exceeds a
threshold the one is taken that leaves the most uniform colours above and below.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.level_axes import LevelUp
from reconstruction.view import View

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_SIDE = 640  # Longest side of the picture that is looked at.
_THRESHOLDS = np.geomspace(4.0, 400.0, 60)
_SKY_WEIGHT = 2.0
_SMALLEST_SHARE = 0.02
# A blue sky is bluer than red by this; a grey one is as bright as this, and so much brighter than the ground.
_BLUER, _BRIGHT, _BRIGHTER = 12.0, 185.0, 1.4
_MOST_SPREAD = 70.0
_LIKE_SKY, _WIDEST = 3.0, 25.0  # Standard deviations from its colour.
_GAP = 5  # Wires and twigs that are bridged, in pixels.
_DARKEST = 0.7  # Of clouds, beside the sky.
_MOST_POINTS = 2e-4  # Points of the model per pixel of sky.
# Of a part of the sky may lie below the horizon, which is known this well besides what up is.
_MOST_BELOW, _HORIZON_RAD = 0.03, np.radians(2.0)


def without_sky(view: View, points: Floats, turns: int = 0, up: LevelUp | None = None) -> View:
    """Give a view in which the sky is not usable.

    Parameters
    ----------
    view : View
        As the camera stored it.
    points : (n, 3) float64
        Points of the world that it sees.
    turns : int
        Quarter turns clockwise after which it is upright.
    up : LevelUp, optional
        Tells where the horizon is: what reaches down to below it is a bright wall.
    """
    seen = np.column_stack((points, np.ones(len(points)))) @ view.projection.T
    x, y = (seen[:, :2] / seen[:, 2:]).T
    height, width = view.colours.shape[:2]
    for _ in range(turns % 4):
        x, y, height, width = height - 1 - y, x, width, height
    sky = find_sky(np.ascontiguousarray(np.rot90(view.colours, -turns)), np.column_stack((x, y)))
    sky = np.rot90(sky, turns)
    if up is not None:
        sky = _above_horizon(sky, view.camera, up)
    if not sky.any():
        return view
    return replace(view, usable=~sky if view.usable is None else view.usable & ~sky)


def find_sky(colours: NDArray[np.uint8], points: Floats | None = None) -> Mask:
    """Find the sky, if there is any, at the top of a photograph.

    Parameters
    ----------
    colours : (height, width, 3) uint8
        sRGB, upright.
    points : (n, 2) float64, optional
        Pixels (x, y) at which points of known distance are seen: where many are there is no sky.

    Returns
    -------
    (height, width) bool
        True in the sky; all False where the upper part of the picture is none.
    """
    import cv2

    height, width = colours.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    small = cv2.resize(colours, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    slope = _slope(small)
    nothing = np.zeros((height, width), np.bool_)
    found = _best_border(small, slope)
    if found is None:
        return nothing
    border, threshold = found
    above = np.arange(size[1])[:, None] < border
    if above.mean() < _SMALLEST_SHARE or not _looks_like_sky(small, above):
        return nothing
    sky = _grown(small, slope, above, threshold)
    whole = cv2.resize(sky.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return nothing if points is not None and _is_solid(whole, points) else whole


def _slope(picture: Floats) -> Floats:
    import cv2

    grey = cv2.GaussianBlur(picture.mean(axis=2), (0, 0), 0.8)
    return np.asarray(np.hypot(cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1)))


def _best_border(picture: Floats, slope: Floats) -> tuple[NDArray[np.intp], float] | None:
    """Give the first row of every column that is not sky, and the gradient that ends it."""
    height, width = slope.shape
    values = np.concatenate(
        [picture, (picture[..., :, None] * picture[..., None, :]).reshape(height, width, 9)], 2
    )
    sums = np.concatenate([np.zeros((1, width, 12)), values.cumsum(axis=0)])
    # The steepest slope down to each row tells at once where any threshold is first exceeded.
    steepest = np.maximum.accumulate(slope, axis=0)
    best: tuple[float, NDArray[np.intp], float] | None = None
    for threshold in _THRESHOLDS:
        border = (steepest <= threshold).sum(axis=0)
        sky = int(border.sum())
        if not 0.005 * height * width < sky < 0.98 * height * width:
            continue
        upper = sums[border, np.arange(width)].sum(axis=0)
        whole = sums[-1].sum(axis=0)
        score = _uniformity(upper, sky, whole - upper, height * width - sky)
        if best is None or score > best[0]:
            best = score, border, float(threshold)
    return None if best is None else best[1:]


def _uniformity(sky: Floats, sky_count: int, ground: Floats, ground_count: int) -> float:
    total = 0.0
    for sums, count, weight in ((sky, sky_count, _SKY_WEIGHT), (ground, ground_count, 1.0)):
        covariance = _covariance(sums, count)
        total += weight * (np.linalg.det(covariance) + np.linalg.eigvalsh(covariance)[-1])
    return 1.0 / max(total, 1e-9)


def _covariance(sums: Floats, count: int) -> Floats:
    mean = sums[:3] / count
    return sums[3:].reshape(3, 3) / count - np.outer(mean, mean)


def _looks_like_sky(picture: Floats, above: Mask) -> bool:
    """Tell a bright or blue, even part from walls, ceilings, darkness and black backgrounds."""
    sky, ground = picture[above], picture[~above]
    red, green, blue = sky.mean(axis=0)
    level = (red + green + blue) / 3
    brighter = level > max(_BRIGHT, _BRIGHTER * ground.mean()) and blue > red - _BLUER
    bluer = blue - red > _BLUER and blue >= green and level > 0.6 * ground.mean()
    return bool((brighter or bluer) and sky.std(axis=0).max() < _MOST_SPREAD)


def _grown(picture: Floats, slope: Floats, above: Mask, threshold: float) -> Mask:
    """Add what has the sky's colours and no slope and touches it, behind wires and twigs, and clouds in it.

    Columns of walls whose edge the border has missed go out.
    """
    import cv2

    sky = picture[above]
    mean = sky.mean(axis=0)
    spreads, axes = np.linalg.eigh(np.cov(sky.T))
    spread = axes @ np.diag(np.clip(spreads, 4.0, _WIDEST**2)) @ axes.T
    off = picture - mean
    alike = np.einsum("...i,ij,...j->...", off, np.linalg.inv(spread), off) < _LIKE_SKY**2
    cloud = (picture[..., 2] > picture[..., 0] - _BLUER) & (picture.mean(axis=2) > _DARKEST * mean.mean())
    chosen = (alike & (slope <= threshold)) | (above & (alike | cloud))
    bridged = cv2.dilate(chosen.astype(np.uint8), np.ones((_GAP, _GAP), np.uint8))
    _, parts = cv2.connectedComponents(bridged, connectivity=4)
    touching = np.unique(parts[above & chosen])
    return _without_holes(chosen & np.isin(parts, touching[touching > 0]))


def _without_holes(sky: Mask) -> Mask:
    """Fill what the sky surrounds: clouds, birds, wires."""
    import cv2

    # A row on top: what touches the upper edge is surrounded, too.
    padded = np.concatenate([np.zeros((1, sky.shape[1]), np.uint8), (~sky).astype(np.uint8)])
    _, parts = cv2.connectedComponents(padded, connectivity=4)
    edges = np.concatenate([parts[-1], parts[1:, 0], parts[1:, -1]])
    return np.asarray(~np.isin(parts[1:], edges[edges > 0]), np.bool_)


def _above_horizon(sky: Mask, camera: PosedCamera, up: LevelUp) -> Mask:
    """Take out parts that reach down to below the horizon; all, where these are most of it."""
    import cv2

    margin = _HORIZON_RAD + 2.0 * up.sigma_rad
    if not sky.any() or margin >= np.pi / 2:
        return sky
    down, across = np.nonzero(sky)
    rays = np.column_stack((across, down, np.ones(len(down)))) @ np.linalg.inv(camera.intrinsics).T
    upwards = rays @ (camera.pose[0].T @ up.direction)
    below = upwards < -np.sin(margin) * np.linalg.norm(rays, axis=1)
    parts = np.asarray(cv2.connectedComponents(sky.astype(np.uint8), connectivity=4)[1], np.int64)
    part = parts[down, across]
    areas = np.bincount(part)
    walls = np.bincount(part, below) > _MOST_BELOW * areas
    if areas[walls].sum() > areas.sum() / 2:
        return np.zeros_like(sky)
    return np.asarray(sky & ~walls[parts])


def _is_solid(sky: Mask, points: Floats) -> bool:
    height, width = sky.shape
    column, row = np.floor(points + 0.5).astype(int).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    return bool(sky[row[inside], column[inside]].sum() > max(5.0, _MOST_POINTS * sky.sum()))
