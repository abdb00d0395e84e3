"""How a model is run on a volume: in tiles, or by the procedure that its card names."""

from collections.abc import Callable, Sequence

from core.command import resolve
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from core.segmentation import Segmentation
from core.volume_files import FoundVolume
from models.runner import Runner
from models.store import ModelStore, StoredModel

Procedure = Callable[[ModelStore, Runner, StoredModel, FoundVolume, Progress], Segmentation]

# By the name that cards give as `preparation.procedure`.
PROCEDURES: dict[str, str] = {
    "": "models.volume_runner:segment_in_tiles",
    "brain-in-box": "models.brain_extraction:extract_in_box",
    "brain-at-once": "models.brain_extraction:extract_at_once",
    "objects": "models.picture_run:segment_objects",
}


def segment(
    store: ModelStore,
    runner: Runner,
    model: StoredModel,
    found: FoundVolume,
    progress: Progress,
    *,
    others: Sequence[StoredModel] = (),
) -> Segmentation:
    """Segment a volume.

    Parameters
    ----------
    store : ModelStore
        Where procedures find the other models that they need.
    others : sequence of StoredModel
        Models whose scores are averaged with those of `model`.

    Raises
    ------
    BadInput
        When the card names a procedure that this version does not know, the volume does not fit, or the
        others are of another design.
    """
    name = model.card.inputs[0].preparation.procedure
    if name not in PROCEDURES:
        text = QT_TRANSLATE_NOOP("Message", "The model {name} needs a newer version of this program.")
        raise BadInput(message(text, name=model.card.id))
    if others and not name:
        from models.ensemble import ensemble_of
        from models.volume_runner import segment_volume

        return segment_volume(ensemble_of(runner, (model, *others)), found, progress=progress)
    if others:
        text = QT_TRANSLATE_NOOP("Message", "The model {name} cannot be asked together with others.")
        raise BadInput(message(text, name=model.card.id))
    procedure: Procedure = resolve(PROCEDURES[name])
    return procedure(store, runner, model, found, progress)
