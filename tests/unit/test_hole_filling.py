"""Holes are closed by patches that join on and do not bulge; what is larger stays open."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import Cancelled
from core.progress import CallbackProgress, CancelToken
from core.textured_mesh import TexturedMesh
from reconstruction.hole_filling import border_loops, holes_filled


def _tube(around: int, along: int = 3) -> TexturedMesh:
    """A tube of radius 1 and length 2 along z, open at both ends, seen from outside."""
    angles = np.arange(around) / around * 2 * np.pi
    rows = [
        np.stack((np.cos(angles), np.sin(angles), np.full(around, z)), axis=1)
        for z in np.linspace(-1, 1, along)
    ]
    a = np.arange(around * (along - 1))
    b = a // around * around + (a + 1) % around
    triangles = np.concatenate((np.stack((a, b, a + around), 1), np.stack((b, b + around, a + around), 1)))
    return TexturedMesh(np.concatenate(rows).astype(np.float32), triangles.astype(np.int32))


def _sides(mesh: TexturedMesh) -> NDArray[np.int32]:
    return mesh.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)


def _volume(mesh: TexturedMesh) -> float:
    a, b, c = mesh.positions[mesh.triangles].astype(float).transpose(1, 0, 2)
    return float((np.cross(a, b) * c).sum() / 6)


@given(around=st.integers(3, 80))
def test_a_tube_becomes_a_closed_cylinder(around: int) -> None:
    closed = holes_filled(_tube(around))
    sides = _sides(closed)
    # Every edge once in each direction: closed, oriented, manifold along edges.
    assert len(np.unique(sides, axis=0)) == len(sides)
    assert {tuple(side) for side in sides.tolist()} == {tuple(side[::-1]) for side in sides.tolist()}
    assert len(closed.positions) - len(sides) // 2 + len(closed.triangles) == 2  # Euler: a ball
    assert len(np.unique(closed.triangles)) == len(closed.positions)
    prism = around * np.sin(2 * np.pi / around)  # base area times height
    assert _volume(closed) == pytest.approx(prism, rel=1e-5)  # flat lids, facing outwards
    assert np.abs(closed.positions).max() <= 1 + 1e-6


def test_the_lid_is_graded_not_a_star() -> None:
    around = 600
    closed = holes_filled(_tube(around))
    counts = np.bincount(closed.triangles.ravel())
    assert counts.max() <= 12
    assert len(closed.positions) < _tube(around).positions.shape[0] + 2 * 2 * around


def test_larger_holes_stay_open() -> None:
    tube = _tube(50)
    spread = tube.positions.copy()
    spread[tube.positions[:, 2] > 0.5, :2] *= 3
    mesh = TexturedMesh(spread, tube.triangles)
    closed = holes_filled(mesh, 3.0)
    (loop,) = border_loops(closed.triangles)
    assert (closed.positions[loop, 2] == 1).all()
    assert len(loop) == 50
    kept = holes_filled(mesh, 0.0)
    np.testing.assert_array_equal(kept.triangles, mesh.triangles)
    np.testing.assert_array_equal(kept.positions, mesh.positions)


def test_loops_go_along_the_triangles() -> None:
    mesh = _tube(12)
    sides = {tuple(side) for side in _sides(mesh).tolist()}
    loops = border_loops(mesh.triangles)
    assert sorted(len(loop) for loop in loops) == [12, 12]
    for loop in loops:
        assert {tuple(side) for side in np.stack((loop, np.roll(loop, -1)), 1).tolist()} <= sides


def test_closing_can_be_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        holes_filled(_tube(20), progress=CallbackProgress(lambda *_: None, token))
