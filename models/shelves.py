"""What the Models page shows: the models of the store by pack, and the packs that can be added."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from models.bench import ProviderBench
from models.packs import PACKS, Pack
from models.session import available_providers
from models.shipped_packs import shipped_package
from models.speeds import Speeds
from models.store import ModelStore, StoredModel, Verification


@dataclass(frozen=True)
class ShelvedModel:
    """A model of the store with what is known of it here.

    Parameters
    ----------
    model : StoredModel
        The model.
    speeds : tuple of ProviderBench
        What was measured on this machine; () before that.
    previous : StoredModel, optional
        The next older version of it in the store.
    """

    model: StoredModel
    speeds: tuple[ProviderBench, ...]
    previous: StoredModel | None

    @property
    def name(self) -> str:
        """`ID@VERSION`."""
        return f"{self.model.card.id}@{self.model.card.version}"

    @property
    def fastest(self) -> ProviderBench | None:
        """The provider that was measured to be the fastest here."""
        return min(self.speeds, key=lambda speed: speed.median_ms, default=None)


@dataclass(frozen=True)
class Shelf:
    """Models that came together.

    Parameters
    ----------
    pack : Pack, optional
        The pack; None for the models that the user brought.
    models : tuple of ShelvedModel
        What is in the store; () for a pack that is not.
    missing_bytes : int
        Size of the packages whose models are not here in the version of the pack; 0 when all are.
    came_along : bool
        Whether these packages came with the program: then nothing is downloaded.
    """

    pack: Pack | None
    models: tuple[ShelvedModel, ...]
    missing_bytes: int = 0
    came_along: bool = False


@dataclass(frozen=True)
class Shelves:
    """The whole store.

    Parameters
    ----------
    shelves : tuple of Shelf
        The packs in their order, those not added among them; then the models that the user brought.
    providers : tuple of str
        ONNX Runtime's execution providers of this machine, the preferred one first.
    damaged : tuple of Verification
        The models whose cards cannot be read, with the reason.
    """

    shelves: tuple[Shelf, ...]
    providers: tuple[str, ...]
    damaged: tuple[Verification, ...] = ()


def read_shelves(folder: Path) -> Shelves:
    """Look through the store in `folder` (`Library.models_folder`)."""
    speeds = Speeds(folder)
    store = ModelStore(folder)
    models = store.models()
    shelved: list[ShelvedModel] = []
    for place, model in enumerate(models):
        after = models[place + 1] if place + 1 < len(models) else None
        previous = after if after is not None and after.card.id == model.card.id else None
        shelved.append(ShelvedModel(model, speeds.of(model.card), previous))
    packs = [_pack_shelf(pack, shelved) for pack in PACKS.values()]
    own = tuple(item for item in shelved if item.model.pack not in PACKS)
    return Shelves((*packs, Shelf(None, own)), available_providers(), tuple(store.damaged()))


def _pack_shelf(pack: Pack, shelved: list[ShelvedModel]) -> Shelf:
    present = {item.name for item in shelved}
    absent = [model for model in pack.models if f"{model.id}@{pack.version}" not in present]
    missing = [package for package in pack.packages if any(model.needs(package) for model in absent)]
    there = tuple(item for item in shelved if item.model.pack == pack.name)
    came_along = all(shipped_package(package) is not None for package in missing)
    return Shelf(pack, there, sum(package.size_bytes for package in missing), came_along)


Choice: TypeAlias = Shelf | ShelvedModel | Verification | None
"""What a row of the page stands for; a `Verification` is a damaged model."""
