"""The de-identification page with real files, real jobs and real widgets, off screen."""

import json

import pytest
from pydicom import dcmread
from PySide6.QtCore import QPoint, Qt

from core.context import Context
from imaging.deidentification.profile import ProfileOption
from imaging.importing import import_paths
from tests.dicom_factory import make_ct_series
from tests.unit.test_deidentification_preview import capture
from viewers import commands

PATIENCE_MS = 30_000


@pytest.fixture
def workspace(make_workspace):
    return make_workspace()


@pytest.fixture
def page(workspace, library):
    commands.show_deidentify(Context(library, workspace=workspace))
    return workspace.exchange.deidentify


def test_pictures_are_looked_at_and_what_is_drawn_is_blanked(qtbot, page, tmp_path):
    capture(tmp_path / "in", "one", "DOE JANE", (10, 30))
    assert not page.forward.isEnabled()
    page.options.add_paths([tmp_path / "in"])
    page.options.output.setText(str(tmp_path / "out"))
    page.options.boxes[ProfileOption.CLEAN_PIXEL].setChecked(True)
    assert page.forward.isEnabled()
    qtbot.mouseClick(page.forward, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.pages.currentWidget() is page.preview, timeout=PATIENCE_MS)
    (found,) = page.preview.blanked().values()
    assert found
    qtbot.mouseClick(page.preview.clear, Qt.MouseButton.LeftButton)
    assert list(page.preview.blanked().values()) == [()]
    canvas = page.preview.canvas
    place, scale = canvas._placed()
    start, end = (
        QPoint(round(place.x() + x * scale), round(place.y() + y * scale)) for x, y in ((100, 60), (140, 90))
    )
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, pos=end)
    canvas.mouseMoveEvent(_drag(end))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    ((drawn,),) = page.preview.blanked().values()
    assert abs(drawn.x - 100) <= 1
    assert abs(drawn.width - 40) <= 2
    qtbot.mouseClick(page.preview.all_found, Qt.MouseButton.LeftButton)
    assert list(page.preview.blanked().values()) == [found]
    qtbot.mouseClick(page.forward, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.pages.currentWidget() is page.report, timeout=PATIENCE_MS)
    (made,) = (tmp_path / "out").rglob("*.dcm")
    assert not dcmread(made).pixel_array.any()
    assert "Copies written: 1" in page.report.toPlainText()


def _drag(place):
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    left = Qt.MouseButton.LeftButton
    return QMouseEvent(
        QEvent.Type.MouseMove, QPointF(place), QPointF(place), left, left, Qt.KeyboardModifier.NoModifier
    )


def test_the_selected_series_is_listed_and_written(qtbot, workspace, library, tmp_path):
    made = make_ct_series(tmp_path / "ct", slices=3)
    (series,) = import_paths(library, [made.folder]).series
    workspace.open_series(series)
    qtbot.waitUntil(lambda: workspace.document.series is not None, timeout=PATIENCE_MS)
    commands.show_deidentify(Context(library, workspace=workspace))
    page = workspace.exchange.deidentify
    qtbot.waitUntil(lambda: len(page.options.paths) == 3, timeout=PATIENCE_MS)
    page.options.output.setText(str(tmp_path / "out"))
    page.go_on()
    qtbot.waitUntil(lambda: page.pages.currentWidget() is page.report, timeout=PATIENCE_MS)
    report = json.loads((tmp_path / "out" / "deidentification.json").read_text())
    assert report["instances"] == 3
    assert "care.deidentify" in (library.folder / "audit.jsonl").read_text()


def test_an_error_is_told_on_the_page(qtbot, page, tmp_path):
    (tmp_path / "text").write_text("no image")
    page.options.add_paths([tmp_path / "text"])
    page.options.output.setText(str(tmp_path / "out"))
    page.go_on()
    qtbot.waitUntil(lambda: "not a DICOM file" in page.status.text(), timeout=PATIENCE_MS)
    assert page.pages.currentWidget() is page.options
    assert page.forward.isEnabled()
    assert not (tmp_path / "out").exists()


def test_dates_are_either_kept_or_shifted(page):
    boxes = page.options.boxes
    boxes[ProfileOption.RETAIN_DATES].setChecked(True)
    boxes[ProfileOption.RETAIN_FULL_DATES].setChecked(True)
    assert not boxes[ProfileOption.RETAIN_DATES].isChecked()
    assert page.options.options == {ProfileOption.RETAIN_FULL_DATES}
