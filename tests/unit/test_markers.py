"""The board of markers on paper, markers in pictures, and the scale that they give."""

from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from core.errors import BadInput
from core.posed_camera import PosedCamera
from reconstruction.marker_board import GAP_MM, IDS, SIDE_MM, board_corners_m, write_board
from reconstruction.marker_fit import fit_markers
from reconstruction.markers import BOARD_FAMILY, FAMILIES, Marker, MarkerSightings, markers_of
from reconstruction.paper import Paper
from reconstruction.pixel_rays import pixel_rays, triangulated
from reconstruction.sparse_model import SparseModel
from reconstruction.world_frame import ScaleSource, place

SIZE = (1200, 900)
K = np.array([[1000.0, 0, 600], [0, 1000, 450], [0, 0, 1]])
PX_PER_MM = 10


def drawn(path: Path) -> np.ndarray:
    """The page at 10 pixels a millimetre."""
    document = pypdfium2.PdfDocument(path)
    try:
        return (
            np.asarray(document[0].render(scale=PX_PER_MM * 25.4 / 72, grayscale=True).to_numpy())
            .squeeze()
            .copy()
        )
    finally:
        document.close()


@pytest.mark.parametrize("paper", list(Paper))
def test_the_board_on_paper_is_as_large_as_it_says(paper: Paper, tmp_path: Path) -> None:
    write_board(tmp_path / "board.pdf", paper)
    page = drawn(tmp_path / "board.pdf")
    assert np.abs(np.array(page.shape[::-1]) / PX_PER_MM - paper.size_mm).max() < 0.2
    found = markers_of(page, [BOARD_FAMILY])
    assert {one.number for one in found} == set(IDS)
    middle = (np.array(paper.size_mm) * PX_PER_MM) / 2
    for marker, corners in found.items():
        true = board_corners_m()[marker.number][:, :2] * 1000 * PX_PER_MM * (1, -1) + middle - 0.5
        assert np.abs(corners - true).max() < 1.5  # 0.15 mm, most of it OpenCV's corner
    # Printers leave 6 mm at the edges.
    inked = np.argwhere(page < 128)
    assert min(inked.min(), *(np.array(page.shape) - inked.max(axis=0))) > 6 * PX_PER_MM


def test_the_picture_of_the_board_tells_its_resolution(tmp_path: Path) -> None:
    write_board(tmp_path / "board.png", Paper.A4)
    with Image.open(tmp_path / "board.png") as picture:
        across, down = picture.info["dpi"]
        assert (picture.width / across * 25.4, picture.height / down * 25.4) == pytest.approx(
            (210, 297), 1e-3
        )
    with pytest.raises(BadInput, match="pdf"):
        write_board(tmp_path / "board.svg", Paper.A4)


@pytest.mark.parametrize("family", FAMILIES)
def test_markers_of_others_are_found_and_not_mixed_up(family: str) -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, f"DICT_{family}"))
    page = np.full((400, 400), 255, np.uint8)
    page[100:300, 100:300] = cv2.aruco.generateImageMarker(dictionary, 7, 200)
    found = markers_of(page, FAMILIES)
    assert list(found) == [Marker(family, 7)]
    assert np.abs(found[Marker(family, 7)][0] - 99.5).max() < 1.0
    page[:] = np.hstack([page[:, 100:300], page[:, 100:300]])
    assert Marker(family, 7) not in markers_of(page, FAMILIES)


def cameras_around(rng: np.random.Generator, count: int = 6) -> dict[str, PosedCamera]:
    """Cameras that look at the middle from a metre away, y up."""
    cameras = {}
    for number in range(count):
        angle = 2 * np.pi * number / count
        centre = np.array([0.7 * np.cos(angle), 0.6 + 0.1 * rng.random(), 0.7 * np.sin(angle)])
        forward = -centre / np.linalg.norm(centre)
        right = np.cross(forward, (0, 1, 0))
        right /= np.linalg.norm(right)
        rotation = np.column_stack([right, np.cross(forward, right), forward])
        cameras[f"{number}.jpg"] = PosedCamera(SIZE, K, rotation_world_from_camera=rotation, centre_m=centre)
    return cameras


def seen(
    cameras: dict[str, PosedCamera],
    markers: dict[Marker, np.ndarray],
    rng: np.random.Generator,
    noise_px: float = 0.1,
) -> dict[str, dict[Marker, np.ndarray]]:
    """Where cameras see corners."""
    sightings = {}
    for name, camera in cameras.items():
        rotation, centre = camera.pose
        sightings[name] = {}
        for marker, corners in markers.items():
            x, y, z = ((corners - centre) @ rotation).T
            pixels = np.column_stack([x / z, y / z, np.ones(len(z))]) @ K[:2].T
            sightings[name][marker] = pixels + rng.normal(size=(4, 2)) * noise_px
    return sightings


def shrunk(cameras: dict[str, PosedCamera]) -> SparseModel:
    """A model of unknown scale, a little tilted."""
    nothing = np.zeros((0, 3))
    model = SparseModel(cameras, nothing, nothing.astype(np.uint8), np.zeros(0), (), 1.0)
    return model.moved(0.37, cv2.Rodrigues(np.array([0.08, 0.9, -0.06]))[0], np.array([3.0, -1.0, 2.0]))


