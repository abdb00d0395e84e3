"""What a pack of models is: networks that arrive inside published packages and are made ready here."""

import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelInput, ModelMeasurement, ModelOutput


@dataclass(frozen=True)
class Package:
    """A published package, pinned by its digest.

    Parameters
    ----------
    name, version, sha256 : str
        As the index knows it.
    size_bytes : int
        Of its file.
    url : str
        Where the file lies, for packages that pip does not know; "" for those of the Python index.
    """

    name: str
    version: str
    sha256: str
    size_bytes: int
    url: str = ""

    @property
    def file_name(self) -> str:
        """Name of the package's file."""
        if self.url:
            return self.url.rpartition("/")[2]
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"


class PackageFiles(Protocol):
    """The files inside a package."""

    def read(self, name: str, /) -> bytes:
        """Give the bytes of one."""
        ...


@dataclass(frozen=True)
class Network:
    """An ONNX file, and the files that it needs beside it (a vocabulary) by name."""

    onnx: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class PackModel:
    """One model of a pack, and what its card says.

    Parameters
    ----------
    archive : str
        Path of the network in the package.
    member : str
        Its name within that where it is a zip of its own, else "".
    id, title, task, intended_use : str
        As in the card.
    inputs, outputs : tuple
        In the order of the network.
    make : callable
        Gives the network, of the package's files and this model.
    package : str
        Name of the package that it comes from; "" for the only one.
    parts : tuple of str
        Names of further packages that its files lie in.
    difference : float
        Largest difference from the reference, as a share of the output's range.
    reference, data : str
        What it was compared with, and on what.
    measured : tuple of ModelMeasurement
        What else is known of its quality.
    licence, source : str
        Those of the pack where "".
    limits : tuple of str
        In addition to those of the pack.
    """

    archive: str
    member: str
    id: str
    title: str
    task: str
    intended_use: str
    inputs: tuple[ModelInput, ...]
    outputs: tuple[ModelOutput, ...]
    make: "Callable[[PackageFiles, PackModel], Network]"
    package: str = ""
    parts: tuple[str, ...] = ()
    difference: float | None = None
    reference: str = ""
    data: str = ""
    measured: tuple[ModelMeasurement, ...] = ()
    licence: str = ""
    source: str = ""
    limits: tuple[str, ...] = ()

    def needs(self, package: Package) -> bool:
        """Tell whether files of it lie in the package."""
        return not self.package or package.name in (self.package, *self.parts)


@dataclass(frozen=True)
class Pack:
    """A set of models.

    Parameters
    ----------
    name, title, version : str
        "capture", what it is for, and the version of its models.
    packages : tuple of Package
        What they come out of.
    licence, source : str
        SPDX identifier of the networks, and where they come from.
    limits : tuple of str
        What the networks are known not to do.
    models : tuple of PackModel
        What it holds.
    """

    name: str
    title: str
    version: str
    packages: tuple[Package, ...]
    licence: str
    source: str
    limits: tuple[str, ...]
    models: tuple[PackModel, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes of all packages, which are downloaded."""
        return sum(package.size_bytes for package in self.packages)

    @property
    def file_names(self) -> str:
        """Names of the packages' files, as they are shown."""
        return ", ".join(package.file_name for package in self.packages)

    def models_of(self, *packages: Package) -> tuple[PackModel, ...]:
        """Give the models that need no other packages than these."""
        others = [package for package in self.packages if package not in packages]
        return tuple(model for model in self.models if not any(map(model.needs, others)))


def open_package(path: Path) -> "AbstractContextManager[PackageFiles]":
    """Open a wheel (zip) or a package of npm (tgz).

    Raises
    ------
    BadInput
        When it is neither.
    """
    try:
        return _Tar(path) if path.suffix in (".tgz", ".gz") else zipfile.ZipFile(path)
    except (zipfile.BadZipFile, tarfile.TarError) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not the package of a pack.")
        raise BadInput(message(text, path=str(path))) from error


class JoinedFiles:
    """The files of several packages together."""

    def __init__(self, packages: Sequence[PackageFiles]) -> None:
        self._packages = packages

    def read(self, name: str, /) -> bytes:
        """Give the bytes of one, of whichever package."""
        for package in self._packages:
            with suppress(KeyError):
                return package.read(name)
        raise KeyError(name)


class _Tar:
    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path)  # noqa: SIM115 - closed when the context ends

    def __enter__(self) -> "_Tar":
        return self

    def __exit__(self, *_: object) -> None:
        self._tar.close()

    def read(self, name: str, /) -> bytes:
        file = self._tar.extractfile(name)
        if file is None:
            raise KeyError(name)
        return file.read()


def network_bytes(files: PackageFiles, model: PackModel) -> bytes:
    """Give the published network of one model."""
    data = files.read(model.archive)
    if not model.member:
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as task:
        return task.read(model.member)


def as_it_is(files: PackageFiles, model: PackModel) -> Network:
    """Take an ONNX file as it was published."""
    return Network(network_bytes(files, model))


def from_tflite(files: PackageFiles, model: PackModel) -> Network:
    """Convert a TFLite file."""
    from models.tflite_conversion import convert_tflite

    names = [item.name for item in model.inputs]
    outputs = [item.name for item in model.outputs]
    return Network(convert_tflite(network_bytes(files, model), model.id, names, outputs))
