"""Where trained models work: the tasks of the command line, and how a model's places are found."""

from typing import TYPE_CHECKING

from core.command import ModelUse
from core.message import QT_TRANSLATE_NOOP

if TYPE_CHECKING:  # the command line starts without it
    from models.store import StoredModel

# The uses have no command: they are options of `sense models run`, which the window has no entry for.
USES = (
    ModelUse(
        ("text-detector", "text-direction", "text-recogniser"),
        QT_TRANSLATE_NOOP("Command", "Reading the text of pages (sense models run)"),
    ),
    ModelUse(
        ("sentence-embedding",),
        QT_TRANSLATE_NOOP("Command", "Comparing the meaning of lines of text (sense models run)"),
    ),
    ModelUse(
        ("speech-encoder", "speech-recogniser"),
        QT_TRANSLATE_NOOP("Command", "Putting speech into words (sense models run)"),
    ),
    ModelUse(
        ("speech-detector", "speech-recogniser"),
        QT_TRANSLATE_NOOP("Command", "Finding where somebody speaks (sense models run)"),
    ),
    ModelUse(
        ("end-of-turn",),
        QT_TRANSLATE_NOOP("Command", "Telling whether a speaker has finished (sense models run)"),
    ),
    ModelUse(("speech-voice",), QT_TRANSLATE_NOOP("Command", "Saying text aloud (sense models run)")),
    ModelUse(
        ("local-features", "feature-matcher", "disk-features", "disk-matcher"),
        QT_TRANSLATE_NOOP("Command", "Finding the same points in several photographs (sense models run)"),
    ),
    ModelUse(
        ("object-detector", "camera-box", "chair-box", "cup-box", "shoe-box"),
        QT_TRANSLATE_NOOP("Command", "Finding everyday things in photographs (sense models run)"),
    ),
    ModelUse(
        ("brain-box", "brain", "brain-hd-bet"),
        QT_TRANSLATE_NOOP("Command", "Finding the brain in MR images of the head (sense models run)"),
    ),
    ModelUse(
        ("task:segmentation", "task:instance-segmentation"),
        QT_TRANSLATE_NOOP("Command", "Labelling volumes and pictures (sense models run)"),
    ),
    ModelUse(
        ("task:classification",),
        QT_TRANSLATE_NOOP("Command", "Telling the class of pictures and series (sense models run)"),
    ),
)


def uses_of(model: "StoredModel", uses: tuple[ModelUse, ...]) -> tuple[ModelUse, ...]:
    """Give the places of the program that use a model: one of a pack by its id, others also by their task."""
    names = {model.card.id} if model.pack else {model.card.id, f"task:{model.card.task}"}
    return tuple(use for use in uses if names & set(use.models))
