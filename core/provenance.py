"""Where a derived result came from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any


def program_version() -> str:
    """Version of the installed program, or of the source tree where it runs from there uninstalled."""
    try:
        return metadata.version("sense-workstation")
    except metadata.PackageNotFoundError:
        import tomllib

        project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
        return str(project["project"]["version"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Provenance:
    """Inputs, parameters, model and version of one derived result.

    Parameters
    ----------
    command : str
        Id of the command that made it.
    inputs : tuple of str
        Identifiers (series UIDs, digests) of what it was made from; never patient names.
    parameters : mapping
        Every option that had an influence.
    method : str
        The method by its name in the field.
    model : str, optional
        Id and version of the trained model, where one was used.
    """

    command: str
    inputs: tuple[str, ...]
    parameters: Mapping[str, Any]
    method: str
    model: str | None = None
    version: str = field(default_factory=program_version)
    created: str = field(default_factory=_now)

    def to_json(self) -> dict[str, Any]:
        """Give a plain dictionary for a report or a side-car file."""
        return asdict(self)
