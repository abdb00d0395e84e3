"""Recordings to try a tracker on are what they say."""

import numpy as np
import pytest

from tests.truth.layouts import true_poses
from tests.truth.recordings import RECORDINGS, dark_for_three_seconds, things_that_move


def centres(name: str) -> np.ndarray:
    return np.stack([pose[:3, 3] for pose in true_poses(RECORDINGS[name](0))])


def test_the_walk_around_the_block_is_200_m_and_closes() -> None:
    places = centres("building loop")
    assert 195 < np.linalg.norm(np.diff(places, axis=0), axis=1).sum() < 225
    early, late = places[:200], places[-60:]
    gaps = np.linalg.norm(late[:, None] - early, axis=2).min(axis=1)
    assert gaps.max() < 0.15


@pytest.mark.parametrize(
    ("name", "largest_m"), [("desk orbit", 0.3), ("corridor and back", 0.1), ("turn on the spot", 0.01)]
)
def test_ways_end_where_they_began(name: str, largest_m: float) -> None:
    places = centres(name)
    assert np.linalg.norm(places[-1] - places[0]) < largest_m


def test_the_lens_is_covered_for_three_seconds() -> None:
    walk = dark_for_three_seconds(0)
    dark = [index for index, time in enumerate(walk.times_s) if 8 <= time < 11]
    assert len(dark) == 45
    covered, seen = walk.frame(dark[20]), walk.frame(dark[-1] + 1)
    assert not covered.picture.any()
    assert not np.isfinite(covered.depth).any()
    assert seen.picture.mean() > 20
    assert np.isfinite(seen.depth).mean() > 0.9


def test_things_move_through_the_room_and_every_frame_is_made_again() -> None:
    walk = things_that_move(0)
    places = [[node.world_from_mesh for node in walk.scene_at(time).nodes[-3:]] for time in (0.0, 2.0)]
    assert (np.abs(np.subtract(*places))[:, :3, 3].max(axis=1) > 0.2).all()
    assert np.array_equal(walk.frame(30).picture, things_that_move(0).frame(30).picture)
