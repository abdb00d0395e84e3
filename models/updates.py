"""Newer models from the organisation's server, by The Update Framework.

The server signs, with keys that grow out of the root that the user gave, which files it offers, at which
version and until when. The checks are those of the TUF specification 1.0, section 5 (python-tuf): an older
state (rollback), a stale one (freeze), one put together of several (mix and match), a changed or endless file
and a foreign key are refused. Its targets are `index.json` (`{"models": [CARD, ...]}`) and, for every card,
`ID/VERSION/model.onnx` with its data files beside it.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.model_card import ModelCard
from core.progress import SILENT, PartProgress, Progress
from models.admission import judge_card
from models.graph import is_plain_name
from models.model_server import ModelServer, TrustedServer
from models.store import ModelStore, NewModel, StoredModel, version_order

if TYPE_CHECKING:
    from tuf.ngclient import TargetFile

_INDEX = "index.json"
_LARGEST_INDEX_BYTES = 16 * 2**20


@dataclass(frozen=True)
class OfferedModel:
    """A model that the server offers and the store has not.

    Parameters
    ----------
    card : ModelCard
        What it is.
    installed : str
        The newest version of it in the store; "" where there is none.
    size_bytes : int
        What would be downloaded.
    """

    card: ModelCard
    installed: str
    size_bytes: int

    @property
    def name(self) -> str:
        """`ID@VERSION`."""
        return f"{self.card.id}@{self.card.version}"

    @property
    def is_update(self) -> bool:
        """Whether it is newer than what the store has of it."""
        return bool(self.installed) and version_order(self.card.version) > version_order(self.installed)


@dataclass(frozen=True)
class RefusedOffer:
    """A model that the server offers and the store would not take."""

    path: str
    reason: Message


@dataclass(frozen=True)
class Offer:
    """What the server offers."""

    models: tuple[OfferedModel, ...]
    rejected: tuple[RefusedOffer, ...]

    @property
    def updates(self) -> tuple[OfferedModel, ...]:
        """The newest version of every model of the store, where the server has a newer one."""
        newest: dict[str, OfferedModel] = {}
        for model in sorted(self.models, key=lambda model: version_order(model.card.version)):
            if model.is_update:
                newest[model.card.id] = model
        return tuple(newest.values())

    def find(self, name: str) -> OfferedModel:
        """Give the newest version of `ID` that is offered, or exactly `ID@VERSION`.

        Raises
        ------
        BadInput
            When the server does not offer it, or the store has it.
        """
        found = [model for model in self.models if name in (model.card.id, model.name)]
        if not found:
            text = QT_TRANSLATE_NOOP("Message", "The model server offers no {name} that is not here already.")
            raise BadInput(message(text, name=name))
        return max(found, key=lambda model: version_order(model.card.version))


def check_updates(trusted: TrustedServer, store: ModelStore, progress: Progress = SILENT) -> Offer:
    """Ask the server what it offers; its lists are fetched, no model is.

    Raises
    ------
    BadInput
        When no server is trusted.
    SenseError
        When it cannot be reached, or what it says must not be believed.
    """
    server = trusted.needed()
    with _trust_errors(server):
        return _Repository(trusted, server, progress).offer(store)


def install_updates(
    trusted: TrustedServer, store: ModelStore, names: Sequence[str] = (), progress: Progress = SILENT
) -> list[StoredModel]:
    """Download and add the models `names`, or all updates; the versions before stay.

    Raises
    ------
    BadInput
        When no server is trusted, it does not offer a model, or the store refuses one; then none was added.
    SenseError
        When it cannot be reached, or what it says must not be believed.
    """
    server = trusted.needed()
    trusted.metadata_folder.mkdir(parents=True, exist_ok=True)
    # Beside the library, where there is room for models; the system's own folder may be small.
    with _trust_errors(server), tempfile.TemporaryDirectory(dir=trusted.metadata_folder.parent) as folder:
        repository = _Repository(trusted, server, PartProgress(progress, 0.0, 0.8))
        offer = repository.offer(store)
        chosen = tuple(offer.find(name) for name in dict.fromkeys(names)) if names else offer.updates
        new = repository.download(chosen, Path(folder))
        return store.add(tuple(new), progress=PartProgress(progress, 0.8, 1.0)) if new else []


class _Repository:
    """The server's lists, refreshed and verified."""

    def __init__(self, trusted: TrustedServer, server: ModelServer, progress: Progress) -> None:
        from tuf.ngclient import Updater

        from models.update_fetching import StoppableFetcher

        trusted.metadata_folder.mkdir(parents=True, exist_ok=True)
        self._server = server
        self._fetcher = StoppableFetcher(progress)
        self._updater = Updater(
            str(trusted.metadata_folder),
            f"{server.url}/metadata/",
            target_base_url=f"{server.url}/targets/",
            fetcher=self._fetcher,
            bootstrap=server.root,
        )
        self._updater.refresh()

    def offer(self, store: ModelStore) -> Offer:
        versions: dict[str, list[str]] = {}
        for model in store.models():
            versions.setdefault(model.card.id, []).append(model.card.version)
        models: list[OfferedModel] = []
        rejected: list[RefusedOffer] = []
        for number, data in enumerate(self._index()):
            try:
                card = judge_card(data, f"{_INDEX}[{number}]")
                there = versions.get(card.id, [])
                if card.version not in there:
                    size = sum(target.length for target in self._targets(card))
                    models.append(OfferedModel(card, there[0] if there else "", size))
            except BadInput as error:
                rejected.append(RefusedOffer(f"{_INDEX}[{number}]", error.message))
        return Offer(tuple(models), tuple(rejected))

    def download(self, chosen: Sequence[OfferedModel], folder: Path) -> list[NewModel]:
        self._fetcher.expect(sum(model.size_bytes for model in chosen))
        new: list[NewModel] = []
        for number, model in enumerate(chosen):
            place = folder / str(number)
            for target in self._targets(model.card):
                self._updater.download_target(target, str(place / target.path.rpartition("/")[2]))
            new.append(NewModel(place / "model.onnx", model.card))
        return new

    def _index(self) -> list[Any]:
        target = self._target(_INDEX)
        if target.length > _LARGEST_INDEX_BYTES:
            raise self._without_sense()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(self._updater.download_target(target, str(Path(folder) / _INDEX)))
            try:
                models = json.loads(path.read_bytes())["models"]
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise self._without_sense() from error
        if not isinstance(models, list):
            raise self._without_sense()
        return models

    def _targets(self, card: ModelCard) -> "list[TargetFile]":
        for file in card.data_files:
            if not is_plain_name(file.name):
                text = QT_TRANSLATE_NOOP(
                    "Message", "{path} keeps weights outside its own folder ({location})."
                )
                raise BadInput(message(text, path=card.id, location=file.name))
        names = ("model.onnx", *(file.name for file in card.data_files))
        return [self._target(f"{card.id}/{card.version}/{name}") for name in names]

    def _target(self, path: str) -> "TargetFile":
        target = self._updater.get_targetinfo(path)
        if target is None:
            text = QT_TRANSLATE_NOOP("Message", "The model server {url} has not signed {path}.")
            raise BadInput(message(text, url=self._server.url, path=path))
        return target

    def _without_sense(self) -> BadInput:
        text = QT_TRANSLATE_NOOP("Message", "The model list of {url} cannot be understood.")
        return BadInput(message(text, url=self._server.url))


