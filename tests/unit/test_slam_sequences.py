"""Recordings are read in every layout, and what is wrong with them is said."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.posed_camera import PosedCamera
from reconstruction.slam.calibration_files import read_calibration
from reconstruction.slam.rectification import rectify
from reconstruction.slam.sequence_layouts import Sensor, open_sequence
from reconstruction.slam.timed_files import in_pairs, listed_files

WIDTH, HEIGHT = 64, 48


def picture(path: Path, value: int, *, colours: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((HEIGHT, WIDTH, 3) if colours else (HEIGHT, WIDTH), value, np.uint8)
    assert cv2.imwrite(str(path), pixels)
    return path


def depth(path: Path, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((HEIGHT, WIDTH), value, np.uint16)
    pixels[0, :2] = 0, 65535
    assert cv2.imwrite(str(path), pixels)


def matrix_file(path: Path) -> None:
    path.write_text("50 0 32\n0 50 24\n0 0 1\n")


@pytest.fixture
def numbered(tmp_path: Path) -> Path:
    for number in (0, 1, 10):
        picture(tmp_path / f"frame-{number:06d}.color.png", 10 + number, colours=True)
        depth(tmp_path / f"frame-{number:06d}.depth.png", 1500)
    matrix_file(tmp_path / "camera-intrinsics.txt")
    return tmp_path


def test_numbered_frames_have_colour_and_depth(numbered: Path) -> None:
    sequence = open_sequence(numbered, Sensor.RGBD)
    frames = list(sequence.frames())
    assert [frame.time_s for frame in frames] == [0, 1, 10]
    assert sequence.rig.left.intrinsics[0, 2] == 32
    first = frames[0].depth_m
    assert first is not None
    assert np.isnan(first[0, :2]).all()
    assert first[1, 1] == np.float32(1.5)
    assert frames[2].grey[5, 5] == 20


def test_a_damaged_frame_is_told_and_the_others_are_read(numbered: Path) -> None:
    (numbered / "frame-000001.depth.png").write_bytes(b"\x89PNG nothing more")
    sequence = open_sequence(numbered, Sensor.RGBD)
    assert [frame.index for frame in sequence.frames()] == [0, 2]
    assert [each.path.name for each in sequence.rejected] == ["frame-000001.color.png"]
    assert "frame-000001.depth.png" in str(sequence.rejected[0].reason)


def test_a_frame_of_another_size_is_told(numbered: Path) -> None:
    assert cv2.imwrite(str(numbered / "frame-000010.color.png"), np.zeros((HEIGHT, WIDTH + 1), np.uint8))
    sequence = open_sequence(numbered, Sensor.RGBD)
    assert len(list(sequence.frames())) == 2
    assert "65 x 48" in str(sequence.rejected[0].reason)


def test_stereo_pairs_have_a_baseline(tmp_path: Path) -> None:
    for side in ("image_l", "image_r"):
        for number in range(3):
            picture(tmp_path / side / f"{number:06d}.png", number)
    (tmp_path / "calib.txt").write_text(
        "P0: 50 0 32 0 0 50 24 0 0 0 1 0\nP1: 50 0 32 -27 0 50 24 0 0 0 1 0\n"
    )
    sequence = open_sequence(tmp_path, Sensor.STEREO)
    assert sequence.rig.baseline_m == pytest.approx(0.54)
    assert all(frame.right is not None for frame in sequence.frames())
    assert all(frame.right is None for frame in open_sequence(tmp_path, Sensor.MONO).frames())
    with pytest.raises(BadInput, match="no depth pictures"):
        open_sequence(tmp_path, Sensor.RGBD)


def test_tum_lists_are_sorted_and_associated(tmp_path: Path) -> None:
    times = (1.10, 1.00, 1.20, 1.20)
    rows = []
    for number, time in enumerate(times):
        picture(tmp_path / "rgb" / f"{number}.png", number)
        rows.append(f"{time:.2f} rgb/{number}.png")
    (tmp_path / "rgb.txt").write_text("# timestamp filename\n" + "\n".join(rows))
    depth(tmp_path / "depth/a.png", 5000)
    depth(tmp_path / "depth/b.png", 10000)
    (tmp_path / "depth.txt").write_text("1.001 depth/a.png\n1.190 depth/b.png\n")
    (tmp_path / "calibration.txt").write_text("50 50 32 24\n")
    sequence = open_sequence(tmp_path, Sensor.RGBD)
    frames = list(sequence.frames())
    assert [frame.time_s for frame in frames] == [1.00, 1.20]
    depths = [frame.depth_m for frame in frames]
    assert [float(each[9, 9]) for each in depths if each is not None] == [1.0, 2.0]
    assert len(sequence.warnings) == 2


def test_euroc_pairs_are_rectified_and_have_inertial_readings(tmp_path: Path) -> None:
    for camera, across in (("cam0", 0.0), ("cam1", 0.11)):
        folder = tmp_path / "mav0" / camera
        for stamp in (1_400_000_000_000_000_000, 1_400_000_000_050_000_000):
            picture(folder / "data" / f"{stamp}.png", 90)
        names = "\n".join(f"{path.stem},{path.name}" for path in sorted((folder / "data").iterdir()))
        (folder / "data.csv").write_text("#timestamp [ns],filename\n" + names)
        place = [1, 0, 0, across, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
        (folder / "sensor.yaml").write_text(
            f"%YAML:1.0\nT_BS:\n  cols: 4\n  rows: 4\n  data: {place}\nresolution: [64, 48]\n"
            "intrinsics: [50, 50, 32, 24]\ndistortion_model: radial-tangential\n"
            "distortion_coefficients: [-0.1, 0.01, 0, 0]\n"
        )
    inertial = tmp_path / "mav0/imu0"
    inertial.mkdir()
    rows = [f"{1_400_000_000_000_000_000 + 5_000_000 * i},0,0,0.1,0,9.81,0" for i in range(9)]
    (inertial / "data.csv").write_text("#timestamp\n" + "\n".join(rows))
    (inertial / "sensor.yaml").write_text("gyroscope_noise_density: 0.5\n")
    sequence = open_sequence(tmp_path, Sensor.STEREO)
    assert sequence.rig.baseline_m == pytest.approx(0.11)
    assert not sequence.rig.left.distortion
    assert len(list(sequence.frames())) == 2
    assert sequence.imu is not None
    assert sequence.imu.gyro_noise == 0.5
    assert sequence.imu.accel[3, 1] == 9.81
    mono = open_sequence(tmp_path, Sensor.MONO)
    assert mono.rig.left.distortion == {"k1": -0.1, "k2": 0.01}


def test_a_focal_length_that_nobody_told_is_called_assumed(tmp_path: Path) -> None:
    picture(tmp_path / "2.png", 2)
    picture(tmp_path / "10.png", 10)
    sequence = open_sequence(tmp_path, Sensor.MONO)
    assert sequence.rig.intrinsics_assumed
    assert [frame.name for frame in sequence.frames()] == ["2.png", "10.png"]


def test_an_empty_folder_holds_no_pictures(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no pictures"):
        open_sequence(tmp_path, Sensor.MONO)


def test_lists_name_no_files_outside_of_their_folder(tmp_path: Path) -> None:
    (tmp_path / "rgb.txt").write_text("1.0 ../../secret.png\n")
    with pytest.raises(BadInput, match="outside"):
        listed_files(tmp_path / "rgb.txt")


@given(st.binary(max_size=300))
def test_any_calibration_is_read_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("calibration")
    for name in ("calib.txt", "sensor.yaml", "cameras.json"):
        path = folder / name
        path.write_bytes(data)
        sentence = outcome(path)
        assert sentence is None or name in sentence


def outcome(path: Path) -> str | None:
    try:
        read_calibration(path, (WIDTH, HEIGHT))
    except BadInput as error:
        return str(error.message)
    return None


@given(
    st.lists(st.floats(0, 2), max_size=12, unique=True).map(sorted),
    st.lists(st.floats(0, 2), max_size=12, unique=True).map(sorted),
)
def test_no_file_has_two_partners(firsts: list[float], seconds: list[float]) -> None:
    pairs = in_pairs([(t, Path(str(t))) for t in firsts], [(t, Path(str(t))) for t in seconds])
    partners = [other for _, _, other in pairs if other is not None]
    assert len(set(partners)) == len(partners)
    assert [time for time, _, _ in pairs] == firsts
    assert all(abs(time - float(str(other))) <= 0.02 for time, _, other in pairs if other is not None)


def test_rectified_pictures_have_their_rows_on_one_another() -> None:
    camera = PosedCamera((320, 240), np.array([[300, 0, 160], [0, 300, 120], [0, 0, 1.0]]), {"k1": -0.05})
    turn, _ = cv2.Rodrigues(np.array([0.02, -0.01, 0.03]))
    right_from_left = np.eye(4)
    right_from_left[:3, :3], right_from_left[:3, 3] = turn, (-0.12, 0.004, 0.003)
    bent = rectify(camera, camera, right_from_left)
    points = np.random.default_rng(3).uniform((-0.6, -0.4, 2), (0.6, 0.4, 4), (50, 3))
    # The map tells where a rectified pixel comes from: follow it back from where the point is seen.
    left = points @ bent.recorded_from_left
    across = np.array([bent.baseline_m, 0, 0])
    for maps, seen, pose in ((bent.maps[0], left, np.eye(4)), (bent.maps[1], left - across, right_from_left)):
        pixels = seen @ bent.camera.intrinsics.T
        pixels = np.rint(pixels[:, :2] / pixels[:, 2:]).astype(int)
        inside = ((pixels >= 0) & (pixels < (320, 240))).all(1)
        source = maps[0][pixels[inside, 1], pixels[inside, 0]]
        there = points[inside] @ pose[:3, :3].T + pose[:3, 3]
        shown, _ = cv2.projectPoints(
            there, np.zeros(3), np.zeros(3), camera.intrinsics, np.array([-0.05, 0, 0, 0])
        )
        assert inside.sum() > 20
        assert np.abs(shown[:, 0] - source).max() < 1.6
