"""Up, by the upright edges that photographs show."""

import numpy as np
import pytest

from core.posed_camera import PosedCamera
from formats.camera_set import read_camera_set
from reconstruction.photograph_source import open_photographs
from reconstruction.sparse_model import SparseModel
from reconstruction.vertical_lines import find_lines, upright_direction
from reconstruction.world_frame import place
from tests.truth.layouts import write_photographs
from tests.truth.sequence import camera_of, sequence

UP = np.array([0.0, 1.0, 0.0])


def walk(rng: np.random.Generator, count: int) -> dict[str, PosedCamera]:
    """Cameras that look down by up to 15 degrees and are held askew by a few."""
    from scipy.spatial.transform import Rotation

    level = np.diag([1.0, -1.0, -1.0])
    cameras = {}
    for number in range(count):
        yaw, pitch, roll = rng.uniform(-1, 1, 3) * (1.0, 0.25, 0.08)
        turned = Rotation.from_euler("YXZ", [yaw, pitch - 0.1, roll]).as_matrix()
        k = np.array([[700.0, 0, 399.5], [0, 700.0, 299.5], [0, 0, 1]])
        cameras[f"{number}.jpg"] = PosedCamera(
            (800, 600), k, rotation_world_from_camera=turned @ level, centre_m=rng.uniform(-1, 1, 3)
        )
    return cameras


def seen(camera: PosedCamera, ends: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lines (n, 2, 3) as a camera sees them, a fifth of a pixel off."""
    rotation, centre = camera.pose
    local = (ends - centre) @ rotation
    ahead = (local[..., 2] > 0.5).all(axis=1)
    pixels = local[ahead, :, :2] / local[ahead, :, 2:] * 700.0 + [399.5, 299.5]
    inside = ((pixels > 0) & (pixels < [800, 600])).all(axis=(1, 2))
    return (pixels[inside] + rng.normal(0, 0.2, pixels[inside].shape)).reshape(-1, 4)


def edges(rng: np.random.Generator, count: int, tilted: bool) -> np.ndarray:
    starts = rng.uniform(-4, 4, (count, 3)) * (1, 0.5, 0) + [0, 0, -6]
    directions = rng.normal(size=(count, 3)) if tilted else np.tile(UP, (count, 1))
    return np.stack((starts, starts + 0.8 * directions / np.linalg.norm(directions, axis=1)[:, None]), axis=1)


@pytest.mark.parametrize("seed", range(4))
def test_upright_edges_among_others_tell_up_to_a_tenth_of_a_degree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cameras = walk(rng, 8)
    ends = np.concatenate((edges(rng, 40, False), edges(rng, 120, True)))
    lines = {name: seen(camera, ends, rng) for name, camera in cameras.items()}
    about = UP + rng.normal(0, 0.12, 3)
    found = upright_direction(cameras, lines, about / np.linalg.norm(about))
    assert found is not None
    assert np.degrees(np.arccos(found @ UP)) < 0.1


@pytest.mark.parametrize("seed", range(6))
def test_lines_of_all_directions_tell_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cameras = walk(rng, 8)
    lines = {name: seen(camera, edges(rng, 150, True), rng) for name, camera in cameras.items()}
    assert upright_direction(cameras, lines, UP) is None
    assert upright_direction(cameras, {}, UP) is None


def test_a_facade_that_was_looked_up_at_stands_upright(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = write_photographs(
        sequence("facade", 4, 4, camera=camera_of((480, 360)), rate_hz=1.5), tmp_path_factory.mktemp("facade")
    )
    photographs = open_photographs(folder / "images", folder / "work").photographs
    cameras = read_camera_set(folder / "cameras.json")
    none = np.zeros((0, 3))
    true = SparseModel(cameras, none, none.astype(np.uint8), np.zeros(0), (), 1.0)
    askew = np.array([[0.98, 0.199, 0.0], [-0.199, 0.98, 0.0], [0, 0, 1.0]])
    askew, _ = np.linalg.qr(askew)
    askew = askew * np.sign(np.diag(askew))
    lost = true.moved(0.3, askew, np.ones(3))
    off = []
    for lines in ({}, find_lines(photographs)):
        world = place(lost, {}, 0, lines=lines)
        turned = [world.model.cameras[name].pose[0] @ cameras[name].pose[0].T for name in cameras]
        off.append(float(np.degrees(np.arccos(np.clip(turned[0][1, 1], -1, 1)))))
    assert off[0] > 3
    assert off[1] < 0.3
