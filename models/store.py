"""The models on this machine: `models/ID/VERSION/` in the library, with `model.onnx` and `card.json`."""

import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from core.atomic_write import atomic_folder, write_bytes
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.model_card import ModelCard
from core.progress import SILENT, Progress
from models.admission import admit, card_path_of, check_files, read_card

_MODEL, _CARD, _PACK, _IN_USE = "model.onnx", "card.json", "pack.txt", "in-use.txt"


@dataclass(frozen=True)
class StoredModel:
    """A model in the store.

    Parameters
    ----------
    card : ModelCard
        What it is.
    folder : Path
        Where its files lie.
    pack : str
        The pack that it came with; "" for a model that the user brought.
    in_use : bool
        Whether its id alone stands for this version.
    """

    card: ModelCard
    folder: Path
    pack: str = ""
    in_use: bool = True

    @property
    def path(self) -> Path:
        """The ONNX file."""
        return self.folder / _MODEL

    @property
    def size_bytes(self) -> int:
        """Bytes of the model and its data files."""
        names = (_MODEL, *(file.name for file in self.card.data_files))
        return sum((self.folder / name).stat().st_size for name in names if (self.folder / name).is_file())


@dataclass(frozen=True)
class Verification:
    """Whether a stored model is still what it was: `reason` is None, or says what is wrong."""

    name: str
    path: Path
    reason: Message | None


