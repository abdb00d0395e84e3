"""Which models may enter the store, and the reason why others may not."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import KNOWN_LICENCES, InvalidCard, ModelCard
from models.graph import Graph, Tensor, inspect_graph, inspect_here, is_plain_name

_BLOCK_BYTES = 2**20


def card_path_of(model: Path) -> Path:
    """Give where the card of `NAME.onnx` lies: `NAME.card.json` beside it."""
    return model.with_suffix(".card.json")


def sha256_of(path: Path) -> str:
    """Digest of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def read_card(path: Path) -> ModelCard:
    """Read a card and judge its licence.

    Raises
    ------
    BadInput
        When it is no valid card, or its licence is not known.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is not a model card.")
        raise BadInput(message(text, path=str(path))) from error
    return judge_card(data, str(path))


def judge_card(data: Any, path: str) -> ModelCard:
    """Make a card of what JSON gave, and judge its licence; `path` is where it was found.

    Raises
    ------
    BadInput
        When it is no valid card, or its licence is not known.
    """
    try:
        card = ModelCard.from_json(data)
    except InvalidCard as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is not a valid model card: {field} is missing or wrong.")
        raise BadInput(message(text, path=path, field=str(error))) from error
    except (ValueError, RecursionError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is not a model card.")
        raise BadInput(message(text, path=path)) from error
    if card.licence not in KNOWN_LICENCES:
        text = QT_TRANSLATE_NOOP("Message", "{path}: the licence {licence} is not known.")
        hint = QT_TRANSLATE_NOOP("Message", "Known licences: {names}.")
        known = ", ".join(sorted(KNOWN_LICENCES))
        raise BadInput(message(text, path=path, licence=card.licence), message(hint, names=known))
    return card


def admit(model: Path, card: ModelCard, *, trusted: bool = False) -> None:
    """Look at everything that the card says about the file `model`.

    Only a `trusted` file, made here of one whose digest is known, is loaded in this process.

    Raises
    ------
    BadInput
        When the digest is another, weights lie outside or are not listed, or the card describes other inputs,
        outputs or labels than the network has.
    """
    check_files(model, card)
    graph = inspect_here(model) if trusted else inspect_graph(model)
    listed = {file.name for file in card.data_files}
    for name in graph.data_files:
        if name not in listed:
            text = QT_TRANSLATE_NOOP(
                "Message", "{path} keeps weights in {name}, which its card does not list."
            )
            raise BadInput(message(text, path=str(model), name=name))
    _check_names(model, card, graph)
    _check_labels(model, card, graph)


def check_files(model: Path, card: ModelCard) -> None:
    """Raise `BadInput` when the model or one of its data files is not there or has another digest."""
    _check_digest(model, card.sha256)
    for file in card.data_files:
        if not is_plain_name(file.name):
            text = QT_TRANSLATE_NOOP("Message", "{path} keeps weights outside its own folder ({location}).")
            raise BadInput(message(text, path=str(model), location=file.name))
        _check_digest(model.parent / file.name, file.sha256)


def _check_digest(path: Path, sha256: str) -> None:
    if not path.is_file():
        raise BadInput(
            message(QT_TRANSLATE_NOOP("Message", "{path}: there is no such file."), path=str(path))
        )
    if sha256_of(path) != sha256:
        text = QT_TRANSLATE_NOOP("Message", "{path} does not have the SHA-256 that its model card gives.")
        raise BadInput(message(text, path=str(path)))


def _check_names(model: Path, card: ModelCard, graph: Graph) -> None:
    described: tuple[Iterable[str], Iterable[str]] = (
        [item.name for item in card.inputs],
        [item.name for item in card.outputs],
    )
    if described != ([item.name for item in graph.inputs], [item.name for item in graph.outputs]):
        text = QT_TRANSLATE_NOOP("Message", "{path}: its card describes other inputs or outputs ({names}).")
        names = ", ".join(item.name for item in (*graph.inputs, *graph.outputs))
        raise BadInput(message(text, path=str(model), names=names))


def _check_labels(model: Path, card: ModelCard, graph: Graph) -> None:
    for output, tensor in zip(card.outputs, graph.outputs, strict=True):
        channels = _channels(tensor, output.label_axis) if output.labels else None
        if channels is not None and channels != len(output.labels):
            raise wrong_labels(model, output.name, len(output.labels), channels)


def _channels(tensor: Tensor, axis: int) -> int | None:
    """Give the size along the axis, None where it is free, 0 where there is no such axis."""
    return tensor.shape[axis] if -len(tensor.shape) <= axis < len(tensor.shape) else 0


def wrong_labels(model: Path, output: str, labels: int, channels: int) -> BadInput:
    """Make the error for an output that does not have as many channels as the card has labels."""
    text = QT_TRANSLATE_NOOP(
        "Message", "{path}: the card has {labels} labels for {output}, which has {channels} channels."
    )
    return BadInput(message(text, path=str(model), output=output, labels=labels, channels=channels))
