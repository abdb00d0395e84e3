"""The Reconstruction page with real photographs of a made scene and real windows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot

from app.contributions import registry
from core.command import resolve
from core.context import Context
from core.errors import SenseError
from core.library import Library
from core.posed_camera import PosedCamera
from core.services import Services
from formats.camera_set import write_camera_set
from formats.point_cloud import write_point_cloud
from reconstruction.dense_stereo import DenseOptions
from reconstruction.meshing import MeshOptions
from reconstruction.reconstruct_options import ReconstructOptions
from reconstruction.result_views import framing
from reconstruction.shown_result import Layer, ShownResult, growing
from reconstruction.sparse_model import SparseModel
from reconstruction.stage import Holes, Stage
from reconstruction.ui.more_options import MoreOptions
from reconstruction.ui.reconstruction_page import ReconstructionPage
from reconstruction.ui.result_tools import Tool
from reconstruction.workspace_run import stage_options
from reconstruction.world_box import WorldBox

PATIENCE_MS = 60_000


@pytest.fixture
def page(qtbot: QtBot, services: Services) -> Iterator[ReconstructionPage]:
    made = ReconstructionPage(services)
    qtbot.addWidget(made, before_close_func=lambda closing: closing.close_workspace())
    made.resize(1100, 700)
    made.show()
    return made


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A small result: a square of points that three cameras look at."""
    folder = tmp_path / "square"
    folder.mkdir()
    across, up = np.meshgrid(np.linspace(-1, 1, 30), np.linspace(-1, 1, 30))
    points = np.column_stack((across.ravel(), up.ravel(), 0.2 * np.sin(3 * across.ravel())))
    colours = np.full((len(points), 3), (200, 120, 60), np.uint8)
    cameras = {f"{n}.jpg": camera_at((n - 1.0, 0.0, 4.0)) for n in range(3)}
    write_camera_set(folder / "cameras.json", cameras)
    write_point_cloud(folder / "sparse.ply", points, colours, comment="no scale")
    (folder / "report.json").write_text('{"unit": null, "unregistered": [], "reprojection_error_px": 0.5}')
    return folder


def camera_at(centre: tuple[float, float, float]) -> PosedCamera:
    k = np.array([[500.0, 0, 319.5], [0, 500.0, 239.5], [0, 0, 1]])
    turned = np.diag([1.0, -1.0, -1.0])  # looks along -z
    return PosedCamera((640, 480), k, rotation_world_from_camera=turned, centre_m=np.array(centre))


def opened(qtbot: QtBot, page: ReconstructionPage, folder: Path) -> None:
    page.open_paths([folder])
    qtbot.waitUntil(lambda: page.pane.view.result is not None, timeout=PATIENCE_MS)


def colours_of(page: ReconstructionPage) -> set[str]:
    seen = page.pane.view.picture()
    return {
        seen.pixelColor(x, y).name() for x in range(0, seen.width(), 5) for y in range(0, seen.height(), 5)
    }


def test_the_empty_page_says_how_to_begin_in_both_languages(page: ReconstructionPage) -> None:
    assert page.stack.currentWidget() is page.empty
    assert "photographs" in page.empty.hint.text()
    assert page.states() == set()


def test_a_folder_of_a_result_is_shown_and_recent(
    qtbot: QtBot, page: ReconstructionPage, stored: Path
) -> None:
    opened(qtbot, page, stored)
    qtbot.waitUntil(lambda: len(colours_of(page)) > 3, timeout=PATIENCE_MS)
    assert page.pane.view.frusta.names == ("0.jpg", "1.jpg", "2.jpg")
    assert page.list.list.count() == 3
    assert "cameras: 3" in page.pane.facts.text()
    assert "no scale" in page.pane.facts.text()
    page.clear()
    assert page.stack.currentWidget() is page.empty
    assert page.empty.recent.count() == 1
    page.empty.recent.itemAt(0).widget().click()
    qtbot.waitUntil(lambda: page.pane.view.result is not None, timeout=PATIENCE_MS)


def test_a_click_on_a_camera_chooses_its_photograph(
    qtbot: QtBot, page: ReconstructionPage, stored: Path
) -> None:
    opened(qtbot, page, stored)
    page.pane.view.look_from("S")
    tip = page.pane.view.frusta.places()[1, 0]
    qtbot.mouseClick(
        page.pane.view, Qt.MouseButton.LeftButton, pos=page.pane.view.rect().topLeft() + _point(tip)
    )
    assert page.pane.view.frusta.chosen == "1.jpg"
    assert page.list.list.currentItem().text() == "1.jpg"


