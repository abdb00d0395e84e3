"""What the cross-validation says: every case is judged by the model that had not seen it."""

import math
import statistics
from dataclasses import dataclass

import numpy as np

from models.training.instances import instances_of
from models.training.plan import TrainingPlan, TrainingTask
from models.training.preparation import resampled
from models.training.run_folder import RunFolder
from models.training.scores import ObjectScore, dice_of_labels, mean_of, score_objects


@dataclass(frozen=True)
class Score:
    """One figure: its quantity, the mean over the cases, their standard deviation, and how many there were.

    The deviation is NaN for a single case, and for figures that are pooled over all cases.
    """

    quantity: str
    value: float
    deviation: float
    cases: int


@dataclass(frozen=True)
class FoldScores:
    """What was measured, () without cross-validation, and on what, in words."""

    scores: tuple[Score, ...]
    data: str


def score_folds(folder: RunFolder, plan: TrainingPlan) -> FoldScores:
    """Compare the held-out predictions with the truth on the original grids."""
    if not plan.folds:
        return FoldScores((), "")
    names = [name for fold in plan.folds for name in fold]
    if plan.held_blocks:
        data = f"{len(plan.folds)}-fold cross-validation over blocks of {len(plan.folds[0])} image(s)"
    else:
        data = f"{len(plan.folds)}-fold cross-validation on {len(names)} images"
    data += f", each model trained for {plan.fold_minutes:.1f} of {plan.minutes:.1f} minutes"
    measure = {
        TrainingTask.SEGMENTATION: _dice,
        TrainingTask.INSTANCES: _objects,
        TrainingTask.CLASSIFICATION: _classes,
    }[plan.task]
    return FoldScores(measure(folder, plan, names), data)


def _dice(folder: RunFolder, plan: TrainingPlan, names: list[str]) -> tuple[Score, ...]:
    structures = plan.labels[1:]
    rows = [
        dice_of_labels(np.load(folder.held(name)), folder.array(name, "truth"), len(structures))
        for name in names
    ]
    return tuple(
        _score(f"Dice {structure}", [row[number] for row in rows])
        for number, structure in enumerate(structures)
    )


def _score(quantity: str, values: list[float]) -> Score:
    numbers = [value for value in values if not math.isnan(value)]
    deviation = statistics.stdev(numbers) if len(numbers) > 1 else math.nan
    return Score(quantity, mean_of(values), deviation, len(numbers))


def _objects(folder: RunFolder, _plan: TrainingPlan, names: list[str]) -> tuple[Score, ...]:
    total = ObjectScore(0, 0, 0)
    for name in names:
        truth = folder.array(name, "truth")
        maps = np.load(folder.held(name)).astype(np.float32)
        maps = np.stack([resampled(channel, truth.shape, nearest=False) for channel in maps])
        total += score_objects(instances_of(maps), truth)
    return (Score("F1 of objects at IoU 0.5", total.f1, math.nan, len(names)),)


def _classes(folder: RunFolder, plan: TrainingPlan, names: list[str]) -> tuple[Score, ...]:
    truth = np.array([int(folder.array(name, "truth")) for name in names])
    probabilities = np.stack([np.load(folder.held(name)) for name in names])
    found = probabilities.argmax(1)
    scores = [Score("accuracy", float((found == truth).mean()), math.nan, len(names))]
    for number, label in enumerate(plan.labels):
        here = truth == number
        sensitivity = float((found[here] == number).mean()) if here.any() else math.nan
        specificity = float((found[~here] != number).mean()) if (~here).any() else math.nan
        scores.append(Score(f"sensitivity {label}", sensitivity, math.nan, int(here.sum())))
        scores.append(Score(f"specificity {label}", specificity, math.nan, int((~here).sum())))
        area = area_under_curve(probabilities[:, number], here)
        scores.append(Score(f"area under the ROC curve {label}", area, math.nan, len(names)))
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
