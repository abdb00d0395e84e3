"""Matching what was typed with a title, letters in order, gaps allowed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """How well a title matches, and which of its characters."""

    score: float
    positions: tuple[int, ...]


def fuzzy_match(typed: str, title: str) -> Match | None:
    """Find the letters of `typed` in `title` in order, ignoring case and spaces; None when one is missing.

    Starts of words and runs of letters count more; among equals the shorter title wins.
    """
    wanted = [letter for letter in typed.casefold() if not letter.isspace()]
    text = title.casefold()
    # A character that changes length when folded would shift all positions after it.
    text = text if len(text) == len(title) else title.lower()[: len(title)]
    if not wanted:
        return Match(0.0, ())
    starts = [index for index, letter in enumerate(text) if letter == wanted[0]]
    found = [_positions(wanted, text, start, to_words) for start in starts for to_words in (True, False)]
    return max((_scored(p, text) for p in found if p), key=lambda match: match.score, default=None)


def _positions(wanted: list[str], text: str, start: int, to_words: bool) -> tuple[int, ...] | None:
    """Follow the letters from `start`; `to_words` leaps to the start of a later word where there is one."""
    positions = [start]
    for letter in wanted[1:]:
        after = positions[-1] + 1
        place = text.find(letter, after)
        if to_words and place != after:
            words = (i for i in range(after, len(text)) if text[i] == letter and _starts_word(text, i))
            place = next(words, place)
        if place < 0:
            return None
        positions.append(place)
    return tuple(positions)


def _starts_word(text: str, index: int) -> bool:
    return index == 0 or not text[index - 1].isalnum()


def _scored(positions: tuple[int, ...], title: str) -> Match:
    score = 0.0
    for order, place in enumerate(positions):
        if _starts_word(title, place):
            score += 3.0
        if order and place == positions[order - 1] + 1:
            score += 2.0
    return Match(score - 0.01 * len(title) - 0.02 * positions[0], positions)