def _point(place: np.ndarray):
    from PySide6.QtCore import QPoint

    return QPoint(round(place[0]), round(place[1]))


def test_dropped_files_are_looked_at_and_what_is_wrong_is_told(
    qtbot: QtBot, page: ReconstructionPage, tmp_path: Path
) -> None:
    import cv2

    rows = np.random.default_rng(1).integers(0, 255, (3, 90, 120, 3), np.uint8)
    for number, colours in enumerate(rows):
        cv2.imwrite(str(tmp_path / f"{number}.png"), cv2.GaussianBlur(colours, (3, 3), 0))
    (tmp_path / "broken.jpg").write_bytes(b"nothing")
    page.open_paths([tmp_path])
    qtbot.waitUntil(lambda: len(page.photographs) == 4 and not page.work.listing, timeout=PATIENCE_MS)
    qtbot.waitUntil(page.panel.start.isEnabled, timeout=PATIENCE_MS)
    assert "Photographs: 4" in page.list.heading.text()
    texts = {page.list.list.item(row).text() for row in range(4)}
    assert any("broken.jpg\n" in text for text in texts)
    page.remove(["0.png", "1.png"])
    assert not page.panel.start.isEnabled()


def test_a_folder_without_photographs_is_told(
    qtbot: QtBot, page: ReconstructionPage, errors: list[SenseError], tmp_path: Path
) -> None:
    page.open_paths([tmp_path])
    qtbot.waitUntil(lambda: bool(errors), timeout=PATIENCE_MS)
    assert "no photographs" in str(errors[0].message)


def test_photographs_that_give_nothing_end_with_the_reason(
    qtbot: QtBot, page: ReconstructionPage, tmp_path: Path
) -> None:
    import cv2

    for number in range(2):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((80, 100, 3), number, np.uint8))
    page.open_paths([tmp_path])
    qtbot.waitUntil(page.panel.start.isEnabled, timeout=PATIENCE_MS)
    page.panel.quality.setCurrentIndex(0)
    page.panel.start.click()
    qtbot.waitUntil(lambda: page.panel.start.text() == "Resume", timeout=PATIENCE_MS)
    assert page.panel.status.text()
    assert page.pane.view.result is None


def test_the_language_can_be_changed_while_it_is_shown(
    qtbot: QtBot, page: ReconstructionPage, stored: Path
) -> None:
    opened(qtbot, page, stored)
    QApplication.sendEvent(page, QEvent(QEvent.Type.LanguageChange))
    assert page.pane.bar.layer.currentText() == "Sparse points"
    assert page.pane.view.layer is Layer.SPARSE


# Tools.


def click_at(qtbot: QtBot, page: ReconstructionPage, points: list[tuple[float, float, float]]) -> None:
    """Click on points of the shown world."""
    for point in points:
        before = len(page.pane.tools.picked)
        view = page.pane.tools.view_pinhole
        assert view is not None
        place = view.project(np.array([point]))[0]
        qtbot.mouseClick(page.pane.view, Qt.MouseButton.LeftButton, pos=_point(place))
        qtbot.waitUntil(lambda before=before: len(page.pane.tools.picked) != before, timeout=PATIENCE_MS)


CORNERS = [(-1.0, -1.0, 0.2 * np.sin(-3.0)), (1.0, -1.0, 0.2 * np.sin(3.0)), (1.0, 1.0, 0.2 * np.sin(3.0))]


def grown(count: int) -> ShownResult:
    points = np.random.default_rng(0).normal(size=(40, 3))
    cameras = {f"{n}.jpg": camera_at((n - 1.0, 0.1, 6.0)) for n in range(count)}
    return growing(SparseModel(cameras, points, np.full((40, 3), 200, np.uint8), np.zeros(40), (), 0.0))


def test_cameras_are_shown_while_they_are_found_and_then_what_was_there_before(
    qtbot: QtBot, page: ReconstructionPage, stored: Path
) -> None:
    opened(qtbot, page, stored)
    pane, view = page.pane, page.pane.view
    pane.choose_tool(Tool.DISTANCE)
    before, edits = view.result, replace(view.edits, measured=True)
    view.set_edits(edits)
    pane.show_result(grown(2))
    assert view.edits.is_none
    assert not pane.bar.isEnabled()
    assert "reconstruction-result" not in page.states()
    assert "cameras: 2" in pane.facts.text()
    first = view.camera
    pane.show_result(grown(3))  # nobody looks elsewhere: all of it is shown
    assert view.camera != first
    view.look_from("S")
    looked = view.camera
    pane.show_result(grown(4))
    assert view.camera == looked
    pane.end_growth()
    assert view.result is before
    assert view.edits == edits
    assert pane.bar.isEnabled()
    pane.forget()
    pane.show_result(grown(2))
    pane.end_growth()
    assert view.result is None


