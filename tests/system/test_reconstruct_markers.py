"""`sense reconstruct` with the printed board lying beside what is photographed."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from formats.camera_set import read_camera_set
from render.scene import RenderScene
from tests.truth.layouts import write_photographs
from tests.truth.places import node
from tests.truth.sequence import camera_of, sequence
from tests.truth.solids import patch

ROOT = Path(__file__).parents[2]
PHOTOGRAPHS = 7
LIES_AT = np.array([0.06, 0.002, 0.28])  # the middle of the board


def sense(*words: object) -> str:
    program = "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stone on a table, with the board as the program prints it before it."""
    folder = tmp_path_factory.mktemp("board")
    sense("--library", folder / "library", "board", "-o", folder / "board.png")
    with Image.open(folder / "board.png") as page:
        printed = np.asarray(page.convert("RGB").resize((1050, 1485), Image.Resampling.BOX))
    corner = LIES_AT - np.array([0.105, 0.0, 0.1485])
    made = sequence("object", 4, PHOTOGRAPHS, camera=camera_of((1000, 750)), rate_hz=2.0)
    place = made.scene_at(0.0)
    paper = node(patch(corner, (0.21, 0, 0), (0, 0, 0.297)), printed)
    scene = RenderScene((*place.nodes, paper), place.lights, place.ambient)
    return write_photographs(replace(made, scene_at=lambda _: scene), folder / "photographs")


def test_the_board_gives_metres_and_the_ground(photographs: Path, tmp_path: Path) -> None:
    words = ("-o", tmp_path / "out", "--intrinsics", photographs / "cameras.json", "--stages", "cameras")
    report = json.loads(
        sense("--library", tmp_path / "library", "reconstruct", photographs / "images", *words, "--json")
    )
    assert (report["registered"], report["unit"]) == (PHOTOGRAPHS, "m")
    assert report["scale_source"] == "printed markers"
    told = report["markers"]
    assert told["on_board"]
    assert told["is_ground"]
    assert told["scale_sigma"] < 2e-3
    assert np.median([one["millimetres"] for one in told["markers"]]) < 1.0
    found, true = (read_camera_set(one / "cameras.json") for one in (tmp_path / "out", photographs))
    for name, camera in found.items():
        rotation, centre = true[name].pose
        assert np.linalg.norm(camera.pose[1] - (centre - LIES_AT)) < 0.004, name
        assert np.abs(camera.pose[0] - rotation).max() < 0.01, name
