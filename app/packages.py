"""The packages that the program declares: which it needs, which are extras, and what is installed of them."""

import re
from importlib import metadata
from pathlib import Path

_REQUIREMENT = re.compile(r"""^\s*(?P<name>[\w.-]+)(?:.*extra\s*==\s*["'](?P<extra>[\w-]+)["'])?""")


def declared_packages() -> dict[str, list[str]]:
    """Give the names of the packages by extra; those that the program needs are under ""."""
    groups: dict[str, list[str]] = {"": []}
    for requirement in _requirements():
        match = _REQUIREMENT.match(requirement)
        if match:
            groups.setdefault(match["extra"] or "", []).append(match["name"])
    return groups


def installed_version(package: str) -> str | None:
    """Give the version of an installed distribution, or None."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def needed_packages() -> dict[str, str | None]:
    """Give the packages that the program stands on, with their versions (None where one is not there)."""
    names = sorted(declared_packages()[""], key=str.casefold)
    return {name: installed_version(name) for name in names}


def missing_extras() -> dict[str, list[str]]:
    """Give what is not installed of the extras, by extra."""
    missing = {
        extra: [name for name in names if installed_version(name) is None]
        for extra, names in declared_packages().items()
        if extra
    }
    return {extra: names for extra, names in missing.items() if names}


def _requirements() -> list[str]:
    # In the source tree its own declaration is the truth; an installed program has only the metadata.
    source = Path(__file__).parents[1] / "pyproject.toml"
    return _declared_in(source) if source.exists() else metadata.requires("sense-workstation") or []


def _declared_in(source: Path) -> list[str]:
    import tomllib

    project = tomllib.loads(source.read_text("utf-8"))["project"]
    extras: dict[str, list[str]] = project.get("optional-dependencies", {})
    optional = [f'{name}; extra == "{extra}"' for extra, names in extras.items() for name in names]
    return [*project["dependencies"], *optional]
