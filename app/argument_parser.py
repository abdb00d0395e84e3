"""The parser of a subcommand, made from its command and its options dataclass."""

import argparse
import dataclasses
import enum
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from core.command import Command, resolve
from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message


class ArgumentParser(argparse.ArgumentParser):
    """A parser that raises `UsageError` instead of printing and ending the program."""

    def error(self, message_text: str) -> NoReturn:
        """Raise the error in one sentence, with the call that explains the usage."""
        raise UsageError(
            message(QT_TRANSLATE_NOOP("Message", "{reason}."), reason=message_text.rstrip(".")),
            message(QT_TRANSLATE_NOOP("Message", "See {call} --help."), call=self.prog),
        )


def command_parser(command: Command) -> ArgumentParser:
    """Give the parser of `sense SUBCOMMAND`; `--json` and `--debug` are understood by every command."""
    parser = ArgumentParser(
        prog=f"sense {command.subcommand}",
        description=command.summary,
        epilog=f"example:\n  {command.example}" if command.example else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for field, field_type in option_fields(command):
        _add_argument(parser, field, field_type)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--debug", action="store_true", help="show logs, and the traceback of an error")
    return parser


def options_of(command: Command, arguments: argparse.Namespace) -> Any:
    """Build the options dataclass from what was parsed; None where the command has no options."""
    if command.options is None:
        return None
    values = {}
    for field, _ in option_fields(command):
        value = getattr(arguments, field.name)
        values[field.name] = tuple(value) if isinstance(value, list) else value
    return resolve(command.options)(**values)


def option_fields(command: Command) -> list[tuple[dataclasses.Field[Any], Any]]:
    """Give the options of a command, each with its type."""
    if command.options is None:
        return []
    options = typing.cast(Any, resolve(command.options))
    types_by_name = typing.get_type_hints(options)
    return [(field, types_by_name[field.name]) for field in dataclasses.fields(options) if field.init]


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _add_argument(parser: ArgumentParser, field: dataclasses.Field[Any], field_type: Any) -> None:
    metadata, default = field.metadata, _default(field)
    required = default is dataclasses.MISSING
    name = metadata.get("name", field.name.replace("_", "-"))
    keywords: dict[str, Any] = {"help": metadata.get("help")}
    value_type, several = type_of_one(field_type)
    positional = metadata.get("positional", False)
    if value_type is bool:
        keywords |= {"action": argparse.BooleanOptionalAction if default is True else "store_true"}
    else:
        keywords |= {
            "type": _converter(value_type, metadata),
            "metavar": _metavar(name, value_type, metadata),
        }
        if several:
            keywords["nargs"] = "+" if required or not positional else "*"
            if metadata.get("one_each"):  # so that what follows the value may be a positional
                keywords["nargs"] = 1
        elif positional and not required:
            keywords["nargs"] = "?"
    if not required:
        keywords["default"] = default
    if positional:
        parser.add_argument(field.name, **keywords)
        return
    flags = [metadata["flag"]] if "flag" in metadata else []
    if several:
        keywords["action"] = "extend" if required else _Collect
    parser.add_argument(*flags, f"--{name}", dest=field.name, required=required, **keywords)


class _Collect(argparse.Action):
    """Several values that replace the default, over repeated uses of the option."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: Any, values: Any, option_string: str | None = None
    ) -> None:
        """Add `values` to those given before."""
        given = getattr(namespace, self.dest)
        given = [] if given is self.default else list(given)
        setattr(namespace, self.dest, given + list(values))


def type_of_one(field_type: Any) -> tuple[Any, bool]:
    """Give the type of one value and whether there may be several; `X | None` counts as X."""
    if isinstance(field_type, types.UnionType) or typing.get_origin(field_type) is typing.Union:
        (field_type,) = [part for part in typing.get_args(field_type) if part is not type(None)]
    if typing.get_origin(field_type) is tuple:
        return typing.get_args(field_type)[0], True
    return field_type, False


def _choices(value_type: Any, metadata: Any) -> tuple[Any, ...] | None:
    if isinstance(value_type, type) and issubclass(value_type, enum.Enum):
        return tuple(member.value for member in value_type)
    return metadata.get("choices")


def _metavar(name: str, value_type: Any, metadata: Any) -> str:
    if "metavar" in metadata:
        return str(metadata["metavar"])
    choices = _choices(value_type, metadata)
    if choices:
        return "{" + ",".join(str(choice) for choice in choices) + "}"
    return name.upper()


def _converter(value_type: Any, metadata: Any) -> Callable[[str], Any]:
    convert = metadata.get("parse", value_type)
    choices = _choices(value_type, metadata)
    kinds = {int: "a whole number", float: "a number"}

    def converted(text: str) -> Any:
        try:
            value = convert(text)
        except ValueError as error:
            allowed = (
                f"one of {', '.join(map(str, choices))}" if choices else kinds.get(value_type, str(error))
            )
            raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from error
        if choices and getattr(value, "value", value) not in choices:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(map(str, choices))}")
        return value

    return Path if value_type is Path and not choices else converted
