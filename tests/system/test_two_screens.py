"""A window on two screens, in a process of its own because Qt reads the screens once."""

import json
import os
import subprocess
import sys
from pathlib import Path

DPI = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
SCREENS = [
    {"name": "left", "x": 0, "y": 0, "width": 1600, "height": 900, **DPI},
    {"name": "right", "x": 1600, "y": 0, "width": 1280, "height": 1024, **DPI},
]

PROGRAM = """
import json, sys
from pathlib import Path
from app.contributions import registry
from app.window_session import WindowSession
from core.library import Library

library = Library.open(Path(sys.argv[1]))
session = WindowSession(library, ["sense"], registry())
window = session.window

def told():
    session.application.processEvents()
    frame = window.frameGeometry().getRect()
    return {"screen": window.screen().name(), "frame": frame, "states": sorted(window.states())}

window.show()
answers = [told()]
for _ in range(int(sys.argv[2])):
    window.run_command("app.next-screen")
    answers.append(told())
window.close()
session.close()
print(json.dumps(answers))
"""


def moves(tmp_path: Path, screens: list[dict[str, object]], count: int) -> list[dict[str, object]]:
    configuration = tmp_path / "screens.json"
    configuration.write_text(json.dumps({"screens": screens}))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "library"), str(count)],
        env=os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={configuration}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers: list[dict[str, object]] = json.loads(done.stdout)
    return answers


def test_the_window_moves_to_the_other_screen_and_back(tmp_path: Path) -> None:
    there, back = moves(tmp_path, SCREENS, 2)[1:]
    assert (there["screen"], back["screen"]) == ("right", "left")
    assert there["frame"][0] >= 1600  # type: ignore[index]
    assert "several-screens" in there["states"]  # type: ignore[operator]


def test_the_place_on_the_second_screen_is_remembered(tmp_path: Path) -> None:
    assert moves(tmp_path, SCREENS, 1)[-1]["screen"] == "right"
    assert moves(tmp_path, SCREENS, 0)[-1]["screen"] == "right"


def test_without_the_second_screen_the_window_is_on_the_first(tmp_path: Path) -> None:
    assert moves(tmp_path, SCREENS, 1)[-1]["screen"] == "right"
    (alone,) = moves(tmp_path, SCREENS[:1], 0)
    assert alone["screen"] == "left"
    x, y, width, height = alone["frame"]  # type: ignore[misc]
    assert x >= 0
    assert y >= 0
    assert x + width <= 1600
    assert y + height <= 900
    assert "several-screens" not in alone["states"]  # type: ignore[operator]
