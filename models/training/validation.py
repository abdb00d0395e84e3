"""What the cross-validation says: every case is judged by the model that had not seen it."""

import math
import statistics
from dataclasses import dataclass

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from models.training.distillation import share_of_time
from models.training.instances import instances_of
from models.training.plan import TrainingPlan, TrainingTask
from models.training.preparation import resampled
from models.training.run_folder import RunFolder
from models.training.scores import ObjectScore, dice_of_labels, mean_of, score_objects

_DICE = QT_TRANSLATE_NOOP("Message", "Dice {label}")
_F1 = QT_TRANSLATE_NOOP("Message", "F1 of objects at IoU 0.5")
_ACCURACY = QT_TRANSLATE_NOOP("Message", "accuracy")
_SENSITIVITY = QT_TRANSLATE_NOOP("Message", "sensitivity {label}")
_SPECIFICITY = QT_TRANSLATE_NOOP("Message", "specificity {label}")
_AREA = QT_TRANSLATE_NOOP("Message", "area under the ROC curve {label}")


@dataclass(frozen=True)
class Score:
    """One figure: its quantity, the mean over the cases, their standard deviation, and how many there were.

    The deviation is NaN for a single case, and for figures that are pooled over all cases. `told` is the
    quantity for the window.
    """

    quantity: str
    value: float
    deviation: float
    cases: int
    told: Message | None = None


@dataclass(frozen=True)
class FoldScores:
    """What was measured, () without cross-validation, and on what: in words, and for the window."""

    scores: tuple[Score, ...]
    data: str
    told: Message | None = None


def score_folds(folder: RunFolder, plan: TrainingPlan) -> FoldScores:
    """Compare the held-out predictions with the truth on the original grids."""
    if not plan.folds:
        return FoldScores((), "")
    names = [name for fold in plan.folds for name in fold]
    if plan.held_blocks:
        text = QT_TRANSLATE_NOOP(
            "Message",
            "{folds}-fold cross-validation over blocks of {cases} image(s),"
            " each model trained for {own} of {all} minutes",
        )
        cases = len(plan.folds[0])
    else:
        text = QT_TRANSLATE_NOOP(
            "Message",
            "{folds}-fold cross-validation on {cases} images, each model trained for {own} of {all} minutes",
        )
        cases = len(names)
    minutes = plan.fold_minutes * share_of_time(plan, small=folder.small)
    own, all_minutes = f"{minutes:.1f}", f"{plan.minutes:.1f}"
    data = message(text, folds=len(plan.folds), cases=cases, own=own, all=all_minutes)
    measure = {
        TrainingTask.SEGMENTATION: _dice,
        TrainingTask.INSTANCES: _objects,
        TrainingTask.CLASSIFICATION: _classes,
    }[plan.task]
    return FoldScores(measure(folder, plan, names), str(data), data)


def _dice(folder: RunFolder, plan: TrainingPlan, names: list[str]) -> tuple[Score, ...]:
    structures = plan.labels[1:]
    rows = [
        dice_of_labels(np.load(folder.held(name)), folder.array(name, "truth"), len(structures))
        for name in names
    ]
    return tuple(
        _score(_named(_DICE, structure), [row[number] for row in rows])
        for number, structure in enumerate(structures)
    )


def _named(text: str, label: str = "") -> Message:
    return message(text, label=label) if label else message(text)


def _score(told: Message, values: list[float]) -> Score:
    numbers = [value for value in values if not math.isnan(value)]
    deviation = statistics.stdev(numbers) if len(numbers) > 1 else math.nan
    return Score(str(told), mean_of(values), deviation, len(numbers), told)


def _pooled(told: Message, value: float, cases: int) -> Score:
    return Score(str(told), value, math.nan, cases, told)


def _objects(folder: RunFolder, _plan: TrainingPlan, names: list[str]) -> tuple[Score, ...]:
    total = ObjectScore(0, 0, 0)
    for name in names:
        truth = folder.array(name, "truth")
        maps = np.load(folder.held(name)).astype(np.float32)
        maps = np.stack([resampled(channel, truth.shape, nearest=False) for channel in maps])
        total += score_objects(instances_of(maps), truth)
    return (_pooled(_named(_F1), total.f1, len(names)),)


def _classes(folder: RunFolder, plan: TrainingPlan, names: list[str]) -> tuple[Score, ...]:
    truth = np.array([int(folder.array(name, "truth")) for name in names])
    probabilities = np.stack([np.load(folder.held(name)) for name in names])
    found = probabilities.argmax(1)
    scores = [_pooled(_named(_ACCURACY), float((found == truth).mean()), len(names))]
    for number, label in enumerate(plan.labels):
        here = truth == number
        sensitivity = float((found[here] == number).mean()) if here.any() else math.nan
        specificity = float((found[~here] != number).mean()) if (~here).any() else math.nan
        scores.append(_pooled(_named(_SENSITIVITY, label), sensitivity, int(here.sum())))
        scores.append(_pooled(_named(_SPECIFICITY, label), specificity, int((~here).sum())))
        area = area_under_curve(probabilities[:, number], here)
        scores.append(_pooled(_named(_AREA, label), area, len(names)))
    return tuple(score for score in scores if not math.isnan(score.value))


def area_under_curve(
    values: "np.typing.NDArray[np.floating]", positive: "np.typing.NDArray[np.bool_]"
) -> float:
    """Give how often a positive case has the higher value (Mann-Whitney), ties counting half.

    NaN where one of the two kinds is missing.
    """
    ours, theirs = values[positive], values[~positive]
    if not len(ours) or not len(theirs):
        return math.nan
    higher = (ours[:, None] > theirs[None]).mean() + 0.5 * (ours[:, None] == theirs[None]).mean()
    return float(higher)
