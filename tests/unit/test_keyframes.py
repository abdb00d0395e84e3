"""Which pictures of a film are chosen."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from core.errors import BadInput
from reconstruction.camera_path import CornerTrack
from reconstruction.keyframes import Keyframe, KeyframeOptions, extract_keyframes, fine_keyframes, thinned

RATE = 15.0
SIZE = (320, 240)


def texture(width: int = 1600, height: int = 500) -> np.ndarray:
    """Blobs of several sizes."""
    noise = np.random.default_rng(3)
    octaves = [
        cv2.resize(noise.random((height // step + 1, width // step + 1)), (width, height), interpolation=2)
        for step in (6, 15, 40)
    ]
    return (255 * sum(octaves) / 3).astype(np.uint8)


def film(path: Path, pictures: list[np.ndarray]) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, SIZE)
    for picture in pictures:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def gliding(count: int, step: int = 6) -> list[np.ndarray]:
    """A window that glides along a texture."""
    wall = texture()
    return [wall[100 : 100 + SIZE[1], step * at : step * at + SIZE[0]].copy() for at in range(count)]


def test_pictures_are_as_far_apart_as_asked(tmp_path: Path) -> None:
    path = film(tmp_path / "a.avi", gliding(120))
    found = extract_keyframes(path, tmp_path / "frames", KeyframeOptions(step=0.1))
    numbers = [int(one.stem.removeprefix("frame-")) for one in found]
    # 120 pictures of 6 pixels are 1.8 diagonals.
    assert 14 <= len(found) <= 20
    assert np.diff(numbers).max() <= 2 * np.diff(numbers).mean()
    with Image.open(found[0]) as first:
        assert first.size == SIZE


def test_blurred_pictures_are_passed_over() -> None:
    pictures = gliding(120)
    blurred = [cv2.GaussianBlur(one, (0, 0), 3) if at % 3 else one for at, one in enumerate(pictures)]
    chosen = thinned(fine_keyframes(iter(enumerate(blurred))), KeyframeOptions(step=0.15))
    sharp = [one.index for one in chosen if one.index % 3 == 0]
    assert len(sharp) >= 0.9 * len(chosen) >= 9


def test_long_films_are_walked_in_wider_steps() -> None:
    found = [Keyframe(at, 0.03 * at, 1.0) for at in range(1000)]
    chosen = thinned(found, KeyframeOptions(step=0.1, most=50))
    assert len(chosen) == 50
    assert chosen[-1].index >= 985


def test_a_film_in_which_the_camera_stands_says_so(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    still = gliding(1)[0].astype(np.int16)
    noisy = [np.clip(still + random.integers(-6, 7, still.shape), 0, 255).astype(np.uint8) for _ in range(40)]
    for number, picture in enumerate(noisy):  # somebody walks by
        cv2.circle(picture, (8 * number, 120), 25, 0, -1)
    with pytest.raises(BadInput, match="does not move"):
        extract_keyframes(film(tmp_path / "still.avi", noisy), tmp_path / "frames", KeyframeOptions())


def test_what_is_no_film_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no film" * 100)
    with pytest.raises(BadInput, match=r"a\.mp4"):
        extract_keyframes(tmp_path / "a.mp4", tmp_path / "frames", KeyframeOptions())


def test_turning_has_no_parallax_and_walking_has() -> None:
    random = np.random.default_rng(1)
    focal = 1.2 * SIZE[0]
    rays = np.column_stack([random.uniform(-0.3, 0.3, (150, 2)), np.ones(150)])
    depths = random.uniform(2, 6, 150)[:, None]
    turn, _ = cv2.Rodrigues(np.array([0.0, 0.05, 0.02]))

    def drawn(points: np.ndarray) -> np.ndarray:
        picture = np.full(SIZE[::-1], 30, np.uint8)
        grain = np.random.default_rng(2)
        for x, y, z in points:
            centre = (int(16 * (focal * x / z + SIZE[0] / 2)), int(16 * (focal * y / z + SIZE[1] / 2)))
            cv2.circle(picture, centre, 16 * 3, int(grain.integers(90, 255)), -1, cv2.LINE_AA, 4)
        return picture

    start = drawn(rays * depths)
    turned = CornerTrack(start).follow(drawn(rays * depths @ turn.T))
    walked = CornerTrack(start).follow(drawn(rays * depths + [0.12, 0, 0]))
    assert turned is not None
    assert walked is not None
    assert turned.displacement > 0.03
    assert turned.parallax < 0.25 * walked.parallax
