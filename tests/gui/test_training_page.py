"""The Training page with real jobs and, where PyTorch is there, a real training."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.errors import SenseError
from core.library import Library
from core.segmentation import Segment, Segmentation
from core.services import Services
from imaging.importing import import_paths
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from models.store import ModelStore
from models.training.engine_process import TrainingEvent
from models.training.engine_python import VARIABLE, find_engine
from models.training.plan import TrainingTask
from tests.dicom_factory import make_ct_series
from viewers.ui.training_page import TrainingPage
from viewers.ui.training_sample import coloured

PATIENCE_MS = 30_000


@pytest.fixture
def page(qtbot: QtBot, services: Services) -> TrainingPage:
    made = TrainingPage(services)
    qtbot.addWidget(made, before_close_func=lambda closing: closing.close_workspace())
    made.resize(1200, 760)
    made.show()
    return made


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Six pictures with a bright square, labelled 3, and a grey disc, labelled 7."""
    random = np.random.default_rng(0)
    folder = tmp_path / "shapes"
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True)
    for number in range(6):
        j, i = np.mgrid[:64, :64]
        labels = np.zeros((64, 64), np.uint8)
        labels[8 + number : 26, 10:28] = 3
        labels[(j - 44) ** 2 + (i - 40) ** 2 < 150] = 7
        grey = np.select([labels == 3, labels == 7], [220, 130], 40) + random.normal(0, 6, (64, 64))
        cv2.imwrite(str(folder / "images" / f"{number}.png"), grey.clip(0, 255).astype(np.uint8))
        cv2.imwrite(str(folder / "labels" / f"{number}.png"), labels)
    return folder


def wait_read(qtbot: QtBot, page: TrainingPage, text: str) -> None:
    qtbot.waitUntil(lambda: text in page.form.found.text(), timeout=PATIENCE_MS)


def test_the_page_shows_what_a_folder_holds(qtbot: QtBot, page: TrainingPage, pictures: Path) -> None:
    assert not page.start.isEnabled()
    page.form.set_folder(pictures)
    wait_read(qtbot, page, "Pictures: 6")
    assert page.form.name.text() == "shapes"
    assert [page.form.labels.item(row, 1).text() for row in range(2)] == ["3", "7"]
    assert page.form.warning.isHidden()
    page.form.labels.item(0, 0).setText("square")
    page.form.labels.item(1, 0).setCheckState(Qt.CheckState.Unchecked)
    options = page.form.options(Path("/somewhere"))
    assert options.labels == "square=3"
    assert options.output == Path("/somewhere/shapes.onnx")
    page.form.labels.item(0, 0).setCheckState(Qt.CheckState.Unchecked)
    assert not page.start.isEnabled()


def test_a_table_tells_the_classes_of_files(
    qtbot: QtBot, page: TrainingPage, pictures: Path, tmp_path: Path
) -> None:
    assert page.form.choose_table.isHidden()
    page.form.task.setCurrentIndex(page.form.task.findData(TrainingTask.CLASSIFICATION))
    assert page.form.use_library.isHidden()
    assert page.form.choose_table.isVisible()
    table = tmp_path / "sorted.csv"
    lines = [f"shapes/images/{number}.png,{'even' if number % 2 == 0 else 'odd'}" for number in range(6)]
    table.write_text("\n".join(lines), "utf-8")
    page.form.set_table(table)
    wait_read(qtbot, page, "Pictures: 6")
    assert [page.form.labels.item(row, 0).text() for row in range(2)] == ["even", "odd"]
    options = page.form.options(Path("/somewhere"))
    assert options.classes == table
    assert options.data is None
    page.form.task.setCurrentIndex(0)
    assert not page.form.has_data


def test_a_folder_without_labels_is_told_in_the_form(
    qtbot: QtBot, page: TrainingPage, tmp_path: Path
) -> None:
    page.form.set_folder(tmp_path)
    wait_read(qtbot, page, "no labelled images")
    assert not page.start.isEnabled()


def test_a_library_without_segmentations_is_told(qtbot: QtBot, page: TrainingPage) -> None:
    page.form.use_library.click()
    wait_read(qtbot, page, "No study of the library")


