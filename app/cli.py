"""The command line: `sense [--library DIR] COMMAND ...`."""

import argparse
import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from app.argument_parser import ArgumentParser, command_parser, options_of
from app.contributions import registry
from app.foreign_output import foreign_output_to_standard_error
from app.terminal_progress import TerminalProgress
from core.command import Command, resolve
from core.context import Context
from core.errors import Cancelled, ExitStatus, SenseError, UsageError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import CancelToken
from imaging.volume_access import DiskVolumes

_EXAMPLE = "example:\n  sense import ~/dicom && sense gui"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    _tolerate_file_names()
    debug, as_json = "--debug" in arguments, "--json" in arguments
    try:
        return _run(arguments)
    except (KeyboardInterrupt, Cancelled):
        print("sense: interrupted", file=sys.stderr)
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python must not complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.FAILED
    except Exception as error:
        if debug:
            traceback.print_exc()
        failure = _as_sense_error(error)
        if as_json:
            print(json.dumps({"error": str(failure.message), "hint": str(failure.hint or "")}))
        print(f"sense: {_one_line(str(failure))}", file=sys.stderr)
        return failure.status


def _run(arguments: list[str]) -> int:
    top = _top_parser()
    given = top.parse_args(arguments)
    if given.version:
        from core.provenance import program_version

        print(program_version())
        return ExitStatus.DONE
    words: list[str] = given.words
    if given.help and not words:
        print(_overview(top, ""), end="")
        return ExitStatus.DONE
    command, rest = _choose(top, words or ["gui"])
    if command is None:
        print(_overview(top, f"{' '.join(words[:-1] if words[-1] in ('-h', '--help') else words)} "), end="")
        return ExitStatus.DONE
    rest += [flag for flag in ("--json", "--debug", "--help") if getattr(given, flag[2:])]
    parsed = _parse(command_parser(command), rest)
    _log_to_standard_error(logging.DEBUG if parsed.debug else logging.ERROR)
    return _call(command, parsed, given.library)


def _parse(parser: ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    # Options may stand between the values of a positional: `sense import A --json B`.
    try:
        return parser.parse_intermixed_args(arguments)
    except TypeError:
        return parser.parse_args(arguments)


def _call(command: Command, parsed: argparse.Namespace, library_folder: Path | None) -> int:
    options = options_of(command, parsed)
    progress = TerminalProgress(CancelToken())
    try:
        library, uses = Library.open(library_folder), registry().model_uses
        context = Context(library, progress, volumes=DiskVolumes(), model_uses=uses)
        with foreign_output_to_standard_error() if parsed.json else nullcontext():
            result = resolve(command.run)(context, options)
    finally:
        progress.clear()
    _print_result(result, as_json=parsed.json)
    return int(getattr(result, "exit_status", ExitStatus.DONE))


def _print_result(result: Any, *, as_json: bool) -> None:
    for item in getattr(result, "rejected", ()):
        print(f"sense: {_one_line(_with_file(str(item.path), str(item.reason)))}", file=sys.stderr)
    for note in getattr(result, "notes", ()):
        print(f"sense: {_one_line(str(note))}", file=sys.stderr)
    if as_json:
        print(json.dumps({} if result is None else result.to_json(), allow_nan=False))
    elif result is not None and str(result):
        print(result)
    sys.stdout.flush()


def _top_parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="sense",
        description="Medical imaging and spatial content on one desktop. Not a certified medical device.",
        usage="sense [--library DIR] [--debug] COMMAND ...",
        add_help=False,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-h", "--help", action="store_true", help="show this help, or that of a command")
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument(
        "--library",
        type=Path,
        metavar="DIR",
        help="folder of studies and settings (default: SENSE_LIBRARY, or the user's data directory)",
    )
    parser.add_argument("--debug", action="store_true", help="show logs, and the traceback of an error")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _choose(top: ArgumentParser, words: list[str]) -> tuple[Command | None, list[str]]:
    """Give the command that the first words name, and the words after it; None for the start of several."""
    commands = registry().subcommands
    for count in range(min(3, len(words)), 0, -1):
        if (name := " ".join(words[:count])) in commands:
            return commands[name], words[count:]
    if any(name.startswith(f"{words[0]} ") for name in commands):
        if len(words) == 1 or words[1] in ("-h", "--help"):
            return None, []
        words = [" ".join(words[:2])]
    raise _unknown(words[0], list(commands))


def _unknown(word: str, names: list[str]) -> UsageError:
    import difflib

    close = difflib.get_close_matches(word, names, 1)
    text = QT_TRANSLATE_NOOP("Message", "There is no command {word}.")
    if close:
        hint = message(QT_TRANSLATE_NOOP("Message", "Did you mean {name}?"), name=close[0])
    else:
        hint = message(QT_TRANSLATE_NOOP("Message", "See sense --help for all commands."))
    return UsageError(message(text, word=word), hint)


def _overview(top: ArgumentParser, prefix: str) -> str:
    commands = {name: c for name, c in registry().subcommands.items() if name.startswith(prefix)}
    width = max(map(len, commands)) + 2
    lines = [f"  {name:<{width}}{command.summary}" for name, command in commands.items()]
    return f"{top.format_help()}\ncommands:\n" + "\n".join(lines) + f"\n\n{_EXAMPLE}\n"


def _as_sense_error(error: Exception) -> SenseError:
    if isinstance(error, SenseError):
        return error
    if isinstance(error, OSError) and error.strerror:
        text = QT_TRANSLATE_NOOP("Message", "{path}: {reason}.")
        path = os.fsdecode(error.filename) if error.filename else "sense"
        return SenseError(message(text, path=path, reason=error.strerror))
    if isinstance(error, MemoryError):
        return SenseError(message(QT_TRANSLATE_NOOP("Message", "There is not enough memory for this.")))
    return SenseError(
        message(
            QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind})."),
            kind=type(error).__name__,
        ),
        message(QT_TRANSLATE_NOOP("Message", "Run it again with --debug to see where.")),
    )


def _with_file(path: str, reason: str) -> str:
    return reason if path in reason else f"{path}: {reason}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _log_to_standard_error(level: int) -> None:
    # The level is that of the handler: others, such as the window's log, may listen to more.
    handler = logging.StreamHandler()
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter("sense: %(levelname)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(min(level, logging.WARNING))


def _tolerate_file_names() -> None:
    """Let names in a broken encoding through to the terminal instead of failing on them."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
