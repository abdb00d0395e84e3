"""The texts of cards that this program writes itself: of models that were trained or made smaller here.

Cards are data and stay English in the store. The window finds the template that a text was made of, and puts
it and its values into its own language.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from core.message import QT_TRANSLATE_NOOP

INTENDED_USE = QT_TRANSLATE_NOOP(
    "ModelCard", "Images like those it was trained on, looked over by a person who knows the subject."
)
SOURCE = QT_TRANSLATE_NOOP(
    "ModelCard", "Trained by Sense Workstation {version} ({engine}) on the user's own labels"
)
STUDENT_SOURCE = QT_TRANSLATE_NOOP(
    "ModelCard",
    "Trained by Sense Workstation {version} ({engine}) on the user's own labels;"
    " it learnt from {teacher}, too",
)
PROBABILITY = QT_TRANSLATE_NOOP("ModelCard", "probability, 0 to 1, of {names}")
NOT_CLEARED = QT_TRANSLATE_NOOP(
    "ModelCard", "Not cleared as a medical device; not tested on images of other scanners or hospitals."
)
NOT_MEASURED = QT_TRANSLATE_NOOP(
    "ModelCard", "Trained without cross-validation: how good it is was not measured."
)
ON_BLOCKS = QT_TRANSLATE_NOOP(
    "ModelCard", "Measured on blocks of the images that it was trained on, not on other patients."
)
MISSING = QT_TRANSLATE_NOOP("ModelCard", "Could not be measured: {quantities}.")
DEVIATION = QT_TRANSLATE_NOOP("ModelCard", "{data}; standard deviation over the cases {deviation}")
LOSS = QT_TRANSLATE_NOOP("ModelCard", "loss against {name}@{version}")
ON_INPUTS = QT_TRANSLATE_NOOP("ModelCard", "{count} inputs")
ON_PATCHES = QT_TRANSLATE_NOOP("ModelCard", "{count} patches of the images that it was trained on")
ON_PICTURES = QT_TRANSLATE_NOOP("ModelCard", "{count} pictures of the images that it was trained on")
_OF_SCORES = (  # what `models.training.validation` writes
    QT_TRANSLATE_NOOP("ModelCard", "Dice {label}"),
    QT_TRANSLATE_NOOP("ModelCard", "F1 of objects at IoU 0.5"),
    QT_TRANSLATE_NOOP("ModelCard", "accuracy"),
    QT_TRANSLATE_NOOP("ModelCard", "sensitivity {label}"),
    QT_TRANSLATE_NOOP("ModelCard", "specificity {label}"),
    QT_TRANSLATE_NOOP("ModelCard", "area under the ROC curve {label}"),
    QT_TRANSLATE_NOOP(
        "ModelCard",
        "{folds}-fold cross-validation over blocks of {cases} image(s),"
        " each model trained for {own} of {all} minutes",
    ),
    QT_TRANSLATE_NOOP(
        "ModelCard",
        "{folds}-fold cross-validation on {cases} images, each model trained for {own} of {all} minutes",
    ),
)
# The longer ones first: a shorter one may fit a part of them.
OWN_CARD_TEXTS = (
    *(INTENDED_USE, STUDENT_SOURCE, SOURCE, PROBABILITY, NOT_CLEARED, NOT_MEASURED, ON_BLOCKS, MISSING),
    *(DEVIATION, LOSS, ON_INPUTS, ON_PATCHES, ON_PICTURES, *_OF_SCORES),
)
_WITHIN = {DEVIATION: "data"}  # the value that is such a text itself


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, "re.Pattern[str]"], ...]:
    return tuple((text, _pattern(text)) for text in OWN_CARD_TEXTS)


def _pattern(text: str) -> "re.Pattern[str]":
    """Make an expression that takes apart what the template was filled with."""
    parts = re.split(r"\{(\w+)\}", text)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    )


def taken_apart(text: str) -> tuple[str, Mapping[str, str]] | None:
    """Give the template that a text of a card was made of, and its values; None for other texts."""
    for template, pattern in _patterns():
        if (found := pattern.fullmatch(text)) is not None:
            return template, found.groupdict()
    return None


def translated(text: str, translate: Callable[[str], str]) -> str:
    """Put a text of a card into another language; as it is where it is none of ours.

    Parameters
    ----------
    translate : callable
        Gives the translation of a template.
    """
    found = taken_apart(text)
    if found is None:
        return text
    template, values = found
    inner = _WITHIN.get(template)
    told = {name: translated(value, translate) if name == inner else value for name, value in values.items()}
    return translate(template).format(**told)
