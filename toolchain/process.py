"""Programs that the set-up runs, and how it tells the user."""

import os
import subprocess
import sys
from pathlib import Path

from toolchain.layout import ROOT


class Failure(Exception):
    """Ends the program with one line and a status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


def say(text: str) -> None:
    """Tell what happens next, on standard error and at once."""
    print(f"dev: {text}", file=sys.stderr, flush=True)


def run(*command: str | Path, **environment: str) -> int:
    """Run a program in the repository's root and give its status."""
    sys.stdout.flush()
    return subprocess.call([str(part) for part in command], cwd=ROOT, env={**os.environ, **environment})


def must_run(*command: str | Path, failure: str) -> None:
    """Run a program; any other status than 0 is a `Failure`."""
    status = run(*command)
    if status:
        raise Failure(f"{failure} (status {status})")
