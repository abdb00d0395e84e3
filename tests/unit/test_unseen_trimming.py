"""What no view sees goes where the surface ends, and stays where it closes it."""

import numpy as np
import pytest

from core.errors import Cancelled
from core.posed_camera import PosedCamera
from core.progress import CancelToken, SilentProgress
from reconstruction.depth_map import DepthMap
from reconstruction.unseen_trimming import without_unseen_edges

WALL = 5.0
Sheet = tuple[np.ndarray, np.ndarray]


def sheet(corner: np.ndarray, across: np.ndarray, down: np.ndarray, count: int = 6) -> Sheet:
    """Give a grid of squares; its front is where `across` turns clockwise into `down`."""
    steps = np.linspace(0, 1, count + 1)
    positions = corner + steps[None, :, None] * across + steps[:, None, None] * down
    at = np.arange((count + 1) ** 2).reshape(count + 1, count + 1)
    a, b, c, d = at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]
    triangles = np.stack((a, b, c, c, b, d), axis=-1).reshape(-1, 3)
    return positions.reshape(-1, 3), triangles


def joined(*sheets: Sheet) -> tuple[np.ndarray, np.ndarray]:
    """Put sheets together; vertices at one place become one."""
    begins = np.cumsum([0, *(len(positions) for positions, _ in sheets)])
    positions = np.concatenate([positions for positions, _ in sheets])
    triangles = np.concatenate([one + begin for (_, one), begin in zip(sheets, begins[:-1], strict=True)])
    unique, number = np.unique(positions.round(6), axis=0, return_inverse=True)
    return unique.astype(np.float32), number.reshape(-1)[triangles].astype(np.int32)


def seen(depth: float = WALL) -> DepthMap:
    k = np.array([[50.0, 0, 49.5], [0, 50, 49.5], [0, 0, 1]])
    camera = PosedCamera((100, 100), k, rotation_world_from_camera=np.eye(3), centre_m=np.zeros(3))
    known = np.full((100, 100), depth, np.float32)
    return DepthMap("a", camera, known, np.zeros((100, 100, 3), np.float32), np.ones((100, 100), np.uint8))


def wall() -> Sheet:
    """Give a square of two by two that faces the camera."""
    found = sheet(np.array([-1.0, -1, WALL]), np.array([0.0, 2, 0]), np.array([2.0, 0, 0]))
    positions, triangles = found
    a, b, c = (positions[triangles[0, corner]] for corner in range(3))
    assert np.cross(b - a, c - a)[2] < 0
    return found


def test_a_skirt_behind_an_edge_goes() -> None:
    skirt = sheet(np.array([1.0, -1, WALL]), np.array([0.0, 2, 0]), np.array([0.0, 0, 1.0]))
    positions, triangles = joined(wall(), skirt)
    kept = without_unseen_edges(positions, triangles, [seen()])
    assert len(kept) == 72
    assert (positions[kept][..., 2] == WALL).all()


def test_what_is_turned_away_inside_of_the_surface_stays() -> None:
    positions, triangles = joined(wall())
    inner = np.flatnonzero((np.abs(positions[triangles][..., :2]) < 0.7).all(axis=(1, 2)))
    triangles[inner[:2]] = triangles[inner[:2], ::-1]
    assert len(without_unseen_edges(positions, triangles, [seen()])) == len(triangles)


def test_what_another_surface_hides_goes_unless_nothing_is_known_there() -> None:
    behind = sheet(np.array([-1.0, -1, 8]), np.array([0.0, 2, 0]), np.array([2.0, 0, 0]))
    positions, triangles = joined(wall(), behind)
    assert len(without_unseen_edges(positions, triangles, [seen()])) == 72
    assert len(without_unseen_edges(positions, triangles, [seen(0.0)])) == 144


def test_what_is_in_no_picture_goes_and_nothing_may_be_left() -> None:
    aside = sheet(np.array([19.0, -1, WALL]), np.array([0.0, 2, 0]), np.array([2.0, 0, 0]))
    positions, triangles = joined(aside)
    assert not len(without_unseen_edges(positions, triangles, [seen()]))
    assert not len(without_unseen_edges(positions, triangles[:0], [seen()]))


def test_it_can_be_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    positions, triangles = joined(wall())
    with pytest.raises(Cancelled):
        without_unseen_edges(positions, triangles, [seen()], progress=SilentProgress(token))
