"""Adds to the store whatever is named: a pack, a file, or the URL of one."""

from pathlib import Path

from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from models.admission import card_path_of
from models.described_models import described_card
from models.pack_adding import add_pack, add_pack_file, add_pack_from
from models.packs import PACKS
from models.store import ModelStore, NewModel, StoredModel
from models.url_adding import add_url
from models.url_download import is_url

PACKAGE_SUFFIXES = (".whl", ".tgz")


def add(
    store: ModelStore,
    source: str,
    *,
    offline: Path | None = None,
    sha256: str = "",
    licence: str = "",
    force: bool = False,
    progress: Progress = SILENT,
) -> list[StoredModel]:
    """Add models.

    Parameters
    ----------
    store : ModelStore
        Where to.
    source : str
        The name of a pack, the file of one of its packages, `NAME.onnx` with its card, nnU-Net's
        plans or the `configs` of a bundle of MONAI beside it, or the URL of one of these.
    offline : Path, optional
        Takes the packages of the pack from this file or folder instead of downloading them.
    sha256 : str
        What the file at the URL must have.
    licence : str
        SPDX identifier, for a model that nnU-Net's plans or a bundle of MONAI describe without one.
    force : bool
        Replace what is there in the same version.
    progress : Progress
        Told how much is done.

    Raises
    ------
    SenseError
        When something cannot be downloaded.
    BadInput
        With the reason why something is refused.
    """
    path = Path(source).expanduser()
    _refuse_senseless(source, offline, sha256)
    if source in PACKS:
        pack = PACKS[source]
        if offline is not None:
            return add_pack_from(store, pack, offline.expanduser(), force=force, progress=progress)
        return add_pack(store, pack, force=force, progress=progress)
    if is_url(source):
        return add_url(store, source, sha256=sha256.lower(), force=force, progress=progress)
    if not path.is_file():
        text = QT_TRANSLATE_NOOP("Message", "{path} is neither a pack nor a file.")
        hint = QT_TRANSLATE_NOOP("Message", "Packs: {names}.")
        raise BadInput(message(text, path=source), message(hint, names=", ".join(PACKS)))
    if path.suffix.lower() in PACKAGE_SUFFIXES:
        return add_pack_file(store, path, force=force, progress=progress)
    if not card_path_of(path).is_file():
        card = described_card(path.absolute(), licence)
        if card is not None:
            return store.add((NewModel(path.absolute(), card),), force=force, progress=progress)
    return [store.add_file(path, force=force)]


def _refuse_senseless(source: str, offline: Path | None, sha256: str) -> None:
    if offline is not None and source not in PACKS:
        text = QT_TRANSLATE_NOOP("Message", "--from is for packs, and {source} is none.")
        hint = QT_TRANSLATE_NOOP("Message", "Packs: {names}.")
        raise UsageError(message(text, source=source), message(hint, names=", ".join(PACKS)))
    if sha256 and not is_url(source):
        text = QT_TRANSLATE_NOOP("Message", "--sha256 is for URLs, and {source} is none.")
        raise UsageError(message(text, source=source))
