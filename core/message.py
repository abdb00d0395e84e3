"""Sentences for the user that can be translated after they were made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Value: TypeAlias = "str | int | float | Message"


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:
    """Mark `text` for Qt's lupdate, which finds this call by name; the text itself is returned unchanged."""
    return text


@dataclass(frozen=True)
class Message:
    """An English template with its values, so that the window can show it in the user's language.

    Parameters
    ----------
    text : str
        Template in `str.format` syntax, marked with `QT_TRANSLATE_NOOP("Message", ...)` where it is written.
    values : mapping of str to (str, int, float or Message)
        What fills the template; a message within a message is translated as well. Never patient data.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])

    def __str__(self) -> str:
        """Give the English sentence."""
        return self.text.format(**self.values)

    def to_json(self) -> dict[str, Any]:
        """Give a form that `from_json` reads back."""
        values = {
            name: value.to_json() if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return {"text": self.text, "values": values}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Message":
        """Read what `to_json` gave."""
        values = {
            name: Message.from_json(value) if isinstance(value, dict) else value
            for name, value in data.get("values", {}).items()
        }
        return Message(str(data["text"]), values)


def message(text: str, **values: Value) -> Message:
    """Make a `Message`: `message(QT_TRANSLATE_NOOP("Message", "{count} files"), count=3)`."""
    return Message(text, values)
