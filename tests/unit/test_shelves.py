"""What the Models page is told of the store."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.command import ModelUse
from models.pack import Pack
from models.packs import PACKS
from models.shelves import Shelf, read_shelves
from models.store import ModelStore, NewModel
from models.uses import uses_of
from tests.model_factory import card_of, save_model, save_network


def shelf_of(folder: Path, pack: Pack | None) -> Shelf:
    return next(shelf for shelf in read_shelves(folder).shelves if shelf.pack == pack)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def test_an_empty_store_offers_every_pack_whole(tmp_path: Path) -> None:
    for pack in PACKS.values():
        shelf = shelf_of(tmp_path / "models", pack)
        assert (shelf.models, shelf.missing_bytes) == ((), pack.size_bytes)
    assert shelf_of(tmp_path / "models", None).models == ()


def test_versions_know_the_one_before(store: ModelStore, tmp_path: Path) -> None:
    for version in ("1.0", "1.1"):
        store.add_file(save_model(tmp_path, version=version))
    newest, oldest = shelf_of(tmp_path / "models", None).models
    assert newest.previous == oldest.model
    assert oldest.previous is None
    assert (newest.name, newest.fastest) == ("small@1.1", None)


def test_a_pack_of_which_something_is_missing_can_be_completed(store: ModelStore, tmp_path: Path) -> None:
    from core.model_card import ModelCard

    pack = PACKS["objects"]
    path = save_network(tmp_path / "one.onnx")
    for version in (pack.version, "0.9"):
        card = ModelCard.from_json(card_of(path, id=pack.models[0].id, version=version))
        store.add((NewModel(path, card, pack.name),))
    shelf = shelf_of(tmp_path / "models", pack)
    assert len(shelf.models) == 2
    assert shelf.missing_bytes == pack.size_bytes  # its only package holds the others, too


def test_uses_are_found_by_id_and_by_task(store: ModelStore, tmp_path: Path) -> None:
    model = store.add_file(save_model(tmp_path))
    uses = (ModelUse(("small",), "A"), ModelUse(("task:segmentation",), "B"), ModelUse(("task:x", "y"), "C"))
    assert [use.title for use in uses_of(model, uses)] == ["A", "B"]
    assert [use.title for use in uses_of(replace(model, pack="capture"), uses)] == ["A"]


def test_every_use_leads_to_a_place_of_the_window() -> None:
    from app.contributions import registry

    workspaces = {f"workspace:{workspace.id}" for workspace in registry().workspaces}
    for use in registry().model_uses:
        if use.command is not None and use.command not in workspaces:
            command = registry().command(use.command)
            assert command.menu
            assert command.asks or command.options is None
