"""What sets a part of a series apart from the others, in the user's language."""

from collections.abc import Callable

from core.message import QT_TRANSLATE_NOOP, Message, message

# By the first words of the labels that `imaging.grouping` gives; as they are, labels name parts in commands.
_TEMPLATES = {
    "orientation ": QT_TRANSLATE_NOOP("Message", "orientation {value}"),
    "without position": QT_TRANSLATE_NOOP("Message", "without position"),
    "size ": QT_TRANSLATE_NOOP("Message", "size {value}"),
    "spacing ": QT_TRANSLATE_NOOP("Message", "spacing {value}"),
    "spacing unknown": QT_TRANSLATE_NOOP("Message", "spacing unknown"),
    "colour": QT_TRANSLATE_NOOP("Message", "colour"),
    "grey": QT_TRANSLATE_NOOP("Message", "grey"),
    "volume ": QT_TRANSLATE_NOOP("Message", "volume {value}"),
    "echo ": QT_TRANSLATE_NOOP("Message", "echo {value}"),
    "time ": QT_TRANSLATE_NOOP("Message", "time {value}"),
    "b-value ": QT_TRANSLATE_NOOP("Message", "b-value {value}"),
    "phase ": QT_TRANSLATE_NOOP("Message", "phase {value}"),
    "trigger time ": QT_TRANSLATE_NOOP("Message", "trigger time {value}"),
    "frame time ": QT_TRANSLATE_NOOP("Message", "frame time {value}"),
    "type ": QT_TRANSLATE_NOOP("Message", "type {value}"),
    "kernel ": QT_TRANSLATE_NOOP("Message", "kernel {value}"),
    "stack ": QT_TRANSLATE_NOOP("Message", "stack {value}"),
    "dose ": QT_TRANSLATE_NOOP("Message", "dose {value}"),
    "frame of reference ": QT_TRANSLATE_NOOP("Message", "frame of reference {value}"),
    "acquisition ": QT_TRANSLATE_NOOP("Message", "acquisition {value}"),
    "acquisition time ": QT_TRANSLATE_NOOP("Message", "acquisition time {value}"),
}


def part_title(part: str, translate: Callable[[Message], str]) -> str:
    """Give the label of a part in the user's language; "" where the series has one part only."""
    return ", ".join(translate(_title(word)) for word in part.split(", ")) if part else ""


def _title(label: str) -> Message:
    start = max((start for start in _TEMPLATES if label.startswith(start)), key=len, default="")
    return message(_TEMPLATES.get(start, "{value}"), value=label[len(start) :] if start else label)
