"""Ground control points: what is read, and where they put a model."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from core.posed_camera import PosedCamera
from reconstruction.geodesy import east_north_up
from reconstruction.ground_control import GroundPoint, read_ground_points
from reconstruction.photograph import GeoPosition
from reconstruction.sparse_model import SparseModel
from reconstruction.world_frame import ScaleSource, place

SIZES = {"a.jpg": (1000, 800), "b.jpg": (800, 1000)}
ORIGIN = GeoPosition(52.52, 13.4, 35.0)
METRE_NORTH, METRE_EAST = 1 / 111_270, 1 / 67_890  # degrees, about


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_pixels_of_opensfm_count_from_the_middle(tmp_path: Path) -> None:
    entry = {
        "id": "7",
        "position": {"latitude": 52.5, "longitude": 13.4, "altitude": 12.0},
        "observations": [
            {"shot_id": "a.jpg", "projection": [0.1, -0.2]},
            {"shot_id": "b.jpg", "projection": [0.0, 0.0]},
            {"shot_id": "elsewhere.jpg", "projection": [0.0, 0.0]},
        ],
    }
    path = written(tmp_path / "points.json", json.dumps({"points": [entry, {"id": "8"}]}))
    first, second = read_ground_points(path, SIZES)
    assert first.name == "7"
    assert first.position == GeoPosition(52.5, 13.4, 12.0)
    assert first.pixels == {"a.jpg": (599.5, 199.5), "b.jpg": (399.5, 499.5)}
    assert second == GroundPoint("8", None, {})


@pytest.mark.parametrize(
    ("header", "x", "y"),
    [
        ("WGS84", 13.4, 52.52),
        ("EPSG:4326", 13.4, 52.52),
        ("WGS84 UTM 33N", 391_440.0, 5_820_079.7),
        ("EPSG:32633", 391_440.0, 5_820_079.7),
        ("+proj=utm +zone=33 +datum=WGS84 +units=m +no_defs", 391_440.0, 5_820_079.7),
    ],
)
def test_lists_may_be_in_many_coordinates(tmp_path: Path, header: str, x: float, y: float) -> None:
    rows = (
        f"{header}\n# two photographs\n{x} {y} 35.5 10 20 a.jpg corner\n\n{x} {y} 35.5 30 40 b.jpg corner\n"
    )
    (point,) = read_ground_points(written(tmp_path / "gcp_list.txt", rows), SIZES)
    assert point.name == "corner"
    assert point.position is not None
    assert point.position.latitude_deg == pytest.approx(52.52, abs=2e-5)
    assert point.position.longitude_deg == pytest.approx(13.4, abs=2e-5)
    assert point.position.altitude_m == 35.5
    assert point.pixels == {"a.jpg": (10, 20), "b.jpg": (30, 40)}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no ground control points"),
        ("{}", "no ground control points"),
        ('{"points": [{"observations": 3}]}', "no ground control points"),
        ("NOWHERE\n1 2 3 4 5 a.jpg", "coordinates “NOWHERE” are not known"),
        ("WGS84\n13 52 1 2 a.jpg", "line 2 is no ground control point"),
        ("WGS84\n13 52 1 2 3 a.jpg\n13 152 1 2 3 a.jpg", "line 3 is no ground control point"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_ground_points(written(tmp_path / "points.txt", text), SIZES)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.txt cannot be read"):
        read_ground_points(tmp_path / "gone.txt", SIZES)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.one_of(st.text(), st.text('WGS84 EPSG:0123.\n\t-nanif{}[]":,a', max_size=80)))
def test_no_text_does_more_than_to_be_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "points.txt"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        points = read_ground_points(path, SIZES)
    except BadInput:
        return
    assert points


# Fitting.


def world(cameras: int = 4) -> SparseModel:
    """Give cameras on an arc that look north at a wall, 12 m away, in metres: x east, y up, z south."""
    made: dict[str, PosedCamera] = {}
    for number in range(cameras):
        centre = np.array([3.0 * number - 4.0, 1.7 + 0.1 * number, 12.0 - 0.5 * number])
        ahead = np.array([0.0, 3.0, 0.0]) - centre
        ahead /= np.linalg.norm(ahead)
        right = np.cross(ahead, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        rotation = np.stack([right, np.cross(ahead, right), ahead], axis=1)
        lens = np.array([[900.0, 0, 500], [0, 900, 400], [0, 0, 1]])
        made[f"{number}.jpg"] = PosedCamera(
            (1001, 801), lens, {"k1": -0.05}, rotation_world_from_camera=rotation, centre_m=centre
        )
    nothing = np.zeros((0, 3))
    return SparseModel(made, nothing, nothing.astype(np.uint8), np.zeros(0), (), 1.0)


def seen(model: SparseModel, name: str, place: np.ndarray) -> tuple[float, float]:
    import cv2

    camera = model.cameras[name]
    rotation, centre = camera.pose
    turn, _ = cv2.Rodrigues(rotation.T)
    lens = np.array([camera.distortion.get(key, 0.0) for key in ("k1", "k2", "p1", "p2")])
    pixels, _ = cv2.projectPoints(place[None], turn, -rotation.T @ centre, camera.intrinsics, lens)
    x, y = pixels.ravel().tolist()
    return x, y


def on_earth(place: np.ndarray) -> GeoPosition:
    """Give where a place of the world is; its origin is ORIGIN."""
    east, up, south = place.tolist()
    guess = GeoPosition(
        ORIGIN.latitude_deg - south * METRE_NORTH, ORIGIN.longitude_deg + east * METRE_EAST, 35.0 + up
    )
    for _ in range(3):  # the degrees above are rough
        found = east_north_up([guess], ORIGIN)[0]
        guess = GeoPosition(
            guess.latitude_deg + (-south - found[1]) * METRE_NORTH,
            guess.longitude_deg + (east - found[0]) * METRE_EAST,
            35.0 + up,
        )
    return guess


def ground(model: SparseModel, places: np.ndarray, names: list[list[str]]) -> list[GroundPoint]:
    return [
        GroundPoint(str(number), on_earth(place), {name: seen(model, name, place) for name in shown})
        for number, (place, shown) in enumerate(zip(places, names, strict=True))
    ]


PLACES = np.array([[0.0, 0.0, 0.0], [4.0, 0.5, 0.3], [-3.0, 4.0, 0.0], [2.0, 5.0, -0.5]])


def lost(model: SparseModel) -> SparseModel:
    """Give the model as structure from motion would: turned, small and elsewhere."""
    turn, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    return model.moved(0.03, turn, np.array([5.0, -2.0, 1.0]))


def farthest(found: SparseModel, true: SparseModel) -> float:
    return max(
        float(np.linalg.norm(found.cameras[name].pose[1] - true.cameras[name].pose[1])) for name in true.names
    )


def test_points_alone_give_a_world() -> None:
    true = world()
    every = ground(true, PLACES, [true.names] * 4)
    placed = place(lost(true), {}, 0, every)
    assert placed.scale is ScaleSource.GROUND
    assert placed.ground is not None
    assert farthest(placed.model, true) < 0.02
    assert placed.ground.scale_sigma < 0.01
    assert [one.name for one in placed.ground.residuals] == ["0", "1", "2", "3"]
    assert all(one.pixels < 0.5 for one in placed.ground.residuals)
    assert all(one.metres is not None and one.metres < 0.01 for one in placed.ground.residuals)


def test_few_points_and_gps_complete_one_another() -> None:
    true = world(3)
    random = np.random.default_rng(2)
    gps = {
        name: on_earth(true.cameras[name].pose[1] + random.normal(0, 3, 3) + [0, 15, 0])
        for name in true.names
    }
    few = ground(true, PLACES[:2], [["0.jpg", "2.jpg"], ["1.jpg"]])
    assert place(lost(true), gps, 0).scale is ScaleSource.NONE
    placed = place(lost(true), gps, 0, few)
    assert placed.scale is ScaleSource.GROUND
    assert placed.ground is not None
    assert placed.ground.residuals[1].metres is None
    assert placed.ground.residuals[0].metres is not None
    assert placed.ground.residuals[0].metres < 0.5
    assert 0.005 < placed.ground.scale_sigma < 0.2
    assert farthest(placed.model, true) < 5
    assert set(placed.residuals_m) == set(true.names)


def test_a_wrong_point_is_told_by_its_residual() -> None:
    true = world()
    every = ground(true, PLACES, [true.names] * 4)
    wrong = GroundPoint("wrong", on_earth(np.array([9.0, 2.0, 0.0])), every[3].pixels)
    placed = place(lost(true), {}, 0, [*every, wrong])
    assert placed.ground is not None
    off = {one.name: one.metres for one in placed.ground.residuals}
    assert off["wrong"] is not None
    assert off["wrong"] > 4
    assert all(off[name] is not None and off[name] < 0.7 for name in "0123")  # type: ignore[operator]


def test_too_little_fixes_no_world() -> None:
    true = world()
    assert place(lost(true), {}, 0, ground(true, PLACES[:1], [true.names])).scale is ScaleSource.NONE
    unseen = [GroundPoint("0", ORIGIN, {"elsewhere.jpg": (1.0, 2.0)}), GroundPoint("1", None, {})]
    assert place(lost(true), {}, 0, unseen).scale is ScaleSource.NONE
