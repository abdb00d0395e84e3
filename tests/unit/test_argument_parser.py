from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from app.argument_parser import command_parser, options_of
from core.command import Command
from core.errors import UsageError


class Mode(StrEnum):
    MEAN = "mean"
    MAXIMUM = "max"


def size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not cross:
        raise ValueError("a size such as 640x480")
    return int(width), int(height)


@dataclass(frozen=True)
class Options:
    paths: tuple[Path, ...] = field(metadata={"positional": True, "help": "files"})
    output: Path = field(metadata={"flag": "-o"})
    slab_mm: float = 0.0
    mode: Mode = Mode.MEAN
    copy: bool = False
    smooth: bool = True
    names: tuple[str, ...] = ("all",)
    seed: int | None = None
    start: str = field(default="", metadata={"name": "from"})
    picture: Any = field(default=(1, 1), metadata={"parse": size})


COMMAND = Command("a", "A", "x:y", options=f"{__name__}:Options", subcommand="a")


def parse(*words: str) -> Options:
    options: Options = options_of(COMMAND, command_parser(COMMAND).parse_intermixed_args(words))
    return options


def test_the_defaults_are_those_of_the_dataclass() -> None:
    assert parse("f", "-o", "out") == Options((Path("f"),), Path("out"))


def test_every_kind_of_field_is_parsed() -> None:
    words = "f g --output out --slab-mm 2.5 --mode max --copy --no-smooth --names a b --names c --seed 7"
    assert parse(*words.split(), "--from", "x", "--picture", "3x4") == Options(
        (Path("f"), Path("g")),
        Path("out"),
        2.5,
        Mode.MAXIMUM,
        copy=True,
        smooth=False,
        names=("a", "b", "c"),
        seed=7,
        start="x",
        picture=(3, 4),
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("f", "--output"),
        ("f -o x --mode median", "'median' is not one of mean, max"),
        ("f -o x --seed 1.5", "'1.5' is not a whole number"),
        ("f -o x --slab-mm wide", "'wide' is not a number"),
        ("f -o x --picture big", "'big' is not a size such as 640x480"),
        ("f -o x --unknown", "--unknown"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_in_one_sentence(words: str, reason: str) -> None:
    with pytest.raises(UsageError, match="sense a --help") as caught:
        parse(*words.split())
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
