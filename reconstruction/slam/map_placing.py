"""Maps in another frame, and what is left of a map when a part of it is taken away."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.visual_map import GeoOrigin, Keyframe, VisualMap
from reconstruction.similarity import Similarity


def placed_camera(camera: PosedCamera, to: Similarity) -> PosedCamera:
    """Give a camera where a similarity puts it."""
    rotation, centre = camera.pose
    return replace(
        camera, rotation_world_from_camera=to.rotation @ rotation, centre_m=to.apply(centre[None])[0]
    )


def placed_map(
    world: VisualMap, to: Similarity, *, is_metric: bool | None = None, origin: GeoOrigin | None = None
) -> VisualMap:
    """Give a map where a similarity puts it.

    Parameters
    ----------
    is_metric : bool, optional
        Whether its unit is the metre then; by default as it was.
    origin : GeoOrigin, optional
        Where its origin is on the Earth then.
    """
    keyframes = tuple(replace(one, camera=placed_camera(one.camera, to)) for one in world.keyframes)
    return replace(
        world,
        keyframes=keyframes,
        points=to.apply(world.points),
        point_sigmas=(world.point_sigmas * to.scale).astype(np.float32),
        is_metric=world.is_metric if is_metric is None else is_metric,
        origin=origin,
        pose_sigma=world.pose_sigma * to.scale,
    )


def remaining_map(
    world: VisualMap, points: NDArray[np.bool_], keyframes: NDArray[np.bool_], *, fewest_sightings: int = 1
) -> VisualMap:
    """Give a map of some of its points (m,) and keyframes (k,).

    Points that no keyframe sees any more go, too, and keyframes that see fewer than `fewest_sightings`.
    """
    features = world.features
    kept = points[features.point] & keyframes[features.keyframe]
    seen = np.bincount(features.keyframe[kept], minlength=len(world.keyframes))
    stays = keyframes & (seen >= fewest_sightings)
    kept &= stays[features.keyframe]
    used = np.bincount(features.point[kept], minlength=len(world.points)) > 0
    left = features.only(kept)
    numbers, places = np.cumsum(stays) - 1, np.cumsum(used) - 1
    return replace(
        world,
        keyframes=tuple(one for one, stay in zip(world.keyframes, stays, strict=True) if stay),
        features=replace(
            left,
            keyframe=numbers[left.keyframe].astype(np.int32),
            point=places[left.point].astype(np.int32),
        ),
        points=world.points[used],
        point_sigmas=world.point_sigmas[used],
    )


def renamed(keyframes: tuple[Keyframe, ...], taken: set[str]) -> tuple[Keyframe, ...]:
    """Give keyframes with names that are not taken: those that are get a number."""
    names = set(taken)
    made: list[Keyframe] = []
    for one in keyframes:
        name, number = one.name, 2
        while name in names:
            name, number = f"{one.name} ({number})", number + 1
        names.add(name)
        made.append(replace(one, name=name))
    return tuple(made)
