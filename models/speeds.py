"""How fast the models were found to be on this machine, remembered beside them."""

import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.atomic_write import write_bytes
from core.file_lock import file_lock
from core.model_card import ModelCard
from models.bench import ProviderBench


class Speeds:
    """Figures of `bench` by machine and by the digest of the model, in `speeds.json`.

    Parameters
    ----------
    folder : Path
        `Library.models_folder`; several machines may share it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "speeds.json"

    def of(self, card: ModelCard) -> tuple[ProviderBench, ...]:
        """Give what was measured of exactly this network on this machine; () when nothing was."""
        try:
            return tuple(ProviderBench(**item) for item in self._read()[platform.node()][card.sha256])
        except (KeyError, TypeError):
            return ()

    def remember(self, card: ModelCard, results: tuple[ProviderBench, ...]) -> None:
        """Keep the newest figures of a network."""
        with file_lock(self._path.with_suffix(".lock")):
            known = self._read()
            machine = known.setdefault(platform.node(), {})
            machine[card.sha256] = [asdict(result) for result in results]
            write_bytes(self._path, json.dumps(known, indent=1).encode())

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            known = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}  # figures can be measured again
        return known if isinstance(known, dict) else {}
