"""Maps as files: whole again after reading, and refused in one sentence when they are not."""

import hashlib
import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.posed_camera import PosedCamera
from core.visual_map import GeoOrigin, Keyframe, MapFeatures, VisualMap
from formats.map_file import VERSION, map_bytes, map_of_bytes, read_map, write_map

HERE = Path("a.smap")


def small_map(count: int = 5) -> VisualMap:
    rng = np.random.default_rng(3)
    camera = PosedCamera(
        (64, 48),
        np.array([[60, 0, 32], [0, 60, 24], [0, 0, 1.0]]),
        {"k1": 0.1},
        rotation_world_from_camera=np.eye(3),
        centre_m=np.array([1.0, 2.0, 3.0]),
    )
    keyframes = (Keyframe("a.png", camera, 1.5), Keyframe("字.png", replace(camera, centre_m=np.zeros(3))))
    features = MapFeatures(
        np.sort(rng.integers(0, 2, count)).astype(np.int32),
        np.arange(count, dtype=np.int32),
        rng.random((count, 2), np.float32),
        rng.random(count, np.float32),
        rng.integers(0, 256, (count, 128), np.uint8),
    )
    points, sigmas = rng.random((count, 3)), rng.random(count, np.float32)
    return VisualMap(
        keyframes, features, points, sigmas, True, GeoOrigin(50.0, 8.0, 100.0), {"command": "x"}, 0.25
    )


@pytest.mark.parametrize("count", [0, 5])
def test_is_whole_after_reading(tmp_path: Path, count: int) -> None:
    made = small_map(count)
    write_map(tmp_path / "a.smap", made)
    read = read_map(tmp_path / "a.smap")
    assert map_bytes(read) == map_bytes(made)
    assert [one.name for one in read.keyframes] == ["a.png", "字.png"]
    assert read.keyframes[0].time_s == 1.5
    assert read.keyframes[0].camera.distortion == {"k1": 0.1}
    assert read.origin == made.origin
    assert read.pose_sigma == 0.25
    np.testing.assert_array_equal(read.features.descriptors, made.features.descriptors)
    np.testing.assert_array_equal(read.points, made.points)


def test_tells_another_version() -> None:
    data = bytearray(map_bytes(small_map()))
    data[8:12] = struct.pack("<I", VERSION + 1)
    with pytest.raises(BadInput, match="version 2; this program reads 1"):
        map_of_bytes(bytes(data), HERE)


@given(st.integers(0, 2000), st.integers(1, 255))
def test_any_changed_byte_is_refused(at: int, change: int) -> None:
    data = bytearray(map_bytes(small_map()))
    data[at % len(data)] ^= change
    with pytest.raises(BadInput):
        map_of_bytes(bytes(data), HERE)


@given(st.integers(0, 3000))
def test_any_cut_is_refused(length: int) -> None:
    data = map_bytes(small_map())
    with pytest.raises(BadInput):
        map_of_bytes(data[: min(length, len(data) - 1)], HERE)


def resealed(change: dict[str, object]) -> bytes:
    """A file that is wrong inside, but whose checksum is right: made by somebody hostile."""
    data = map_bytes(small_map())
    length = struct.unpack_from("<I", data, 12)[0]
    header = json.loads(data[48 : 48 + length]) | change
    text = json.dumps(header).encode()
    body = text + data[48 + length :]
    return struct.pack("<8sII32s", b"SENSEMAP", VERSION, len(text), hashlib.sha256(body).digest()) + body


@pytest.mark.parametrize(
    "change",
    [
        {"rows": dict.fromkeys(("keyframe", "point", "places", "sizes"), 2**60)},
        {"rows": {"keyframe": -1}},
        {"rows": None},
        {"keyframes": []},
        {"keyframes": [{"name": "a", "time_s": None, "camera": {"K": 1, "size": [1, 1]}}]},
        {"origin": {"latitude": "x"}},
        {"provenance": 3},
    ],
)
def test_a_hostile_file_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        map_of_bytes(resealed(change), HERE)


def test_what_is_no_map_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.smap").write_bytes(
        b"hello, this is no map at all, whatever its name may say, and it is long"
    )
    with pytest.raises(BadInput, match=r"a\.smap is no map\."):
        read_map(tmp_path / "a.smap")
    with pytest.raises(BadInput, match="cannot be read"):
        read_map(tmp_path / "b.smap")