def test_a_distance_and_an_area_are_measured(qtbot: QtBot, page: ReconstructionPage, stored: Path) -> None:
    opened(qtbot, page, stored)
    page.pane.view.look_from("A")
    page.pane.bar.tools[Tool.DISTANCE].click()
    click_at(qtbot, page, CORNERS[:2])
    length = float(np.linalg.norm(np.subtract(CORNERS[0], CORNERS[1])))
    assert page.pane.strip.hint.text().startswith(f"Length {length:.4g} ± 0.0")
    qtbot.keyClick(page.pane.view, Qt.Key.Key_Backspace)
    assert len(page.pane.tools.picked) == 1
    page.pane.bar.tools[Tool.AREA].click()
    click_at(qtbot, page, CORNERS)
    assert page.pane.strip.hint.text().startswith(f"Area {length:.4g}")  # half of 2 x length


def test_a_known_distance_gives_metres_that_undo_takes_back(
    qtbot: QtBot, page: ReconstructionPage, stored: Path
) -> None:
    opened(qtbot, page, stored)
    page.pane.view.look_from("A")
    page.pane.bar.tools[Tool.SCALE].click()
    assert not page.pane.strip.apply.isEnabled()
    click_at(qtbot, page, CORNERS[1:])
    page.pane.strip.length.setValue(5.0)
    page.pane.strip.apply.click()
    assert page.pane.view.has_scale
    assert np.linalg.norm(np.diff(page.pane.tools.picked, axis=0)) == pytest.approx(5.0)
    assert "unit: metre" in page.pane.facts.text()
    page.history.undo()
    assert not page.pane.view.has_scale
    page.history.redo()
    page.clear()
    opened(qtbot, page, stored)
    assert page.pane.view.has_scale  # it is kept beside the result


def test_three_points_make_the_floor(qtbot: QtBot, page: ReconstructionPage, stored: Path) -> None:
    opened(qtbot, page, stored)
    page.pane.view.look_from("A")
    page.pane.bar.tools[Tool.FLOOR].click()
    for point in CORNERS:
        page.pane.tools.add_point(np.array(point))
    shown = page.pane.tools.edits.transform.apply(np.array(CORNERS))
    assert np.allclose(shown[:, 1], 0, atol=1e-9)
    centres = page.pane.tools.edits.transform.apply(np.array([[0.0, 0.0, 4.0]]))
    assert centres[0, 1] > 0  # the cameras are above it
    page.pane.strip.angle.setValue(30.0)
    page.pane.strip.turn.click()
    turned = page.pane.tools.edits.transform.apply(np.array(CORNERS))
    across = [np.subtract(*points[:2]) for points in (shown, turned)]
    cosine = across[0] @ across[1] / np.linalg.norm(across[0]) ** 2
    assert np.degrees(np.arccos(cosine)) == pytest.approx(30.0)
    assert np.allclose(turned[:, 1], 0, atol=1e-9)
    page.pane.strip.centre.click()
    points = page.pane.tools.edits.transform.apply(framing(page.pane.result, Layer.SPARSE))
    assert (points.min(axis=0) + points.max(axis=0))[[0, 2]] == pytest.approx([0, 0], abs=1e-6)
    page.pane.strip.over.click()
    page.pane.strip.reset.click()
    assert np.array_equal(page.pane.tools.edits.transform.matrix, np.eye(4))


def test_the_crop_box_cuts_and_can_be_removed(qtbot: QtBot, page: ReconstructionPage, stored: Path) -> None:
    opened(qtbot, page, stored)
    page.pane.view.look_from("A")
    page.pane.bar.tools[Tool.CROP].click()
    assert page.pane.tools.edits.crop is not None
    start = page.pane.tools.crop_overlay.handles()[0]  # low x
    qtbot.mousePress(page.pane.view, Qt.MouseButton.LeftButton, pos=_point(start))
    qtbot.mouseMove(page.pane.view, _point(start + np.array([40, 0])))
    qtbot.mouseMove(page.pane.view, _point(start + np.array([120, 0])))
    qtbot.mouseRelease(page.pane.view, Qt.MouseButton.LeftButton, pos=_point(start + np.array([120, 0])))
    qtbot.waitUntil(lambda: page.pane.view.count() < 900, timeout=PATIENCE_MS)
    qtbot.waitUntil(
        lambda: f"points: {page.pane.view.count()}" in page.pane.facts.text(), timeout=PATIENCE_MS
    )
    page.pane.strip.no_crop.click()
    qtbot.waitUntil(lambda: page.pane.view.count() == 900, timeout=PATIENCE_MS)
    assert page.pane.tools.tool is Tool.TURN


