"""What a feature offers, as data: one declaration for menu, palette and command line.

The function of a command is called as `function(context, options)` with a `core.context.Context` and the
options dataclass (None where the command has no options), and gives None or a result. Of a result the command
line uses

- `to_json() -> dict`: what `--json` prints; needed where the command is a subcommand (None prints `{}`);
- `str(result)`: what is printed without `--json`; nothing is printed where it is empty;
- `rejected`, if there: a sequence of items with `path` and `reason` that failed in a batch; each becomes one
  line on standard error. The function raises only when the whole request failed;
- `table`, if there: a `core.result_table.ResultTable`, which the window shows instead of the text;
- `curves`, if there: `core.result_curves.ResultCurves`, which the window draws over the table;
- `opens`, if there: paths that the window opens when its button is pressed; or
- `shown_by`, if there: the id of the workspace that shows more: its `show_result(result)` is called then;
- `exit_status`, if there: a `core.errors.ExitStatus`, `BAD_INPUT` when nothing of a batch could be done.

A function raises `SenseError` for what it cannot do, and lets `Cancelled` pass. It prints nothing itself, and
reports progress to `context.progress`.

The fields of the options dataclass become arguments: `slab_mm: float = 0.0` becomes `--slab-mm`. Types are
str, int, float, bool (a flag), Path, enums (choices), `X | None`, `tuple[X, ...]` (several values). A
field without a default is required. Metadata that the parser reads (`field(metadata={...})`, all optional):

- `"help"`: one line; `"positional"`: True for an argument without a name;
- `"name"`: another name than the field's (`"from"`); `"flag"`: a short one (`"-o"`);
- `"choices"`: a tuple of the allowed values; `"metavar"`: the placeholder in the help;
- `"title"`: what the window's dialog calls it, marked with `QT_TRANSLATE_NOOP("Command", ...)`; an option
  without one is not asked for there;
- `"labels"`: titles of the values of an enum, by value, marked like `"title"`;
- `"folder"`: True for a path of a folder;
- `"starts_as"`: the attribute of the front workspace that the dialog fills in at first;
- `"written"`: True for a path that is written, False for one that is read;
- `"parse"`: a function from the text to the value, raising `ValueError` with a reason.

A subcommand's name may have several words: `"pacs echo"`.
"""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class Command:
    """Something that the user can ask for.

    Parameters
    ----------
    id : str
        Unique, dotted, lower case: `"care.import"`.
    title : str
        English menu text in sentence case, marked with `QT_TRANSLATE_NOOP("Command", ...)`.
    run : str
        Import string `"package.module:function"`, called as `function(context, options)`.
    options : str, optional
        Import string of the frozen dataclass that holds the options and their defaults.
    subcommand : str, optional
        Name under `sense`; None keeps the command off the command line.
    summary, example : str
        One line for `--help`, and one example call.
    menu : str, optional
        Menu id ("file", "edit", "view", "image", "tools", "help") with an optional group, `"view/layout"`: a
        submenu where a `Submenu` of that path is declared, else a section between separators. None keeps it
        out of menu and palette.
    shortcut : str, optional
        Default key sequence in Qt's portable form; alternatives are separated by `"; "`.
    asks : bool
        The window asks for the options in a dialog made from them, and runs the command as a job.
    workspace : str, optional
        Id of the workspace that must be in front for the command to be enabled.
    enabled_when : str, optional
        Name of a state that the workspace reports ("study-open"); None means always.
    checked_when : str, optional
        Name of a state that shows the command as checked.
    """

    id: str
    title: str
    run: str
    options: str | None = None
    subcommand: str | None = None
    summary: str = ""
    example: str = ""
    menu: str | None = None
    shortcut: str | None = None
    asks: bool = False
    workspace: str | None = None
    enabled_when: str | None = None
    checked_when: str | None = None


@dataclass(frozen=True)
class Submenu:
    """A group of a menu, or of another submenu, that opens as a menu of its own.

    Parameters
    ----------
    path : str
        What its commands have as `menu`: `"view/layout"`, or `"view/volume/side"` inside of `"view/volume"`.
    title : str
        English title marked with `QT_TRANSLATE_NOOP("Command", ...)`.
    """

    path: str
    title: str


