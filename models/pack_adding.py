"""Adds packs: their packages are downloaded or given as files, and their networks are made ready here."""

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import DataFile, ModelCard, ModelMeasurement
from core.progress import SILENT, PartProgress, Progress
from models.admission import sha256_of
from models.pack import JoinedFiles, Network, Pack, Package, PackModel, open_package
from models.pack_download import download
from models.packs import PACKS
from models.shipped_packs import shipped_package
from models.store import ModelStore, NewModel, StoredModel

_DOWNLOADED = 0.7  # how much of the whole work the downloads are


def add_pack(
    store: ModelStore, pack: Pack, *, force: bool = False, progress: Progress = SILENT
) -> list[StoredModel]:
    """Download the packages of a pack, unless they came with the program, and add its models.

    Raises
    ------
    SenseError
        When one cannot be downloaded.
    BadInput
        When its models are in the store already; nothing is downloaded then.
    """
    _refuse_present(store, pack, pack.models, force)
    missing = _missing(store, pack, pack.models)
    wanted = [package for package in pack.packages if force or any(model.needs(package) for model in missing)]
    total, done = sum(package.size_bytes for package in wanted), 0
    with tempfile.TemporaryDirectory() as folder:
        files: dict[Package, Path] = {}
        for package in wanted:
            start, done = done, done + package.size_bytes
            part = PartProgress(progress, _DOWNLOADED * start / total, _DOWNLOADED * done / total)
            shipped = shipped_package(package)
            files[package] = shipped or download(package, Path(folder), part, store.downloads_folder)
        return _add(store, pack, files, force, PartProgress(progress, _DOWNLOADED, 1.0))


def add_pack_from(
    store: ModelStore, pack: Pack, source: Path, *, force: bool = False, progress: Progress = SILENT
) -> list[StoredModel]:
    """Add a pack of the packages in a folder, or of one package, without a network.

    Raises
    ------
    BadInput
        When a package is not there or is another, or the models are in the store already.
    """
    if not source.is_dir():
        return _add_file(store, source, (pack,), force, progress)
    _refuse_present(store, pack, pack.models, force)
    missing = [package.file_name for package in pack.packages if not (source / package.file_name).is_file()]
    if missing:
        text = QT_TRANSLATE_NOOP("Message", "{path} does not hold {names}, which the pack {pack} needs.")
        raise BadInput(message(text, path=str(source), names=", ".join(missing), pack=pack.name))
    files = {package: source / package.file_name for package in pack.packages}
    for package, path in files.items():
        if sha256_of(path) != package.sha256:
            raise _not_a_package(path, (pack,))
    return _add(store, pack, files, force, progress)


def add_pack_file(
    store: ModelStore, path: Path, *, force: bool = False, progress: Progress = SILENT
) -> list[StoredModel]:
    """Add the models of the package `path`, whichever pack it belongs to, without a network.

    Raises
    ------
    BadInput
        When it is not, byte for byte, the package of a pack, or its models are in the store already.
    """
    return _add_file(store, path, tuple(PACKS.values()), force, progress)


def package_named(file_name: str) -> Package | None:
    """Give the package whose file is called so, of whichever pack."""
    packages = (package for pack in PACKS.values() for package in pack.packages)
    return next((package for package in packages if package.file_name == file_name), None)


def _add_file(
    store: ModelStore, path: Path, packs: Sequence[Pack], force: bool, progress: Progress
) -> list[StoredModel]:
    if not path.is_file():
        text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file.")
        raise BadInput(message(text, path=str(path)))
    digest = sha256_of(path)
    for pack in packs:
        for package in pack.packages:
            if package.sha256 == digest:
                if not pack.models_of(package):
                    text = QT_TRANSLATE_NOOP("Message", "{path} is only a part of what a model comes out of.")
                    hint = QT_TRANSLATE_NOOP(
                        "Message", "Put all packages of the pack {name} into one folder, and add that."
                    )
                    raise BadInput(message(text, path=str(path)), message(hint, name=pack.name))
                _refuse_present(store, pack, pack.models_of(package), force)
                return _add(store, pack, {package: path}, force, progress)
    raise _not_a_package(path, packs)


def _not_a_package(path: Path, packs: Sequence[Pack]) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not the package of a pack.")
    hint = QT_TRANSLATE_NOOP("Message", "Packages: {names}.")
    names = ", ".join(package.file_name for pack in packs for package in pack.packages)
    return BadInput(message(text, path=str(path)), message(hint, names=names))


def _refuse_present(store: ModelStore, pack: Pack, models: Sequence[PackModel], force: bool) -> None:
    """Say before anything is downloaded that all of it is there; what is missing is always added."""
    if not force and not _missing(store, pack, models):
        text = QT_TRANSLATE_NOOP("Message", "The models of the pack {name} are in the store already.")
        hint = QT_TRANSLATE_NOOP("Message", "Use --force to replace them.")
        raise BadInput(message(text, name=pack.name), message(hint))


def _missing(store: ModelStore, pack: Pack, models: Sequence[PackModel]) -> list[PackModel]:
    there = {(model.card.id, model.card.version) for model in store.models()}
    return [model for model in models if (model.id, pack.version) not in there]


def _add(
    store: ModelStore, pack: Pack, files: dict[Package, Path], force: bool, progress: Progress
) -> list[StoredModel]:
    wanted = pack.models_of(*files)
    chosen = wanted if force else _missing(store, pack, wanted)
    new: list[NewModel] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        inside = JoinedFiles([opened.enter_context(open_package(path)) for path in files.values()])
        for model in chosen:
            progress.report(len(new) / (2 * len(chosen)))
            new.append(_written(pack, model, model.make(inside, model), Path(folder) / model.id))
        return store.add(tuple(new), force=force, progress=PartProgress(progress, 0.5, 1.0))


def _written(pack: Pack, model: PackModel, network: Network, folder: Path) -> NewModel:
    folder.mkdir()
    target = folder / f"{model.id}.onnx"
    target.write_bytes(network.onnx)
    for name, data in network.files.items():
        (folder / name).write_bytes(data)
    return NewModel(target, card_of(pack, model, network), pack.name)


def card_of(pack: Pack, model: PackModel, network: Network) -> ModelCard:
    """Describe a network that was made ready here."""
    measured = model.measured
    if model.difference is not None:
        quantity = f"largest difference from {model.reference}"
        agreement = ModelMeasurement(quantity, model.difference, "of the output's range", model.data)
        measured = (agreement, *measured)
    return ModelCard(
        id=model.id,
        version=pack.version,
        sha256=hashlib.sha256(network.onnx).hexdigest(),
        title=model.title,
        task=model.task,
        intended_use=model.intended_use,
        licence=model.licence or pack.licence,
        source=model.source or pack.source,
        inputs=model.inputs,
        outputs=model.outputs,
        measured=measured,
        limits=(*pack.limits, *model.limits),
        data_files=tuple(
            DataFile(name, hashlib.sha256(data).hexdigest()) for name, data in network.files.items()
        ),
    )
