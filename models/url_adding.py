"""Adds models from the web: a model with its card beside it, or the package of a pack."""

import tempfile
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelCard
from core.progress import SILENT, PartProgress, Progress
from models.admission import card_path_of, read_card
from models.graph import is_plain_name
from models.pack_adding import add_pack_file, package_named
from models.store import ModelStore, StoredModel
from models.url_download import Download, download_url, name_of, shown

_LARGEST_CARD_BYTES = 10**6
_ADDING_STARTS = 0.9


def add_url(
    store: ModelStore, url: str, *, sha256: str = "", force: bool = False, progress: Progress = SILENT
) -> list[StoredModel]:
    """Download and add `…/NAME.onnx` with `…/NAME.card.json`, or the package of a pack.

    The card comes first: a model that is refused by its card, or there already, is not downloaded.

    Parameters
    ----------
    store : ModelStore
        Where to.
    url : str
        `https://…`.
    sha256 : str
        What the file must have; "" to believe the card.
    force : bool
        Replace what is there in the same version.
    progress : Progress
        Told how much is done.

    Raises
    ------
    SenseError
        When something cannot be downloaded; what has come is kept for the next call.
    BadInput
        With the reason why it is refused.
    """
    name = name_of(url)
    with tempfile.TemporaryDirectory() as folder:
        target, part = Path(folder) / (name or "file"), PartProgress(progress, 0.0, _ADDING_STARTS)
        adding = PartProgress(progress, _ADDING_STARTS, 1.0)
        if package := package_named(name):
            download_url(
                Download(url, target, sha256 or package.sha256, package.size_bytes),
                store.downloads_folder,
                part,
            )
            return add_pack_file(store, target, force=force, progress=adding)
        if target.suffix.lower() != ".onnx":
            text = QT_TRANSLATE_NOOP("Message", "{url} is neither an ONNX file nor the package of a pack.")
            raise BadInput(message(text, url=shown(url)))
        card = _card(store, url, target, progress)
        _refuse_early(store, url, card, sha256, force)
        download_url(Download(url, target, card.sha256), store.downloads_folder, part)
        for file in card.data_files:
            wanted = Download(_beside(url, file.name), target.with_name(file.name), file.sha256)
            download_url(wanted, store.downloads_folder, part)
        return [store.add_file(target, force=force)]


def _card(store: ModelStore, url: str, model: Path, progress: Progress) -> ModelCard:
    target = card_path_of(model)
    wanted = Download(_beside(url, target.name), target, largest_bytes=_LARGEST_CARD_BYTES)
    download_url(wanted, store.downloads_folder, PartProgress(progress, 0.0, 0.0))
    card = read_card(target)
    for file in card.data_files:
        if not is_plain_name(file.name):
            text = QT_TRANSLATE_NOOP("Message", "{path} keeps weights outside its own folder ({location}).")
            raise BadInput(message(text, path=shown(url), location=file.name))
    return card


def _refuse_early(store: ModelStore, url: str, card: ModelCard, sha256: str, force: bool) -> None:
    if sha256 and sha256 != card.sha256:
        text = QT_TRANSLATE_NOOP(
            "Message", "The model card beside {url} gives another SHA-256 than expected."
        )
        raise BadInput(message(text, url=shown(url)))
    store.refuse_present(card, force=force)


def _beside(url: str, name: str) -> str:
    """Give the URL of another file in the same folder; the query, which may hold a key, stays."""
    from urllib.parse import quote

    parts = urlsplit(urljoin(url, quote(name)))
    return urlunsplit(parts._replace(query=urlsplit(url).query))
