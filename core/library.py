"""The folder on disk that holds the user's studies, scenes, models and settings."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from core.audit import AuditTrail
from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.settings import Settings


def default_library_folder() -> Path:
    """`SENSE_LIBRARY` if set, else the platform's user data directory."""
    chosen = os.environ.get("SENSE_LIBRARY")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("SenseWorkstation", appauthor=False))


@dataclass(frozen=True)
class Library:
    """An open library: its folder and what every package finds there.

    Parameters
    ----------
    folder : Path
        Exists and is writable.
    settings : Settings
        The user's choices.
    audit : AuditTrail
        Who did what.
    """

    folder: Path
    settings: Settings
    audit: AuditTrail

    @staticmethod
    def open(folder: Path | None = None) -> "Library":
        """Open the library at `folder` (or the default one), making it when it is not there.

        Raises
        ------
        SenseError
            When the folder cannot be made or written.
        """
        folder = (folder or default_library_folder()).expanduser().absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Permission bits do not tell (root, network folders, read-only file systems): a file does.
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            text = QT_TRANSLATE_NOOP("Message", "{path}: the library folder cannot be written.")
            hint = QT_TRANSLATE_NOOP("Message", "Choose another folder with --library or SENSE_LIBRARY.")
            raise SenseError(message(text, path=str(folder)), message(hint)) from error
        settings = Settings(folder / "settings.json")
        audit = AuditTrail(folder / "audit.jsonl")

        def sign(key: str) -> None:
            if key == "user.name":
                audit.sign_as(settings.get(key, "").strip())

        sign("user.name")
        settings.listen(sign)
        return Library(folder, settings, audit)

    @property
    def index_path(self) -> Path:
        """SQLite index of the studies."""
        return self.folder / "index.sqlite"

    @property
    def files_folder(self) -> Path:
        """Where imported files are copied to when the user chose so."""
        return self.folder / "files"

    @property
    def models_folder(self) -> Path:
        """The trained models with their cards."""
        return self.folder / "models"

    @property
    def cache_folder(self) -> Path:
        """What may be deleted at any time: thumbnails, unpacked archives."""
        return self.folder / "cache"
