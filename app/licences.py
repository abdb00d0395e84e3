"""The components that the program ships, with versions and licences."""

from dataclasses import dataclass
from importlib import metadata

from app.packages import declared_packages


@dataclass(frozen=True)
class Component:
    """One installed distribution."""

    name: str
    version: str
    licence: str
    home: str


def shipped_components() -> list[Component]:
    """Give the installed distributions that the program needs, as their own metadata describe them."""
    found = []
    for name in sorted(declared_packages()[""], key=str.casefold):
        try:
            described = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append(Component(name, described["Version"], _licence(described), _home(described)))
    return found


def _licence(described: "metadata.PackageMetadata") -> str:
    stated = described.get("License-Expression") or described.get("License") or ""
    # Some packages put the whole text of their licence into the field.
    if stated and len(stated) < 80 and stated.upper() != "UNKNOWN":
        return stated.strip()
    classifiers = described.get_all("Classifier") or []
    names = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License :: OSI")]
    return ", ".join(names) or stated.strip().partition("\n")[0]


def _home(described: "metadata.PackageMetadata") -> str:
    urls = described.get_all("Project-URL") or []
    return described.get("Home-page") or next((url.partition(", ")[2] for url in urls), "")