@dataclass(frozen=True)
class RemovedModel:
    """A model that is gone; `sha256` is "" where its card could not be read."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True)
class NewModel:
    """A model that is to be added: its file (data files beside it), its card and its pack."""

    path: Path
    card: ModelCard
    pack: str = ""


class AlreadyThere(BadInput):
    """The store has the model `name` (`ID@VERSION`), and it was not asked to be replaced."""

    def __init__(self, name: str) -> None:
        text = QT_TRANSLATE_NOOP("Message", "The model {name} is in the store already.")
        hint = QT_TRANSLATE_NOOP("Message", "Use --force to replace it.")
        super().__init__(message(text, name=name), message(hint))
        self.name = name


class ModelStore:
    """Adds, finds, verifies and removes models.

    Parameters
    ----------
    folder : Path
        `Library.models_folder`; made when the first model is added.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def downloads_folder(self) -> Path:
        """Where unfinished downloads wait to be gone on with."""
        return self._folder / ".downloads"

    def models(self) -> list[StoredModel]:
        """Give the models whose cards can be read, by id, the newest version first."""
        found: list[StoredModel] = []
        for folder in self._folders():
            try:
                found.append(_stored(folder))
            except BadInput:
                continue  # `verify` tells about it
        newest = {model.card.id: model.card.version for model in reversed(found)}
        there = {(model.card.id, model.card.version) for model in found}
        for model_id, version in newest.items():
            chosen = self._chosen(model_id)
            newest[model_id] = chosen if (model_id, chosen) in there else version
        return [replace(model, in_use=newest[model.card.id] == model.card.version) for model in found]

    def find(self, name: str) -> StoredModel:
        """Give the version of the model `ID` that is in use, or exactly `ID@VERSION`.

        In use is the newest one, unless `revert` went back to another.

        Raises
        ------
        BadInput
            When there is none.
        """
        for model in self.models():
            if name == _name(model) or (model.in_use and name == model.card.id):
                return model
        raise self._unknown(name)

    def revert(self, name: str) -> StoredModel:
        """Use the version of `ID` before the one in use, or exactly `ID@VERSION`, from now on.

        Raises
        ------
        BadInput
            When there is no such version, or its files are no longer what they were.
        """
        if "@" in name:
            chosen = self.find(name)
        else:
            current = self.find(name)
            versions = [model for model in self.models() if model.card.id == name]
            older = versions[versions.index(current) + 1 :]
            if not older:
                text = QT_TRANSLATE_NOOP("Message", "There is no version of {name} before {version}.")
                raise BadInput(message(text, name=name, version=current.card.version))
            chosen = older[0]
        check_files(chosen.path, chosen.card)
        write_bytes(chosen.folder.parent / _IN_USE, chosen.card.version.encode())
        return replace(chosen, in_use=True)

    def add_file(self, path: Path, *, force: bool = False) -> StoredModel:
        """Add `NAME.onnx` with `NAME.card.json` beside it.

        Raises
        ------
        BadInput
            With the reason why the model is refused.
        """
        path = path.absolute()
        card_path = card_path_of(path)
        if not card_path.is_file():
            text = QT_TRANSLATE_NOOP("Message", "{path} has no model card.")
            hint = QT_TRANSLATE_NOOP("Message", "Its card must lie beside it as {name}.")
            raise BadInput(message(text, path=str(path)), message(hint, name=card_path.name))
        return self.add((NewModel(path, read_card(card_path)),), force=force)[0]

    def add(
        self, models: tuple[NewModel, ...], *, force: bool = False, progress: Progress = SILENT
    ) -> list[StoredModel]:
        """Look at all models first and then add them, each with its files complete or not at all.

        Raises
        ------
        BadInput
            With the reason why one is refused, or that it is there already; then none was added.
        """
        for done, model in enumerate(models):
            progress.report(done / len(models))
            self.refuse_present(model.card, force=force)
            admit(model.path, model.card, trusted=bool(model.pack))
        return [self._write(model) for model in models]

    def refuse_present(self, card: ModelCard, *, force: bool) -> None:
        """Raise `AlreadyThere` when the same version is in the store and may not be replaced."""
        if self._folder_of(card).exists() and not force:
            raise AlreadyThere(f"{card.id}@{card.version}")

    def remove(self, name: str) -> list[RemovedModel]:
        """Remove all versions of `ID`, all models of a pack, or `ID@VERSION`, damaged ones too.

        Raises
        ------
        BadInput
            When there is no such model.
        """
        chosen = self._matching(name)
        if not chosen:
            raise self._unknown(name)
        digests = {model.folder: model.card.sha256 for model in self.models()}
        for folder in chosen:
            self._remove(folder)
        return [RemovedModel(path.parent.name, path.name, digests.get(path, "")) for path in chosen]

    def _remove(self, folder: Path) -> None:
        # Renamed first: a model that is half deleted must not be found.
        leaving = folder.with_name(f".{folder.name}.{os.getpid()}.removed")
        folder.rename(leaving)
        shutil.rmtree(leaving)
        left = {path.name for path in folder.parent.iterdir()}
        if self._chosen(folder.parent.name) == folder.name or left == {_IN_USE}:
            (folder.parent / _IN_USE).unlink()
        if left <= {_IN_USE}:
            folder.parent.rmdir()

    def damaged(self) -> list[Verification]:
        """Give the models whose cards cannot be read, which `models` leaves out."""
        found: list[Verification] = []
        for folder in self._folders():
            try:
                _stored(folder)
            except BadInput as error:
                found.append(Verification(f"{folder.parent.name}@{folder.name}", folder, error.message))
        return found

    def verify(self, name: str | None = None, progress: Progress = SILENT) -> list[Verification]:
        """Compare the files of the models with their cards; those of `ID`, of a pack, `ID@VERSION` or all."""
        folders = self._folders() if name is None else self._matching(name)
        if name is not None and not folders:
            raise self._unknown(name)
        checked: list[Verification] = []
        for done, folder in enumerate(folders):
            progress.report(done / len(folders))
            reason: Message | None = None
            try:
                check_files(folder / _MODEL, _stored(folder).card)
            except BadInput as error:
                reason = error.message
            checked.append(Verification(f"{folder.parent.name}@{folder.name}", folder, reason))
        return checked

    def _matching(self, name: str) -> list[Path]:
        # By folder, not by card: a damaged card must not hide its model.
        return [
            folder
            for folder in self._folders()
            if name in (folder.parent.name, f"{folder.parent.name}@{folder.name}", _pack_of(folder))
        ]

    def _folders(self) -> list[Path]:
        found = [path for path in self._folder.glob("*/*") if path.is_dir() and not path.name.startswith(".")]
        found.sort(key=lambda path: version_order(path.name), reverse=True)
        return sorted(found, key=lambda path: path.parent.name)

    def _chosen(self, model_id: str) -> str:
        """Give the version that `revert` went back to, "" where it did not."""
        path = self._folder / model_id / _IN_USE
        return path.read_text("utf-8", "replace").strip() if path.is_file() else ""

    def _folder_of(self, card: ModelCard) -> Path:
        return self._folder / card.id / card.version

    def _write(self, model: NewModel) -> StoredModel:
        folder = self._folder_of(model.card)
        with atomic_folder(folder) as partial:
            shutil.copyfile(model.path, partial / _MODEL)
            for file in model.card.data_files:
                shutil.copyfile(model.path.parent / file.name, partial / file.name)
            check_files(partial / _MODEL, model.card)  # what was copied, not what was looked at
            write_bytes(partial / _CARD, json.dumps(model.card.to_json(), indent=1).encode())
            if model.pack:
                write_bytes(partial / _PACK, model.pack.encode())
        # A version that is newer than all others is what was asked for: it is used.
        newest = max(
            (path.name for path in self._folders() if path.parent == folder.parent), key=version_order
        )
        if newest == model.card.version:
            (folder.parent / _IN_USE).unlink(missing_ok=True)
        return self.find(_name(StoredModel(model.card, folder)))

    def _unknown(self, name: str) -> BadInput:
        hint = QT_TRANSLATE_NOOP("Message", "See sense models list.")
        text = QT_TRANSLATE_NOOP("Message", "There is no model {name} in the store.")
        return BadInput(message(text, name=name), message(hint))


def _name(model: StoredModel) -> str:
    return f"{model.card.id}@{model.card.version}"


def _pack_of(folder: Path) -> str:
    path = folder / _PACK
    return path.read_text("utf-8").strip() if path.is_file() else ""


def _stored(folder: Path) -> StoredModel:
    path = folder / _CARD
    if not path.is_file():
        raise BadInput(
            message(QT_TRANSLATE_NOOP("Message", "{path}: there is no such file."), path=str(path))
        )
    card = read_card(path)
    if (card.id, card.version) != (folder.parent.name, folder.name):
        text = QT_TRANSLATE_NOOP("Message", "{path} is the card of another model.")
        raise BadInput(message(text, path=str(path)))
    return StoredModel(card, folder, _pack_of(folder))


def version_order(version: str) -> list[tuple[int, int, str]]:
    """Order 1.10 after 1.9: figures by value, words before figures."""
    return [
        (1, int(part), "") if part.isdigit() else (0, 0, part)
        for part in re.findall(r"[0-9]+|[A-Za-z]+", version)
    ]
