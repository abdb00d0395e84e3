"""The window of the model server with a real signed server, off screen."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from core.library import Library
from core.services import Services
from models.store import ModelStore
from models.ui.address_dialog import AddressDialog
from models.ui.models_page import ModelsPage
from models.ui.updates_dialog import UpdatesDialog
from tests.file_server import FileServer, serving
from tests.model_factory import save_model
from tests.tuf_repository import TufRepository

PATIENCE_MS = 20_000


@pytest.fixture
def repository(tmp_path: Path) -> TufRepository:
    """A server that offers a newer version of a model, and a new model."""
    made = TufRepository(tmp_path / "served")
    models = []
    for name, version in (("small", "1.1"), ("other", "1.0")):
        path = save_model(tmp_path, id=name, version=version)
        card = json.loads((tmp_path / "small.card.json").read_text())
        models.append((card, {"model.onnx": path.read_bytes()}))
    made.publish(models)
    return made


@pytest.fixture
def server(repository: TufRepository) -> Iterator[FileServer]:
    with serving(FileServer(repository.folder)) as running:
        yield running


@pytest.fixture
def store(library: Library) -> ModelStore:
    return ModelStore(library.models_folder)


@pytest.fixture
def page(qtbot: QtBot, services: Services, store: ModelStore, tmp_path: Path) -> ModelsPage:
    store.add_file(save_model(tmp_path))
    made = ModelsPage(services)
    qtbot.addWidget(made, before_close_func=lambda closing: closing.close_workspace())
    made.show()
    return made


def wait_told(qtbot: QtBot, dialog: UpdatesDialog, text: str) -> None:
    def told() -> None:
        assert text in dialog.status.text()

    qtbot.waitUntil(told, timeout=PATIENCE_MS)


def trusted(qtbot: QtBot, page: ModelsPage, server: FileServer, repository: TufRepository) -> UpdatesDialog:
    page.updates.click()
    dialog = page.findChild(UpdatesDialog)
    assert not dialog.trust.isEnabled()
    dialog.url.setText(server.url)
    dialog.root.setText(str(repository.root_file))
    dialog.trust.click()
    qtbot.waitUntil(lambda: dialog.check.isVisible(), timeout=PATIENCE_MS)
    return dialog


def test_updates_are_looked_for_and_got_only_by_a_button(
    qtbot: QtBot, page: ModelsPage, server: FileServer, repository: TufRepository, store: ModelStore
) -> None:
    dialog = trusted(qtbot, page, server, repository)
    assert server.requests == []
    dialog.check.click()
    wait_told(qtbot, dialog, "Updates: 1, other models: 1")
    assert [model.name for model in dialog.offer.marked()] == ["small@1.1"]
    assert not [path for path, _ in server.requests if "model.onnx" in path]
    dialog.offer.topLevelItem(1).setCheckState(0, Qt.CheckState.Checked)
    assert "kB" in dialog.get.text()
    dialog.get.click()
    wait_told(qtbot, dialog, "Everything that the server offers is here.")
    assert [model.card.id for model in store.models()] == ["other", "small", "small"]
    assert store.find("small").card.version == "1.1"
    assert not dialog.get.isEnabled()
    dialog.forget.click()
    qtbot.waitUntil(lambda: dialog.trust.isVisible(), timeout=PATIENCE_MS)


def test_what_was_tampered_with_is_told_in_one_sentence(
    qtbot: QtBot, page: ModelsPage, server: FileServer, repository: TufRepository
) -> None:
    dialog = trusted(qtbot, page, server, repository)
    dialog.check.click()
    wait_told(qtbot, dialog, "Updates: 1")
    data = next((repository.folder / "targets" / "small" / "1.1").iterdir())
    data.write_bytes(data.read_bytes()[:-1] + b"x")
    dialog.get.click()
    wait_told(qtbot, dialog, "not the one that was signed")
    assert dialog.status.objectName() == "jobError"


def test_a_root_that_is_none_is_refused(
    qtbot: QtBot, page: ModelsPage, server: FileServer, tmp_path: Path
) -> None:
    page.updates.click()
    dialog = page.findChild(UpdatesDialog)
    dialog.url.setText(server.url)
    dialog.root.setText(str(tmp_path / "small.card.json"))
    dialog.trust.click()
    wait_told(qtbot, dialog, "is not the signed root of a model server")


def test_an_address_is_asked_for(qtbot: QtBot, page: ModelsPage) -> None:
    page.add_address.click()
    dialog = page.findChild(AddressDialog)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    dialog.url.setText("http://models.example.org/small.onnx")
    ok.click()

    def told() -> None:
        assert "https only" in page.status.text()

    qtbot.waitUntil(told, timeout=PATIENCE_MS)
