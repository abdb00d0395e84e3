"""A map as a cloud of points that other programs show: its points, and its keyframes as pyramids."""

from pathlib import Path

import numpy as np

from core.visual_map import VisualMap
from formats.point_cloud import write_point_cloud
from reconstruction.camera_frusta import EDGES, make_frusta

_POINT, _WELL_SEEN, _CAMERA = (140, 140, 140), (215, 215, 215), (255, 120, 20)
_OFTEN = 4  # sightings of a point that is drawn brighter
_DOTS = 9


def write_map_cloud(path: Path, world: VisualMap) -> None:
    """Write the points of a map, those that many keyframes see brighter, and its keyframes in orange.

    Raises
    ------
    SenseError
        When the file cannot be written.
    """
    frusta = make_frusta({one.name: one.camera for one in world.keyframes}, world.points)
    ends = frusta.corners[:, EDGES]
    along = np.linspace(0, 1, _DOTS)[:, None]
    dots = (ends[:, :, None, 0] + along * (ends[:, :, None, 1] - ends[:, :, None, 0])).reshape(-1, 3)
    seen = np.bincount(world.features.point, minlength=len(world.points))
    grey = np.where((seen >= _OFTEN)[:, None], _WELL_SEEN, _POINT)
    colours = np.concatenate([grey, np.tile(_CAMERA, (len(dots), 1))]).astype(np.uint8)
    comment = f"{len(world.points)} points, {len(world.keyframes)} keyframes in orange"
    write_point_cloud(path, np.concatenate([world.points, dots]), colours, comment=comment)
