"""Several networks of one design asked together, as nnU-Net asks the folds of its cross-validation."""

from collections.abc import Sequence
from dataclasses import replace

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from models.runner import Runner
from models.store import StoredModel
from models.volume_runner import VolumeNetwork, label_output, network_of


def ensemble_of(runner: Runner, models: Sequence[StoredModel]) -> VolumeNetwork:
    """Make models callable as one, whose scores are the mean of theirs.

    Raises
    ------
    BadInput
        When they are not given the same volume, or do not tell the same labels.
    """
    first = models[0]
    for other in models[1:]:
        alike = _prepared(other) == _prepared(first) and _told(other) == _told(first)
        if not alike:
            text = QT_TRANSLATE_NOOP(
                "Message", "{one} and {other} are not of one design: their scores do not mix."
            )
            raise BadInput(message(text, one=first.card.id, other=other.card.id))
    networks = [network_of(runner, model) for model in models]

    names = tuple(f"{model.card.id}@{model.card.version}" for model in models)
    return replace(networks[0], beside=tuple(networks[1:]), names=names)


def _prepared(model: StoredModel) -> object:
    return model.card.inputs[0].preparation


def _told(model: StoredModel) -> object:
    output = label_output(model.card)
    return output.labels, output.values, output.overlapping, output.activation
