"""The dialog that asks for the options of a command, in a whole window, with the real commands."""

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox

from app.contribution import CONTRIBUTION
from app.ui.command_dialog import CommandDialog, ResultDialog
from core.command import Command, Registry
from core.provenance import Provenance
from core.volume import Volume
from imaging.contribution import CONTRIBUTION as IMAGING
from imaging.volume_files import write_nifti
from tests.gui.shell import DESK, open_dialog, open_session

PATIENCE_MS = 30_000


@pytest.fixture
def window(library, qtbot):
    with open_session(library, qtbot, Registry([CONTRIBUTION, DESK, IMAGING])) as session:
        yield session.window


@pytest.fixture
def labels(tmp_path):
    k, j, i = np.mgrid[0:20, 0:20, 0:20]
    ball = ((i - 9.5) ** 2 + (j - 9.5) ** 2 + (k - 9.5) ** 2 < 49).astype(np.uint8)
    volume = Volume(ball, np.diag([1.0, 1.0, 1.0, 1.0]))
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


def test_a_measurement_shows_its_result(qtbot, window, labels):
    window.run_command("care.measure")
    dialog = open_dialog(window, CommandDialog)
    for name in ("input", "labels"):
        dialog.widgets[name].setText(str(labels))
    dialog.accept()
    qtbot.waitUntil(lambda: bool(window.findChildren(ResultDialog)), timeout=PATIENCE_MS)
    assert " ml" in window.findChild(ResultDialog).text.toPlainText()
    window.findChild(ResultDialog).close()


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