LYING = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])


@pytest.mark.parametrize("seed", range(3))
def test_a_board_on_the_table_gives_metres_and_the_ground(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cameras = cameras_around(rng)
    board = {Marker(BOARD_FAMILY, number): at @ LYING.T for number, at in board_corners_m().items()}
    sightings = seen(cameras, board, rng)
    # One wrong identification in one photograph must not matter.
    sightings["0.jpg"][Marker(BOARD_FAMILY, IDS[0])] += 40.0
    world = place(shrunk(cameras), {}, 0, (), MarkerSightings(sightings))
    assert world.scale is ScaleSource.MARKERS
    assert world.markers is not None
    assert (world.markers.on_board, world.markers.is_ground) == (True, True)
    assert world.markers.scale_sigma < 1e-3
    for name, camera in cameras.items():
        rotation, centre = world.model.cameras[name].pose
        np.testing.assert_allclose(centre, camera.pose[1], atol=2e-3)
        np.testing.assert_allclose(rotation, camera.pose[0], atol=2e-3)
    assert max(one.millimetres for one in world.markers.residuals) < 1.5
    assert min(one.photographs for one in world.markers.residuals) == len(cameras)


def test_a_board_on_the_wall_gives_the_upright() -> None:
    rng = np.random.default_rng(5)
    cameras = cameras_around(rng, 12)
    ahead = {name: one for name, one in cameras.items() if one.pose[1][2] > 0.2}
    board = {Marker(BOARD_FAMILY, number): at for number, at in board_corners_m().items()}
    world = place(shrunk(ahead), {}, 0, (), MarkerSightings(seen(ahead, board, rng)))
    assert world.markers is not None
    assert world.scale is ScaleSource.MARKERS
    assert not world.markers.is_ground
    for name, camera in ahead.items():
        np.testing.assert_allclose(world.model.cameras[name].pose[0][1], camera.pose[0][1], atol=5e-3)


def test_single_markers_give_metres_when_their_side_is_told() -> None:
    rng = np.random.default_rng(1)
    cameras = cameras_around(rng)
    square = np.array([[-1, 1, 0], [1, 1, 0], [1, -1, 0], [-1, -1, 0]]) * 0.025
    markers = {
        Marker("4X4_50", number): square @ LYING.T @ cv2.Rodrigues(rng.normal(size=3) * 0.2)[0] + at
        for number, at in enumerate(rng.uniform(-0.15, 0.15, (4, 3)))
    }
    sightings = seen(cameras, markers, rng)
    upright = place(shrunk(cameras), {}, 0).model
    fit = fit_markers(upright, MarkerSightings(sightings, 0.05))
    assert fit is not None
    distances = [
        np.linalg.norm(upright.cameras[a].pose[1] - upright.cameras[b].pose[1])
        for a, b in (("0.jpg", "3.jpg"), ("1.jpg", "4.jpg"))
    ]
    true = [
        np.linalg.norm(cameras[a].pose[1] - cameras[b].pose[1])
        for a, b in (("0.jpg", "3.jpg"), ("1.jpg", "4.jpg"))
    ]
    assert fit.scale * np.array(distances) == pytest.approx(true, rel=3e-3)
    assert not fit.on_board
    assert fit_markers(upright, MarkerSightings(sightings)) is None
    assert place(shrunk(cameras), {}, 0, (), MarkerSightings(sightings)).scale is ScaleSource.NONE


def test_markers_that_contradict_one_another_give_nothing() -> None:
    rng = np.random.default_rng(2)
    cameras = cameras_around(rng)
    # Single markers that were cut out and laid about.
    board = {
        Marker(BOARD_FAMILY, number): board_corners_m()[number] @ LYING.T
        + rng.uniform(-0.2, 0.2, 3) * (1, 0, 1)
        for number in IDS
    }
    assert fit_markers(shrunk(cameras), MarkerSightings(seen(cameras, board, rng))) is None
    once = {"0.jpg": seen(cameras, board, rng)["0.jpg"]}
    assert fit_markers(shrunk(cameras), MarkerSightings(once)) is None


def test_rays_meet_in_a_point_despite_a_lens_and_a_stray_one() -> None:
    rng = np.random.default_rng(3)
    cameras = list(cameras_around(rng).values())
    point = np.array([0.05, 0.02, -0.04])
    rays = np.array(
        [
            ((point - one.pose[1]) @ one.pose[0])[:2] / ((point - one.pose[1]) @ one.pose[0])[2]
            for one in cameras
        ]
    )
    rays[0] += 0.1
    found = triangulated(cameras, rays)
    assert found is not None
    assert np.linalg.norm(found[0] - point) < 0.002
    assert found[1][0] > 90
    assert triangulated(cameras[:1] * 2, rays[1:2].repeat(2, axis=0)) is None
    bent = PosedCamera(SIZE, K, {"k1": -0.2})
    assert (
        np.abs(pixel_rays(bent, np.array([[600.0, 450.0], [1000.0, 450.0]]))[:, 0] - (0, 0.4145)).max() < 2e-3
    )


def test_gaps_are_wide_enough_to_tell_markers_apart() -> None:
    assert GAP_MM >= 2 * SIDE_MM / 8
