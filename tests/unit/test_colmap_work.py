"""What is made of COLMAP's models."""

import pycolmap
import pytest

from reconstruction.colmap_work import drop_guesses


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
