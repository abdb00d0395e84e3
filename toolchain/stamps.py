"""Which steps of the set-up were done, with which inputs."""

import hashlib
import json
from pathlib import Path

from toolchain.layout import VENV


def digest(*parts: object) -> str:
    """Give one hash for texts and for the content of files."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else repr(part).encode()
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def files_of(folder: Path, *patterns: str) -> list[Path]:
    """Give the files under `folder` in a fixed order."""
    return sorted(path for pattern in patterns for path in folder.rglob(pattern))


class Stamps:
    """Which steps were done with which inputs, kept in `.venv` so that they go when it goes."""

    def __init__(self) -> None:
        self._path = VENV / "sense-setup.json"
        try:
            self._done: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._done = {}

    def missing(self, step: str, stamp: str) -> bool:
        """Tell whether `step` still has to be done."""
        return self._done.get(step) != stamp

    def done(self, step: str, stamp: str) -> None:
        """Remember that `step` was done."""
        self._done[step] = stamp
        self._path.write_text(json.dumps(self._done, indent=1), encoding="utf-8")
