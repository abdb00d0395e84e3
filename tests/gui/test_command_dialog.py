"""The dialog that asks for the options of a command, in a whole window, with the real commands."""

import csv
from dataclasses import MISSING

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from app.argument_parser import option_fields
from app.contribution import CONTRIBUTION
from app.ui.command_dialog import CommandDialog
from app.ui.result_dialog import ResultDialog, TableDialog
from core.command import Command, Registry
from core.provenance import Provenance
from core.volume import Volume
from formats.point_cloud import write_point_cloud
from imaging.contribution import CONTRIBUTION as IMAGING
from imaging.volume_files import write_nifti
from reconstruction.contribution import CONTRIBUTION as RECONSTRUCTION
from tests.gui.shell import DESK, open_dialog, open_session, texts_of

PATIENCE_MS = 30_000
BALL = ((np.indices((20, 20, 20)) - 9.5) ** 2).sum(axis=0) < 49
BALL_VOXELS = int(BALL.sum())


@pytest.fixture
def window(library, qtbot):
    with open_session(library, qtbot, Registry([CONTRIBUTION, DESK, IMAGING, RECONSTRUCTION])) as session:
        yield session.window


@pytest.fixture
def labels(tmp_path):
    volume = Volume(BALL.astype(np.uint8), np.diag([1.0, 1.0, 1.0, 1.0]))
    write_nifti(tmp_path / "ball.nii.gz", volume, Provenance("test", (), {}, ""))
    return tmp_path / "ball.nii.gz"


def test_a_conversion_is_asked_for_and_done(qtbot, window, labels, tmp_path):
    window.run_command("care.convert")
    dialog = open_dialog(window, CommandDialog)
    done = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not done.isEnabled()
    dialog.widgets["input"].setText(str(labels))
    dialog.widgets["output"].setText(str(tmp_path / "ball.stl"))
    assert done.isEnabled()
    done.click()
    qtbot.waitUntil((tmp_path / "ball.stl").exists, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(window.findChildren(ResultDialog)), timeout=PATIENCE_MS)
    assert "ball.stl" in window.findChild(ResultDialog).text.toPlainText()
    window.findChild(ResultDialog).close()


def test_a_board_of_markers_is_written(qtbot, window, tmp_path):
    window.run_command("reconstruction.board")
    dialog = open_dialog(window, CommandDialog)
    assert dialog.widgets["paper"].currentText() == "a4"
    dialog.widgets["output"].setText(str(tmp_path / "board.pdf"))
    dialog.accept()
    qtbot.waitUntil((tmp_path / "board.pdf").exists, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(window.findChildren(ResultDialog)), timeout=PATIENCE_MS)
    assert "100 %" in window.findChild(ResultDialog).text.toPlainText()
    window.findChild(ResultDialog).close()


