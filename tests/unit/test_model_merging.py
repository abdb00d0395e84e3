"""Models of one scene that were left apart."""

from pathlib import Path

import numpy as np
import pycolmap
import pytest

from reconstruction.model_merging import merged_model

OPTIONS = pycolmap.IncrementalPipelineOptions()


def part_of(whole: pycolmap.Reconstruction, kept: set[int]) -> pycolmap.Reconstruction:
    part = pycolmap.Reconstruction(whole)
    for number in sorted(set(part.reg_image_ids()) - kept):
        part.deregister_frame(part.image(number).frame_id)
    return part


@pytest.fixture
def scene(tmp_path: Path) -> tuple[pycolmap.Reconstruction, Path]:
    pycolmap.set_random_seed(3)
    options = pycolmap.SyntheticDatasetOptions(
        num_rigs=1, num_cameras_per_rig=1, num_frames_per_rig=9, num_points3D=150
    )
    path = tmp_path / "database.db"
    with pycolmap.Database.open(path) as database:
        return pycolmap.synthesize_dataset(options, database), path


def test_models_that_share_photographs_become_one(
    scene: tuple[pycolmap.Reconstruction, Path], tmp_path: Path
) -> None:
    whole, database = scene
    numbers = sorted(whole.reg_image_ids())
    first, second = part_of(whole, set(numbers[:6])), part_of(whole, set(numbers[3:]))
    turn = pycolmap.Rotation3d(np.array([0.1, 0.5, -0.2]))
    second.transform(pycolmap.Sim3d(1.7, turn, np.array([3.0, -1.0, 2.0])))
    merged = merged_model(pycolmap, [second, first], database, tmp_path, tmp_path, OPTIONS)
    assert merged is not None
    assert sorted(merged.reg_image_ids()) == numbers
    assert merged.num_points3D() > 100
    # Up to the world of the part that was kept, all cameras are where they were.
    centres, true = (
        np.array([model.image(number).projection_center() for number in numbers]) for model in (merged, whole)
    )
    centres, true = (one - one.mean(axis=0) for one in (centres, true))
    distances, expected = (np.linalg.norm(one[:, None] - one[None], axis=2) for one in (centres, true))
    scale = expected.sum() / distances.sum()
    np.testing.assert_allclose(distances * scale, expected, atol=0.02 * expected.max())


def test_models_that_share_too_little_stay_apart(
    scene: tuple[pycolmap.Reconstruction, Path], tmp_path: Path
) -> None:
    whole, database = scene
    numbers = sorted(whole.reg_image_ids())
    first, second = part_of(whole, set(numbers[:5])), part_of(whole, set(numbers[3:]))
    assert merged_model(pycolmap, [first, second], database, tmp_path, tmp_path, OPTIONS) is None
    part = part_of(whole, set(numbers[:4]))
    assert merged_model(pycolmap, [first, part], database, tmp_path, tmp_path, OPTIONS) is None
