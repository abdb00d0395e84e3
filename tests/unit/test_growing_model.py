"""What is told of a model while photographs are mapped."""

from pathlib import Path

import numpy as np
import pycolmap
import pytest

from core.errors import Cancelled
from core.posed_camera import PosedCamera
from core.progress import SILENT, CancelToken, SilentProgress
from reconstruction.growing_model import GROWTH, GrowthWatch, GrowthWriter, beside
from reconstruction.sparse_model import SparseModel


def synthetic(frames: int) -> pycolmap.Reconstruction:
    pycolmap.set_random_seed(0)
    options = pycolmap.SyntheticDatasetOptions(num_rigs=1, num_cameras_per_rig=1, num_frames_per_rig=frames)
    return pycolmap.synthesize_dataset(options)


def test_cameras_and_points_arrive_as_they_were_written(tmp_path: Path) -> None:
    told: list[SparseModel] = []
    watch = GrowthWatch(SILENT, tmp_path / GROWTH, [], told.append)
    watch.check()
    assert not told
    model = synthetic(6)
    GrowthWriter(tmp_path / GROWTH).tell(model)
    watch.check()
    watch.check()
    assert len(told) == 1
    found = told[0]
    names = {model.image(number).name: model.image(number) for number in model.reg_image_ids()}
    assert set(found.names) == set(names)
    assert len(found.points) == model.num_points3D()
    # Upright and of another size, but the same but for that.
    centres = np.array([found.cameras[name].pose[1] for name in found.names])
    true = np.array([names[name].projection_center() for name in found.names])
    ratios = np.linalg.norm(np.diff(centres, axis=0), axis=1) / np.linalg.norm(np.diff(true, axis=0), axis=1)
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-9)
    first = next(iter(model.points3D.values()))
    np.testing.assert_allclose(
        np.linalg.norm(centres - found.points[0], axis=1),
        ratios[0] * np.linalg.norm(true - first.xyz, axis=1),
        rtol=1e-9,
    )


def test_it_is_told_again_only_after_a_while(tmp_path: Path) -> None:
    writer, path = GrowthWriter(tmp_path / GROWTH), tmp_path / GROWTH
    writer.tell(synthetic(3))
    before = path.read_bytes()
    writer.tell(synthetic(5))
    assert path.read_bytes() == before


def test_where_nothing_can_be_written_mapping_goes_on(tmp_path: Path) -> None:
    GrowthWriter(tmp_path / "missing" / GROWTH).tell(synthetic(3))
    assert not (tmp_path / "missing").exists()


def test_a_cancel_is_heard(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        GrowthWatch(SilentProgress(token), tmp_path / GROWTH, [], lambda _: None).check()


def test_a_later_model_stands_where_the_earlier_one_did() -> None:
    rng = np.random.default_rng(1)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    k = np.array([[300.0, 0, 160], [0, 300, 120], [0, 0, 1]])
    cameras = {
        f"{n}": PosedCamera((320, 240), k, rotation_world_from_camera=turn, centre_m=rng.normal(size=3))
        for n in range(5)
    }
    points = rng.normal(size=(20, 3))
    whole = SparseModel(cameras, points, np.zeros((20, 3), np.uint8), np.zeros(20), (), 0.0)
    moved = whole.moved(3.0, turn, np.array([1.0, 2.0, 3.0]))
    told = {name: cameras[name] for name in ("0", "2", "3")}
    np.testing.assert_allclose(beside(moved, told).points, points, atol=1e-9)
    assert beside(moved, {"0": cameras["0"]}) is moved
