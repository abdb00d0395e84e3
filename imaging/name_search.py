"""What a patient's name is found and sorted by: its plain letters, and the pinyin of a Chinese name."""

import re
import unicodedata
from functools import cache, lru_cache


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


# Surnames that are read otherwise than the character usually is (现代汉语词典).
_SURNAMES = {
    "万俟": "mo4 qi2", "尉迟": "yu4 chi2", "单于": "chan2 yu2", "长孙": "zhang3 sun1", "澹台": "tan2 tai2",
    "曾": "zeng1", "单": "shan4", "仇": "qiu2", "解": "xie4", "查": "zha1", "任": "ren2", "朴": "piao2",
    "盖": "ge3", "区": "ou1", "翟": "zhai2", "覃": "qin2", "乐": "yue4", "缪": "miao4", "折": "she2",
    "种": "chong2", "召": "shao4", "繁": "po2", "秘": "bi4", "黑": "he4", "华": "hua4", "纪": "ji3",
    "宁": "ning4", "洗": "xian3", "冼": "xian3", "员": "yun4", "尹": "yin3", "祭": "zhai4", "逄": "pang2",
    "长": "chang2", "重": "chong2", "曲": "qu1", "盛": "sheng4", "晟": "cheng2", "应": "ying1", "柏": "bai3",
}  # fmt: skip
_LONGEST_SURNAME = 2
_HANZI = "\u3400-\u9fff"


def name_order(name: str) -> str:
    """Give what names are compared by: Latin letters as if by `folded`, Chinese characters by their pinyin.

    A dictionary's order of Chinese names, character by character with its tone ("李" before "连"), in which
    Latin names find their place too. A character without a reading comes after all letters.
    """
    found: list[str] = []
    rest = name.strip()
    for length in range(_LONGEST_SURNAME, 0, -1):
        if rest[:length] in _SURNAMES:
            found.append(_SURNAMES[rest[:length]])
            rest = rest[length:]
            break
    for letters in re.findall(rf"[{_HANZI}]|[^{_HANZI}\s]+", rest):
        found.append(_reading(letters) if _is_hanzi(letters[0]) else folded(letters))
    # A u with umlaut comes directly after a plain one: lu, lü, luan.
    return " ".join(found)


@cache
def _reading(hanzi: str) -> str:
    from pypinyin import Style, pinyin

    # A u with umlaut, written v, comes directly after a plain one: lu, lü, luan.
    reading = pinyin(hanzi, style=Style.TONE3, neutral_tone_with_five=True)[0][0]
    return reading.replace("v", "u:") if reading != hanzi else hanzi


def _is_hanzi(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"
