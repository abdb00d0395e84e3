"""What a patient's name is found by: without case and accents, and Chinese names also by their pinyin."""

import unicodedata
from functools import lru_cache


def folded(text: str) -> str:
    """Give `text` without case, accents and width (Unicode NFKD, UAX #15)."""
    # Ligatures and letters that carry a stroke do not decompose.
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


@lru_cache(maxsize=4096)
def name_search(name: str) -> str:
    """Give the text in which words of a search are looked for.

    `"Müller, Jürgen"` gives "muller, jurgen". A name with Chinese characters adds its pinyin (in syllables,
    joined, and its initials), so that "王小东" is found by "wang xiao", "wangxiaodong" and "wxd".
    """
    plain = folded(name)
    if not any(map(_is_hanzi, name)):
        return plain
    found = [plain]
    for syllables in _readings(name):
        found += [" ".join(syllables), "".join(syllables), "".join(syllable[0] for syllable in syllables)]
    return " ".join(dict.fromkeys(found))


def _readings(name: str) -> list[list[str]]:
    """Give the syllables of a name, with every reading of its first character (单: dan, chan, shan)."""
    from pypinyin import Style, pinyin

    hanzi = "".join(letter for letter in name if _is_hanzi(letter))
    first = pinyin(hanzi[0], style=Style.NORMAL, heteronym=True)[0]
    rest = [found[0] for found in pinyin(hanzi, style=Style.NORMAL)][1:]
    readings = [[reading, *rest] for reading in first]
    # A u with umlaut is typed as v, or as a plain u.
    plain = [[syllable.replace("v", "u") for syllable in reading] for reading in readings]
    return readings + [reading for reading in plain if reading not in readings]


def _is_hanzi(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"