def test_a_measurement_shows_its_result_as_a_table(qtbot, window, labels, tmp_path):
    window.run_command("care.measure")
    dialog = open_dialog(window, CommandDialog)
    for name in ("input", "labels"):
        dialog.widgets[name].setText(str(labels))
    dialog.accept()
    qtbot.waitUntil(lambda: bool(window.findChildren(TableDialog)), timeout=PATIENCE_MS)
    shown = window.findChild(TableDialog)
    titles = [shown.cells.horizontalHeaderItem(at).text() for at in range(shown.cells.columnCount())]
    assert titles[:4] == ["Number", "Segment", "Volume (ml)", "Mean"]
    assert shown.cells.item(0, 2).text() == f"{BALL_VOXELS / 1000:.3f}"
    assert shown.cells.item(0, 3).text() == "1.0"
    shown.copy.click()
    heading, row = QApplication.clipboard().text().splitlines()
    assert heading.split("\t") == titles
    assert float(row.split("\t")[2]) == BALL_VOXELS / 1000
    shown.save_to(tmp_path / "ball.csv")
    with (tmp_path / "ball.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == titles
    shown.save_to(tmp_path / "ball.csv" / "no folder.csv")
    assert any("no folder.csv cannot be written" in text for text in texts_of(window.notices))
    shown.close()


def test_what_goes_wrong_is_told_by_the_jobs(qtbot, window, tmp_path):
    window.run_command("care.convert")
    dialog = open_dialog(window, CommandDialog)
    dialog.widgets["input"].setText(str(tmp_path / "none.nii.gz"))
    dialog.widgets["output"].setText(str(tmp_path / "out.stl"))
    dialog.accept()
    qtbot.waitUntil(window.jobs_dock.isVisible, timeout=PATIENCE_MS)
    assert not (tmp_path / "out.stl").exists()


def test_every_command_that_asks_is_in_a_menu_and_has_an_option_to_ask_for():
    asking = [command for command in IMAGING.commands if command.asks]
    assert {command.id for command in asking} == {"care.convert", "care.measure"}
    for command in asking:
        assert isinstance(command, Command)
        assert command.menu
        assert command.title.endswith("…")


def test_trajectories_are_compared_and_the_error_is_drawn(qtbot, window, tmp_path):
    for name, wave in (("truth.txt", 0.0), ("estimate.txt", 0.05)):
        rows = [f"{n / 10} {n / 10} {wave * np.sin(n)} 0 0 0 0 1" for n in range(30)]
        (tmp_path / name).write_text("\n".join(rows) + "\n")
    window.run_command("reconstruction.evaluate")
    dialog = open_dialog(window, CommandDialog)
    labels = [dialog.widgets["align"].itemText(at) for at in range(dialog.widgets["align"].count())]
    assert labels == ["not at all", "by the first pose", "turned and moved", "turned, moved and scaled"]
    dialog.widgets["estimate"].setText(str(tmp_path / "estimate.txt"))
    dialog.widgets["truth"].setText(str(tmp_path / "truth.txt"))
    dialog.accept()
    qtbot.waitUntil(lambda: bool(window.findChildren(TableDialog)), timeout=PATIENCE_MS)
    shown = window.findChild(TableDialog)
    assert shown.cells.item(0, 0).text() == "ATE (m)"
    assert float(shown.cells.item(0, 1).text()) == pytest.approx(0.05 / np.sqrt(2), abs=0.005)
    picture = shown.plot.grab().toImage()
    colours = {
        picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())
    }
    assert "#5fbeff" in colours
    shown.close()


def test_a_cloud_is_registered_and_opened(qtbot, window, tmp_path):
    rng = np.random.default_rng(0)
    across = rng.uniform(-1, 1, (3000, 2))
    points = np.column_stack([across, np.sin(3 * across[:, 0]) * np.cos(2 * across[:, 1])])
    for name, shift in (("target.ply", 0.0), ("source.ply", 0.02)):
        write_point_cloud(tmp_path / name, points + shift, np.full(points.shape, 90, np.uint8), comment="")
    window.run_command("reconstruction.register")
    dialog = open_dialog(window, CommandDialog)
    for name in ("source", "target"):
        dialog.widgets[name].setText(str(tmp_path / f"{name}.ply"))
    dialog.widgets["output"].setText(str(tmp_path / "out.ply"))
    dialog.accept()
    qtbot.waitUntil(lambda: bool(window.findChildren(TableDialog)), timeout=PATIENCE_MS)
    shown = window.findChild(TableDialog)
    assert float(shown.cells.item(0, 2).text()) == pytest.approx(0.02 * np.sqrt(3), abs=0.003)
    shown.more.click()
    both = [tmp_path / "target.ply", tmp_path / "out.ply"]
    qtbot.waitUntil(lambda: getattr(window.stack.front, "opened", None) == both, timeout=PATIENCE_MS)


def test_every_command_of_recordings_asks_for_what_it_needs():
    asking = {command.subcommand: command for command in RECONSTRUCTION.commands if command.asks}
    for name in ("fuse", "localize", "register", "evaluate", "map inspect"):
        for field, _ in option_fields(asking[name]):
            needed = field.default is MISSING and field.default_factory is MISSING
            assert "title" in field.metadata or not needed
