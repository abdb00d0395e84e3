"""Splits text into the word pieces that BERT's networks take (Devlin et al. 2018, uncased)."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONGEST_WORD = 100
# Blocks of CJK ideographs; each of their letters is a word.
_IDEOGRAPHS = (
    *((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F)),
    *((0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)),
)


class WordPieces:
    """Turns sentences into numbers.

    Parameters
    ----------
    vocabulary : str
        One piece a line; its number is the line's.
    longest : int
        Numbers of a sentence, with those for its begin and end; the rest is cut off.
    """

    def __init__(self, vocabulary: str, longest: int = 256) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary.split("\n")) if piece}
        self._longest = longest
        self._pieces_of = lru_cache(maxsize=10000)(self._split)

    def numbers(self, text: str) -> list[int]:
        """Give the numbers of one sentence, between `[CLS]` and `[SEP]`."""
        pieces = (piece for word in words(text) for piece in self._pieces_of(word))
        inside: list[int] = []
        for piece in pieces:
            if len(inside) == self._longest - 2:
                break
            inside.append(piece)
        return [self._numbers["[CLS]"], *inside, self._numbers["[SEP]"]]

    def batch(self, texts: Sequence[str]) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
        """Give numbers and mask of several sentences, (sentences, words), filled up with zeros."""
        import numpy as np

        rows = [self.numbers(text) for text in texts]
        ids = np.zeros((len(rows), max(map(len, rows), default=0)), np.int64)
        mask = np.zeros_like(ids)
        for row, numbers in enumerate(rows):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        return ids, mask

    def _split(self, word: str) -> tuple[int, ...]:
        """Take the longest piece that the word begins with, then that of the rest."""
        unknown = (self._numbers["[UNK]"],)
        if len(word) > _LONGEST_WORD:
            return unknown
        found: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                number = self._numbers.get(("##" if start else "") + word[start:end])
                if number is not None:
                    break
            else:
                return unknown
            found.append(number)
            start = end
        return tuple(found)


def words(text: str) -> Iterator[str]:
    """Give the words in lower case without accents; punctuation and ideographs are words of their own."""
    word: list[str] = []
    for letter in unicodedata.normalize("NFD", _cleaned(text).lower()):
        if unicodedata.category(letter) == "Mn":
            continue
        alone = _is_punctuation(letter) or _is_ideograph(letter)
        if (alone or letter.isspace()) and word:
            yield "".join(word)
            word = []
        if alone:
            yield letter
        elif not letter.isspace():
            word.append(letter)
    if word:
        yield "".join(word)


def _cleaned(text: str) -> str:
    """Leave out control characters; every kind of white space is a space."""
    kept: list[str] = []
    for letter in text:
        if letter in "\t\n\r" or unicodedata.category(letter) == "Zs":
            kept.append(" ")
        elif ord(letter) not in (0, 0xFFFD) and not unicodedata.category(letter).startswith("C"):
            kept.append(letter)
    return "".join(kept)


def _is_punctuation(letter: str) -> bool:
    """Tell whether it is punctuation; all of ASCII's that is neither letter nor digit is."""
    code = ord(letter)
    if 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126:
        return True
    return unicodedata.category(letter).startswith("P")


def _is_ideograph(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _IDEOGRAPHS)
