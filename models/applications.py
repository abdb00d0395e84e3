"""What `sense models run` does with files that are no prepared arrays: whole tasks around a pack's model."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.command import resolve
from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from models.input_reading import PICTURES, read_picture
from models.runner import Runner
from models.store import ModelStore

if TYPE_CHECKING:
    from models.local_features import LocalFeatures

FOLDER = "/"
_LARGEST_TEXT_BYTES = 10**7


@dataclass(frozen=True)
class Application:
    """A task.

    Parameters
    ----------
    inputs, outputs : tuple of str
        Suffixes of the files that it takes and gives; `FOLDER` where it takes a folder.
    function : str
        `module:function(store, runner, input, output, progress)`, which writes the output and gives the shape
        of what it wrote.
    meaning : str
        What it gives.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    function: str
    meaning: str


Run = Callable[[ModelStore, Runner, Path, Path, Progress], tuple[int, ...]]

# By the id of the model that the user names.
APPLICATIONS = {
    "text-recogniser": Application(
        PICTURES, (".txt", ".json"), "models.applications:read_page", "lines of text"
    ),
    "local-features": Application(
        PICTURES, (".npz",), "models.applications:find_features", "points, the best first"
    ),
    "feature-matcher": Application(
        (FOLDER,), (".npz",), "models.feature_pairs:write_pairs", "pairs of each picture and the next"
    ),
    "disk-features": Application(
        PICTURES, (".npz",), "models.applications:find_disk_features", "points, the best first"
    ),
    "disk-matcher": Application(
        (FOLDER,), (".npz",), "models.feature_pairs:write_disk_pairs", "pairs of each picture and the next"
    ),
    "object-detector": Application(
        PICTURES, (".json",), "models.applications:find_objects", "things in the picture"
    ),
    "speech-recogniser": Application(
        (".wav",), (".txt", ".json"), "models.applications:recognise_speech", "stretches of speech"
    ),
    "speech-detector": Application(
        (".wav",), (".json",), "models.applications:detect_speech", "stretches of speech"
    ),
    "end-of-turn": Application(
        (".wav",), (".json",), "models.applications:judge_turn", "probability that the speaker has finished"
    ),
    "speech-voice": Application((".txt",), (".wav",), "models.applications:say_text", "samples at 24 kHz"),
    "sentence-embedding": Application(
        (".txt",), (".npz",), "models.applications:embed_lines", "one unit vector for every line"
    ),
}


def application_of(model_id: str, given: Path, output: Path) -> Application | None:
    """Give the task for these files; None where prepared arrays are meant.

    Raises
    ------
    UsageError
        When the model has a task that does not give such an output.
    """
    application = APPLICATIONS.get(model_id)
    kind = FOLDER if given.is_dir() else given.suffix.lower()
    if application is None or kind not in application.inputs:
        return None
    if output.suffix.lower() in application.outputs:
        return application
    if output.suffix.lower() == ".npz":
        return None
    text = QT_TRANSLATE_NOOP("Message", "{path}: the model {name} writes {kinds}.")
    kinds = ", ".join((*application.outputs, ".npz"))
    raise UsageError(message(text, path=str(output), name=model_id, kinds=kinds))


def run_application(
    application: Application,
    store: ModelStore,
    runner: Runner,
    given: Path,
    output: Path,
    progress: Progress,
) -> tuple[int, ...]:
    """Do the task and give the shape of what was written to `output`."""
    function: Run = resolve(application.function)
    return function(store, runner, given, output, progress)


def read_page(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Read a picture of a page."""
    from models.page_reading import PageReader

    lines = PageReader(store, runner).read(read_picture(given), progress)
    if output.suffix.lower() == ".txt":
        output.write_text("".join(f"{line.text}\n" for line in lines), "utf-8")
    else:
        found: list[dict[str, Any]] = [
            {"text": line.text, "confidence": line.confidence, "corners": line.corners} for line in lines
        ]
        _write_json(output, {"lines": found})
    return (len(lines),)


def find_objects(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Find everyday things in a photograph."""
    from models.object_detection import ObjectFinder

    found = ObjectFinder(store, runner).find(read_picture(given), progress)
    _write_json(output, {"objects": [asdict(item) for item in found]})
    return (len(found),)


def find_features(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Find points that other photographs may show, too."""
    from models.local_features import FeatureFinder

    return _write_features(output, FeatureFinder(store, runner).find(read_picture(given), progress=progress))


def find_disk_features(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Find such points by DISK."""
    from models.disk_features import DiskFinder

    return _write_features(output, DiskFinder(store, runner).find(read_picture(given), progress=progress))


def _write_features(output: Path, found: "LocalFeatures") -> tuple[int, ...]:
    import numpy as np

    np.savez(output, points=found.points, scores=found.scores, descriptors=found.descriptors)
    return (len(found.points),)


def recognise_speech(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Put speech into words."""
    from models.sound_file import read_sound
    from models.speech_recognition import SpeechRecogniser

    spoken = SpeechRecogniser(store, runner).recognise(read_sound(given), progress)
    if output.suffix.lower() == ".txt":
        output.write_text("".join(f"{part.text}\n" for part in spoken), "utf-8")
    else:
        _write_json(output, {"speech": [asdict(part) for part in spoken]})
    return (len(spoken),)


def detect_speech(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Find where somebody speaks."""
    from models.sound_file import read_sound
    from models.speech_detection import speech_parts, speech_probability

    samples = read_sound(given)
    parts = speech_parts(speech_probability(store, runner, samples, progress), len(samples))
    _write_json(output, {"speech": [asdict(part) for part in parts]})
    return (len(parts),)


def judge_turn(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Tell whether a speaker has finished."""
    from models.sound_file import read_sound
    from models.speech_detection import end_of_turn_probability

    _write_json(output, {"finished": end_of_turn_probability(store, runner, read_sound(given), progress)})
    return (1,)


def say_text(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Say a text aloud."""
    from models.speech_synthesis import Speaker, write_wav

    sound = Speaker(store, runner).say(read_text(given), progress=progress)
    write_wav(output, sound)
    return sound.shape


def _write_json(output: Path, data: dict[str, Any]) -> None:
    output.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")


def embed_lines(
    store: ModelStore, runner: Runner, given: Path, output: Path, progress: Progress
) -> tuple[int, ...]:
    """Embed every line of a text that is not empty."""
    import numpy as np

    from models.sentence_embedding import SentenceEmbedder

    lines = [line for line in read_text(given).splitlines() if line.strip()]
    vectors = SentenceEmbedder(store, runner).embed(lines, progress)
    np.savez(output, embedding=vectors, text=np.array(lines, dtype=np.str_))
    return vectors.shape


def read_text(path: Path) -> str:
    """Read a text file in UTF-8.

    Raises
    ------
    BadInput
        When it is not there, is no text, or is very large.
    """
    if not path.is_file():
        text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file.")
        raise BadInput(message(text, path=str(path)))
    try:
        if path.stat().st_size > _LARGEST_TEXT_BYTES:
            raise ValueError
        return path.read_text("utf-8-sig")
    except ValueError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is not a text in UTF-8, or is larger than 10 MB.")
        raise BadInput(message(text, path=str(path))) from error