def test_series_of_the_library_can_be_left_out(
    qtbot: QtBot, page: TrainingPage, library: Library, tmp_path: Path
) -> None:
    uids = [segmented_series(library, tmp_path, number) for number in range(2)]
    page.form.use_library.click()
    wait_read(qtbot, page, "Volumes: 2")
    page.form.name.setText("liver")
    assert page.form.series.count() == 2
    assert set(page.form.options(tmp_path).series) == set(uids)
    page.form.series.item(0).setCheckState(Qt.CheckState.Unchecked)
    (kept,) = page.form.options(tmp_path).series
    assert kept in uids
    page.form.series.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert not page.form.ready


def segmented_series(library: Library, folder: Path, number: int) -> str:
    """Import a CT series and a segmentation of it."""
    made = make_ct_series(folder / f"ct{number}", name=f"s{number}", study=f"study {number}")
    import_paths(library, [made.folder])
    images = reference_series(library, made.series_uid)
    layer = np.zeros(made.voxels.shape, np.uint8)
    layer[1:4, 4:9, 3:8] = 1
    drawn = Segmentation(images.geometry, (layer,), (Segment(1, "Liver"),))
    write_segmentation(folder / f"seg{number}.dcm", drawn, images.headers())
    import_paths(library, [folder / f"seg{number}.dcm"])
    return made.series_uid


def test_another_task_reads_the_folder_again(qtbot: QtBot, page: TrainingPage, tmp_path: Path) -> None:
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "a.png"), np.full((20, 20), 90, np.uint8))
    page.form.set_folder(tmp_path)
    wait_read(qtbot, page, "no labelled images")
    page.form.task.setCurrentIndex(page.form.task.findData(TrainingTask.CLASSIFICATION))
    wait_read(qtbot, page, "Pictures: 2")
    assert [page.form.labels.item(row, 0).text() for row in range(2)] == ["bad", "good"]
    assert page.form.warning.isVisible()


def test_an_absent_engine_is_told(
    qtbot: QtBot, page: TrainingPage, pictures: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "python"))
    page.form.set_folder(pictures)
    wait_read(qtbot, page, "Pictures: 6")
    assert page.engine.isVisible()
    assert VARIABLE in page.engine.text()
    assert not page.start.isEnabled()


def test_events_become_curves_and_pictures(page: TrainingPage) -> None:
    for step in range(2000):
        values = {"fraction": step / 2000, "loss": 2.0 - step / 1000, "score": step / 2000}
        page.work.training_event.emit(TrainingEvent("step", "final", values))
    assert page.plot.parts == ("final",)
    square = np.zeros((20, 30), np.uint8)
    square[4:9, 5:20] = 2
    page.work.training_event.emit(
        TrainingEvent("sample", "final", {}, {"image": square * 9, "truth": square, "prediction": square})
    )
    assert page.sample.shown == 2
    assert not page.grab().isNull()
    laid = coloured(square, square)
    assert (laid[0, 0] == 0).all()
    assert len(np.unique(laid[5, 6])) > 1


def test_a_model_is_trained_from_the_page_and_enters_the_store(
    qtbot: QtBot, page: TrainingPage, pictures: Path, library: Library
) -> None:
    try:
        find_engine()
    except SenseError as error:
        pytest.skip(str(error))
    page.form.set_folder(pictures)
    wait_read(qtbot, page, "Pictures: 6")
    page.form.validate.setChecked(False)
    page.form.minutes.setValue(1)
    page.start.click()
    qtbot.waitUntil(lambda: page.plot.parts == ("final",), timeout=120_000)
    assert page.cancel.isVisible()
    page.cancel.click()
    qtbot.waitUntil(lambda: page.resume.isVisible(), timeout=PATIENCE_MS)
    assert "kept" in page.status.text()
    page.resume.click()
    qtbot.waitUntil(lambda: page.show_models.isVisible(), timeout=240_000)
    (model,) = ModelStore(library.models_folder).models()
    assert model.card.id == "shapes"
    assert "not measured" in page.result.text()
    assert page.form.base.count() == 2
