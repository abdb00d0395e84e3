"""Titles that tell the objects of a list apart."""

from collections import Counter
from collections.abc import Sequence


def told_apart(titles: Sequence[str]) -> list[str]:
    """Give the titles with a number after those that occur several times."""
    several = {title for title, count in Counter(titles).items() if count > 1}
    numbers: Counter[str] = Counter()
    told: list[str] = []
    for title in titles:
        numbers[title] += 1
        told.append(f"{title} {numbers[title]}" if title in several else title)
    return told
