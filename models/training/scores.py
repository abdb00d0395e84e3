"""How good predictions are: overlap of structures, and objects found."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def dice_of_labels(found: NDArray[np.integer], truth: NDArray[np.integer], labels: int) -> list[float]:
    """Give the Dice overlap of every label 1 to `labels`; NaN where neither array has it."""
    both = np.bincount(found[found == truth].ravel(), minlength=labels + 1)
    sizes = np.bincount(found.ravel(), minlength=labels + 1) + np.bincount(
        truth.ravel(), minlength=labels + 1
    )
    return [2.0 * both[k] / sizes[k] if sizes[k] else math.nan for k in range(1, labels + 1)]


@dataclass(frozen=True)
class ObjectScore:
    """Objects found (IoU with one of the truth over 0.5), missed and invented."""

    found: int
    missed: int
    invented: int

    @property
    def f1(self) -> float:
        """F1 at an IoU of 0.5; NaN where there are no objects at all."""
        whole = 2 * self.found + self.missed + self.invented
        return 2 * self.found / whole if whole else math.nan

    def __add__(self, other: "ObjectScore") -> "ObjectScore":
        """Pool two pictures."""
        return ObjectScore(
            self.found + other.found, self.missed + other.missed, self.invented + other.invented
        )


def score_objects(found: NDArray[np.integer], truth: NDArray[np.integer]) -> ObjectScore:
    """Match objects at an IoU of 0.5, where at most one can match another."""
    found_numbers, found_flat = np.unique(found, return_inverse=True)
    truth_numbers, truth_flat = np.unique(truth, return_inverse=True)
    pairs = np.zeros((len(truth_numbers), len(found_numbers)), np.int64)
    np.add.at(pairs, (truth_flat.ravel(), found_flat.ravel()), 1)
    union = pairs.sum(1, keepdims=True) + pairs.sum(0, keepdims=True) - pairs
    overlap = (pairs / np.maximum(union, 1))[truth_numbers > 0][:, found_numbers > 0]
    matched = int((overlap > 0.5).sum())
    return ObjectScore(matched, overlap.shape[0] - matched, overlap.shape[1] - matched)


def mean_of(values: Iterable[float]) -> float:
    """Average what is a number; NaN where nothing is."""
    numbers = [value for value in values if not math.isnan(value)]
    return sum(numbers) / len(numbers) if numbers else math.nan
