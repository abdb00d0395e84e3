"""`sense deidentify`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.deidentification.profile import ProfileOption

if TYPE_CHECKING:
    from imaging.deidentification.batch import Deidentified

_LEAST_KEY_BYTES = 16
_MOST_AUDITED = 500


@dataclass(frozen=True)
class DeidentifyOptions:
    """What to de-identify, and how.

    Parameters
    ----------
    paths : tuple of Path
        Files, folders and archives.
    output : Path
        A new folder.
    profile : tuple of ProfileOption
        Options beside the Basic Profile.
    deface : bool
        Cut the faces off heads.
    key : Path, optional
        A file with a secret.
    """

    paths: tuple[Path, ...] = field(
        metadata={"help": "files, folders and archives", "positional": True, "metavar": "PATH"}
    )
    output: Path = field(metadata={"help": "a new folder", "flag": "-o", "metavar": "DIR"})
    profile: tuple[ProfileOption, ...] = field(
        default=(ProfileOption.BASIC,),
        metadata={"help": "an option of the profile; may be given several times", "one_each": True},
    )
    deface: bool = field(
        default=False,
        metadata={"help": "cut the faces off heads in CT and MR (the same as --profile deface)"},
    )
    key: Path | None = field(
        default=None,
        metadata={
            "help": "file with a secret: the same secret makes the same replacements",
            "metavar": "FILE",
        },
    )


@dataclass(frozen=True)
class DeidentifyReport:
    """What `sense deidentify` prints."""

    done: "Deidentified"

    @property
    def rejected(self) -> Any:
        """What could not be de-identified, told beside the result."""
        return self.done.rejected

    @property
    def notes(self) -> tuple[Message, ...]:
        """What the terminal is told beside the result."""
        return self.done.notes

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "output": str(self.done.output),
            **self.done.report.to_json(),
            "look_at": [str(note) for note in self.done.notes],
            "rejected": [item.to_json() for item in self.done.rejected],
        }

    def __str__(self) -> str:
        """Give one line."""
        return f"{self.done.output}: {self.done.report.instances}"


def deidentify_command(context: Context, options: DeidentifyOptions) -> DeidentifyReport:
    """De-identify what the options name and note it in the audit trail."""
    from imaging.deidentification.batch import deidentify_paths

    done = deidentify_paths(
        options.paths,
        options.output.absolute(),
        options=(*options.profile, *((ProfileOption.DEFACE,) if options.deface else ())),
        key=None if options.key is None else _read_key(options.key),
        progress=context.progress,
    )
    uids = done.report.study_uids
    for start in range(0, len(uids), _MOST_AUDITED):
        context.library.audit.append("care.deidentify", uids[start : start + _MOST_AUDITED])
    return DeidentifyReport(done)


def _read_key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or "unknown error")) from error
    if len(key) < _LEAST_KEY_BYTES:
        text = QT_TRANSLATE_NOOP("Message", "{path} is too short for a secret: {count} bytes are needed.")
        raise BadInput(message(text, path=str(path), count=_LEAST_KEY_BYTES))
    return key
