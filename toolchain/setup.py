"""All of the set-up, step by step."""

import os
import sys
from collections.abc import Iterable

from toolchain.layout import BASE_GROUPS, BIN, EXE, PYTHON, REQUIREMENTS, ROOT, SYSTEM_GROUPS, TRANSLATIONS
from toolchain.native_build import compile_native
from toolchain.process import Failure, must_run, run, say
from toolchain.python_packages import install_groups, make_venv
from toolchain.stamps import Stamps, digest, files_of
from toolchain.system_packages import install_system_packages


def install_program(stamps: Stamps) -> None:
    """Make `.venv/bin/sense`, which runs the tree as it lies here."""
    stamp = digest(str(ROOT), ROOT / "pyproject.toml")
    if not stamps.missing("program", stamp) and (BIN / f"sense{EXE}").exists():
        return
    say("installing the program in place")
    pip = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-build-isolation",
    ]
    # The extension was compiled above: an in-place wheel without CMake is only the entry point and the path.
    inplace = ["--config-settings=wheel.cmake=false", "--config-settings=editable.mode=inplace", "-e", ROOT]
    must_run(*pip, *inplace, failure="the program could not be installed")
    stamps.done("program", stamp)


def release_translations(stamps: Stamps) -> None:
    """Compile the translations that the window loads."""
    sources = files_of(TRANSLATIONS, "*.ts")
    stamp = digest(*sources, *map(str, sources))
    outputs = [source.with_suffix(".qm") for source in sources]
    if not sources or (
        not stamps.missing("translations", stamp) and all(output.exists() for output in outputs)
    ):
        return
    for source, output in zip(sources, outputs, strict=True):
        lrelease = [BIN / f"pyside6-lrelease{EXE}", "-silent", source, "-qm", output]
        must_run(*lrelease, failure=f"{source.name} could not be compiled")
    stamps.done("translations", stamp)


def fetch_core_packs(stamps: Stamps) -> None:
    """Get the packages of the models that most people need, so that they can be added without a network."""
    stamp = digest(ROOT / "models" / "pack_capture.py", ROOT / "models" / "shipped_packs.py")
    if not stamps.missing("packs", stamp):
        return
    say("getting the core packs of models")
    if run(PYTHON, "-m", "models.shipped_packs"):
        say("they could not be got now: each is downloaded when it is added")
    else:
        stamps.done("packs", stamp)


def set_up(groups: Iterable[str] = (), system_groups: Iterable[str] = ()) -> None:
    """Do all of the set-up that was not done yet."""
    if not (ROOT / "native").is_dir() or not os.access(ROOT, os.W_OK):
        raise Failure(f"{ROOT} is not a complete, writable copy of the repository")
    stamps = Stamps()
    system_stamp = digest(REQUIREMENTS / "system.toml", sys.version)
    missing = [
        group for group in (*SYSTEM_GROUPS, *system_groups) if stamps.missing(f"system {group}", system_stamp)
    ]
    complete = not missing or install_system_packages(missing)
    make_venv()
    stamps = Stamps()  # a new environment has forgotten everything
    for group in missing if complete else ():
        stamps.done(f"system {group}", system_stamp)
    install_groups([*BASE_GROUPS, *groups], stamps)
    compile_native(stamps)
    install_program(stamps)
    release_translations(stamps)
    fetch_core_packs(stamps)
