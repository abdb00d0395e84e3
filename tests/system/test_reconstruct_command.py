"""`sense reconstruct` on photographs of a rendered place whose cameras are known."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
import trimesh
from PIL import Image

from formats.camera_set import read_camera_set
from reconstruction.alignment import similarity
from tests.truth.layouts import write_cameras, write_photographs
from tests.truth.sequence import camera_of, sequence

ROOT = Path(__file__).parents[2]
PHOTOGRAPHS = 9
SIZE = (800, 600)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stone on a table, from nine places around it."""
    made = sequence("object", 4, PHOTOGRAPHS, camera=camera_of(SIZE), rate_hz=2.0)
    return write_photographs(made, tmp_path_factory.mktemp("photographs"))


def sense(library: Path, *words: object, stages: str = "cameras") -> "subprocess.CompletedProcess[str]":
    program = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"
    command = ["--library", str(library), "reconstruct", *map(str, words), "--stages", stages]
    return subprocess.run(
        [sys.executable, "-c", program, *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def errors(found: Path, truth: Path) -> tuple[float, float]:
    """Give the mean distance of the centres in metres, and the mean angle in degrees, after a similarity."""
    cameras, true = read_camera_set(found), read_camera_set(truth)
    names = sorted(cameras)
    source = np.array([cameras[name].pose[1] for name in names])
    target = np.array([true[name].pose[1] for name in names])
    scale, rotation, shift = similarity(source, target)
    distances = np.linalg.norm(scale * source @ rotation.T + shift - target, axis=1)
    off = [
        2 * np.arcsin(np.linalg.norm(rotation @ cameras[name].pose[0] - true[name].pose[0]) / np.sqrt(8))
        for name in names
    ]
    return float(distances.mean()), float(np.degrees(np.mean(off)))


def test_cameras_are_found_by_the_photographs_alone(photographs: Path, tmp_path: Path) -> None:
    done = sense(tmp_path / "library", photographs / "images", "-o", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["registered"], report["unregistered"], report["rejected"]) == (PHOTOGRAPHS, [], [])
    assert report["unit"] is None
    assert report["scale_source"] == "no scale"
    assert report["reprojection_error_px"] < 0.6
    distance, angle = errors(tmp_path / "out" / "cameras.json", photographs / "cameras.json")
    assert distance < 0.004
    assert angle < 0.6  # four pixels of the principal point, which nine views fix no better
    ply = (tmp_path / "out" / "sparse.ply").read_bytes()
    assert f"element vertex {report['points']}\n".encode() in ply
    assert json.loads((tmp_path / "out" / "report.json").read_text())["points"] == report["points"] > 300
    again = sense(tmp_path / "library", photographs / "images", "-o", tmp_path / "out")
    assert again.returncode == 3
    assert "exists already" in again.stderr


def test_given_cameras_stay_as_they_are(photographs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    given = photographs / "cameras.json"
    done = sense(tmp_path / "library", photographs / "images", "-o", out, "--cameras", given, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["unit"] == "m"
    found, true = read_camera_set(out / "cameras.json"), read_camera_set(given)
    assert set(found) == set(true)
    for name, camera in found.items():
        assert np.array_equal(camera.pose[0], true[name].pose[0])
        assert np.array_equal(camera.pose[1], true[name].pose[1])
        assert np.array_equal(camera.intrinsics, true[name].intrinsics)


def test_known_lenses_stay_as_they_are(photographs: Path, tmp_path: Path) -> None:
    out, given = tmp_path / "out", photographs / "cameras.json"
    done = sense(tmp_path / "library", photographs / "images", "-o", out, "--intrinsics", given, "--json")
    assert done.returncode == 0, done.stderr
    found, true = read_camera_set(out / "cameras.json"), read_camera_set(given)
    for name, camera in found.items():
        np.testing.assert_allclose(camera.intrinsics, true[name].intrinsics, atol=1e-9)
    distance, angle = errors(out / "cameras.json", given)
    assert distance < 0.003
    assert angle < 0.15


def test_what_cannot_be_reconstructed_is_told_in_one_line(photographs: Path, tmp_path: Path) -> None:
    first = next((photographs / "images").iterdir())
    one, black, mixed = tmp_path / "one", tmp_path / "black", tmp_path / "mixed"
    for folder in (one, black, mixed):
        folder.mkdir()
    (one / first.name).write_bytes(first.read_bytes())
    for number in range(3):
        Image.new("RGB", (320, 240)).save(black / f"{number}.png")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{")
    for words, named in (
        ((one,), "at least two photographs"),
        ((black,), "could be placed"),
        ((tmp_path / "nowhere",), "nowhere"),
        ((photographs / "images", "--cameras", wrong), "wrong.json"),
    ):
        done = sense(tmp_path / "library", *words, "-o", tmp_path / "out")
        assert done.returncode == 3, (words, done.stderr)
        assert named in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert not (tmp_path / "out").exists()


def test_a_damaged_photograph_does_not_stop_the_others(photographs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for path in sorted((photographs / "images").iterdir())[:5]:
        (folder / path.name).write_bytes(path.read_bytes())
    cut = (folder / "0000.png").read_bytes()
    (folder / "0000.png").write_bytes(cut[: len(cut) // 3])
    (folder / "note.jpg").write_text("no picture")
    # Its header is whole: that it is damaged shows only when its pixels are read.
    Image.open(folder / "0001.png").save(folder / "cut.jpg", quality=95)
    whole = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    done = sense(tmp_path / "library", folder, "-o", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {Path(one["path"]).name for one in report["rejected"]} == {"0000.png", "cut.jpg", "note.jpg"}
    assert report["registered"] == 4


def test_a_surface_is_made_of_the_photographs(tmp_path: Path) -> None:
    made = sequence("object", 4, 4, camera=camera_of((240, 180)), rate_hz=2.0)
    photographs = write_photographs(made, tmp_path / "photographs")
    out, given = tmp_path / "out", photographs / "cameras.json"
    words = (photographs / "images", "-o", out, "--cameras", given, "--quality", "draft", "--json")
    done = sense(tmp_path / "library", *words, "--export", "usdz", "--export", "obj", stages="texture")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert set(report["stages"]) == {"cameras", "dense", "mesh", "texture"}
    assert all(one["seconds"] > 0 for one in report["stages"].values())
    assert report["dense_points"] > 20_000
    assert report["triangles"] > 5_000
    assert f"element vertex {report['dense_points']}\n".encode() in (out / "dense.ply").read_bytes()
    mesh = trimesh.load(out / "mesh.glb", force="mesh", process=False)
    assert len(mesh.faces) == report["triangles"]
    assert mesh.visual.uv is not None
    assert zipfile.is_zipfile(out / "mesh.usdz")
    assert len(trimesh.load(out / "mesh.obj", force="mesh", process=False).faces) == report["triangles"]
    assert "<html" in (out / "report.html").read_text("utf-8")
    refused = sense(tmp_path / "library", *words, "--export", "usdz", "--force", stages="dense")
    assert refused.returncode == 2
    assert 0 <= report["texture_filled_share"] < 0.2
    assert 0 <= report["planes_share"] < 0.5
    low, high = mesh.bounds.copy()
    low[0] = (low[0] + high[0]) / 2  # the right half alone, as one closed body
    box = ",".join(f"{number:.6f}" for number in (*low, *high))
    solid = (*words, f"--box={box}", "--holes", "all", "--triangles", "4000", "--force")
    closed = sense(tmp_path / "library", *solid, stages="mesh")
    assert closed.returncode == 0, closed.stderr
    mesh = trimesh.load(out / "mesh.glb", force="mesh", process=False)
    assert mesh.is_watertight
    assert len(mesh.faces) <= 4000
    assert (mesh.bounds[0] >= low - 1e-5).all()
    assert (mesh.bounds[1] <= high + 1e-5).all()


def test_a_film_becomes_cameras_of_its_best_frames(tmp_path: Path) -> None:
    made = sequence("object", 4, 36, camera=camera_of((480, 360)), rate_hz=10.0)
    film = cv2.VideoWriter(str(tmp_path / "walk.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (480, 360))
    true = {}
    for frame in made:
        film.write(cv2.cvtColor(frame.picture, cv2.COLOR_RGB2BGR))
        true[f"frame-{frame.index:06d}.jpg"] = frame.camera
    film.release()
    write_cameras(tmp_path / "true.json", true)
    words = (tmp_path / "walk.avi", "-o", tmp_path / "out", "--stages", "cameras", "--json")
    done = sense(tmp_path / "library", *words)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["registered"] == report["photographs"] >= 8
    names = set(read_camera_set(tmp_path / "out" / "cameras.json"))
    assert names == {path.name for path in (tmp_path / "out" / "frames").iterdir()}
    distance, _ = errors(tmp_path / "out" / "cameras.json", tmp_path / "true.json")
    assert distance < 0.01


def test_a_folder_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    images, file = tmp_path / "images", tmp_path / "file"
    images.mkdir()
    file.touch()
    for number in range(2):  # of these the work would say something else
        Image.new("RGB", (320, 240)).save(images / f"{number}.png")
    done = sense(tmp_path / "library", images, "-o", file / "out")
    assert done.returncode == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert file.read_bytes() == b""


def test_three_photographs_keep_what_two_of_them_see(photographs: Path, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for path in sorted((photographs / "images").iterdir())[:3]:
        shutil.copy(path, few)
    done = sense(tmp_path / "library", few, "-o", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["registered"] == 3
    assert report["observations"] / report["points"] < 2.7


def test_ground_control_points_give_metres(photographs: Path, tmp_path: Path) -> None:
    true = read_camera_set(photographs / "cameras.json")
    lines = ["+proj=tmerc +lat_0=52.52 +lon_0=13.4 +datum=WGS84 +units=m"]
    for name, place in {"a": (0.0, 0.0, 0.0), "b": (0.4, 0.0, 0.1), "c": (0.0, 0.3, -0.3)}.items():
        for photograph, camera in true.items():
            rotation, centre = camera.pose
            x, y, z = camera.intrinsics @ rotation.T @ (place - centre)
            east, up, south = place
            lines.append(f"{east} {-south} {up + 40} {x / z} {y / z} {photograph} {name}")
    (tmp_path / "gcp_list.txt").write_text("\n".join(lines))
    words = (photographs / "images", "-o", tmp_path / "out", "--gcp", tmp_path / "gcp_list.txt")
    done = sense(tmp_path / "library", *words, "--quality", "draft", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["unit"] == "m"
    assert report["ground_control"]["scale_sigma"] < 0.02
    assert all(one["metres"] < 0.01 for one in report["ground_control"]["points"])
    found = read_camera_set(tmp_path / "out" / "cameras.json")
    apart = [
        np.linalg.norm(np.subtract(*(cameras[name].pose[1] for name in sorted(cameras)[::8])))
        for cameras in (found, true)
    ]
    assert apart[0] == pytest.approx(apart[1], rel=0.02)


def test_upright_and_lying_photographs_of_several_cameras_are_one_scene(
    photographs: Path, tmp_path: Path
) -> None:
    """Every second one was taken upright, with EXIF's word for it; one is from a phone of fewer pixels."""
    images = tmp_path / "images"
    images.mkdir()
    names = sorted(path.name for path in (photographs / "images").iterdir())
    for number, name in enumerate(names):
        with Image.open(photographs / "images" / name) as opened:
            picture, exif = opened.convert("RGB"), Image.Exif()
        if number % 2:
            picture, exif[274] = picture.transpose(Image.Transpose.ROTATE_90), 6
        elif number == 4:
            picture = picture.resize((640, 480), Image.Resampling.LANCZOS)
        picture.save(images / name, exif=exif)
    done = sense(tmp_path / "library", images, "-o", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["registered"] == PHOTOGRAPHS
    found, true = (read_camera_set(one / "cameras.json") for one in (tmp_path / "out", photographs))
    assert (found[names[0]].size, found[names[1]].size, found[names[4]].size) == (
        SIZE,
        SIZE[::-1],
        (640, 480),
    )
    source, target = (np.array([cameras[name].pose[1] for name in names]) for cameras in (found, true))
    scale, rotation, shift = similarity(source, target)
    assert np.linalg.norm(scale * source @ rotation.T + shift - target, axis=1).mean() < 0.008
    assert np.degrees(np.arccos(rotation[1, 1])) < 2.0


def test_of_two_scenes_the_larger_is_taken_and_both_are_told(photographs: Path, tmp_path: Path) -> None:
    made = sequence("facade", 3, 4, camera=camera_of((480, 360)), rate_hz=1.5)
    images = write_photographs(made, tmp_path / "facade").joinpath("images")
    for path in sorted(images.iterdir()):
        path.rename(path.with_name(f"facade-{path.name}"))
    stone = sorted((photographs / "images").iterdir())[:5]
    for path in stone:
        shutil.copy(path, images)
    done = sense(tmp_path / "library", images, "-o", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["registered_images"] == [path.name for path in stone]
    facade = sorted(path.name for path in images.glob("facade-*"))
    assert report["other_scenes"] == [facade]
    assert [one["name"] for one in report["unregistered"]] == facade
    assert all("4 that fit one another" in one["reason"] for one in report["unregistered"])