@contextmanager
def _trust_errors(server: ModelServer) -> Iterator[None]:
    """Tell what the checks of TUF found in one sentence."""
    from tuf.api import exceptions

    try:
        yield
    except (exceptions.RepositoryError, exceptions.DownloadError) as error:
        text, hint = _sentence(error)
        reason = message(text, url=server.url, reason=_reason(error))
        raise SenseError(reason, message(hint) if hint else None) from error
    except OSError as error:  # a full disk, a folder that must not be written
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: {reason}.")
        path, reason = str(error.filename or ""), error.strerror or str(error)
        raise SenseError(message(text, path=path, reason=reason)) from error


def _sentence(error: Exception) -> tuple[str, str]:
    """Give the sentence and the hint for one of TUF's errors."""
    from tuf.api import exceptions

    if isinstance(error, exceptions.ExpiredMetadataError):
        return (
            QT_TRANSLATE_NOOP(
                "Message",
                "The signatures of the model server {url} have expired, as if it were held back on an old "
                "state; nothing was taken from it.",
            ),
            QT_TRANSLATE_NOOP("Message", "Check the date of this computer, or ask who runs the server."),
        )
    if isinstance(error, exceptions.BadVersionNumberError):
        text = QT_TRANSLATE_NOOP(
            "Message",
            "The model server {url} shows an older or mixed state of its lists; nothing was taken from it.",
        )
        return text, ""
    if isinstance(error, exceptions.UnsignedMetadataError):
        text = QT_TRANSLATE_NOOP(
            "Message", "The lists of {url} are not signed by the trusted keys; nothing was taken from it."
        )
        return text, ""
    changed = (exceptions.LengthOrHashMismatchError, exceptions.DownloadLengthMismatchError)
    if isinstance(error, changed):
        text = QT_TRANSLATE_NOOP(
            "Message", "A file of {url} is not the one that was signed; nothing was taken from it."
        )
        return text, ""
    if isinstance(error, exceptions.DownloadError):
        text = QT_TRANSLATE_NOOP("Message", "The model server {url} cannot be reached: {reason}.")
        return text, ""
    text = QT_TRANSLATE_NOOP("Message", "The lists of {url} are damaged; nothing was taken from it.")
    return text, ""


def _reason(error: Exception) -> str:
    from tuf.api import exceptions

    if isinstance(error, exceptions.DownloadHTTPError):
        return f"HTTP {error.status_code}"
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line[:160].rstrip(".")
