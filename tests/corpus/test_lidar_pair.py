"""Two scans of a street are brought together to the centimetre."""

from pathlib import Path

import numpy as np
import pytest

from core.point_cloud import PointCloud
from core.quaternion import angles_rad
from formats.ply_points import read_ply_points
from reconstruction.clouds.registration import RegistrationOptions, register

pytestmark = pytest.mark.corpus


@pytest.mark.parametrize("coarse", [False, True])
def test_scans_of_a_street(corpus: Path, coarse: bool) -> None:
    folder = corpus / "lidar-pair"
    source, target = (read_ply_points(folder / f"{name}.ply") for name in ("source", "target"))
    truth = np.loadtxt(folder / "T_target_source.txt")
    if coarse:  # As it would be of a scanner that stood the other way round, and leaned.
        turn = np.diag([-1.0, -1, 1]) @ np.array([[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]])
        source = PointCloud((source.points_m + np.array([20, 0, 3])) @ turn.T)
        back = np.eye(4)
        back[:3, :3], back[:3, 3] = turn.T, [-20, 0, -3]
        truth = truth @ back
    found = register(source, target, RegistrationOptions(coarse=coarse))
    wrong = np.linalg.inv(truth) @ found.target_from_source
    origin = np.linalg.inv(truth)[:3, 3]
    assert np.linalg.norm(wrong[:3, :3] @ origin + wrong[:3, 3] - origin) <= 0.015 + 0.01 * coarse
    assert np.degrees(angles_rad(wrong[None, :3, :3])[0]) <= 0.2
    assert found.certain
