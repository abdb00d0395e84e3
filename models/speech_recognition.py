"""What is said in a sound: speech is found, and each stretch of it put into words, always the likeliest."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.progress import SILENT, PartProgress, Progress
from models.log_mel import HOP, RATE_HZ, log_mel
from models.runner import Runner
from models.speech_detection import SpeechPart, joined, speech_parts, speech_probability
from models.speech_networks import FRAMES, HEADS, LAYERS, SETTINGS, VOCABULARY, WIDTH
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENCODER, RECOGNISER = "speech-encoder", "speech-recogniser"
_BEGIN, _NO_TIMES, _END = "<|startoftranscript|>", "<|notimestamps|>", "<|endoftext|>"
_MOST_WORDS = 224
_DETECTION = 0.1  # share of the work


@dataclass(frozen=True)
class SpokenText:
    """What was said from `start_s` to `end_s`; `confidence` is the mean probability of its words, 0 to 1."""

    start_s: float
    end_s: float
    text: str
    confidence: float


class SpeechRecogniser:
    """Puts English speech into words.

    Parameters
    ----------
    store : ModelStore
        Must hold the speech pack.
    runner : Runner
        Runs its networks.

    Raises
    ------
    BadInput
        When a network is missing.
    """

    def __init__(self, store: ModelStore, runner: Runner) -> None:
        self._store, self._runner = store, runner
        self._encoder, self._decoder = store.find(ENCODER), store.find(RECOGNISER)
        self._words = (self._decoder.folder / VOCABULARY).read_bytes().decode().split("\n")
        settings: dict[str, Any] = json.loads((self._decoder.folder / SETTINGS).read_text("utf-8"))
        numbers = {word: number for number, word in enumerate(self._words)}
        self._begin = [numbers[_BEGIN], numbers[_NO_TIMES]]
        self._end = numbers[_END]
        # Neither signs that nobody says, nor any mark but that of the end; at the beginning not even that.
        marks = [number for number in range(self._end + 1, len(self._words)) if self._words[number]]
        self._never = [*settings["suppress_ids"], *marks]
        self._not_first = settings["suppress_ids_begin"]

    def recognise(self, samples: "NDArray[np.float32]", progress: Progress = SILENT) -> list[SpokenText]:
        """Give what is said in a sound at 16 kHz, stretch by stretch."""
        part = PartProgress(progress, 0.0, _DETECTION)
        probability = speech_probability(self._store, self._runner, samples, part)
        parts = joined(speech_parts(probability, len(samples)))
        spoken: list[SpokenText] = []
        for done, stretch in enumerate(parts):
            progress.report(_DETECTION + (1 - _DETECTION) * done / len(parts))
            cut = samples[round(stretch.start_s * RATE_HZ) : round(stretch.end_s * RATE_HZ)]
            text, confidence = self.words_of(cut, progress)
            if text:
                spoken.append(_spoken(stretch, text, confidence))
        return spoken

    def words_of(self, samples: "NDArray[np.float32]", progress: Progress = SILENT) -> tuple[str, float]:
        """Put at most thirty seconds into words; also gives the mean probability of these."""
        import numpy as np

        padded = np.zeros(FRAMES * HOP, np.float32)
        padded[: len(samples)] = samples[: len(padded)]
        heard = self._runner.run(self._encoder, {"features": log_mel(padded)[None]}, progress=progress)
        past = np.zeros((LAYERS, HEADS, 0, WIDTH // HEADS), np.float32)
        inputs: dict[str, NDArray[Any]] = {**heard, "past_keys": past, "past_values": past}
        given, said, sure = self._begin, list[int](), list[float]()
        while len(said) < _MOST_WORDS:
            inputs["words"] = np.array([given], np.int64)
            out = self._runner.run(self._decoder, inputs, progress=progress)
            word, probability = self._likeliest(np.asarray(out["logits"][0], np.float64), first=not said)
            if word == self._end:
                break
            said.append(word)
            sure.append(probability)
            given = [word]
            inputs |= {"past_keys": out["next_keys"], "past_values": out["next_values"]}
        text = decoded([self._words[word] for word in said]).strip()
        return text, float(np.mean(sure)) if sure else 0.0

    def _likeliest(self, logits: "NDArray[np.float64]", *, first: bool) -> tuple[int, float]:
        import numpy as np

        logits[self._never] = -np.inf
        if first:
            logits[self._not_first] = -np.inf
        word = int(logits.argmax())
        return word, float(1.0 / np.exp(logits - logits[word]).sum())


def _spoken(stretch: SpeechPart, text: str, confidence: float) -> SpokenText:
    return SpokenText(round(stretch.start_s, 3), round(stretch.end_s, 3), text, confidence)


def decoded(words: list[str]) -> str:
    """Give the text of words that are spelled in the printable letters of byte-level encoding.

    Bytes that are printable in Latin-1 stand for themselves, the others for letters from U+0100 on, in order.
    """
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = {chr(byte): byte for byte in own}
    others = [byte for byte in range(256) if byte not in set(own)]
    letters |= {chr(0x100 + place): byte for place, byte in enumerate(others)}
    return bytes(letters[letter] for word in words for letter in word if letter in letters).decode(
        "utf-8", "replace"
    )
