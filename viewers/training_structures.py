"""Which structures are learnt: what `--labels` says, against what the data have."""

from collections.abc import Mapping, Sequence

from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message
from models.training.preparation import Structure


def choose_structures(
    wanted: str | None, values: Sequence[int], names: Mapping[int, str]
) -> tuple[Structure, ...]:
    """Read a list such as `liver,hips=77+78,vertebrae=26-33`.

    An item is a name that the data give, a number, or NAME=NUMBERS, where numbers joined by "+" or "-" (a
    range) become one structure. Names that the data do not give are those of the values in ascending order,
    where there are as many. Without a list everything is learnt.

    Parameters
    ----------
    values : sequence of int
        The values above 0 that the data have.
    names : mapping of int to str
        The names that the data give.

    Raises
    ------
    UsageError
        When an item means nothing.
    """
    if not wanted:
        return tuple(Structure(names.get(value, f"label {value}"), (value,)) for value in values)
    items = [item.strip() for item in wanted.split(",") if item.strip()]
    known = {name.casefold(): number for number, name in names.items()}
    free = [item for item in items if "=" not in item and not item.isdigit() and item.casefold() not in known]
    if free and len(free) == len(items) == len(values):
        return tuple(Structure(name, (value,)) for name, value in zip(items, values, strict=True))
    return tuple(_structure(item, values, names, known) for item in items)


def _structure(
    item: str, values: Sequence[int], names: Mapping[int, str], known: Mapping[str, int]
) -> Structure:
    name, equals, numbers = item.partition("=")
    if equals:
        return Structure(name.strip(), _numbers(item, numbers))
    if item.isdigit():
        return Structure(names.get(int(item), f"label {item}"), (int(item),))
    number = known.get(item.casefold())
    if number is None:
        text = QT_TRANSLATE_NOOP("Message", "The data have no label that is called {name}.")
        told = [names.get(value, str(value)) for value in values]
        hint = QT_TRANSLATE_NOOP("Message", "They have {names}; give a name to a number by NAME=NUMBER.")
        raise UsageError(message(text, name=item), message(hint, names=", ".join(told[:30])))
    return Structure(names[number], (number,))


def _numbers(item: str, numbers: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in numbers.split("+"):
        first, dash, last = part.strip().partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            text = QT_TRANSLATE_NOOP("Message", "{item} is no NAME=NUMBERS.")
            raise UsageError(message(text, item=item))
        found.extend(range(int(first), int(last or first) + 1))
    if not found:
        text = QT_TRANSLATE_NOOP("Message", "{item} is no NAME=NUMBERS.")
        raise UsageError(message(text, item=item))
    return tuple(found)
