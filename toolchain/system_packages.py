"""Debian packages: which are missing, and installing them where that is allowed."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from pathlib import Path

from toolchain.layout import REQUIREMENTS
from toolchain.process import run, say


def installed_system_packages() -> set[str]:
    """Give every installed Debian package and every name that one of them provides."""
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}\t${Package}, ${Provides}\n"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    names: set[str] = set()
    for line in answer.stdout.splitlines():
        status, _, packages = line.partition("\t")
        if status == "installed":
            names.update(name.split()[0] for name in packages.split(",") if name.strip())
    return names


def missing_system_packages(groups: Iterable[str]) -> list[str]:
    """Give the Debian packages that the groups need and that are not there."""
    table = tomllib.loads((REQUIREMENTS / "system.toml").read_text(encoding="utf-8"))["debian"]
    wanted = [name for group in groups for name in table[group]]
    # A Python that did not come from Debian usually brings these two itself.
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if importlib.util.find_spec("ensurepip") is None:
        wanted.append(f"{own}-venv")
    if not Path(sysconfig.get_paths()["include"], "Python.h").exists():
        wanted.append(f"{own}-dev")
    present = installed_system_packages()
    return [name for name in wanted if name not in present]


def administrator() -> list[str] | None:
    """Give what has to stand before a command to run it as root, or None where that is not allowed."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin is not None and sys.stdin.isatty() else None


def install_system_packages(groups: Iterable[str]) -> bool:
    """Install what is missing, or say which command would; tell whether all is there."""
    if shutil.which("dpkg-query") is None:
        return True
    packages = missing_system_packages(groups)
    if not packages:
        return True
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    prefix = administrator()
    by_hand = f"apt-get install --no-install-recommends {shlex.join(packages)}"
    if prefix is None:
        say(f"system packages are missing and may not be installed here; as root run: {by_hand}")
        return False
    say(f"installing system packages: {' '.join(packages)}")
    run(*prefix, *apt, "update")
    if run(*prefix, *install):
        say(f"the system packages could not be installed; as root run: {by_hand}")
        return False
    return True
