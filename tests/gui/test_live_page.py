"""The Live page with recordings of a made room."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.context import Context
from core.errors import SenseError
from core.progress import SILENT, Progress
from core.services import Services
from core.trajectory import Trajectory
from formats.map_file import write_map
from formats.trajectory_file import write_trajectory
from reconstruction.pixel_rays import pixel_rays
from reconstruction.similarity import Similarity
from reconstruction.slam.anchor import seen_faces
from reconstruction.slam.input_sequence import CameraRig, SensorFrame
from reconstruction.slam.live_moment import MapView, Tracked, TrackingState
from reconstruction.slam.localize_command import LocalizeOptions, localize_command
from reconstruction.slam.map_building import PosedPicture, build_map
from reconstruction.slam.sequence_layouts import Sensor, open_sequence
from reconstruction.ui.live_page import LivePage
from tests.truth.layouts import true_poses, write_rgbd
from tests.truth.sequence import Sequence, camera_of, sequence

PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def made() -> Sequence:
    return sequence("room", 3, 8, camera=camera_of((320, 240)), rate_hz=4.0)


@pytest.fixture(scope="module")
def recording(made: Sequence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rgbd(made, tmp_path_factory.mktemp("room"))


class KnownWay:
    """Follows a camera whose way is known exactly; frame 5 it loses."""

    def __init__(self, rig: CameraRig, poses: list[np.ndarray]) -> None:
        self._rig, self._poses = rig, poses
        self._points: list[np.ndarray] = []
        self._seen: list[int] = []

    def follow(self, frame: SensorFrame) -> Tracked:
        if frame.index == 5:
            empty = np.zeros((0, 2), np.float32)
            return Tracked(TrackingState.LOST, None, empty, np.zeros((0, 3), np.float32))
        pose, depth = self._poses[frame.index], frame.depth_m
        assert depth is not None
        rows, columns = np.mgrid[
            10 : self._rig.left.size[1] - 5 : 20, 10 : self._rig.left.size[0] - 5 : 20
        ].reshape(2, -1)
        pixels = np.column_stack((columns, rows)).astype(float)
        rays = np.column_stack((pixel_rays(self._rig.left, pixels), np.ones(len(pixels))))
        places = (rays * depth[rows, columns, None]) @ pose[:3, :3].T + pose[:3, 3]
        self._points.append(places[np.isfinite(places).all(axis=1)])
        self._seen.append(frame.index)
        return Tracked(TrackingState.TRACKING, pose, pixels.astype(np.float32), places.astype(np.float32), 1)

    def view(self) -> MapView:
        points = np.concatenate(self._points or [np.zeros((0, 3))]).astype(np.float32)
        return MapView(points, np.array([self._poses[index] for index in self._seen]).reshape(-1, 4, 4))

    def save(self, folder: Path, *, to: Similarity | None = None, progress: Progress = SILENT) -> None:
        poses = np.array([self._poses[at] for at in self._seen])
        folder.mkdir()
        write_trajectory(folder / "trajectory.txt", Trajectory(np.array(self._seen, float), poses))


@pytest.fixture
def page(qtbot: QtBot, services: Services, made: Sequence) -> Iterator[LivePage]:
    poses = true_poses(made)
    page = LivePage(services, lambda rig: KnownWay(rig, poses))
    qtbot.addWidget(page, before_close_func=lambda closing: closing.close_workspace())
    page.resize(1200, 700)
    page.show()
    return page


def followed(qtbot: QtBot, page: LivePage, recording: Path) -> None:
    page.bar.sensor.setCurrentIndex(list(Sensor).index(Sensor.RGBD))
    page.open_paths([recording])
    qtbot.waitUntil(lambda: not page.running, timeout=PATIENCE_MS)


def test_a_recording_is_followed_to_its_end(qtbot: QtBot, page: LivePage, recording: Path) -> None:
    states = []
    page.bar.sensor.setCurrentIndex(list(Sensor).index(Sensor.RGBD))
    page.open_paths([recording])
    page.stop()
    qtbot.waitUntil(lambda: not page.running, timeout=PATIENCE_MS)
    assert page.canvas.moment is None or page.canvas.moment.frame.index < 7
    page.states_changed.connect(lambda: states.append(page.states()))
    followed(qtbot, page, recording)
    assert page.canvas.moment is not None
    assert page.canvas.moment.frame.index == 7
    assert "tracking" in page.status.text()
    assert "map number 2" in page.status.text()
    assert "7 keyframes" in page.status.text()
    assert {"live-running", "live-map"} in states
    assert page.states() == {"live-map"}
    qtbot.waitUntil(lambda: not page.map.busy, timeout=PATIENCE_MS)
    picture = page.map.picture()
    assert len({picture.pixelColor(x, y).name() for x in range(0, 400, 5) for y in range(0, 400, 5)}) > 2


def test_an_object_stays_on_the_surface_that_was_tapped(
    qtbot: QtBot, page: LivePage, recording: Path, made: Sequence
) -> None:
    followed(qtbot, page, recording)
    column, row = 207, 60  # of the wall
    scale = min(page.canvas.width() / 320, page.canvas.height() / 240)
    across = page.canvas.width() / 2 + (column - 159.5) * scale
    down = page.canvas.height() / 2 + (row - 119.5) * scale
    qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(across), round(down)))
    (anchor,) = page.canvas.anchors
    pose, depth = true_poses(made)[7], made.frame(7).depth
    local = pose[:3, :3].T @ (anchor.place - pose[:3, 3])
    assert local[2] == pytest.approx(float(depth[row, column]), rel=0.01)
    assert np.abs(anchor.axes[:, 2]).max() > 0.99  # out of the wall
    faces = seen_faces(anchor, page.canvas.moment.camera)
    assert 1 <= len(faces) <= 3
    shown = page.canvas.grab().toImage().pixelColor(round(across), round(down))
    assert shown.red() > 1.5 * shown.blue()
    assert page.bar.remove.isEnabled()
    page.bar.remove.click()
    assert page.canvas.anchors == ()


def test_nothing_is_put_where_nothing_is_known(qtbot: QtBot, page: LivePage) -> None:
    qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton)
    page._tap(3.0, 4.0)
    assert "tap where there are points" in page.told.text()
    assert page.canvas.anchors == ()


def test_the_map_is_saved(qtbot: QtBot, page: LivePage, recording: Path, tmp_path: Path) -> None:
    followed(qtbot, page, recording)
    page.save(tmp_path / "map")
    qtbot.waitUntil(lambda: "Saved" in page.told.text(), timeout=PATIENCE_MS)
    assert len((tmp_path / "map" / "trajectory.txt").read_text().splitlines()) >= 7


def test_what_cannot_be_opened_is_told(
    qtbot: QtBot, page: LivePage, tmp_path: Path, errors: list[SenseError]
) -> None:
    page.open_paths([tmp_path / "nothing.mp4"])
    qtbot.waitUntil(lambda: bool(errors), timeout=PATIENCE_MS)
    assert page.told.text()
    assert not page.running


def test_the_language_changes_while_it_runs(page: LivePage) -> None:
    QApplication.sendEvent(page, QEvent(QEvent.Type.LanguageChange))
    assert page.bar.save.text() == "Save map…"


@pytest.fixture(scope="module")
def map_file(made: Sequence, recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    read = open_sequence(recording, Sensor.RGBD)
    pictures = [
        PosedPicture(
            frame.name,
            replace(read.rig.left, rotation_world_from_camera=pose[:3, :3], centre_m=pose[:3, 3]),
            frame.grey,
            frame.depth_m,
        )
        for frame, pose in zip(read.frames(), true_poses(made), strict=True)
    ]
    path = tmp_path_factory.mktemp("maps") / "room.smap"
    write_map(path, build_map(pictures))
    return path


def test_the_camera_is_looked_for_in_a_map_that_is_dropped(
    qtbot: QtBot, page: LivePage, recording: Path, map_file: Path
) -> None:
    page.open_paths([map_file])
    qtbot.waitUntil(lambda: "live-opened-map" in page.states(), timeout=PATIENCE_MS)
    assert "room.smap" in page.opened.text
    assert "it is looked for in the map" in page.status.text()
    assert page.stack.currentWidget() is not page.empty
    qtbot.waitUntil(lambda: not page.map.busy, timeout=PATIENCE_MS)
    picture = page.map.picture()
    # The points beside the background; before there is a way, nothing else is drawn.
    assert len({picture.pixelColor(x, y).name() for x in range(0, 400, 2) for y in range(0, 400, 2)}) > 1
    followed(qtbot, page, recording)
    assert page.canvas.moment is not None
    assert page.canvas.moment.tracked.place is not None
    assert "the map" in page.status.text()
    page.opened.button.click()
    assert "live-opened-map" not in page.states()
    followed(qtbot, page, recording)
    assert page.canvas.moment.tracked.place is None


def test_what_is_no_map_is_told(
    qtbot: QtBot, page: LivePage, tmp_path: Path, errors: list[SenseError]
) -> None:
    (tmp_path / "a.smap").write_bytes(b"no map")
    page.open_paths([tmp_path / "a.smap"])
    qtbot.waitUntil(lambda: len(errors) == 1, timeout=PATIENCE_MS)
    assert "is no map" in str(errors[0])
    assert page.opened.world is None


def test_a_loop_that_was_closed_is_said(qtbot: QtBot, page: LivePage, recording: Path) -> None:
    followed(qtbot, page, recording)
    moment = page.canvas.moment
    assert moment is not None
    assert "loop" not in page.status.text()
    page._show(replace(moment, tracked=replace(moment.tracked, loops=1)))
    assert "loop closed" in page.status.text()
    assert "loops closed: 1" in page.status.text()


def test_pictures_are_shown_beside_their_places(
    qtbot: QtBot, page: LivePage, recording: Path, map_file: Path, services: Services, made: Sequence
) -> None:
    options = LocalizeOptions(map_file, recording)
    report = localize_command(Context(services.library), options)
    assert len(report.table.rows) == len(report.poses) == 8
    page.show_result(report)
    qtbot.waitUntil(lambda: page.canvas.moment is not None, timeout=PATIENCE_MS)
    assert page.places.isVisibleTo(page)
    assert page.places.count() == 8
    page.places.setCurrentRow(6)
    name = list(report.poses)[6]
    qtbot.waitUntil(lambda: page.canvas.moment.frame.name == name, timeout=PATIENCE_MS)
    moment = page.canvas.moment
    assert moment.camera is not None
    assert np.linalg.norm(moment.camera.pose[1] - true_poses(made)[6][:3, 3]) < 0.05
    assert len(moment.tracked.pixels) > 30
    assert "live-map" not in page.states()
    followed(qtbot, page, recording)
    assert not page.places.isVisibleTo(page)


def test_the_surface_grows_in_the_colours_of_the_room(
    qtbot: QtBot, services: Services, recording: Path
) -> None:
    page = LivePage(services)
    qtbot.addWidget(page, before_close_func=lambda closing: closing.close_workspace())
    page.resize(900, 500)
    page.show()
    followed(qtbot, page, recording)
    qtbot.waitUntil(lambda: not page.map.busy, timeout=PATIENCE_MS)
    picture = page.map.picture()
    seen = {picture.pixelColor(x, y).name() for x in range(0, 400, 4) for y in range(0, 400, 4)}
    assert len(seen) > 200  # points are of one colour
