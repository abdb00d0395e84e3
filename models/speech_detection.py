"""Where somebody speaks in a sound, and whether they have finished, with networks of the speech pack."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.progress import SILENT, Progress
from models.log_mel import RATE_HZ, log_mel
from models.runner import Runner
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DETECTOR, END_OF_TURN = "speech-detector", "end-of-turn"
STEP, _BEFORE = 512, 64
_STATE = 128
_SPEECH, _SILENCE = 0.5, 0.35
_SHORTEST_S, _PAUSE_S, _MARGIN_S = 0.25, 0.3, 0.1
_TURN_S = 8


@dataclass(frozen=True)
class SpeechPart:
    """A stretch of speech, from `start_s` to `end_s`."""

    start_s: float
    end_s: float


def speech_probability(
    store: ModelStore, runner: Runner, samples: "NDArray[np.float32]", progress: Progress = SILENT
) -> "NDArray[np.float32]":
    """Give how sure it is that somebody speaks, for every 512 samples at 16 kHz.

    Raises
    ------
    BadInput
        When the network is missing.
    """
    import numpy as np

    count = -(-len(samples) // STEP)
    padded = np.zeros(_BEFORE + count * STEP, np.float32)
    padded[_BEFORE : _BEFORE + len(samples)] = samples
    # Every step sees the end of the one before.
    steps = np.lib.stride_tricks.sliding_window_view(padded, _BEFORE + STEP)[::STEP]
    if not count:
        return np.zeros(0, np.float32)
    state = np.zeros((1, 1, _STATE), np.float32)
    inputs = {"input": np.ascontiguousarray(steps), "h": state, "c": state}
    return np.asarray(runner.run(store.find(DETECTOR), inputs, progress=progress)["speech_probs"], np.float32)


def speech_parts(
    probability: "NDArray[np.float32]", samples: int, longest_s: float = 28.0
) -> list[SpeechPart]:
    """Give the stretches of speech.

    Parameters
    ----------
    probability : ndarray of float32, (steps,)
        What `speech_probability` gave.
    samples : int
        Length of the sound.
    longest_s : float
        A longer stretch is divided where speech is least probable.
    """
    length, step_s = samples / RATE_HZ, STEP / RATE_HZ
    parts: list[SpeechPart] = []
    for first, last in _runs(probability):
        if (last - first) * step_s < _SHORTEST_S:
            continue
        for start, end in _divided(probability, first, last, int(longest_s / step_s)):
            begin = start * step_s - (_MARGIN_S if start == first else 0.0)
            stop = end * step_s + (_MARGIN_S if end == last else 0.0)
            parts.append(SpeechPart(max(begin, 0.0), min(stop, length)))
    return parts


def joined(parts: list[SpeechPart], longest_s: float = 28.0, pause_s: float = 1.0) -> list[SpeechPart]:
    """Join stretches that only short pauses divide: whole sentences are understood better than parts."""
    whole: list[SpeechPart] = []
    for part in parts:
        before = whole[-1] if whole else None
        if before and part.start_s - before.end_s < pause_s and part.end_s - before.start_s <= longest_s:
            whole[-1] = SpeechPart(before.start_s, part.end_s)
        else:
            whole.append(part)
    return whole


def _runs(probability: "NDArray[np.float32]") -> list[tuple[int, int]]:
    """Give first step and the one after the last of every stretch; short pauses do not end one."""
    pause = round(_PAUSE_S * RATE_HZ / STEP)
    runs: list[tuple[int, int]] = []
    start, quiet = -1, 0
    for place, sure in enumerate(probability):
        if start < 0:
            start, quiet = (place, 0) if sure >= _SPEECH else (-1, 0)
            continue
        quiet = quiet + 1 if sure < _SILENCE else 0
        if quiet >= pause:
            runs.append((start, place + 1 - quiet))
            start = -1
    if start >= 0:
        runs.append((start, len(probability) - quiet))
    return runs


def _divided(
    probability: "NDArray[np.float32]", first: int, last: int, longest: int
) -> list[tuple[int, int]]:
    """Cut a stretch into parts of at most `longest` steps."""
    parts: list[tuple[int, int]] = []
    while last - first > longest:
        half = first + longest // 2
        cut = half + int(probability[half : first + longest].argmin())
        parts.append((first, cut))
        first = cut
    return [*parts, (first, last)]


def end_of_turn_probability(
    store: ModelStore, runner: Runner, samples: "NDArray[np.float32]", progress: Progress = SILENT
) -> float:
    """Give how sure it is that the speaker has finished, of the last eight seconds at 16 kHz.

    Raises
    ------
    BadInput
        When the network is missing.
    """
    import numpy as np

    heard = samples[-_TURN_S * RATE_HZ :]
    heard = np.pad(heard, (_TURN_S * RATE_HZ - len(heard), 0))
    heard = (heard - heard.mean()) / np.sqrt(heard.var() + np.float32(1e-7))
    inputs = {"input_features": log_mel(heard)[None]}
    values = runner.run(store.find(END_OF_TURN), inputs, progress=progress)
    return float(np.asarray(values["logits"]).reshape(-1)[0])
