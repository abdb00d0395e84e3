"""Sentences for the user that can be translated after they were made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
    values : mapping of str to (str, int or float)
        What fills the template. Never patient data.
    """

    text: str
    values: Mapping[str, str | int | float] = field(default_factory=dict[str, str | int | float])

    def __str__(self) -> str:
        """Give the English sentence."""
        return self.text.format(**self.values)

    def to_json(self) -> dict[str, Any]:
        """Give a form that `from_json` reads back."""
        return {"text": self.text, "values": dict(self.values)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Message":
        """Read what `to_json` gave."""
        return Message(str(data["text"]), dict(data.get("values", {})))


def message(text: str, **values: str | int | float) -> Message:
    """Make a `Message`: `message(QT_TRANSLATE_NOOP("Message", "{count} files"), count=3)`."""
    return Message(text, values)
