"""The meaning of sentences as vectors, with the network of the text pack."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.progress import SILENT, Progress
from models.runner import Runner
from models.sentence_network import VOCABULARY, WIDTH
from models.store import ModelStore
from models.word_pieces import WordPieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = "sentence-embedding"
_BATCH = 16


class SentenceEmbedder:
    """Turns sentences into unit vectors: the dot product of two is how alike they are.

    Parameters
    ----------
    store : ModelStore
        Must hold the text pack.
    runner : Runner
        Runs its network.

    Raises
    ------
    BadInput
        When the network is missing.
    """

    def __init__(self, store: ModelStore, runner: Runner) -> None:
        self._runner, self._model = runner, store.find(MODEL)
        self._pieces = WordPieces((self._model.folder / VOCABULARY).read_text("utf-8"))

    def embed(self, sentences: Sequence[str], progress: Progress = SILENT) -> "NDArray[np.float32]":
        """Give a vector for every sentence, (sentences, 384)."""
        import numpy as np

        vectors = np.zeros((len(sentences), WIDTH), np.float32)
        # Sentences of about the same length together: all are filled up to the longest.
        order = sorted(range(len(sentences)), key=lambda place: len(sentences[place]))
        for first in range(0, len(order), _BATCH):
            progress.report(first / len(order))
            places = order[first : first + _BATCH]
            ids, mask = self._pieces.batch([sentences[place] for place in places])
            inputs = {"input_ids": ids, "attention_mask": mask}
            vectors[places] = self._runner.run(self._model, inputs, progress=progress)["embedding"]
        return vectors
