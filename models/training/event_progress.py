"""How the events of several models make one progress, and what is told of them."""

from dataclasses import dataclass

from core.message import QT_TRANSLATE_NOOP, Message, message
from models.training.distillation import SHARE, SUFFIX
from models.training.engine_process import TrainingEvent
from models.training.plan import TrainingPlan

_FINAL = "final"


@dataclass(frozen=True)
class Part:
    """Which model an event is of.

    Parameters
    ----------
    fold : int, optional
        Of the cross-validation, from 0; None for the final model.
    student : bool
        Whether it is the smaller network that learns from the other.
    """

    fold: int | None
    student: bool

    @staticmethod
    def of(name: str) -> "Part":
        """Read a name such as "fold-0", "fold-0-small" or "final-small"."""
        words = name.split("-")
        fold = None if words[0] == _FINAL else int(words[1]) if len(words) > 1 else 0
        return Part(fold, words[-1] == SUFFIX)


def fraction_of(event: TrainingEvent, plan: TrainingPlan) -> float:
    """Give how much of the whole training is done, 0 to 1."""
    part, done = Part.of(event.part), float(event.values.get("fraction", 1.0))
    if plan.distil:
        done = 1.0 - SHARE + SHARE * done if part.student else (1.0 - SHARE) * done
    if part.fold is None:
        before = plan.fold_minutes * len(plan.folds)
        return (before + done * plan.final_minutes) / plan.minutes
    return (part.fold + done) * plan.fold_minutes / plan.minutes


def part_message(event: TrainingEvent, plan: TrainingPlan) -> Message:
    """Say which model learns, and how well."""
    part, score = Part.of(event.part), event.values.get("score")
    values = {"loss": f"{event.values['loss']:.2f}", "score": "–" if score is None else f"{score:.2f}"}
    if part.fold is None:
        text = QT_TRANSLATE_NOOP("Message", "Final model: loss {loss}, score {score}")
        if part.student:
            text = QT_TRANSLATE_NOOP("Message", "Final smaller model: loss {loss}, score {score}")
        return message(text, **values)
    text = QT_TRANSLATE_NOOP(
        "Message", "Cross-validation, model {number} of {count}: loss {loss}, score {score}"
    )
    if part.student:
        text = QT_TRANSLATE_NOOP(
            "Message", "Cross-validation, smaller model {number} of {count}: loss {loss}, score {score}"
        )
    return message(text, number=part.fold + 1, count=len(plan.folds), **values)
