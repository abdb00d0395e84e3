"""A map from pictures whose poses are known, whether a tracker or a reconstruction found them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from core.progress import SILENT, Progress
from core.provenance import Provenance
from core.visual_map import Keyframe, MapFeatures, VisualMap
from reconstruction.slam.map_consistency import pose_sigma_of
from reconstruction.slam.map_points import RayBundle, find_points
from reconstruction.slam.map_tracks import Sightings, camera_rays, tracks_of
from reconstruction.slam.place_features import PlaceFeatures, find_place_features, sight_sigmas

_METHOD = "RootSIFT, tracks checked by the poses, reweighted midpoints"
_EDGE_SHARE = 0.03


@dataclass(frozen=True, eq=False)
class PosedPicture:
    """A picture for the map.

    Parameters
    ----------
    name : str
        Its name in the map.
    camera : PosedCamera
        Lens and pose.
    grey : (h, w) uint8
        The picture.
    depth_m : (h, w) float32, optional
        Along the optical axis; NaN where nothing was measured.
    time_s : float, optional
        When it was taken.
    """

    name: str
    camera: PosedCamera
    grey: NDArray[np.uint8]
    depth_m: NDArray[np.float32] | None = None
    time_s: float | None = None


def build_map(
    pictures: Iterable[PosedPicture],
    *,
    is_metric: bool = True,
    command: str = "reconstruction.slam",
    progress: Progress = SILENT,
) -> VisualMap:
    """Make a map of pictures; only their features are kept.

    Raises
    ------
    SenseError
        When no point can be found.
    """
    keyframes: list[Keyframe] = []
    views: list[Sightings] = []
    for one in pictures:
        progress.check()
        features = find_place_features(one.grey)
        keyframes.append(Keyframe(one.name, one.camera, one.time_s))
        views.append(sightings_of(one.camera, features, one.depth_m))

    def mapped(rows: Iterable[int]) -> VisualMap:
        own, theirs = [keyframes[row] for row in rows], [views[row] for row in rows]
        return map_of_sightings(own, theirs, is_metric=is_metric, command=command, progress=progress)

    made = mapped(range(len(keyframes)))
    sigma = pose_sigma_of(keyframes, [view.features for view in views], mapped, progress=progress)
    return replace(made, pose_sigma=sigma)


def sightings_of(
    camera: PosedCamera, features: PlaceFeatures, depth_m: NDArray[np.float32] | None = None
) -> Sightings:
    """Give features with their rays, and the depths measured there."""
    rays = camera_rays(camera, features.places)
    depths = np.full(len(rays), np.nan)
    if depth_m is not None and len(rays):
        depths = _depth_at(depth_m, features.places) / rays[:, 2]
    return Sightings(camera, features, rays @ camera.pose[0].T, depths)


def map_of_sightings(
    keyframes: Sequence[Keyframe],
    views: Sequence[Sightings],
    *,
    is_metric: bool,
    command: str,
    progress: Progress = SILENT,
) -> VisualMap:
    """Make a map of the features of keyframes.

    Raises
    ------
    SenseError
        When no point can be found.
    """
    progress.check()
    tracks = tracks_of(views)
    progress.check()
    bundle = _bundle(views, tracks)
    found = find_points(bundle)
    rows = np.flatnonzero(found.is_kept)
    if not len(rows):
        text = QT_TRANSLATE_NOOP("Message", "The pictures share nothing of which a map could be made.")
        raise SenseError(message(text))
    used, point = np.unique(bundle.track[rows], return_inverse=True)
    owner = np.repeat(np.arange(len(views)), [len(view.features) for view in views])
    features = [view.features for view in views]
    kept = MapFeatures(
        owner[rows].astype(np.int32),
        point.astype(np.int32),
        np.concatenate([one.places for one in features])[rows],
        np.concatenate([one.sizes for one in features])[rows],
        np.concatenate([one.descriptors for one in features])[rows],
    )
    provenance = Provenance(command, tuple(one.name for one in keyframes), {}, _METHOD)
    return VisualMap(
        tuple(keyframes),
        kept,
        found.points[used],
        found.sigmas[used].astype(np.float32),
        is_metric,
        provenance=provenance.to_json(),
    )


def _bundle(views: Sequence[Sightings], tracks: Sequence[NDArray[np.int64]]) -> RayBundle:
    return RayBundle(
        np.concatenate(tracks),
        np.concatenate([np.tile(view.camera.pose[1], (len(view.rays), 1)) for view in views]),
        np.concatenate([view.rays for view in views]),
        np.concatenate([sight_sigmas(view.features, view.focal_px) for view in views]),
        np.concatenate([view.depths for view in views]),
    )


def _depth_at(depth_m: NDArray[np.float32], places: NDArray[np.float32]) -> NDArray[np.float64]:
    """Depth at places (n, 2); NaN beside edges, where a feature may be of either side."""
    height, width = depth_m.shape
    x = np.clip(np.rint(places[:, 0]).astype(int), 1, width - 2)
    y = np.clip(np.rint(places[:, 1]).astype(int), 1, height - 2)
    around = np.stack([depth_m[y + dy, x + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)])
    known = np.isfinite(around).sum(axis=0) >= 5
    filled = np.where(np.isfinite(around), around, depth_m[y, x])
    filled = np.where(np.isfinite(filled), filled, -1.0)
    middle = np.median(filled, axis=0)
    smooth = (np.abs(filled - middle) < _EDGE_SHARE * middle).sum(axis=0) >= 6
    return np.where(known & smooth & (middle > 0), middle, np.nan).astype(np.float64)
