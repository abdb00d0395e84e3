"""Worlds: similarities with outliers, GPS to metres, upright models."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.posed_camera import PosedCamera
from reconstruction.alignment import robust_similarity, similarity
from reconstruction.geodesy import east_north_up
from reconstruction.level_axes import level_axes
from reconstruction.photograph import GeoPosition
from reconstruction.sparse_model import SparseModel
from reconstruction.world_frame import ScaleSource, place

SEEDS = st.integers(0, 2**31)


def turned(rng: np.random.Generator) -> np.ndarray:
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return rotation * np.sign(np.linalg.det(rotation))


@given(SEEDS, st.floats(1e-3, 1e3))
def test_a_similarity_is_found_again(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    points, rotation, shift = rng.normal(size=(12, 3)), turned(rng), rng.normal(size=3) * 10
    found = similarity(points, scale * points @ rotation.T + shift)
    assert found[0] == pytest.approx(scale, rel=1e-9)
    np.testing.assert_allclose(found[1], rotation, atol=1e-9)
    np.testing.assert_allclose(found[2], shift, atol=1e-7 * max(scale, 1))


@given(SEEDS)
def test_a_third_of_outliers_does_no_harm(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, rotation = rng.normal(size=(18, 3)), turned(rng)
    target = 3.0 * points @ rotation.T + rng.normal(size=(18, 3)) * 1e-3
    target[:6] += rng.normal(size=(6, 3)) * 20
    scale, found, _ = robust_similarity(points, target, 0)
    assert scale == pytest.approx(3.0, rel=2e-2)
    assert np.abs(found - rotation).max() < 0.02


def test_degrees_become_metres() -> None:
    origin = GeoPosition(47.0, 8.0, 400.0)
    steps = [origin, GeoPosition(47.001, 8.0, 400.0), GeoPosition(47.0, 8.001, 410.0)]
    east, north, up = east_north_up(steps).T
    # The lengths of a degree at 47 degrees on WGS 84, by its radii of curvature.
    assert north[1] == pytest.approx(111.1757, abs=0.02)
    assert east[2] == pytest.approx(76.0571, abs=0.02)
    assert up[2] == pytest.approx(10.0, abs=0.01)
    assert abs(east[1]) < 1e-6


def walk(rng: np.random.Generator, count: int) -> dict[str, PosedCamera]:
    """Cameras that are held level, looking about, at random places."""
    cameras = {}
    for number in range(count):
        angle = rng.uniform(0, 2 * np.pi)
        forward = np.array([np.sin(angle), 0.0, np.cos(angle)])
        down = np.array([0.0, -1.0, 0.0])
        rotation = np.stack([np.cross(down, forward), down, forward], axis=1)
        cameras[f"{number:03d}.jpg"] = PosedCamera(
            (64, 48),
            np.diag([50.0, 50.0, 1.0]),
            rotation_world_from_camera=rotation,
            centre_m=rng.uniform(-20, 20, 3) * (1, 0.05, 1),
        )
    return cameras


def model(cameras: dict[str, PosedCamera]) -> SparseModel:
    none = np.zeros((0, 3))
    return SparseModel(cameras, none, none.astype(np.uint8), np.zeros(0), (), 1.0)


def test_gps_gives_metres_and_y_up() -> None:
    rng = np.random.default_rng(5)
    truth = model(walk(rng, 12))
    positions = {}
    for name, camera in truth.cameras.items():
        x, y, z = camera.pose[1]
        positions[name] = GeoPosition(47.0 - z / 111_175.7, 8.0 + x / 76_057.1, 400.0 + y)
    hidden = truth.moved(0.07, turned(rng), rng.normal(size=3))
    world = place(hidden, positions, 0)
    assert world.scale is ScaleSource.GPS
    first = truth.cameras[truth.names[0]].pose[1]
    for name, camera in truth.cameras.items():
        np.testing.assert_allclose(world.model.cameras[name].pose[1], camera.pose[1] - first, atol=0.02)
        np.testing.assert_allclose(world.model.cameras[name].pose[0], camera.pose[0], atol=2e-3)
    assert max(world.residuals_m.values()) < 0.02


def test_without_gps_a_model_stands_upright_and_has_no_scale() -> None:
    rng = np.random.default_rng(6)
    hidden = model(walk(rng, 9)).moved(2.3, turned(rng), rng.normal(size=3))
    world = place(hidden, {}, 0)
    assert world.scale is ScaleSource.NONE
    downs = [camera.pose[0][:, 1] for camera in world.model.cameras.values()]
    np.testing.assert_allclose(downs, np.tile([0.0, -1.0, 0.0], (9, 1)), atol=1e-6)
    centres = np.array([camera.pose[1] for camera in world.model.cameras.values()])
    assert np.linalg.norm(centres - centres.mean(axis=0), axis=1).mean() == pytest.approx(1.0)


@pytest.mark.parametrize("count", [2, 9])
def test_cameras_that_were_held_on_their_sides_are_known_to_be(count: int) -> None:
    rng = np.random.default_rng(8)
    cameras = walk(rng, count)
    turns = {name: int(rng.integers(1, 4)) for name in cameras}
    stored = {}
    for name, camera in cameras.items():
        x, y, z = camera.pose[0].T
        for _ in range(turns[name]):
            x, y = y, -x  # a picture on its side: what is down lies to the right
        stored[name] = replace(camera, rotation_world_from_camera=np.column_stack((x, y, z)))
    world = place(model(stored).moved(0.4, turned(rng), rng.normal(size=3)), {}, 0, turns=turns)
    _, downs = level_axes(world.model.cameras, turns)
    np.testing.assert_allclose(downs, np.tile([0.0, -1.0, 0.0], (count, 1)), atol=1e-6)


def test_places_on_one_line_fix_no_world() -> None:
    cameras = walk(np.random.default_rng(7), 6)
    positions = {name: GeoPosition(47.0 + index * 1e-3, 8.0, None) for index, name in enumerate(cameras)}
    assert place(model(cameras), positions, 0).scale is ScaleSource.NONE
