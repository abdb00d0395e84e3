"""Models that describe themselves in another form: plans of nnU-Net and TotalSegmentator, MONAI bundles."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import KNOWN_LICENCES, DataFile, InvalidCard, ModelCard, ModelInput
from models.admission import sha256_of
from models.graph import Graph, inspect_graph
from models.monai_bundle import bundle_card_parts
from models.nnunet_plans import CardParts, UnreadablePlans, nnunet_card_parts

_LEVELS = 3  # an exported network may lie in `fold_0` of the folder of the plans, or in `models` of a bundle
_FOLD = re.compile("fold_([1-9][0-9]*)")  # of a cross-validation; the first one stands for all
_LONGEST_WITH_FOLD = 48
_LARGEST_TEXT_BYTES = 50 * 2**20


class NoLicence(BadInput):
    """Nothing tells the licence of a model that is otherwise understood."""


def described_card(path: Path, licence: str = "") -> ModelCard | None:
    """Make a card of `plans.json` and `dataset.json`, or `configs/metadata.json`, around an ONNX file.

    Parameters
    ----------
    licence : str
        SPDX identifier, where these files tell none.

    Returns
    -------
    ModelCard or None
        None where there are no such files.

    Raises
    ------
    BadInput
        When they are damaged or ask for what this program does not do, or when no known licence is told.
    """
    folders = [path.parent, *path.parent.parents][:_LEVELS]
    for folder in folders:
        if (folder / "plans.json").is_file() and (folder / "dataset.json").is_file():
            return _card(path, folder / "plans.json", licence, partial(_nnunet, folder, path))
        for metadata in (folder / "configs" / "metadata.json", folder / "metadata.json"):
            if metadata.is_file() and (metadata.parent / "inference.json").is_file():
                return _card(path, metadata, licence, partial(_monai, metadata))
    return None


def _nnunet(folder: Path, path: Path, graph: Graph) -> CardParts:
    places = " ".join(path.parts[-_LEVELS - 3 :])
    return nnunet_card_parts(_json(folder / "plans.json"), _json(folder / "dataset.json"), graph, places)


def _monai(metadata: Path, graph: Graph) -> CardParts:
    return bundle_card_parts(_json(metadata), _json(metadata.with_name("inference.json")), graph)


def _card(path: Path, told: Path, licence: str, parts_of: Callable[[Graph], CardParts]) -> ModelCard:
    graph = inspect_graph(path)
    try:
        parts = parts_of(graph)
        parts.preparation.check_space()
    except (UnreadablePlans, InvalidCard) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} asks for something that is not done here ({field}).")
        raise BadInput(message(text, path=str(told), field=str(error))) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _damaged(told) from error
    fold = _FOLD.fullmatch(path.parent.name)
    suffix = f" fold {fold[1]}" if fold else ""
    return ModelCard(
        id=_slug(parts.name[:_LONGEST_WITH_FOLD] + suffix if suffix else parts.name),
        version=parts.version,
        sha256=sha256_of(path),
        title=parts.name + suffix,
        task="segmentation",
        intended_use=parts.intended_use,
        licence=_licence(told, licence or parts.licence),
        source=parts.source,
        inputs=(ModelInput(graph.inputs[0].name, parts.preparation),),
        outputs=(parts.output,),
        modality=parts.modality,
        measured=parts.measured,
        data_files=tuple(
            DataFile(name, hashlib.sha256((path.parent / name).read_bytes()).hexdigest())
            for name in graph.data_files
        ),
    )


def _licence(told: Path, licence: str) -> str:
    if licence in KNOWN_LICENCES:
        return licence
    hint = message(
        QT_TRANSLATE_NOOP("Message", "Known licences: {names}."), names=", ".join(sorted(KNOWN_LICENCES))
    )
    if licence:
        text = QT_TRANSLATE_NOOP("Message", "{path}: the licence {licence} is not known.")
        raise BadInput(message(text, path=str(told), licence=licence), hint)
    text = QT_TRANSLATE_NOOP("Message", "{path} tells no licence: name it with --licence.")
    raise NoLicence(message(text, path=str(told)), hint)


def _json(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_TEXT_BYTES:
            raise ValueError
        data = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(data, dict):
        raise _damaged(path)
    return data


def _damaged(path: Path) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} is damaged, or not what its name says.")
    return BadInput(message(text, path=str(path)))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-") or "model"
