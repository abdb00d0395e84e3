"""Distances that give a reconstruction its scale."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from core.errors import BadInput
from core.posed_camera import PosedCamera
from formats.camera_set import write_camera_set
from formats.point_cloud import write_point_cloud
from reconstruction.measured_distance import MeasuredDistance, fit_distances, read_distances
from reconstruction.point_precision import length_sigma, point_covariance, views_of
from reconstruction.result_edits import ResultEdits
from reconstruction.sparse_model import SparseModel
from reconstruction.workspace_folder import read_notes
from reconstruction.world_frame import ScaleSource, place

ENDS = np.array([[-0.4, 0.1, 0.2], [0.5, -0.2, -0.1], [0.1, 0.6, 0.0]])


def around(count: int = 6, distance: float = 3.0) -> dict[str, PosedCamera]:
    """Cameras on an arc that look at the origin."""
    cameras = {}
    for number in range(count):
        angle = 0.25 * (number - (count - 1) / 2)
        centre = distance * np.array([np.sin(angle), 0.1, np.cos(angle)])
        forward = -centre / np.linalg.norm(centre)
        right = np.cross(forward, [0, 1, 0])
        right /= np.linalg.norm(right)
        rotation = np.column_stack((right, np.cross(forward, right), forward))
        k = np.array([[900.0, 0, 399.5], [0, 900.0, 299.5], [0, 0, 1]])
        cameras[f"{number}.jpg"] = PosedCamera(
            (800, 600), k, rotation_world_from_camera=rotation, centre_m=centre
        )
    return cameras


def pixel(camera: PosedCamera, point: np.ndarray) -> tuple[float, float]:
    rotation, centre = camera.pose
    x, y, depth = (point - centre) @ rotation
    k = camera.intrinsics
    return k[0, 0] * x / depth + k[0, 2], k[1, 1] * y / depth + k[1, 2]


def picked(
    cameras: dict[str, PosedCamera], point: np.ndarray, rng: np.random.Generator, noise_px: float
) -> dict[str, tuple[float, float]]:
    places = {name: np.array(pixel(camera, point)) for name, camera in cameras.items()}
    return {name: tuple((at + rng.normal(0, noise_px, 2)).tolist()) for name, at in places.items()}


def test_the_scale_is_found_and_its_sigma_is_true() -> None:
    """In many trials the error, in its own sigmas, has a spread of about 1."""
    rng, cameras, true = np.random.default_rng(3), around(), 2.5
    normed = []
    for _ in range(300):
        ends = tuple(picked(cameras, point, rng, 1.0) for point in ENDS[:2])
        metres = true * float(np.linalg.norm(ENDS[0] - ENDS[1])) * (1 + rng.normal(0, 0.001))
        fit = fit_distances(cameras, [MeasuredDistance("a", metres, 0.001 * metres, ends)])
        assert fit is not None
        assert abs(fit.scale / true - 1) < 0.02
        normed.append((fit.scale / true - 1) / fit.scale_sigma)
    assert 0.75 < np.std(normed) < 1.25


def test_distances_that_contradict_one_another_are_less_sure() -> None:
    rng, cameras = np.random.default_rng(4), around()
    ends = [picked(cameras, point, rng, 0.0) for point in ENDS]
    length = [float(np.linalg.norm(ENDS[0] - ENDS[at])) for at in (1, 2)]
    true = [MeasuredDistance(str(at), length[at], 0.001, (ends[0], ends[at + 1])) for at in (0, 1)]
    wrong = [true[0], replace(true[1], metres=1.3 * length[1])]
    sure, unsure = fit_distances(cameras, true), fit_distances(cameras, wrong)
    assert sure is not None
    assert unsure is not None
    assert sure.scale == pytest.approx(1.0, abs=1e-6)
    assert unsure.scale_sigma > 5 * sure.scale_sigma
    assert abs(unsure.residuals[1].off_m) > 10 * unsure.residuals[1].sigma_m


def test_an_end_needs_two_photographs_and_rays_that_meet() -> None:
    rng, cameras = np.random.default_rng(5), around()
    first, second = (picked(cameras, point, rng, 0.0) for point in ENDS[:2])
    once = {"0.jpg": first["0.jpg"], "elsewhere.jpg": (3.0, 4.0)}
    apart = {"0.jpg": first["0.jpg"], "5.jpg": (780.0, 20.0)}
    for end in (once, apart):
        assert fit_distances(cameras, [MeasuredDistance("a", 1.0, 0.001, (end, second))]) is None


def test_a_point_is_less_sure_along_the_way_it_is_looked_at() -> None:
    cameras = list(around(2).values())
    assert len(views_of(np.zeros(3), cameras)) == 2
    assert views_of(np.array([0.0, 0.0, 30.0]), cameras) == []
    found = point_covariance(np.zeros(3), cameras, 1.0)
    assert found is not None
    assert found[2, 2] > 10 * found[0, 0]
    assert point_covariance(np.zeros(3), cameras[:1], 1.0) is None
    assert length_sigma(ENDS[0], np.array([0.0, 0.0, 30.0]), cameras, 1.0) is None


def test_a_reconstruction_has_metres_by_a_measured_distance() -> None:
    rng, cameras = np.random.default_rng(6), around()
    none = np.zeros((0, 3))
    lost = SparseModel(cameras, none, none.astype(np.uint8), np.zeros(0), (), 1.0)
    ends = tuple(picked(cameras, point, rng, 0.0) for point in ENDS[:2])
    world = place(lost, {}, 0, distances=[MeasuredDistance("a", 9.0, 0.01, ends)])
    assert world.scale is ScaleSource.MEASURED
    assert world.distances is not None
    assert world.distances.residuals[0].metres == pytest.approx(9.0, rel=1e-6)
    centres = [np.array([camera.pose[1] for camera in of.values()]) for of in (cameras, world.model.cameras)]
    spans = [float(np.linalg.norm(found[0] - found[-1])) for found in centres]
    assert spans[1] / spans[0] == pytest.approx(9.0 / np.linalg.norm(ENDS[0] - ENDS[1]), rel=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"distances": []}',
        '{"distances": [{"metres": -1, "from": {}, "to": {}}]}',
        '{"distances": [{"metres": 1, "from": [0, 0, 0], "to": [0, 0, 1]}]}',
        '{"distances": [{"metres": 1, "from": {"a": [NaN, 0]}, "to": {}}]}',
        '{"distances": [{"metres": 1, "from": {"a": [1]}, "to": {}}]}',
    ],
)
def test_a_file_without_distances_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "distances.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"distances\.json holds no measured distances"):
        read_distances(path, places=False)
    with pytest.raises(BadInput, match="cannot be read"):
        read_distances(tmp_path / "nothing.json", places=True)


def test_the_command_does_what_the_page_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, cameras = tmp_path / "made", around()
    folder.mkdir()
    write_camera_set(folder / "cameras.json", cameras)
    points = np.random.default_rng(7).uniform(-1, 1, (200, 3))
    write_point_cloud(folder / "sparse.ply", points, np.full((200, 3), 90, np.uint8), comment="no scale")
    (folder / "report.json").write_text('{"unit": null, "unregistered": []}')
    distances = tmp_path / "distances.json"
    length = float(np.linalg.norm(ENDS[0] - ENDS[1]))
    ends = {"from": picked(cameras, ENDS[0], np.random.default_rng(0), 0.0), "to": ENDS[1].tolist()}
    distances.write_text(json.dumps({"distances": [{"metres": 2 * length, **ends}]}))
    call = ["--library", str(tmp_path / "library"), "edit-reconstruction", str(folder), "--json"]
    floor = "0,-1,0,1,-1,0,0,-1,1"
    status = main([*call, f"--measured={distances}", f"--floor={floor}", "--crop=-9,0.5,-9,9,9,9"])
    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert told["unit"] == "m"
    assert told["measured"]["scale_sigma"] > 0
    assert told["left"]["sparse"] == int((2 * points[:, 1] + 1 >= 0.5).sum())
    edits = ResultEdits.of_json(read_notes(folder).edits)
    assert edits.scale_sigma == told["measured"]["scale_sigma"]
    np.testing.assert_allclose(edits.transform.apply(points)[:, 1], 2 * points[:, 1] + 1, atol=1e-4)
    assert main([*call, "--reset", "--turn=30", "--centre"]) == 0
    assert json.loads(capsys.readouterr().out)["left"]["sparse"] == 200
    assert main([*call, "--reset", f"--brush={','.join(map(str, [*points[0].tolist(), 0.001]))}"]) == 0
    assert json.loads(capsys.readouterr().out)["left"]["sparse"] == 199
    assert main([*call, "--floor=0,0,0,1,0,0,2,0,0"]) == 3
    assert main([*call, "-o", str(tmp_path / "mesh.glb")]) == 3  # there is no mesh
