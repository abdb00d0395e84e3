"""Reads pictures of pages with the three networks of the text pack."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.progress import SILENT, Progress
from models.runner import Runner
from models.store import ModelStore
from models.text_detection import detector_input, line_corners
from models.text_recognition import cut_out, direction_input, read_letters, recogniser_input

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DETECTOR, DIRECTION, RECOGNISER = "text-detector", "text-direction", "text-recogniser"
CHARACTERS = "characters.txt"
_BATCH = 6
_SURE_OF_LINE, _MAY_BE_TURNED = 0.5, 0.5


@dataclass(frozen=True)
class TextLine:
    """A line that was read.

    Parameters
    ----------
    text : str
        What it says.
    confidence : float
        Mean probability of its letters, 0 to 1.
    corners : tuple of (float, float)
        x and y in pixels of the picture, from the top left on clockwise.
    """

    text: str
    confidence: float
    corners: tuple[tuple[float, float], ...]


class PageReader:
    """Reads Chinese and English.

    Parameters
    ----------
    store : ModelStore
        Must hold the text pack.
    runner : Runner
        Runs its networks.

    Raises
    ------
    BadInput
        When a network is missing.
    """

    def __init__(self, store: ModelStore, runner: Runner) -> None:
        self._runner = runner
        self._detector, self._direction, self._recogniser = (
            store.find(name) for name in (DETECTOR, DIRECTION, RECOGNISER)
        )
        # Not by splitlines: some of the characters are line separators to Python.
        characters = (self._recogniser.folder / CHARACTERS).read_bytes().decode()
        self._characters = characters.removesuffix("\n").split("\n")

    def read(self, rgb: "NDArray[np.uint8]", progress: Progress = SILENT) -> list[TextLine]:
        """Read a picture, (height, width, 3): its lines from the top to the bottom.

        What the recogniser is not sure of, which mostly is no text, is left out.
        """
        progress.report(0.0)
        name = self._detector.card.inputs[0].name
        values = self._runner.run(self._detector, {name: detector_input(rgb)}, progress=progress)
        boxes = line_corners(_only(values)[0, 0], rgb.shape[:2])
        strips = [cut_out(rgb, corners) for corners in boxes]
        read: list[_Strip] = [_Strip()] * len(strips)
        # Strips of about the same length together: all are as long as the longest.
        order = sorted(range(len(strips)), key=lambda place: strips[place].shape[1] / strips[place].shape[0])
        for first in range(0, len(order), _BATCH):
            progress.report(0.2 + 0.8 * first / len(order))
            places = order[first : first + _BATCH]
            for place, strip in zip(places, self._strips([strips[i] for i in places], progress), strict=True):
                read[place] = strip
        lines = [
            TextLine(strip.text, strip.confidence, tuple((float(x), float(y)) for x, y in corners))
            for strip, corners in zip(read, boxes, strict=True)
            if strip.text.strip() and strip.confidence >= _SURE_OF_LINE
        ]
        # On a page that is upside down the last line is the first.
        return lines[::-1] if 2 * sum(strip.turned for strip in read) > len(read) else lines

    def _strips(self, strips: "list[NDArray[np.uint8]]", progress: Progress) -> "list[_Strip]":
        """Read strips, those that may be upside down both ways."""
        import numpy as np

        name = self._direction.card.inputs[0].name
        turned = _only(self._runner.run(self._direction, {name: direction_input(strips)}, progress=progress))
        read = [_Strip(*line) for line in self._recognised(strips, progress)]
        # Long lines are squeezed for the network that tells the direction, which then errs.
        doubtful = [place for place, sure in enumerate(turned[:, 1]) if sure > _MAY_BE_TURNED]
        if doubtful:
            other = [np.ascontiguousarray(strips[place][::-1, ::-1]) for place in doubtful]
            for place, line in zip(doubtful, self._recognised(other, progress), strict=True):
                if line[1] > read[place].confidence:
                    read[place] = _Strip(*line, turned=True)
        return read

    def _recognised(self, strips: "list[NDArray[np.uint8]]", progress: Progress) -> list[tuple[str, float]]:
        name = self._recogniser.card.inputs[0].name
        inputs = {name: recogniser_input(strips)}
        return read_letters(
            _only(self._runner.run(self._recogniser, inputs, progress=progress)), self._characters
        )


@dataclass(frozen=True)
class _Strip:
    text: str = ""
    confidence: float = 0.0
    turned: bool = False


def _only(outputs: "dict[str, NDArray[Any]]") -> "NDArray[np.float32]":
    return next(iter(outputs.values()))
