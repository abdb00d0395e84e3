"""The Capture page with real films, and with the real networks where their package is there."""

import json
import os
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from capture.calibration import FEWEST_FACES, Calibration
from capture.found import Face, Found, Gaze, HeadPose
from capture.live import CaptureSource, Moment
from capture.shot import Shot
from capture.tracker import Part
from capture.ui.capture_canvas import CaptureCanvas
from capture.ui.capture_page import CapturePage
from core.errors import SenseError
from core.library import Library
from core.services import Services
from models.pack_adding import add_pack_file
from models.packs import PACKS
from models.shipped_packs import shipped_package
from models.store import ModelStore

PATIENCE_MS = 30_000


@pytest.fixture
def commands() -> list[str]:
    return []


@pytest.fixture
def page(qtbot: QtBot, services: Services, commands: list[str]) -> CapturePage:
    made = CapturePage(replace(services, run_command=commands.append))
    qtbot.addWidget(made, before_close_func=lambda closing: closing.close_workspace())
    made.resize(1100, 700)
    made.show()
    return made


@pytest.fixture
def networks(library: Library) -> None:
    package = os.environ.get("SENSE_CAPTURE_PACKAGE") or shipped_package(PACKS["capture"].packages[0])
    if not package:
        pytest.skip("the package of the capture pack is not here")
    add_pack_file(ModelStore(library.models_folder), Path(package))


