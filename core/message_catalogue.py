"""Messages in another language without the window, for pages that are written to disk."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from core.message import Message, Value


class MessageCatalogue:
    """The texts of one translation file.

    Parameters
    ----------
    texts : mapping
        From the text in the source to the translated one.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, text: Message) -> str:
        """Give a message in the catalogue's language, in English where it is not translated."""
        values: dict[str, Value] = {
            name: self(value) if isinstance(value, Message) else value for name, value in text.values.items()
        }
        return self._texts.get(text.text, text.text).format(**values)


ENGLISH = MessageCatalogue({})


@lru_cache(4)
def read_catalogue(path: Path, context: str = "Message") -> MessageCatalogue:
    """Read the finished texts of one context of a Qt Linguist file (`.ts`)."""
    texts: dict[str, str] = {}
    for group in ElementTree.parse(path).getroot().iter("context"):
        if group.findtext("name") != context:
            continue
        for entry in group.iter("message"):
            translation = entry.find("translation")
            if translation is not None and translation.text and translation.get("type") is None:
                texts[entry.findtext("source", "")] = translation.text
    return MessageCatalogue(texts)