def test_the_brush_takes_a_stroke_away_and_undo_gives_it_back(
    qtbot: QtBot, page: ReconstructionPage, stored: Path
) -> None:
    opened(qtbot, page, stored)
    page.pane.view.look_from("A")
    page.pane.bar.tools[Tool.BRUSH].click()
    camera = page.pane.view.camera
    view = page.pane.tools.view_pinhole
    assert view is not None
    places = view.project(np.array([(0.0, 0.0, 0.0), (0.5, 0.5, 0.2 * np.sin(1.5))]))
    qtbot.mousePress(page.pane.view, Qt.MouseButton.LeftButton, pos=_point(places[0]))
    for share in np.linspace(0, 1, 6):
        qtbot.mouseMove(page.pane.view, _point(places[0] + share * (places[1] - places[0])))
        qtbot.wait(30)
    qtbot.mouseRelease(page.pane.view, Qt.MouseButton.LeftButton, pos=_point(places[1]))
    qtbot.waitUntil(lambda: page.pane.view.count() < 890, timeout=PATIENCE_MS)
    assert page.pane.view.camera == camera  # the drag did not turn the view
    qtbot.wait(50)
    page.history.undo()
    qtbot.waitUntil(lambda: page.pane.view.count() == 900, timeout=PATIENCE_MS)


def test_a_photograph_is_compared_with_what_its_camera_sees(
    qtbot: QtBot, page: ReconstructionPage, stored: Path
) -> None:
    import cv2

    frames = stored / "frames"
    frames.mkdir()
    cv2.imwrite(str(frames / "0.jpg"), np.full((480, 640, 3), 90, np.uint8))
    opened(qtbot, page, stored)
    page.pane.bar.compare.click()
    qtbot.waitUntil(lambda: page.pane.comparing.widget.has_pictures, timeout=PATIENCE_MS)
    assert page.pane.comparing.name == "0.jpg"
    widget = page.pane.comparing.widget
    qtbot.keyClick(widget, Qt.Key.Key_Left)
    assert widget.share == pytest.approx(0.48)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=_point(np.array([widget.width() / 4, 50])))
    assert widget.share < 0.4
    page.list.chosen.emit("1.jpg")
    qtbot.waitUntil(lambda: not widget.has_pictures, timeout=PATIENCE_MS)  # its file is not there
    page.pane.bar.compare.click()
    assert page.pane.seen.currentWidget() is page.pane.view


def test_what_was_given_up_is_not_shown_later(qtbot: QtBot, page: ReconstructionPage, stored: Path) -> None:
    page.open_paths([stored])
    page.clear()
    qtbot.wait(300)
    assert page.pane.result is None
    assert page.stack.currentWidget() is page.empty


def test_the_mesh_is_exported_where_the_user_says(
    qtbot: QtBot, page: ReconstructionPage, stored: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from core.provenance import Provenance
    from core.textured_mesh import TexturedMesh
    from formats.glb_file import write_glb

    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    mesh = TexturedMesh(corners, np.array([[0, 1, 2]], np.int32), np.full((3, 3), 90, np.uint8))
    made = Provenance("reconstruction.reconstruct", (), {}, "by hand")
    write_glb(stored / "mesh.glb", mesh, name="triangle", unit_known=False, provenance=made)
    opened(qtbot, page, stored)
    assert page.pane.view.layer is Layer.MESH
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "triangle"), "PLY (*.ply)")
    )
    page.pane.bar.export.click()
    qtbot.waitUntil(lambda: "exported" in page.pane.facts.text(), timeout=PATIENCE_MS)
    assert (tmp_path / "triangle.ply").read_bytes().startswith(b"ply")


