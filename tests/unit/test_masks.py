"""Masks of photographs: which file belongs to which, and that nothing is seen where they are black."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import BadInput
from core.posed_camera import PosedCamera
from reconstruction.features import FeatureOptions, find_features
from reconstruction.masks import usable_pixels, with_masks
from reconstruction.photograph import read_photograph
from reconstruction.view import undistorted_view

SIZE = (320, 240)


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """Noise, which has features everywhere."""
    rng = np.random.default_rng(1)
    small = Image.fromarray(rng.integers(0, 255, (60, 80, 3), dtype=np.uint8))
    path = tmp_path / "images" / "a.png"
    path.parent.mkdir()
    small.resize(SIZE, Image.Resampling.BICUBIC).save(path)
    return path


def half_mask(path: Path, size: tuple[int, int] = SIZE) -> Path:
    """Black on the left."""
    path.parent.mkdir(exist_ok=True)
    mask = np.full(size[::-1], 255, np.uint8)
    mask[:, : size[0] // 2] = 0
    Image.fromarray(mask).save(path)
    return path.parent


@pytest.mark.parametrize("name", ["a.png.png", "a.png", "a.png.jpg", "a.tif"])
def test_a_mask_is_found_by_its_name_and_used(photograph: Path, tmp_path: Path, name: str) -> None:
    plain = read_photograph(photograph)
    (one,) = with_masks([plain], half_mask(tmp_path / "masks" / name, (160, 120)))
    everywhere, found = (find_features(each, FeatureOptions()) for each in (plain, one))
    assert everywhere.keypoints[:, 0].min() < 40
    assert len(found.keypoints) > 20
    assert found.keypoints[:, 0].min() > 155
    k = np.array([[300.0, 0, 159.5], [0, 300, 119.5], [0, 0, 1]])
    camera = PosedCamera(SIZE, k, {"k1": 0.1}, False, np.eye(3), np.zeros(3))
    view = undistorted_view(one, camera, 160)
    assert view.usable is not None
    assert not view.usable[:, :79].any()
    assert view.usable[20:-20, 81:-20].all()
    assert (
        undistorted_view(plain, PosedCamera(SIZE, k, {}, False, np.eye(3), np.zeros(3)), 160).usable is None
    )


def test_photographs_without_a_mask_are_used_whole(photograph: Path, tmp_path: Path) -> None:
    other = photograph.with_name("b.png")
    other.write_bytes(photograph.read_bytes())
    read = [read_photograph(path) for path in (photograph, other)]
    first, second = with_masks(read, half_mask(tmp_path / "masks" / "a.png.png"))
    assert usable_pixels(first, (32, 24)) is not None
    assert usable_pixels(second, (32, 24)) is None


def test_masks_of_nothing_and_of_another_shape_are_refused(photograph: Path, tmp_path: Path) -> None:
    read = [read_photograph(photograph)]
    with pytest.raises(BadInput, match="no masks"):
        with_masks(read, half_mask(tmp_path / "masks" / "c.png"))
    with pytest.raises(BadInput, match="another shape"):
        with_masks(read, half_mask(tmp_path / "masks" / "a.png", (240, 320)))
