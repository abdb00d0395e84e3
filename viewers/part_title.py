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
    "b-value ": QT_TRANSLATE_NOOP("Message", "b-value {value} s/mm²"),
    "phase ": QT_TRANSLATE_NOOP("Message", "phase {value} %"),
    "respiratory phase ": QT_TRANSLATE_NOOP("Message", "respiratory phase {value} %"),
    "time offset ": QT_TRANSLATE_NOOP("Message", "time {value} s"),
    "TE ": QT_TRANSLATE_NOOP("Message", "TE {value} ms"),
    "TI ": QT_TRANSLATE_NOOP("Message", "TI {value} ms"),
    "flip angle ": QT_TRANSLATE_NOOP("Message", "flip angle {value}°"),
    "component ": QT_TRANSLATE_NOOP("Message", "component {value}"),
    "direction ": QT_TRANSLATE_NOOP("Message", "direction {value}"),
    "directionality ": QT_TRANSLATE_NOOP("Message", "directionality {value}"),
    "trigger time ": QT_TRANSLATE_NOOP("Message", "trigger time {value} ms"),
    "frame time ": QT_TRANSLATE_NOOP("Message", "frame time {value} ms"),
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
