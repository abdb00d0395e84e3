"""`sense deidentify`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.atomic_write import atomic_file, refuse_existing
from core.context import Context
from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
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
    blank : Path, optional
        Boxes to be blanked instead of what the rules say; it adds Clean Pixel Data.
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
    blank: Path | None = field(
        default=None,
        metadata={"help": "boxes that a person has looked at, as sense find-text writes", "metavar": "FILE"},
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
    from imaging.deidentification.blank_file import read_blanked

    done = deidentify_into(
        context.library,
        options.paths,
        options.output.absolute(),
        options=_chosen(options),
        key=options.key,
        blanked=None if options.blank is None else read_blanked(options.blank),
        progress=context.progress,
    )
    return DeidentifyReport(done)


def deidentify_into(
    library: Library,
    paths: Iterable[Path],
    output: Path,
    *,
    key: Path | None = None,
    progress: Progress = SILENT,
    **choices: Any,
) -> "Deidentified":
    """De-identify as `deidentify_paths` does, with a secret from a file, and note it in the audit trail."""
    from imaging.deidentification.batch import deidentify_paths

    secret = None if key is None else _read_key(key)
    done = deidentify_paths(paths, output, key=secret, progress=progress, **choices)
    uids = done.report.study_uids
    for start in range(0, len(uids), _MOST_AUDITED):
        library.audit.append("care.deidentify", uids[start : start + _MOST_AUDITED])
    return done


def _chosen(options: DeidentifyOptions) -> set[ProfileOption]:
    added = {ProfileOption.DEFACE: options.deface, ProfileOption.CLEAN_PIXEL: options.blank is not None}
    return {*options.profile, *(option for option, wanted in added.items() if wanted)}


@dataclass(frozen=True)
class FindTextOptions:
    """Where to look for text in pictures.

    Parameters
    ----------
    paths : tuple of Path
        Files, folders and archives.
    output : Path
        Where the boxes are written.
    force : bool
        Replace an existing file.
    """

    paths: tuple[Path, ...] = field(
        metadata={"help": "files, folders and archives", "positional": True, "metavar": "PATH"}
    )
    output: Path = field(metadata={"help": "a new .json file", "flag": "-o", "metavar": "FILE"})
    force: bool = field(default=False, metadata={"help": "replace an existing file"})


@dataclass(frozen=True)
class FindTextReport:
    """What `sense find-text` prints."""

    values: dict[str, Any]
    rejected: Any

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {**self.values, "rejected": [item.to_json() for item in self.rejected]}

    def __str__(self) -> str:
        """Give one line a picture."""
        rows = self.values["pictures"]
        return "\n".join(
            f"{row['series_uid']}  {row['columns']}x{row['rows']}: {len(row['boxes'])}" for row in rows
        )


def find_text_command(context: Context, options: FindTextOptions) -> FindTextReport:
    """Look for text in pictures and write where it is."""
    import json

    from imaging.deidentification.blank_file import pictures_json
    from imaging.deidentification.preview import preview

    refuse_existing(options.output, force=options.force)
    found = preview(options.paths, options=[ProfileOption.CLEAN_PIXEL], progress=context.progress)
    values = pictures_json(found.pictures.values())
    with atomic_file(options.output) as partial:
        partial.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    return FindTextReport(values, tuple(found.rejected))


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
