"""The lens of a camera by pictures of the board."""

import json
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest

from app.cli import main
from core.errors import BadInput
from reconstruction.lens_calibration import BoardView, board_view, calibrate_lens, views_of_board
from reconstruction.marker_board import board_corners_m, write_board
from reconstruction.paper import Paper
from reconstruction.slam.calibration_files import read_calibration

SIZE = (640, 480)
K = np.array([[520.0, 0, 327], [0, 522.0, 236], [0, 0, 1]])
LENS = np.array([-0.21, 0.06, 0.0008, -0.0005])


def poses(count: int, tilt: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Turns and shifts of the board, whose z is up out of it, before the camera."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(count):
        turn = cv2.Rodrigues(rng.uniform(-tilt, tilt, 3))[0] @ np.diag([1.0, -1.0, -1.0])
        shift = rng.uniform((-0.09, -0.06, 0.33), (0.09, 0.06, 0.55))
        found.append((cv2.Rodrigues(turn)[0], shift))
    return found


def seen(pose: tuple[np.ndarray, np.ndarray], rng: np.random.Generator, fisheye: bool = False) -> BoardView:
    places = np.concatenate(list(board_corners_m().values()))
    if fisheye:
        lens = np.array([0.02, -0.01, 0.003, 0.0])
        pixels = cv2.fisheye.projectPoints(places[None], *pose, K, lens)[0].reshape(-1, 2)
    else:
        pixels = cv2.projectPoints(places, *pose, K, LENS)[0].reshape(-1, 2)
    inside = ((pixels > 0) & (pixels < np.array(SIZE) - 1)).all(axis=1)
    noisy = pixels + rng.normal(0, 0.15, pixels.shape)
    return BoardView(places[inside].astype(np.float32), noisy[inside].astype(np.float32))


@pytest.mark.parametrize("fisheye", [False, True])
def test_the_lens_is_found_and_how_certain_it_is(fisheye: bool) -> None:
    rng = np.random.default_rng(3)
    views = [seen(pose, rng, fisheye) for pose in poses(14, 0.6)]
    blurred = views[4].pixels + rng.normal(0, 6, views[4].pixels.shape)
    views[4] = BoardView(views[4].places, blurred.astype(np.float32))
    found = calibrate_lens(views, SIZE, fisheye=fisheye)
    assert found.views == 13
    assert found.camera.fisheye is fisheye
    assert 0.1 < found.error_px < 0.35
    off = abs(found.camera.intrinsics[0, 0] / K[0, 0] - 1)
    assert off < max(4 * found.focal_sigma, 1e-3)
    assert found.focal_sigma < 0.005
    assert np.abs(found.camera.intrinsics[:2, 2] - K[:2, 2]).max() < 2
    assert found.coverage > 0.7
    if not fisheye:
        assert found.camera.distortion["k1"] == pytest.approx(LENS[0], abs=0.02)


def test_a_board_that_is_never_tilted_tells_no_focal_length() -> None:
    rng = np.random.default_rng(4)
    flat = [seen((turn, shift), rng) for turn, shift in poses(7, 0.004)]
    with pytest.raises(BadInput, match="do not tell the focal length"):
        calibrate_lens(flat, SIZE)
    with pytest.raises(BadInput, match="seen in 5 pictures"):
        calibrate_lens(flat[:5], SIZE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The printed board, 6 pixels a millimetre."""
    path = tmp_path_factory.mktemp("board") / "board.pdf"
    write_board(path, Paper.A4)
    document = pypdfium2.PdfDocument(path)
    try:
        drawn = document[0].render(scale=6 * 25.4 / 72, grayscale=True).to_numpy()
        return np.asarray(drawn, np.uint8).squeeze().copy()
    finally:
        document.close()


def photographed(page: np.ndarray, pose: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """What the camera sees of the page on a grey table, lens and all."""
    height, width = page.shape
    turn, shift = cv2.Rodrigues(pose[0])[0], pose[1]
    # From metres on the board to pixels of the page: x right, y up, from its middle.
    page_from_board = np.array([[6000.0, 0, (width - 1) / 2], [0, -6000.0, (height - 1) / 2], [0, 0, 1]])
    board_from_rays = np.linalg.inv(np.column_stack((turn[:, :2], shift)))
    columns, rows = np.meshgrid(np.arange(SIZE[0], dtype=float), np.arange(SIZE[1], dtype=float))
    rays = cv2.undistortPoints(np.stack((columns, rows), axis=-1).reshape(-1, 1, 2), K, LENS).reshape(-1, 2)
    places = np.column_stack((rays, np.ones(len(rays)))) @ (page_from_board @ board_from_rays).T
    at = (places[:, :2] / places[:, 2:]).astype(np.float32).reshape(SIZE[1], SIZE[0], 2)
    soft = cv2.GaussianBlur(page, (0, 0), 1.5)
    return cv2.remap(soft, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=120)


def test_the_command_reads_pictures_and_writes_what_the_others_read(
    page: np.ndarray, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, pose in enumerate(poses(8, 0.55)):
        cv2.imwrite(str(folder / f"{number}.png"), photographed(page, pose))
    output = tmp_path / "camera.json"
    call = ["--library", str(tmp_path / "library"), "calibrate", str(folder), "-o", str(output), "--json"]
    assert main(call) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["views"] >= 6
    assert told["K"][0][0] == pytest.approx(K[0, 0], rel=0.01)
    camera = read_calibration(output, SIZE).left
    assert camera.size == SIZE
    assert camera.intrinsics[0, 0] == told["K"][0][0]
    assert main(call) != 0  # it is there already


def test_pictures_of_other_things_and_of_different_sizes_are_told(page: np.ndarray) -> None:
    assert board_view(np.full((200, 300), 90, np.uint8)) is None
    with pytest.raises(BadInput, match="different sizes"):
        views_of_board([page[:200, :200], page[:300, :200]])
    with pytest.raises(BadInput, match="no pictures"):
        views_of_board([])