@dataclass(frozen=True)
class Workspace:
    """A page on the rail of the main window, made when it is first shown.

    Parameters
    ----------
    id, title, icon : str
        Unique id, English title marked with `QT_TRANSLATE_NOOP("Command", ...)`, icon name in `assets/icons`.
    factory : str
        Import string of a callable that takes the application's services and returns the widget.
    order : int
        Position on the rail, from the top.
    opens : tuple of str
        Endings of the names, in small letters, of the files that it opens wherever in the window they are
        dropped; nothing else is given to it then. A workspace without opens what no other one does.
    opens_folders_with : tuple of str
        Names of files: the folders that hold them all are its own, whatever else is in them.
    opens_other_folders : bool
        While it is in front it opens folders that no workspace names, too.
    """

    id: str
    title: str
    icon: str
    factory: str
    order: int
    opens: tuple[str, ...] = ()
    opens_folders_with: tuple[str, ...] = ()
    opens_other_folders: bool = False


@dataclass(frozen=True)
class ModelUse:
    """A place of the program where trained models work, shown beside them.

    Parameters
    ----------
    models : tuple of str
        Ids of the models ("face-landmarks"), or `"task:segmentation"` for all that the user brought or
        trained to do this.
    title : str
        What they are used for, in English, marked with `QT_TRANSLATE_NOOP("Command", ...)`.
    command : str, optional
        `"workspace:ID"` of the workspace, or the id of a command of the window, that leads there.
    """

    models: tuple[str, ...]
    title: str
    command: str | None = None


@dataclass(frozen=True)
class Contribution:
    """Everything that one package adds to the program."""

    commands: tuple[Command, ...] = ()
    workspaces: tuple[Workspace, ...] = ()
    submenus: tuple[Submenu, ...] = ()
    model_uses: tuple[ModelUse, ...] = ()


def resolve(import_string: str) -> Callable[..., Any]:
    """Import what `"package.module:name"` names.

    Raises
    ------
    ValueError
        When the string does not have that form.
    ImportError
        When module or name does not exist.
    """
    module, colon, name = import_string.partition(":")
    if not (module and colon and name):
        raise ValueError(f"not an import string: {import_string!r}")
    try:
        return cast(Callable[..., Any], getattr(importlib.import_module(module), name))
    except AttributeError as error:
        raise ImportError(f"{module} has no {name}") from error


class Registry:
    """All commands and workspaces, by id."""

    def __init__(self, contributions: Iterable[Contribution]) -> None:
        self._commands: dict[str, Command] = {}
        self._workspaces: dict[str, Workspace] = {}
        self._submenus: dict[str, Submenu] = {}
        self._model_uses: list[ModelUse] = []
        subcommands: set[str] = set()
        for contribution in contributions:
            for command in contribution.commands:
                if command.id in self._commands or command.subcommand in subcommands:
                    raise ValueError(f"command {command.id!r} is declared twice")
                if command.subcommand:
                    subcommands.add(command.subcommand)
                self._commands[command.id] = command
            for workspace in contribution.workspaces:
                if workspace.id in self._workspaces:
                    raise ValueError(f"workspace {workspace.id!r} is declared twice")
                self._workspaces[workspace.id] = workspace
            for submenu in contribution.submenus:
                if submenu.path in self._submenus:
                    raise ValueError(f"submenu {submenu.path!r} is declared twice")
                self._submenus[submenu.path] = submenu
            self._model_uses += contribution.model_uses

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands in the order of their declaration."""
        return tuple(self._commands.values())

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        """All workspaces from the top of the rail."""
        return tuple(sorted(self._workspaces.values(), key=lambda workspace: workspace.order))

    @property
    def submenus(self) -> dict[str, Submenu]:
        """The submenus by their path."""
        return dict(self._submenus)

    @property
    def model_uses(self) -> tuple[ModelUse, ...]:
        """Where trained models work."""
        return tuple(self._model_uses)

    @property
    def subcommands(self) -> dict[str, Command]:
        """The commands of the command line by their name there, in the order of their declaration."""
        return {command.subcommand: command for command in self.commands if command.subcommand}

    def command(self, command_id: str) -> Command:
        """Give the command with this id; `KeyError` when there is none."""
        return self._commands[command_id]
