"""What a command's function is given besides its options."""

from dataclasses import dataclass
from typing import Any

from core.command import ModelUse
from core.library import Library
from core.progress import SILENT, Progress
from core.volume_files import VolumeFiles


@dataclass(frozen=True)
class Context:
    """Where a command runs.

    Parameters
    ----------
    library : Library
        The open library.
    progress : Progress
        Watched by the jobs panel or by the terminal.
    workspace : object, optional
        The workspace in front, for commands of the window; None on the command line.
    window : object, optional
        The main window; None on the command line.
    volumes : VolumeFiles, optional
        Reads volumes and writes label maps, for packages that may not import `imaging`.
    model_uses : tuple of ModelUse
        Where trained models work.
    """

    library: Library
    progress: Progress = SILENT
    workspace: Any = None
    window: Any = None
    volumes: VolumeFiles | None = None
    model_uses: tuple[ModelUse, ...] = ()
