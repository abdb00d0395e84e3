"""What the main window gives to the workspaces that it hosts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.command import ModelUse
from core.errors import SenseError
from core.job import JobRunner
from core.library import Library
from core.message import Message


@dataclass(frozen=True)
class Services:
    """The program around a workspace, so that the workspace need not know the window.

    A workspace is a widget made by `factory(services)`. The window uses these attributes where it has them:
    `states() -> set[str]` (answers `enabled_when` and `checked_when` of commands), the signal
    `states_changed`, `open_paths(list[Path])`, `save_state() -> dict`, `restore_state(dict)` (JSON values),
    `close_workspace() -> bool` (False keeps the window open; True after everything was shut down) and
    `history: History | None` (Edit > Undo and Redo).

    All callables are for the main thread only.

    Parameters
    ----------
    library : Library
        The open library.
    runner : JobRunner
        Runs long work; the jobs panel shows it.
    run_command : callable
        Runs the command with this id as if it had been chosen in the menu; `"workspace:ID"` brings that
        workspace to the front.
    translate : callable
        Gives a message in the language of the window.
    open_paths : callable
        Imports files and folders and shows them, wherever the user dropped them.
    report_error : callable
        Shows an error to the user.
    set_icon : callable
        `set_icon(action_or_button, name)` shows `assets/icons/NAME.svg` on it, in the colours of the theme,
        now and after every change of theme.
    model_uses : tuple of ModelUse
        Where the program uses trained models.
    """

    library: Library
    runner: JobRunner
    run_command: Callable[[str], None]
    translate: Callable[[Message], str]
    open_paths: Callable[[list[Path]], None]
    report_error: Callable[[SenseError], None]
    set_icon: Callable[[Any, str], None]
    model_uses: tuple[ModelUse, ...] = ()
