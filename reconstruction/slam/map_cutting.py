"""A part of a map."""

from collections.abc import Sequence

import numpy as np

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.visual_map import VisualMap
from reconstruction.slam.map_placing import remaining_map
from reconstruction.world_box import WorldBox

_FEWEST_SIGHTINGS = 12


def cut_map(
    world: VisualMap,
    box: WorldBox | None = None,
    *,
    outside: bool = False,
    times_s: tuple[float, float] | None = None,
    without: Sequence[str] = (),
) -> VisualMap:
    """Give the part of a map whose points lie in a box.

    Keyframes that see hardly anything of it go, too.

    Parameters
    ----------
    box : WorldBox, optional
        In the map's world.
    outside : bool
        Keep what lies outside of the box instead.
    times_s : tuple of float, optional
        Keep keyframes of this time only.
    without : sequence of str
        Names of keyframes that go.

    Raises
    ------
    BadInput
        When nothing would be left, or a name is of no keyframe.
    """
    names = [one.name for one in world.keyframes]
    for name in without:
        if name not in names:
            text = QT_TRANSLATE_NOOP("Message", "The map has no keyframe {name}.")
            raise BadInput(message(text, name=name))
    points = np.ones(len(world.points), bool)
    if box is not None:
        low, high = np.array(box.low), np.array(box.high)
        inside = np.asarray(((world.points >= low) & (world.points <= high)).all(axis=1), np.bool_)
        points = ~inside if outside else inside
    keyframes = np.array([name not in set(without) for name in names], bool)
    if times_s is not None:
        low, high = times_s
        keyframes &= [one.time_s is not None and low <= one.time_s <= high for one in world.keyframes]
    left = remaining_map(world, points, keyframes, fewest_sightings=_FEWEST_SIGHTINGS)
    if not left.keyframes:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "Nothing of the map would be left.")))
    return left
