"""How a model is run on a volume: in tiles, or by the procedure that its card names."""

from collections.abc import Callable

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
    store: ModelStore, runner: Runner, model: StoredModel, found: FoundVolume, progress: Progress
) -> Segmentation:
    """Segment a volume.

    Parameters
    ----------
    store : ModelStore
        Where procedures find the other models that they need.

    Raises
    ------
    BadInput
        When the card names a procedure that this version does not know, or the volume does not fit.
    """
    name = model.card.inputs[0].preparation.procedure
    if name not in PROCEDURES:
        text = QT_TRANSLATE_NOOP("Message", "The model {name} needs a newer version of this program.")
        raise BadInput(message(text, name=model.card.id))
    procedure: Procedure = resolve(PROCEDURES[name])
    return procedure(store, runner, model, found, progress)
