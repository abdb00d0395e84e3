"""A map that a later recording extends."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.visual_map import VisualMap
from reconstruction.slam.map_merging import MergedMap, merge_maps


@dataclass(frozen=True, eq=False)
class MapExtension:
    """Whether a recording was placed in a map.

    Parameters
    ----------
    path : Path
        Of the map before.
    made : MergedMap, optional
        Both; None where the recording was not found in the map.
    warnings : tuple of Message
        Why not.
    """

    path: Path
    made: MergedMap | None
    warnings: tuple[Message, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Give the figures, ready for JSON."""
        return {
            "map": str(self.path),
            "is_placed": self.made is not None,
            **({} if self.made is None else self.made.facts()),
        }


def extended_map(
    path: Path, before: VisualMap, made: VisualMap | None, *, seed: int = 0, progress: Progress = SILENT
) -> MapExtension:
    """Put the map of a recording to the one before; what cannot be placed is told and stays alone.

    Raises
    ------
    Cancelled
        When the progress was cancelled.
    """
    if made is not None:
        try:
            return MapExtension(path, merge_maps(before, made, seed=seed, progress=progress))
        except BadInput:
            pass
    text = QT_TRANSLATE_NOOP("Message", "The recording was not found in {path}: it has a map of its own.")
    return MapExtension(path, None, (message(text, path=str(path)),))
