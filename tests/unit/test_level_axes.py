"""Up as cameras were held, and how well that tells."""

import numpy as np
import pytest

from core.posed_camera import PosedCamera
from reconstruction.level_axes import level_up

INTRINSICS = np.array([[300.0, 0, 160], [0, 300, 120], [0, 0, 1]])


def held(yaw_deg: float, roll_deg: float, pitch_deg: float = -20.0) -> PosedCamera:
    """Give a camera in a world with y down."""
    yaw, roll, pitch = np.radians((yaw_deg, roll_deg, pitch_deg))
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    turn = about_y @ about_x @ about_z
    return PosedCamera((320, 240), INTRINSICS, rotation_world_from_camera=turn, centre_m=np.zeros(3))


def test_up_is_known_as_well_as_cameras_were_level() -> None:
    rng = np.random.default_rng(0)
    off: list[float] = []
    for _ in range(50):
        cameras = {
            str(n): held(yaw, roll)
            for n, (yaw, roll) in enumerate(
                zip(np.linspace(-40, 40, 11), rng.normal(0, 2.0, 11), strict=True)
            )
        }
        found = level_up(cameras, {})
        angle = np.arccos(np.clip(found.direction @ (0.0, -1.0, 0.0), -1, 1))
        off.append(float(angle) / found.sigma_rad)
    assert 0.5 < np.sqrt(np.mean(np.square(off))) < 2.0


def test_cameras_that_look_one_way_tell_only_how_they_were_held() -> None:
    found = level_up({str(n): held(0.0, 0.0) for n in range(5)}, {})
    assert found.sigma_rad == np.inf
    assert np.degrees(np.arccos(found.direction @ (0.0, -1.0, 0.0))) == pytest.approx(20.0)
