"""Resolving requirements/*.in into the lock files that the set-up installs from."""

import json
import subprocess
import tempfile
from pathlib import Path

from toolchain.layout import BASE_GROUPS, EXTRAS, PYTHON, REQUIREMENTS, ROOT
from toolchain.process import Failure, say
from toolchain.python_packages import make_venv


def resolve(arguments: list[str]) -> dict[str, str]:
    """Ask pip which packages, by name and version, it would install."""
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed", "--report", "-"]
    answer = subprocess.run([*pip, *arguments], stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT)
    if answer.returncode:
        raise Failure("pip found no set of packages, see above")
    found = [item["metadata"] for item in json.loads(answer.stdout)["install"]]
    return {item["name"]: item["version"].partition("+")[0] for item in found}


def write_locks() -> None:
    """Write every lock file; what an earlier group has pinned is not repeated by a later one."""
    make_venv()
    pinned: dict[str, str] = {}
    for group in (*BASE_GROUPS, "lint", *EXTRAS):
        asked, alone, marked = read_requirements(group)
        with tempfile.TemporaryDirectory() as folder:
            constraints, wanted = Path(folder, "constraints.txt"), Path(folder, "wanted.txt")
            pins = [f"{name}=={version}" for name, version in pinned.items()]
            constraints.write_text("\n".join(pins), encoding="utf-8")
            wanted.write_text("\n".join(asked), encoding="utf-8")
            found = resolve(["-c", str(constraints), "-r", str(wanted)]) if asked else {}
        found.update(alone)
        own = {name: version for name, version in found.items() if name not in pinned}
        pinned.update(own)
        write_lock(group, own, marked)


def read_requirements(group: str) -> tuple[list[str], dict[str, str], list[str]]:
    """Give what GROUP.in asks for: with its dependencies, alone (name: version), for one system only."""
    asked: list[str] = []
    alone: dict[str, str] = {}
    marked: list[str] = []
    for line in (REQUIREMENTS / f"{group}.in").read_text(encoding="utf-8").splitlines():
        requirement, _, comment = (part.strip() for part in line.partition("#"))
        if comment == "no-deps":
            name, _, version = requirement.partition("==")
            alone[name] = version
        elif ";" in requirement:
            # Left out by the resolver on another system, so it is carried over as it stands.
            marked.append(requirement)
        elif requirement:
            asked.append(requirement)
    return asked, alone, marked


def write_lock(group: str, packages: dict[str, str], marked: list[str]) -> None:
    """Write one lock file; packages of an earlier group are not repeated."""
    pinned = sorted((f"{name}=={version}" for name, version in packages.items()), key=str.lower)
    text = "\n".join([f"# From {group}.in by `python3 dev.py lock`; do not edit.", *pinned, *marked, ""])
    (REQUIREMENTS / f"{group}.lock").write_text(text, encoding="utf-8")
    say(f"{group}.lock: {len(pinned)} packages")
