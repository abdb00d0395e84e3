"""A picture that was found in a map as it is shown: with the points of the map where its camera sees them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from capture.pictures import read_picture
from core.posed_camera import PosedCamera
from core.visual_map import VisualMap
from reconstruction.photograph import read_photograph
from reconstruction.slam.input_sequence import CameraRig, SensorFrame
from reconstruction.slam.live_moment import Moment, Place, Tracked, TrackingState
from reconstruction.slam.localisation import FoundPlace
from reconstruction.slam.localising import lens_of
from reconstruction.slam.map_pixels import seen_at

_NEIGHBOURS = 4


def placed_picture(
    path: Path, place: FoundPlace | None, world: VisualMap, lenses: Mapping[str, PosedCamera] | None = None
) -> Moment:
    """Give a picture with what is known of its place.

    Parameters
    ----------
    path : Path
        Of the picture.
    place : FoundPlace, optional
        None where it is not known.
    world : VisualMap
        The map.
    lenses : mapping, optional
        As `localise_files` takes them.

    Raises
    ------
    BadInput
        When the picture cannot be read any more.
    """
    lens = lens_of(read_photograph(path), world, lenses)
    frame = SensorFrame(0, path.name, 0.0, read_picture(path))
    rig = CameraRig(lens)
    if place is None:
        nothing = np.zeros((0, 2), np.float32)
        lost = Tracked(TrackingState.LOST, None, nothing, np.zeros((0, 3), np.float32), place=Place.SOUGHT)
        return Moment(frame, rig, lost, 0.0)
    camera = replace(
        lens, rotation_world_from_camera=place.rotation_world_from_camera, centre_m=place.centre_m
    )
    points = _seen_nearby(world, camera)
    pixels, ahead = seen_at(camera, points)
    inside = ahead & (pixels >= 0).all(axis=1) & (pixels < camera.size).all(axis=1)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = camera.pose
    tracked = Tracked(
        TrackingState.TRACKING,
        pose,
        pixels[inside].astype(np.float32),
        points[inside].astype(np.float32),
        place=Place.KNOWN,
    )
    return Moment(frame, rig, tracked, 0.0)


def _seen_nearby(world: VisualMap, camera: PosedCamera) -> np.ndarray:
    """Give the points (n, 3) that the keyframes see which look most like the camera from where it is."""
    away = np.linalg.norm(world.centres - camera.pose[1], axis=1)
    ahead = world.rotations[:, :, 2] @ camera.pose[0][:, 2]
    cost = away / max(float(np.median(away)), 1e-9) + np.arccos(np.clip(ahead, -1, 1))
    nearest = np.argsort(cost, kind="stable")[:_NEIGHBOURS]
    seen = world.features.point[np.isin(world.features.keyframe, nearest)]
    return world.points[np.unique(seen)]
