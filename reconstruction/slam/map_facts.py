"""What is in a map: how much, how large, and how well its points agree with what keyframes saw."""

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from core.visual_map import VisualMap
from reconstruction.slam.map_pixels import seen_at

Floats = NDArray[np.float64]
_OUTERMOST = 1.0  # percent of the points on each side that do not count for the extent


def map_facts(world: VisualMap) -> dict[str, Any]:
    """Give figures of a map, ready for JSON; lengths in its unit."""
    centres = world.centres
    steps = np.linalg.norm(np.diff(centres, axis=0), axis=1)
    return {
        "keyframes": len(world.keyframes),
        "points": len(world.points),
        "sightings": len(world.features),
        "unit": "m" if world.is_metric else None,
        "origin": None if world.origin is None else asdict(world.origin),
        "path": float(steps.sum()),
        "time_s": _times(world),
        "cameras": _cameras(world),
        "points_low": _extent(world.points, _OUTERMOST),
        "points_high": _extent(world.points, 100 - _OUTERMOST),
        "keyframes_low": _extent(centres, 0),
        "keyframes_high": _extent(centres, 100),
        "sightings_per_point": len(world.features) / len(world.points) if len(world.points) else 0.0,
        "point_sigma": float(np.median(world.point_sigmas)) if len(world.points) else None,
        "residual_px": _residual_px(world),
        "provenance": dict(world.provenance),
    }


def _extent(places: Floats, percent: float) -> list[float] | None:
    return np.percentile(places, percent, axis=0).tolist() if len(places) else None


def _times(world: VisualMap) -> list[float] | None:
    known = [one.time_s for one in world.keyframes if one.time_s is not None]
    return [min(known), max(known)] if known else None


def _cameras(world: VisualMap) -> list[dict[str, Any]]:
    """Give the lenses, each with how many keyframes it took."""
    kinds: dict[tuple[object, ...], dict[str, Any]] = {}
    for one in world.keyframes:
        lens = _lens(one.camera)
        entry = kinds.setdefault(tuple(lens.values()), {**lens, "keyframes": 0})
        entry["keyframes"] += 1
    for entry in kinds.values():
        entry["size"] = list(entry["size"])
    return list(kinds.values())


def _lens(camera: PosedCamera) -> dict[str, Any]:
    return {
        "size": camera.size,
        "focal_px": round(float(camera.intrinsics[0, 0]), 3),
        "fisheye": camera.fisheye,
        "is_distorted": any(camera.distortion.values()),
    }


def _residual_px(world: VisualMap) -> float | None:
    """Give the median distance of sightings from where their points are seen, in pixels."""
    features = world.features
    off: list[Floats] = []
    starts = np.searchsorted(features.keyframe, np.arange(len(world.keyframes) + 1))
    for number, one in enumerate(world.keyframes):
        rows = slice(int(starts[number]), int(starts[number + 1]))
        places, ahead = seen_at(one.camera, world.points[features.point[rows]])
        off.append(np.linalg.norm(places - features.places[rows], axis=1)[ahead])
    every = np.concatenate(off) if off else np.zeros(0)
    return float(np.median(every)) if len(every) else None
