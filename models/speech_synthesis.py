"""Says a text aloud with a voice of the speech pack: Kokoro (2025), from StyleTTS 2 (Li et al. 2023)."""

import json
import re
import wave
from pathlib import Path
from typing import TYPE_CHECKING

from core.progress import SILENT, Progress
from models.pack import Network, PackageFiles, PackModel
from models.phonemes import phonemes
from models.runner import Runner
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VOICE = "speech-voice"
RATE_HZ = 24000
LETTERS, STYLES = "letters.json", "voices.npz"
DEFAULT_VOICE = "jf_nezumi"
_PAUSE_S = 0.25
_LONGEST = 480  # letters in one run; the network takes 510
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")


def make_voice(files: PackageFiles, model: PackModel) -> Network:
    """Join the network, which its packages hold in parts; its letters and voices come beside it."""
    parts = b"".join(files.read(f"{name.replace('-', '_')}/part.bin") for name in model.parts)
    folder = model.archive
    beside = {LETTERS: files.read(f"{folder}/vocab.json"), STYLES: files.read(f"{folder}/voices_ja.npz")}
    return Network(parts, beside)


class Speaker:
    """Says English texts.

    Parameters
    ----------
    store : ModelStore
        Must hold the speech pack.
    runner : Runner
        Runs its network.
    voice : str
        One of `voices`.

    Raises
    ------
    BadInput
        When the network is missing.
    """

    def __init__(self, store: ModelStore, runner: Runner, voice: str = DEFAULT_VOICE) -> None:
        import numpy as np

        self._runner, self._model = runner, store.find(VOICE)
        letters = json.loads((self._model.folder / LETTERS).read_text("utf-8"))
        self._numbers: dict[str, int] = letters["vocab"]
        with np.load(self._model.folder / STYLES, allow_pickle=False) as styles:
            self.voices = tuple(sorted(styles.files))
            self._styles: NDArray[np.float32] = styles[voice].reshape(-1, 1, 256)

    def say(self, text: str, speed: float = 1.0, progress: Progress = SILENT) -> "NDArray[np.float32]":
        """Give the sound of a text at 24 kHz, -1 to 1, with a pause after every sentence.

        Raises
        ------
        SenseError
            When espeak-ng is not installed.
        """
        import numpy as np

        sentences = [part for sentence in _SENTENCE_ENDS.split(text) for part in _parts(sentence)]
        sound: list[NDArray[np.float32]] = []
        for done, sentence in enumerate(sentences):
            progress.report(done / len(sentences))
            numbers = [self._numbers[letter] for letter in phonemes(sentence) if letter in self._numbers]
            if not numbers:
                continue
            numbers = numbers[: len(self._styles) - 2]
            inputs = {
                "tokens": np.array([[0, *numbers, 0]], np.int64),
                "style": self._styles[len(numbers) - 1],
                "speed": np.array([speed], np.float32),
            }
            said = self._runner.run(self._model, inputs, progress=progress)["audio"]
            sound += [
                np.asarray(said, np.float32).reshape(-1),
                np.zeros(round(_PAUSE_S * RATE_HZ), np.float32),
            ]
        return np.concatenate(sound[:-1]) if sound else np.zeros(0, np.float32)


def _parts(sentence: str) -> list[str]:
    """Divide a very long sentence between words; letters and phonemes are about as many."""
    parts, part = list[str](), ""
    for word in sentence.split():
        if part and len(part) + len(word) >= _LONGEST // 2:
            parts.append(part)
            part = ""
        part = f"{part} {word}".strip()
    return [*parts, part] if part else parts


def write_wav(path: Path, samples: "NDArray[np.float32]", rate: int = RATE_HZ) -> None:
    """Write one channel of 16 bits."""
    import numpy as np

    whole = (np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(whole.tobytes())
