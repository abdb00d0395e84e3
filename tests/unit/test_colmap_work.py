"""What is made of COLMAP's models."""

import pycolmap
import pytest

from reconstruction.colmap_work import apart, drop_guesses


@pytest.mark.parametrize(("left", "placed"), [(4, 5), (14, 5), (15, 6)])
def test_photographs_that_see_too_few_points_are_guesses(left: int, placed: int) -> None:
    pycolmap.set_random_seed(0)
    model = pycolmap.synthesize_dataset(
        pycolmap.SyntheticDatasetOptions(num_rigs=1, num_cameras_per_rig=1, num_frames_per_rig=6)
    )
    one = min(model.reg_image_ids())
    for index in model.image(one).get_observation_point2D_idxs()[left:]:
        model.delete_observation(one, index)
    drop_guesses(model)
    assert model.num_reg_images() == placed
    assert (one in model.reg_image_ids()) == (placed == 6)


def synthetic(frames: int) -> pycolmap.Reconstruction:
    options = pycolmap.SyntheticDatasetOptions(num_rigs=1, num_cameras_per_rig=1, num_frames_per_rig=frames)
    return pycolmap.synthesize_dataset(options)


def test_other_models_are_other_scenes_unless_they_are_part_of_the_model() -> None:
    pycolmap.set_random_seed(0)
    chosen, other, part, pair = synthetic(6), synthetic(4), synthetic(3), synthetic(2)
    for number in other.reg_image_ids():
        other.image(number).name = f"other-{number}"
    for number in pair.reg_image_ids():
        pair.image(number).name = f"pair-{number}"
    names = sorted(other.image(number).name for number in other.reg_image_ids())
    assert apart(chosen, [pair, part, other, chosen]) == (tuple(names),)
    assert apart(chosen, [chosen]) == ()
