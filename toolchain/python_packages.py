"""The environment in `.venv` and its pinned packages."""

import importlib.util
import platform
import sys
from collections.abc import Iterable

from toolchain.layout import EXTRAS, PYTHON, REQUIREMENTS, VENV
from toolchain.process import Failure, must_run, say
from toolchain.stamps import Stamps, digest


def make_venv() -> None:
    """Make `.venv` for this Python, anew where it belongs to another."""
    version = platform.python_version()
    series = f"version = {version.rpartition('.')[0]}."
    configuration = VENV / "pyvenv.cfg"
    if PYTHON.exists() and configuration.exists() and series in configuration.read_text(encoding="utf-8"):
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise Failure("this Python cannot make environments: install its venv package (python3-venv)")
    say(f"making .venv with Python {version}")
    must_run(sys.executable, "-m", "venv", "--clear", VENV, failure="the environment could not be made")


def install_groups(groups: Iterable[str], stamps: Stamps) -> None:
    """Install the pinned packages of the groups."""
    wanted = {group: digest(REQUIREMENTS / f"{group}.lock") for group in groups}
    missing = [group for group, stamp in wanted.items() if stamps.missing(group, stamp)]
    if not missing:
        return
    say(f"installing Python packages: {', '.join(missing)}")
    # The lock files of the program name every package, and leave some out on purpose. Extras are completed by
    # pip, since what torch needs differs from machine to machine.
    pip_install([group for group in missing if group not in EXTRAS], "--no-deps")
    pip_install([group for group in missing if group in EXTRAS])
    for group in missing:
        stamps.done(group, wanted[group])


def pip_install(groups: list[str], *options: str) -> None:
    """Install what the lock files of the groups name."""
    locks = [REQUIREMENTS / f"{group}.lock" for group in groups]
    files = [part for lock in locks if "==" in lock.read_text(encoding="utf-8") for part in ("-r", lock)]
    if not files:
        return
    quiet = [] if sys.stderr.isatty() else ["-q"]
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *quiet]
    must_run(*pip, *options, *files, failure="the Python packages could not be installed")
