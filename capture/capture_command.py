"""`sense avatar capture`: what a person in a film or in pictures does, as a file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capture.recording import Recording
from capture.tracker import Part
from core.context import Context
from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message


@dataclass(frozen=True)
class CaptureOptions:
    """What is captured, from what, and where it goes."""

    input: Path = field(
        metadata={
            "help": "a film, a picture or a folder of pictures",
            "positional": True,
            "metavar": "VIDEO_OR_IMAGES",
        }
    )
    output: Path = field(metadata={"help": "NAME.json", "flag": "-o", "metavar": "OUT"})
    parts: tuple[Part, ...] = field(
        default=(Part.FACE, Part.HANDS, Part.BODY),
        metadata={"help": "what is looked for", "one_each": True},
    )
    intrinsics: Path | None = field(
        default=None,
        metadata={"help": "cameras.json with the lens", "metavar": "FILE"},
    )
    mediapipe: Path | None = field(
        default=None,
        metadata={"help": "use MediaPipe with the .task files of this folder", "metavar": "FOLDER"},
    )
    calibrated: bool = field(
        default=False, metadata={"help": "take what the Capture page calibrated as the face at rest"}
    )
    no_smoothing: bool = field(default=False, metadata={"help": "leave the landmarks as they are found"})
    force: bool = field(default=False, metadata={"help": "replace an existing output"})


@dataclass(frozen=True)
class CaptureReport:
    """What was captured.

    Parameters
    ----------
    output : Path
        The file.
    pictures, broken : int
        How many were read, and how many could not be.
    seen : dict of str to int
        In how many pictures each part was seen.
    """

    output: Path
    pictures: int
    broken: int
    seen: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "output": str(self.output),
            "frames": self.pictures,
            "broken": self.broken,
            "seen": self.seen,
        }

    def __str__(self) -> str:
        """Give one line."""
        seen = ", ".join(f"{name} in {count}" for name, count in self.seen.items())
        broken = f", {self.broken} could not be read" if self.broken else ""
        return f"{self.output}: {self.pictures} pictures{broken}; {seen}"


def capture_command(context: Context, options: CaptureOptions) -> CaptureReport:
    """Find the person in every picture and write the file."""
    from capture.backends import open_backend
    from capture.calibration import Calibration
    from capture.intrinsics import Intrinsics
    from capture.pictures import PictureFiles, open_pictures
    from capture.tracker import TrackerOptions
    from core.atomic_write import refuse_existing

    output = options.output.absolute()
    if output.suffix.lower() != ".json":
        text = QT_TRANSLATE_NOOP("Message", "{path} is not the name of a .json file.")
        raise UsageError(message(text, path=str(options.output)))
    if Part.MASK in options.parts:
        raise UsageError(message(QT_TRANSLATE_NOOP("Message", "A mask of the person is not recorded.")))
    refuse_existing(output, force=options.force)
    saved = context.library.settings.get(Calibration.SETTING, None) if options.calibrated else None
    calibration = Calibration.from_json(saved)
    if options.calibrated and calibration is None:
        text = QT_TRANSLATE_NOOP("Message", "The face at rest was not calibrated yet.")
        hint = QT_TRANSLATE_NOOP("Message", "Calibrate it on the Capture page.")
        raise UsageError(message(text), message(hint))
    lens = Intrinsics.read(options.intrinsics) if options.intrinsics else None
    pictures = open_pictures(options.input)
    single = isinstance(pictures, PictureFiles)  # pictures of a folder need not follow one another
    tracking = TrackerOptions(options.parts, smooth=not (options.no_smoothing or single), intrinsics=lens)
    with open_backend(context.library.models_folder, tracking, options.mediapipe) as backend:
        recording = Recording(options.input.name, backend.name)
        shots = pictures.shots()
        found_of = ((shot, backend.find(shot.picture)) for shot in shots) if single else backend.film(shots)
        for shot, found in found_of:
            context.progress.report(min(len(recording) / max(len(pictures), 1), 1.0))
            found = found if calibration is None else calibration.apply(found)
            recording.add(shot.name, shot.time_s, found, lens and lens.scaled_to(found.size))
    recording.write(output)
    parts = {Part.FACE: ("face",), Part.BODY: ("body",), Part.HANDS: ("left", "right")}
    seen = {name: recording.count(name) for part in options.parts for name in parts[part]}
    return CaptureReport(output, len(recording), pictures.broken, seen)
