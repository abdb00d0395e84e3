"""`cameras.json`: what is written is read back, and what is wrong is named."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.posed_camera import BROWN_COEFFICIENTS, PosedCamera
from formats.camera_set import read_camera_set, write_camera_set
from reconstruction.colmap_cameras import colmap_lens

SIZES = st.integers(1, 20_000)
NUMBERS = st.floats(-1.0, 1.0, width=64)


def rotation_of(numbers: list[float]) -> np.ndarray:
    rotation, _ = np.linalg.qr(np.reshape(numbers, (3, 3)) + 3.0 * np.eye(3))
    return rotation * np.sign(np.linalg.det(rotation))


@st.composite
def cameras(draw: st.DrawFn) -> PosedCamera:
    lens = draw(st.dictionaries(st.sampled_from(BROWN_COEFFICIENTS), NUMBERS, max_size=4))
    posed = draw(st.booleans())
    numbers = draw(st.lists(NUMBERS, min_size=9, max_size=9))
    return PosedCamera(
        (draw(SIZES), draw(SIZES)),
        np.array([[900.0 + numbers[0], 0, 40.5], [0, 901.0, 30.25], [0, 0, 1]]),
        lens,
        rotation_world_from_camera=rotation_of(numbers) if posed else None,
        centre_m=np.array(numbers[:3]) if posed else None,
    )


@given(st.dictionaries(st.text(min_size=1, max_size=12), cameras(), min_size=1, max_size=4))
def test_a_set_survives_its_file(
    tmp_path_factory: pytest.TempPathFactory, made: dict[str, PosedCamera]
) -> None:
    path = tmp_path_factory.mktemp("set") / "cameras.json"
    write_camera_set(path, made)
    read = read_camera_set(path)
    assert list(read) == list(made)
    for name, camera in made.items():
        other = read[name]
        assert other.size == camera.size
        assert np.array_equal(other.intrinsics, camera.intrinsics)
        assert {key: value for key, value in other.distortion.items() if value} == {
            key: value for key, value in camera.distortion.items() if value
        }
        assert other.is_posed == camera.is_posed
        if camera.is_posed:
            assert np.array_equal(other.pose[0], camera.pose[0])
            assert np.array_equal(other.pose[1], camera.pose[1])


GOOD = {
    "K": [[100, 0, 50], [0, 100, 40], [0, 0, 1]],
    "size": [100, 80],
    "rotation_world_from_camera": np.eye(3).tolist(),
    "centre_m": [0, 0, 0],
}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"K": [[0, 0, 0]] * 3}, "K"),
        ({"K": [[1, 2], [3, 4]]}, "K"),
        ({"K": [[float("nan"), 0, 0], [0, 1, 0], [0, 0, 1]]}, "K"),
        ({"size": [0, 5]}, "size"),
        ({"size": None}, "TypeError"),
        ({"centre_m": None}, "centre_m"),
        ({"centre_m": [1, 2]}, "centre_m"),
        ({"rotation_world_from_camera": (2 * np.eye(3)).tolist()}, "rotation"),
        ({"rotation_world_from_camera": np.diag([1, 1, -1]).tolist()}, "rotation"),
        ({"distortion": {"model": "magic"}}, "magic"),
        ({"distortion": {"q1": 0.5}}, "distortion"),
    ],
)
def test_a_wrong_camera_is_named(tmp_path: Path, change: dict[str, object], named: str) -> None:
    path = tmp_path / "cameras.json"
    path.write_text(json.dumps({"good.jpg": GOOD, "bad.jpg": {**GOOD, **change}}))
    with pytest.raises(BadInput) as caught:
        read_camera_set(path)
    text = str(caught.value.message)
    assert "bad.jpg" in text
    assert str(path) in text
    if named != "TypeError":
        assert named in text


@pytest.mark.parametrize("content", [b"", b"[1]", b"{}", b"\xff\xfe", b'{"a": 3}', b'{"a": {"K": 1'])
def test_what_is_no_camera_set_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cameras.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="cameras"):
        read_camera_set(path)


def test_colmap_counts_pixels_from_the_corner() -> None:
    camera = PosedCamera((100, 80), np.array(GOOD["K"], float), {"k1": 0.1, "p2": 0.01})
    assert colmap_lens(camera) == ("OPENCV", [100.0, 100.0, 50.5, 40.5, 0.1, 0.0, 0.0, 0.01])
    with pytest.raises(ValueError, match="distortion"):
        colmap_lens(PosedCamera((100, 80), np.array(GOOD["K"], float), {"s1": 0.1}))
