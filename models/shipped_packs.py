"""The packages of the core packs lie beside the program, so that adding those packs needs no network."""

import sys
import tempfile
from pathlib import Path

from core.atomic_write import atomic_file
from core.errors import SenseError
from core.progress import SILENT, Progress
from models.admission import sha256_of
from models.pack import Package
from models.pack_download import download
from models.packs import PACKS

CORE_PACKS = ("capture",)


def shipped_package(package: Package) -> Path | None:
    """Give the file of a package, where it came with the program and is whole."""
    path = _folder() / package.file_name
    return path if path.is_file() and sha256_of(path) == package.sha256 else None


def fetch_core_packs(progress: Progress = SILENT) -> None:
    """Get the packages that are not there yet: a step of the set-up.

    Raises
    ------
    SenseError
        When one cannot be downloaded.
    """
    for package in (package for name in CORE_PACKS for package in PACKS[name].packages):
        if shipped_package(package) is not None:
            continue
        _folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder, atomic_file(_folder() / package.file_name) as partial:
            partial.write_bytes(download(package, Path(folder), progress).read_bytes())


def _folder() -> Path:
    return Path(sys.prefix) / "share" / "sense" / "packs"


if __name__ == "__main__":
    try:
        fetch_core_packs()
    except (SenseError, OSError) as error:
        sys.exit(str(error))