def write_film(path: Path, count: int = 20) -> Path:
    photograph = cv2.imread(str(Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (512, 480))
    for number in range(count):
        writer.write(np.ascontiguousarray(photograph[number : number + 480]))
    writer.release()
    return path


def wait_status(qtbot: QtBot, page: CapturePage, text: str) -> None:
    qtbot.waitUntil(lambda: text in page.status.text(), timeout=PATIENCE_MS)


def test_without_the_networks_the_page_leads_to_the_models(page: CapturePage, commands: list[str]) -> None:
    assert page.empty.isVisible()
    assert not page.empty.camera.isVisible()
    page.empty.models.click()
    assert commands == ["capture.page-show-models"]


def test_the_networks_that_came_with_the_program_are_added_by_one_click(
    qtbot: QtBot, page: CapturePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = os.environ.get("SENSE_CAPTURE_PACKAGE") or shipped_package(PACKS["capture"].packages[0])
    if not package:
        pytest.skip("the package of the capture pack is not here")
    beside = tmp_path / "share" / "sense" / "packs"
    beside.mkdir(parents=True)
    shutil.copy(package, beside)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: "nothing is downloaded" in page.empty.hint.text(), timeout=PATIENCE_MS)
    page.empty.add.click()
    assert not page.empty.add.isEnabled()
    qtbot.waitUntil(page.empty.camera.isVisible, timeout=PATIENCE_MS)
    assert not page.empty.add.isVisible()


def test_networks_that_cannot_be_added_are_told_and_can_be_tried_again(
    qtbot: QtBot, page: CapturePage, errors: list[SenseError], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert "18 MB" in page.empty.hint.text()
    page.empty.add.click()
    qtbot.waitUntil(lambda: bool(errors), timeout=PATIENCE_MS)
    qtbot.waitUntil(page.empty.add.isEnabled, timeout=PATIENCE_MS)
    assert not page.empty.camera.isVisible()


def test_what_cannot_be_captured_is_told_in_one_sentence(
    qtbot: QtBot, page: CapturePage, errors: list[SenseError], tmp_path: Path
) -> None:
    page.start(CaptureSource(path=write_film(tmp_path / "film.avi", 2)))
    wait_status(qtbot, page, "are not here")
    assert [str(error.hint) for error in errors] == ["Add them with: sense models add capture"]
    assert page.states() == {"capture-source"}


@pytest.mark.usefixtures("networks")
def test_a_damaged_film_and_a_missing_camera_are_told(
    qtbot: QtBot, page: CapturePage, errors: list[SenseError], tmp_path: Path
) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    page.open_paths([tmp_path / "film.mp4"])
    wait_status(qtbot, page, "film.mp4 is damaged or not a film")
    page.camera_number.setValue(9)
    page.empty.camera.click()
    wait_status(qtbot, page, "Camera 9 is not there")
    assert len(errors) == 2


@pytest.mark.usefixtures("networks")
def test_a_film_is_shown_with_what_was_found(qtbot: QtBot, page: CapturePage, tmp_path: Path) -> None:
    page.start(CaptureSource(path=write_film(tmp_path / "film.avi")))
    assert page.states() == {"capturing", "capture-source"}
    qtbot.waitUntil(lambda: "m away" in page.readings.head.text(), timeout=PATIENCE_MS)
    drawn = page.canvas.grab().toImage()
    colours = {drawn.pixelColor(x, y).name() for x in range(0, drawn.width(), 7) for y in range(200)}
    assert len(colours) > 50  # the photograph, not a black field
    qtbot.waitUntil(lambda: "capturing" not in page.states(), timeout=PATIENCE_MS)
    assert not page.stop_button.isEnabled()


@pytest.mark.usefixtures("networks")
def test_a_film_is_recorded_whole(
    qtbot: QtBot, page: CapturePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, target = write_film(tmp_path / "film.avi", 12), tmp_path / "motion.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.parts[Part.HANDS].setChecked(False)
    page.parts[Part.BODY].setChecked(False)
    page.start(CaptureSource(path=film))
    page.record.click()
    wait_status(qtbot, page, "Recorded to motion.json. Pictures: 12")
    frames = json.loads(target.read_text("utf-8"))["frames"]
    assert [frame["face"] is not None for frame in frames] == [True] * 12
    assert frames[0]["body"] is None
    assert page.record.text() == "Record…"


@pytest.mark.usefixtures("networks")
def test_a_recording_is_written_when_the_page_closes_or_says_why_not(
    qtbot: QtBot, page: CapturePage, errors: list[SenseError], tmp_path: Path
) -> None:
    film = CaptureSource(path=write_film(tmp_path / "film.avi", 200))
    page.start(film, tmp_path / "film.avi" / "motion.json")
    qtbot.waitUntil(lambda: "recorded: " in page.status.text(), timeout=PATIENCE_MS)
    page.start(film, tmp_path / "motion.json")  # ends the one before, which cannot be written
    qtbot.waitUntil(lambda: len(errors) == 1, timeout=PATIENCE_MS)
    assert "motion.json" in str(errors[0].message)
    qtbot.waitUntil(lambda: "recorded: " in page.status.text(), timeout=PATIENCE_MS)
    page.close_workspace()
    assert json.loads((tmp_path / "motion.json").read_text("utf-8"))["frames"]


@pytest.mark.usefixtures("networks")
def test_parts_change_while_it_runs(qtbot: QtBot, page: CapturePage, tmp_path: Path) -> None:
    page.start(CaptureSource(path=write_film(tmp_path / "film.avi", 90)))
    qtbot.waitUntil(lambda: "m away" in page.readings.head.text(), timeout=PATIENCE_MS)
    page.parts[Part.FACE].setChecked(False)
    qtbot.waitUntil(lambda: page.readings.head.text() == "–", timeout=PATIENCE_MS)


def face(smile: float, look: float) -> Face:
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[2, 3] = 0.5
    direction = np.array([np.sin(look), 0.0, np.cos(look)])
    points = np.random.default_rng(1).uniform(100, 200, (478, 3))
    values = np.full(52, smile)
    return Face(1.0, points, values, HeadPose(pose, 0.0), Gaze(direction, direction), points / 1000 + 0.5)


def moment(smile: float, look: float) -> Moment:
    shot = Shot("0", 0.0, np.zeros((480, 640, 3), np.uint8))
    return Moment(shot, Found((640, 480), (face(smile, look),)), 0.01, 0)


def test_a_calibration_makes_the_rest_nothing(library: Library) -> None:
    assert Calibration.of([face(0.2, 0.1)] * (FEWEST_FACES - 1)) is None
    rest = Calibration.of([face(0.2, 0.1)] * FEWEST_FACES)
    assert rest is not None
    (calm,) = rest.apply(Found((1, 1), (face(0.2, 0.1),))).faces
    (full,) = rest.apply(Found((1, 1), (face(1.0, 0.3),))).faces
    assert calm.coefficients == pytest.approx(np.zeros(52))
    assert full.coefficients == pytest.approx(np.ones(52))
    assert calm.gaze is not None
    assert full.gaze is not None
    assert calm.gaze.left == pytest.approx([0, 0, 1], abs=1e-9)
    assert full.gaze.left[0] == pytest.approx(np.sin(0.2))
    again = Calibration.from_json(json.loads(json.dumps(rest.to_json())))
    assert again is not None
    assert again.gaze_deg == pytest.approx(rest.gaze_deg)
    for broken in (None, {}, {"coefficients": [1], "gaze_deg": [0, 0]}, {"coefficients": 3, "gaze_deg": 1}):
        assert Calibration.from_json(broken) is None


@pytest.mark.usefixtures("networks")
def test_the_page_calibrates_remembers_and_forgets(
    qtbot: QtBot, page: CapturePage, library: Library, tmp_path: Path
) -> None:
    page.start(CaptureSource(path=write_film(tmp_path / "film.avi", 100)))
    qtbot.waitUntil(lambda: "m away" in page.readings.head.text(), timeout=PATIENCE_MS)
    page.calibrate_button.click()
    assert "Keep your face at rest" in page.status.text()
    qtbot.waitUntil(page.forget.isEnabled, timeout=PATIENCE_MS)
    assert Calibration.from_json(library.settings.get("capture.calibration", None)) is not None
    page.forget.click()
    assert library.settings.get("capture.calibration", None) is None


def test_a_moment_that_comes_while_one_is_drawn_replaces_it(qtbot: QtBot, page: CapturePage) -> None:
    from capture.ui.live_bridge import LiveBridge

    bridge, seen = LiveBridge(page), list[Moment]()
    bridge.came.connect(seen.append)
    moments = [moment(0.1 * number, 0.0) for number in range(5)]
    for one in moments:
        bridge.moment(one)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [moments[-1]]


def test_overlays_are_drawn_and_mirrored(qtbot: QtBot) -> None:
    canvas = CaptureCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(640, 480)
    canvas.shows_mesh = False
    canvas.show_moment(moment(0.5, 0.0))
    straight = canvas.grab().toImage()
    canvas.mirrored = True
    mirrored = canvas.grab().toImage()
    left = sum(straight.pixelColor(x, y) != QColor("black") for x in range(100, 200) for y in range(90, 200))
    right = sum(mirrored.pixelColor(x, y) != QColor("black") for x in range(440, 540) for y in range(90, 200))
    assert left > 300
    assert right > 300


def test_texts_follow_the_language(page: CapturePage) -> None:
    page.record.setText("")
    page.empty.models.setText("")
    QApplication.sendEvent(page, QEvent(QEvent.Type.LanguageChange))
    QApplication.sendEvent(page.empty, QEvent(QEvent.Type.LanguageChange))
    assert (page.record.text(), page.empty.models.text()) == ("Record…", "Models")


def test_closing_ends_the_thread_at_once(
    qtbot: QtBot, page: CapturePage, networks: None, tmp_path: Path
) -> None:
    page.start(CaptureSource(path=write_film(tmp_path / "film.avi", 300)))
    qtbot.waitUntil(lambda: page.status.text().startswith("512"), timeout=PATIENCE_MS)
    before = time.monotonic()
    assert page.close_workspace()
    assert time.monotonic() - before < 5.0
