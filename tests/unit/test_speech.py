import contextlib
import itertools
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, SenseError
from models.ctranslate2_weights import read_ctranslate2
from models.log_mel import log_mel
from models.phonemes import phonemes
from models.sound_file import read_sound, resampled
from models.speech_detection import STEP, SpeechPart, joined, speech_parts
from models.speech_recognition import decoded
from models.speech_synthesis import _parts, write_wav


def tone(hertz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate).astype(np.float32)


def wav(data: bytes, *, kind: int = 1, channels: int = 1, rate: int = 16000, bits: int = 16) -> bytes:
    size = channels * bits // 8
    head = struct.pack("<HHIIHH", kind, channels, rate, rate * size, size, bits)
    body = b"LIST\x03\x00\x00\x00abc\x00" + b"fmt " + struct.pack("<I", len(head)) + head
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def encoded(samples: np.ndarray, kind: int, bits: int) -> bytes:
    if kind == 3:
        return samples.astype(f"<f{bits // 8}").tobytes()
    if bits == 8:
        return (samples * 127 + 128).round().astype(np.uint8).tobytes()
    whole = (samples.astype(np.float64) * (2 ** (bits - 1) - 1)).round().astype("<i4")
    if bits == 24:
        return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    return whole.astype(f"<i{bits // 8}").tobytes()


@pytest.mark.parametrize(("kind", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64)])
def test_every_kind_of_wav_is_read(tmp_path: Path, kind: int, bits: int) -> None:
    samples = 0.5 * tone(440, 16000, 0.1)
    (tmp_path / "s.wav").write_bytes(wav(encoded(samples, kind, bits), kind=kind, bits=bits))
    assert np.abs(read_sound(tmp_path / "s.wav") - samples).max() < (0.01 if bits == 8 else 1e-4)


def test_channels_are_averaged(tmp_path: Path) -> None:
    both = np.stack([np.full(100, 0.5), np.full(100, -0.25)], axis=1)
    (tmp_path / "s.wav").write_bytes(wav(encoded(both.reshape(-1), 1, 16), channels=2))
    assert read_sound(tmp_path / "s.wav") == pytest.approx(0.125, abs=1e-3)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_a_tone_keeps_its_pitch_and_loudness(rate: int) -> None:
    made = resampled(tone(1000, rate), rate)
    assert abs(len(made) - 16000) <= 1
    inside = slice(200, 15000)
    assert np.abs(made[inside] - tone(1000, 16000)[inside]).max() < 2e-3


def test_what_16_khz_cannot_hold_is_taken_out() -> None:
    assert np.abs(resampled(tone(12000, 48000), 48000)[500:-500]).max() < 1e-3


@pytest.mark.parametrize(
    "data",
    [b"", b"RIFF", wav(b"")[:30], wav(b"\0" * 10, bits=12), wav(b"\0" * 9, kind=6), wav(b"\0\0", channels=0)],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "s.wav").write_bytes(data)
    with pytest.raises(BadInput, match="damaged or not a WAV file"):
        read_sound(tmp_path / "s.wav")


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_damaged_files_are_refused_or_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.wav"
    path.write_bytes(wav(b"\0" * 8)[:12] + data)
    with contextlib.suppress(BadInput):
        assert np.isfinite(read_sound(path)).all()


def test_a_tone_fills_its_band() -> None:
    bands = log_mel(tone(1000, 16000))
    assert bands.shape == (80, 100)
    # Slaney's scale has 15 mel at 1000 Hz and 80 bands up to 45.245 mel.
    assert bands[:, 50].argmax() == round(15 / (45.245 / 81)) - 1
    assert bands.max() - bands.min() == pytest.approx(2.0, abs=1e-4)  # eight decades, by four


def probability(*stretches: tuple[int, int], steps: int = 200) -> np.ndarray:
    values = np.full(steps, 0.05, np.float32)
    for first, last in stretches:
        values[first:last] = 0.9
    return values


def test_stretches_have_margins_and_short_noises_are_none() -> None:
    (part,) = speech_parts(probability((50, 100), (150, 153)), 200 * STEP)
    assert part.start_s == pytest.approx(50 * STEP / 16000 - 0.1)
    assert part.end_s == pytest.approx(100 * STEP / 16000 + 0.1)


def test_a_short_pause_ends_nothing() -> None:
    assert len(speech_parts(probability((50, 90), (95, 130)), 200 * STEP)) == 1
    assert len(speech_parts(probability((50, 90), (105, 140)), 200 * STEP)) == 2


def test_long_speech_is_divided_where_it_is_least_probable() -> None:
    values = probability((0, 2000), steps=2000)
    values[700] = 0.4
    parts = speech_parts(values, 2000 * STEP)
    assert parts[0].end_s == pytest.approx(700 * STEP / 16000)
    assert all(part.end_s - part.start_s <= 28.2 for part in parts)
    assert parts[-1].end_s == pytest.approx(2000 * STEP / 16000)
    assert all(a.end_s == b.start_s for a, b in itertools.pairwise(parts))


def test_silence_has_no_speech() -> None:
    assert speech_parts(probability(), 200 * STEP) == []
    assert speech_parts(np.zeros(0, np.float32), 0) == []


def test_stretches_with_short_pauses_are_joined() -> None:
    parts = [SpeechPart(0, 10), SpeechPart(10.5, 20), SpeechPart(20.5, 35), SpeechPart(40, 41)]
    assert joined(parts) == [SpeechPart(0, 20), SpeechPart(20.5, 35), SpeechPart(40, 41)]


def test_words_are_decoded() -> None:
    assert decoded(["ĠGrÃ¶", "ÃŁe", "Ġè", "ĤĿ", "."]) == " Größe 肝."


def weights(version: int = 6, kind: int = 4) -> bytes:
    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    array = np.arange(6, dtype="<f2")
    entry = text("a/weight") + struct.pack("<BIIBI", 2, 2, 3, kind, array.nbytes) + array.tobytes()
    head = struct.pack("<I", version) + text("WhisperSpec") + struct.pack("<II", 3, 1)
    return head + entry + struct.pack("<I", 1) + text("b/weight") + text("a/weight")


def test_weights_of_ctranslate2() -> None:
    read = read_ctranslate2(weights(), "w")
    assert read["a/weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read["b/weight"] is read["a/weight"]
    for damaged in (weights(version=5), weights(kind=9), weights()[:-3], b""):
        with pytest.raises(BadInput, match="damaged or not a file of weights"):
            read_ctranslate2(damaged, "w")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_words_become_phonemes_and_signs_stay() -> None:
    assert phonemes("The day, a chair!") == "ðə dˈA, ə ʧˈɛɹ!"
    assert phonemes("  ") == ""
    assert phonemes("...") == "..."


def test_without_espeak_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        SenseError, match=r"espeak-ng, which knows how words sound, is not installed\. Install"
    ):
        phonemes("A word.")


def test_long_sentences_are_divided_between_words() -> None:
    assert _parts("one two") == ["one two"]
    assert _parts(" ") == []
    parts = _parts("word " * 200)
    assert all(len(part) <= 240 for part in parts)
    assert " ".join(parts).split() == ["word"] * 200


def test_sound_is_written_and_read_back(tmp_path: Path) -> None:
    samples = 0.5 * tone(440, 16000, 0.1)
    write_wav(tmp_path / "s.wav", samples, 16000)
    assert np.abs(read_sound(tmp_path / "s.wav") - samples).max() < 1e-4