def test_every_stage_can_have_a_quality_of_its_own(page: ReconstructionPage) -> None:
    panel = page.panel
    panel.quality.setCurrentIndex(0)
    panel.quality.activated.emit(0)
    assert set(panel.chosen_qualities.values()) == {"draft"}
    panel.each.setChecked(True)
    panel.stages[Stage.MESH].setCurrentIndex(2)
    options = stage_options(panel.chosen_qualities, panel.chosen_last)
    assert options.mesh == MeshOptions.of("high")
    assert options.dense == DenseOptions.of("draft")
    panel.last.setCurrentIndex(0)
    panel.last.activated.emit(0)
    assert panel.stages[Stage.MESH].isHidden()
    assert not panel.stages[Stage.CAMERAS].isHidden()


def test_every_other_option_of_the_command_can_be_chosen(page: ReconstructionPage, tmp_path: Path) -> None:
    points = tmp_path / "gcp_list.txt"
    points.write_text("WGS84")
    dialog = MoreOptions({}, page)
    assert {"cameras", "intrinsics", "gcp", "masks", "marker_mm", "seed", "triangles"} <= set(dialog.rows)
    accept = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    dialog.rows["box"].show_value("1,2,3")
    assert not accept.isEnabled()
    assert "X0,Y0,Z0" in dialog.wrong.text()
    dialog.rows["box"].show_value("-1,0,-1,1,2,1")
    dialog.rows["gcp"].show_value(tmp_path / "nothing.txt")
    assert not accept.isEnabled()
    dialog.rows["gcp"].show_value(points)
    dialog.rows["holes"].show_value(Holes.SMALL)
    dialog.rows["restart"].show_value(Stage.MESH)
    assert accept.isEnabled()
    page.panel.set_chosen(dialog.chosen)
    assert page.panel.more.text() == "More options (4)…"
    box = WorldBox((-1.0, 0.0, -1.0), (1.0, 2.0, 1.0))
    assert page.panel.options(tmp_path, tmp_path / "made") == ReconstructOptions(
        tmp_path, tmp_path / "made", gcp=points, box=box, holes=Holes.SMALL, restart=Stage.MESH
    )
    again = MoreOptions(dialog.chosen, page)
    assert again.chosen == dialog.chosen
    page.panel.begun()
    assert page.panel.options(tmp_path, tmp_path).restart is None


@pytest.mark.corpus
def test_a_run_that_was_cancelled_goes_on_and_shows_every_stage(
    qtbot: QtBot, page: ReconstructionPage, corpus: Path, tmp_path: Path
) -> None:
    import cv2

    for path in sorted((corpus / "fountain-P11" / "images").iterdir())[3:6]:
        small = cv2.resize(cv2.imread(str(path)), (384, 256), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(tmp_path / path.name), small)
    page.open_paths([tmp_path])
    qtbot.waitUntil(page.panel.start.isEnabled, timeout=PATIENCE_MS)
    page.panel.quality.setCurrentIndex(0)
    page.panel.last.setCurrentIndex(0)
    shown: list[Layer] = []
    page.work.shown.connect(lambda result: result.is_growing or shown.append(result.best))
    page.panel.start.click()
    page.panel.cancel.click()
    qtbot.waitUntil(lambda: page.panel.start.text() == "Resume", timeout=PATIENCE_MS)
    page.panel.start.click()
    qtbot.waitUntil(lambda: page.pane.result is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.pane.result.folder is not None, timeout=PATIENCE_MS)
    assert shown == [Layer.SPARSE]
    assert len(page.pane.view.frusta.names) == 3
    assert page.panel.start.text() == "Run again"
    assert page.pane.bar.report.isEnabled()


def test_the_commands_of_the_menu_take_the_tools_in_hand(
    qtbot: QtBot, page: ReconstructionPage, stored: Path, library: Library
) -> None:
    opened(qtbot, page, stored)
    context = Context(library, workspace=page)
    found = {one.id: one for one in registry().commands if one.workspace == "reconstruction"}
    for tool, name in (
        (Tool.DISTANCE, "measure-distance"),
        (Tool.AREA, "measure-area"),
        (Tool.SCALE, "set-scale"),
        (Tool.FLOOR, "set-floor"),
        (Tool.CROP, "crop"),
        (Tool.BRUSH, "brush"),
    ):
        command = found[f"reconstruction.page-{name}"]
        assert command.enabled_when in page.states()
        resolve(command.run)(context, None)
        assert page.pane.tools.tool is tool
        assert [one for one, button in page.pane.bar.tools.items() if button.isChecked()] == [tool]
    resolve(found["reconstruction.page-compare"].run)(context, None)
    assert page.pane.seen.currentWidget() is page.pane.comparing.widget
    assert found["reconstruction.page-export"].enabled_when not in page.states()  # there is no mesh
