"""What is odd about photographs before anything is computed: blur, exposure, duplicates, mixed cameras."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.photograph import Photograph

_BLURRED = 0.55  # of the sharpness of the others
_LEAST_EXPOSED = 0.3
_DUPLICATE = 0.9995


class PictureQuality(Protocol):
    """What is known of the picture, as `reconstruction.features.Features` tells it."""

    @property
    def sharpness(self) -> float:
        """Mean absolute Laplacian over the mean gradient."""
        ...

    @property
    def brightness(self) -> float:
        """Share of the pixels that are neither black nor white."""
        ...

    @property
    def thumbnail(self) -> NDArray[np.float32]:
        """The picture at 16 x 16 pixels, without its mean, of length 1."""
        ...


@dataclass(frozen=True)
class Judgement:
    """One remark about one photograph."""

    name: str
    remark: Message


def judge_photographs(
    photographs: Sequence[Photograph], features: Sequence[PictureQuality]
) -> tuple[Judgement, ...]:
    """Tell which photographs are blurred beside the others, badly exposed, or there twice."""
    usual = float(np.median([one.sharpness for one in features])) if features else 0.0
    remarks: list[Judgement] = []
    for index, (photograph, found) in enumerate(zip(photographs, features, strict=True)):
        if found.brightness < _LEAST_EXPOSED:
            text = QT_TRANSLATE_NOOP("Message", "mostly black or white")
            remarks.append(Judgement(photograph.name, message(text)))
        elif found.sharpness < _BLURRED * usual:
            text = QT_TRANSLATE_NOOP("Message", "blurred beside the others")
            remarks.append(Judgement(photograph.name, message(text)))
        twin = _twin(index, features)
        if twin is not None:
            text = QT_TRANSLATE_NOOP("Message", "nearly the same picture as {name}")
            remarks.append(Judgement(photograph.name, message(text, name=photographs[twin].name)))
    return tuple(remarks)


def _twin(index: int, features: Sequence[PictureQuality]) -> int | None:
    ours = features[index].thumbnail.ravel()
    for other in range(index):
        if float(ours @ features[other].thumbnail.ravel()) > _DUPLICATE:
            return other
    return None
