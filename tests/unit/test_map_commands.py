"""Maps inspected, put together, cut and put on the Earth: what comes out is where it should be."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import BadInput
from core.posed_camera import PosedCamera
from core.visual_map import GeoOrigin, VisualMap
from formats.map_file import map_bytes, read_map, write_map
from reconstruction.ground_control import GroundPoint
from reconstruction.photograph import GeoPosition
from reconstruction.similarity import Similarity
from reconstruction.slam.localisation import Localiser
from reconstruction.slam.map_building import PosedPicture, build_map
from reconstruction.slam.map_cloud import write_map_cloud
from reconstruction.slam.map_commands import MapReport
from reconstruction.slam.map_cutting import cut_map
from reconstruction.slam.map_facts import map_facts
from reconstruction.slam.map_georeferencing import placed_by_cameras, placed_by_points, read_positions
from reconstruction.slam.map_merging import merge_maps
from reconstruction.slam.map_pixels import seen_at
from reconstruction.slam.map_placing import placed_map
from reconstruction.world_box import WorldBox
from tests.truth.sensors import ImageSensor
from tests.truth.sequence import Frame, camera_of, sequence

SIZE = (320, 240)
TURN = np.asarray(cv2.Rodrigues(np.array([0.3, -0.8, 0.2]))[0], np.float64)


def grey(frame: Frame) -> np.ndarray:
    return (frame.picture @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)


def posed(frame: Frame) -> PosedCamera:
    camera = frame.camera
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    pose = np.asarray(np.linalg.inv(camera.camera_from_world), np.float64)
    return PosedCamera(SIZE, matrix, rotation_world_from_camera=pose[:3, :3], centre_m=pose[:3, 3])


@cache
def frames() -> tuple[Frame, ...]:
    return tuple(sequence("room", 1, 24, camera=camera_of(SIZE), sensor=ImageSensor()))


@cache
def part_map(begin: int, end: int) -> VisualMap:
    return build_map(
        PosedPicture(str(one.index), posed(one), grey(one), one.depth.astype(np.float32), one.time_s)
        for one in frames()[begin:end:2]
    )


def test_two_halves_become_one_map() -> None:
    first, second = part_map(0, 15), part_map(8, 24)
    moved = placed_map(second, Similarity(1.0, TURN, np.array([3.0, -1.0, 2.0])))
    made = merge_maps(first, moved)
    assert made.of_second.scale == 1.0
    assert len(made.world.keyframes) == len(first.keyframes) + len(second.keyframes)
    assert made.shared > 50
    assert len(made.world.points) == len(first.points) + len(second.points) - made.shared
    true = np.array([one.camera.pose[1] for one in (*first.keyframes, *second.keyframes)])
    np.testing.assert_allclose(made.world.centres, true, atol=0.02)
    assert made.world.keyframes[-4].name == second.keyframes[-4].name
    # The names that both have are told apart, and pictures of both parts are found.
    localiser = Localiser(made.world)
    for frame in (frames()[3], frames()[21]):
        found = localiser.find(grey(frame), posed(frame))
        assert found is not None
        assert np.linalg.norm(found.centre_m - posed(frame).pose[1]) < 0.03


def test_a_map_without_scale_gets_that_of_the_other() -> None:
    first, second = part_map(0, 15), part_map(8, 24)
    to = Similarity(0.25, TURN, np.array([3.0, -1.0, 2.0]))
    small = placed_map(second, to, is_metric=False)
    made = merge_maps(first, small)
    assert abs(made.of_second.scale * 0.25 - 1) < 0.01
    other = merge_maps(small, first)
    assert other.world.is_metric
    # The axes of the first map stay, its lengths become metres.
    np.testing.assert_allclose(other.of_first.rotation, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(other.of_first.shift, 0, atol=1e-9)
    assert abs(other.of_first.scale * 0.25 - 1) < 0.01
    mine = [one for one in other.world.keyframes if one.name in {"20", "22"}]
    gap = np.linalg.norm(mine[0].camera.pose[1] - mine[1].camera.pose[1])
    truth = np.linalg.norm(posed(frames()[20]).pose[1] - posed(frames()[22]).pose[1])
    assert abs(gap / truth - 1) < 0.01


def test_maps_of_different_places_stay_apart() -> None:
    pictures = sequence("corridor", 2, 6, camera=camera_of(SIZE), sensor=ImageSensor())
    other = build_map(
        PosedPicture(str(one.index), posed(one), grey(one), one.depth.astype(np.float32)) for one in pictures
    )
    with pytest.raises(BadInput, match="share too little"):
        merge_maps(part_map(0, 15), other)


def test_a_box_cuts_a_map() -> None:
    world = part_map(0, 24)
    low, high = np.percentile(world.points, 20, axis=0), np.percentile(world.points, 80, axis=0)
    box = WorldBox(tuple(low.tolist()), tuple(high.tolist()))
    inside, outside = cut_map(world, box), cut_map(world, box, outside=True)
    assert ((inside.points >= low) & (inside.points <= high)).all()
    assert 0 < len(inside.points) < len(outside.points) < len(world.points)
    assert map_facts(inside)["residual_px"] == pytest.approx(map_facts(world)["residual_px"], abs=0.3)
    without = cut_map(world, without=[world.keyframes[0].name])
    assert [one.name for one in without.keyframes] == [one.name for one in world.keyframes[1:]]
    late = cut_map(world, times_s=(world.keyframes[4].time_s or 0.0, np.inf))
    assert [one.name for one in late.keyframes] == [one.name for one in world.keyframes[4:]]
    map_bytes(late)
    with pytest.raises(BadInput, match="no keyframe x"):
        cut_map(world, without=["x"])
    with pytest.raises(BadInput, match="would be left"):
        cut_map(world, WorldBox((100.0, 100.0, 100.0), (101.0, 101.0, 101.0)))


def positions_of(world: VisualMap, to: Similarity) -> dict[str, GeoPosition]:
    """Where keyframes would be on the Earth: near the equator a degree is almost as long as another."""
    east, north, up = to.apply(world.centres).T
    per_degree_east, per_degree_north = 111319.4908, 110574.2758
    return {
        one.name: GeoPosition(float(n / per_degree_north), float(e / per_degree_east), float(u))
        for one, e, n, u in zip(world.keyframes, east, north, up, strict=True)
    }


@pytest.mark.parametrize("metric", [True, False])
def test_positions_of_keyframes_put_a_map_on_the_earth(metric: bool) -> None:
    world = part_map(0, 24)
    scale = 1.0 if metric else 0.2
    given = placed_map(world, Similarity(scale), is_metric=metric)
    to = Similarity(1.0, TURN, np.array([5.0, 9.0, 40.0]))
    known = positions_of(world, to)
    wrong = world.keyframes[2].name
    known[wrong] = replace(known[wrong], altitude_m=140.0)
    made = placed_by_cameras(given, known, keep_scale=True)
    assert made.world.is_metric
    assert made.scale == (1.0 if metric else pytest.approx(5.0, rel=1e-3))
    assert made.residuals_m[wrong] > 90
    assert np.median(list(made.residuals_m.values())) < 0.01
    start = known[sorted(known)[0]]
    assert made.world.origin == GeoOrigin(start.latitude_deg, start.longitude_deg, start.altitude_m or 0.0)
    shift = to.apply(world.centres) - made.world.centres
    np.testing.assert_allclose(shift - shift.mean(axis=0), 0, atol=0.02)


def test_ground_control_points_put_a_map_on_the_earth() -> None:
    world = part_map(0, 24)
    seen = np.argsort(-np.bincount(world.features.point), kind="stable")[:12]
    points: list[GroundPoint] = []
    for number in seen.tolist():
        place = world.points[number]
        rows = np.flatnonzero(world.features.point == number)
        pixels = {}
        for keyframe in world.features.keyframe[rows].tolist():
            one = world.keyframes[keyframe]
            at, _ = seen_at(one.camera, place[None])
            pixels[one.name] = (float(at[0, 0]), float(at[0, 1]))
        east, north, up = place
        position = GeoPosition(north / 110574.2758, east / 111319.4908, up)
        points.append(GroundPoint(str(number), position, pixels))
    made = placed_by_points(world, points, keep_scale=True)
    assert max(made.residuals_m.values()) < 0.01
    # The world's axes were east, north and up already.
    shift = made.world.points - world.points
    np.testing.assert_allclose(shift - shift.mean(axis=0), 0, atol=0.02)
    with pytest.raises(BadInput, match="2 places"):
        placed_by_points(world, points[:2], keep_scale=True)


def test_positions_are_read_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,latitude,longitude,altitude\na.png, 50.1, 8.2, 130\n\nb.png,50.2,8.3\n")
    assert read_positions(path) == {
        "a.png": GeoPosition(50.1, 8.2, 130.0),
        "b.png": GeoPosition(50.2, 8.3, None),
    }
    for bad, line in (("a,1,2,3\nb,95,0,1\n", 2), ("nothing\n", 1), ("a,1,2,3\nb\n", 2), ("a,1,2,inf\n", 1)):
        path.write_text(bad)
        with pytest.raises(BadInput, match=f"line {line}"):
            read_positions(path)


def test_facts_and_cloud_of_a_map(tmp_path: Path) -> None:
    world = part_map(0, 24)
    facts = json.loads(json.dumps(map_facts(world), allow_nan=False))
    assert facts["keyframes"] == len(world.keyframes) == 12
    assert facts["residual_px"] < 1.5
    assert facts["cameras"][0]["keyframes"] == 12
    assert facts["unit"] == "m"
    report = MapReport(facts)
    assert report.table.rows[0][:2] == (12, len(world.points))
    assert not report.notes
    assert "no scale" in str(MapReport(map_facts(replace(world, is_metric=False))).notes[0])
    write_map_cloud(tmp_path / "a.ply", world)
    assert f"element vertex {len(world.points) + 12 * 8 * 9}".encode() in (tmp_path / "a.ply").read_bytes()


def test_the_commands_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from app.cli import main

    write_map(tmp_path / "a.smap", part_map(0, 15))
    write_map(tmp_path / "b.smap", part_map(8, 24))
    out = tmp_path / "both.smap"
    library = ["--library", str(tmp_path / "library")]

    def run(*words: str) -> tuple[int, dict[str, object]]:
        status = main([*library, "map", *words, "--json"])
        told = capsys.readouterr()
        return status, json.loads(told.out) if told.out else {}

    status, told = run("merge", str(tmp_path / "a.smap"), str(tmp_path / "b.smap"), "-o", str(out))
    assert status == 0
    assert told["map"]["keyframes"] == len(read_map(out).keyframes)  # pyright: ignore[reportIndexIssue]
    assert run("merge", str(out), str(out), "-o", str(out))[0] == 3
    assert run("inspect", str(out))[0] == 0
    assert main([*library, "map", "inspect", str(out)]) == 0
    assert "keyframes of 320x240" in capsys.readouterr().out
    assert run("cut", str(out), "--time", "0,1", "-o", str(tmp_path / "cut.smap"))[0] == 0
    assert run("cut", str(out), "-o", str(tmp_path / "cut2.smap"))[0] == 2
    assert run("georeference", str(out), "-o", str(tmp_path / "geo.smap"))[0] == 2
    (tmp_path / "gps.csv").write_text(
        "".join(
            f"{name},{at.latitude_deg:.12f},{at.longitude_deg:.12f},{at.altitude_m}\n"
            for name, at in positions_of(read_map(out), Similarity()).items()
        )
    )
    status, told = run(
        "georeference", str(out), "--positions", str(tmp_path / "gps.csv"), "-o", str(tmp_path / "geo.smap")
    )
    assert status == 0
    assert read_map(tmp_path / "geo.smap").origin is not None
