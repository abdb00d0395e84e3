"""The Models page with a real store, real jobs and real widgets, off screen."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox
from pytestqt.qtbot import QtBot

from app.contributions import registry
from app.openers import openers
from core.command import ModelUse
from core.library import Library
from core.services import Services
from models.packs import PACKS
from models.shelves import ShelvedModel
from models.shipped_packs import shipped_package
from models.store import ModelStore
from models.ui.licence_question import LicenceQuestion
from models.ui.models_page import ModelsPage
from models.ui.store_questions import RemovalQuestion, ReplacementQuestion
from tests.model_factory import save_model, save_volume_model
from tests.nnunet_plans_factory import dataset, plans, save_plans

PATIENCE_MS = 20_000


@pytest.fixture
def commands() -> list[str]:
    return []


@pytest.fixture
def page(qtbot: QtBot, services: Services, commands: list[str]) -> ModelsPage:
    uses = (ModelUse(("task:segmentation",), "Segment", "workspace:care"), ModelUse(("x",), "Other"))
    made = ModelsPage(replace(services, run_command=commands.append, model_uses=uses))
    qtbot.addWidget(made, before_close_func=lambda closing: closing.close_workspace())
    made.resize(1200, 700)
    made.show()
    return made


@pytest.fixture
def store(library: Library) -> ModelStore:
    return ModelStore(library.models_folder)


def chosen(page: ModelsPage) -> str:
    choice = page.tree.choice()
    return choice.name if isinstance(choice, ShelvedModel) else ""


def wait_for(qtbot: QtBot, page: ModelsPage, name: str) -> None:
    qtbot.waitUntil(lambda: chosen(page) == name, timeout=PATIENCE_MS)


def wait_told(qtbot: QtBot, page: ModelsPage, text: str) -> None:
    def told() -> None:
        assert text in page.status.text()

    qtbot.waitUntil(told, timeout=PATIENCE_MS)


def test_an_empty_store_says_what_can_be_added(qtbot: QtBot, page: ModelsPage) -> None:
    qtbot.waitUntil(lambda: page.tree.choice() is not None, timeout=PATIENCE_MS)
    text = page.card.toPlainText()
    # The set-up may have put the package of the first pack beside the program.
    there = all(shipped_package(package) is not None for package in PACKS["capture"].packages)
    said = "This pack came with the program" if there else "Nothing is downloaded until you ask for it"
    assert said in text
    assert "Apache-2.0" in text
    assert page.add_pack.isVisible()
    assert page.add_pack.text().startswith("Add (" if there else "Download and add (")
    assert not page.remove.isVisible()


def test_a_dropped_model_is_added_and_its_card_shown(
    qtbot: QtBot, page: ModelsPage, tmp_path: Path, commands: list[str]
) -> None:
    path = save_model(tmp_path, limits=["<b>Not</b> for children."], body_part="ABDOMEN")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place = (
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    entering = QDragEnterEvent(*place)
    page.dragEnterEvent(entering)
    assert entering.isAccepted()
    page.dropEvent(QDropEvent(*place))
    wait_for(qtbot, page, "small@1.0")
    assert openers(registry().workspaces, [path], "care") == {("models",): [path]}  # dropped elsewhere, too
    text = page.card.toPlainText()
    for part in (
        "Small network",
        "MIT",
        "liver (SCT 10200004)",
        "ABDOMEN",
        "Segment",
        "8 × 8",
        "Runs on: CPU",
    ):
        assert part.lower() in text.lower(), part
    assert "<b>Not</b> for children." in text  # a card is shown, never interpreted
    assert "Other" not in text
    assert "workspace:care" in page.card.toHtml()
    page.card.anchorClicked.emit(QUrl("workspace:care"))
    assert commands == ["workspace:care"]


def test_a_refusal_is_told_in_one_sentence(qtbot: QtBot, page: ModelsPage, tmp_path: Path) -> None:
    path = save_model(tmp_path, licence="CC-BY-NC-4.0")
    page.work.add(str(path))
    wait_told(qtbot, page, "the licence CC-BY-NC-4.0 is not known")
    assert page.status.objectName() == "jobError"


def test_the_same_version_is_replaced_only_after_a_question(
    qtbot: QtBot, page: ModelsPage, store: ModelStore, tmp_path: Path
) -> None:
    store.add_file(save_model(tmp_path))
    path = save_model(tmp_path, title="Better network")
    page.work.add(str(path))
    qtbot.waitUntil(lambda: page.findChild(ReplacementQuestion) is not None, timeout=PATIENCE_MS)
    question = page.findChild(ReplacementQuestion)
    assert "small@1.0 is in the store already" in question.text()
    assert store.find("small").card.title == "Small network"
    question.verb.click()
    wait_told(qtbot, page, "Models added: small 1.0")
    assert store.find("small").card.title == "Better network"


def test_a_licence_is_asked_for_where_none_is_told(
    qtbot: QtBot, page: ModelsPage, store: ModelStore, tmp_path: Path
) -> None:
    save_plans(tmp_path, plans([16, 16, 16], [1, 1, 1]), dataset({"background": 0, "liver": 1, "spleen": 2}))
    path = save_volume_model(tmp_path, labels=3)
    path.with_suffix(".card.json").unlink()
    page.work.add(str(path))
    qtbot.waitUntil(lambda: page.findChild(LicenceQuestion) is not None, timeout=PATIENCE_MS)
    question = page.findChild(LicenceQuestion)
    ok = question.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    question.licence.setCurrentText("CC-BY-4.0")
    ok.click()
    wait_told(qtbot, page, "Models added")
    assert [model.card.licence for model in store.models()] == ["CC-BY-4.0"]


def test_a_cancel_is_told(qtbot: QtBot, page: ModelsPage, store: ModelStore, tmp_path: Path) -> None:
    store.add_file(save_model(tmp_path))
    page.work.bench("small@1.0")
    qtbot.waitUntil(page.progress.cancel.isVisible, timeout=PATIENCE_MS)
    page.progress.cancel.click()
    wait_told(qtbot, page, "Stopped; the store is as it was.")
    assert not page.progress.isVisible()


def test_the_speed_is_measured_and_remembered(
    qtbot: QtBot, page: ModelsPage, store: ModelStore, tmp_path: Path, library: Library
) -> None:
    store.add_file(save_model(tmp_path))
    page.work.refresh()
    page.tree.select("small@1.0")
    wait_for(qtbot, page, "small@1.0")
    assert "Not measured yet" in page.card.toPlainText()
    page.bench.click()
    wait_told(qtbot, page, "ms a run on CPU")
    qtbot.waitUntil(lambda: "Not measured yet" not in page.card.toPlainText(), timeout=PATIENCE_MS)
    assert json.loads((library.models_folder / "speeds.json").read_text())


def test_one_goes_back_and_forward_between_versions(
    qtbot: QtBot, page: ModelsPage, store: ModelStore, tmp_path: Path
) -> None:
    for version in ("1.0", "1.1"):
        store.add_file(save_model(tmp_path, version=version))
    page.work.refresh()
    page.tree.select("small@1.1")
    wait_for(qtbot, page, "small@1.1")
    assert page.revert.text() == "Go back to 1.0"
    page.revert.click()
    wait_told(qtbot, page, "In use: small 1.0")
    assert store.find("small").card.version == "1.0"
    page.tree.select("small@1.1")
    qtbot.waitUntil(lambda: page.revert.text() == "Use this version", timeout=PATIENCE_MS)
    page.revert.click()
    qtbot.waitUntil(lambda: store.find("small").card.version == "1.1", timeout=PATIENCE_MS)


def test_a_damaged_model_is_found_and_removed_after_a_question(
    qtbot: QtBot, page: ModelsPage, store: ModelStore, tmp_path: Path
) -> None:
    model = store.add_file(save_model(tmp_path))
    model.path.write_bytes(b"other")
    page.work.refresh()
    page.tree.select("small@1.0")
    wait_for(qtbot, page, "small@1.0")
    page.verify_all.click()
    wait_told(qtbot, page, "does not have the SHA-256")
    (model.folder / "card.json").write_text("{}")
    page.work.refresh()
    qtbot.waitUntil(lambda: "not a valid model card" in page.card.toPlainText(), timeout=PATIENCE_MS)
    assert not page.bench.isVisible()
    qtbot.keyClick(page.tree, Qt.Key.Key_Delete)
    question = page.findChild(RemovalQuestion)
    assert question.defaultButton() is question.button(QMessageBox.StandardButton.Cancel)
    question.verb.click()
    wait_told(qtbot, page, "Models removed: 1")
    qtbot.waitUntil(lambda: chosen(page) == "", timeout=PATIENCE_MS)
    assert store.models() == []
