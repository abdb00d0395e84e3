"""Text in DICOM headers: character sets, broken ones too, and names for showing."""

import re
from collections.abc import Sequence

_ESCAPE = re.compile(r"\x1b\$?[()\-][A-Z0-9]|\x1b\$[A-Z]")
_PLAIN = {
    "": "ascii",
    "ISO_IR 6": "ascii",
    "ISO 2022 IR 6": "ascii",
    "ISO_IR 100": "latin-1",
    "ISO_IR 192": "utf-8",
    "GB18030": "gb18030",
    "GBK": "gbk",
}


def decode_text(value: bytes, character_sets: Sequence[str], *, person: bool = False) -> str:
    """Decode one text value (PS3.5 6.1, PS3.3 C.12.1.1.2), padding removed.

    Parameters
    ----------
    value : bytes
        As stored; backslashes are part of it.
    character_sets : sequence of str
        The values of SpecificCharacterSet.
    person : bool
        A person name: escape sequences reset at its delimiters too.

    Returns
    -------
    str
        Never fails: bytes that the declared sets do not explain are read as what they most likely are.
    """
    value = value.rstrip(b"\0 ")
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii").strip()
    plain = _PLAIN.get(character_sets[0] if character_sets else "") if len(character_sets) < 2 else None
    if plain is None:
        return _decode_extended(value, character_sets, person=person).strip()
    try:
        return value.decode(plain).strip()
    except UnicodeDecodeError:
        return _guess(value).strip()


def _guess(value: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            text = value.decode(codec)
        except UnicodeDecodeError:
            continue
        if codec == "utf-8" or _is_gb2312(value):
            return text
    return value.decode("latin-1")


def _is_gb2312(value: bytes) -> bool:
    # Undeclared GBK is told from Latin-1 by its bytes: hanzi come in pairs that are both above 0xA0.
    pairs = [part for part in _runs_above_ascii(value) if part]
    return bool(pairs) and all(
        len(run) % 2 == 0 and all(0xB0 <= lead <= 0xF7 for lead in run[::2]) for run in pairs
    )


def _runs_above_ascii(value: bytes) -> list[bytes]:
    return bytes(byte if byte > 0xA0 else 0x20 for byte in value).split(b" ")


def _decode_extended(value: bytes, character_sets: Sequence[str], *, person: bool) -> str:
    import warnings

    from pydicom import charset

    with warnings.catch_warnings():  # an unknown character set is not worth more than a guess
        warnings.simplefilter("ignore")
        encodings = charset.convert_encodings(list(character_sets))
        delimiters = {"^", "="} if person else {"\r", "\n", "\t", "\f", "\\"}
        try:
            text = charset.decode_bytes(value, encodings, {ord(mark) for mark in delimiters})  # type: ignore[arg-type]
        except (UnicodeError, LookupError):
            text = _guess(value)
    return _ESCAPE.sub("", text)  # Python's GB 2312 codec leaves them in the text


def person_name(text: str) -> str:
    """Give a PN value (PS3.5 6.2.1) as one shows it, the ideographic form where there is one.

    `"Doe^John^Q"` becomes "Doe, John Q", `"Wang^XiaoDong=王^小东"` becomes "王小东".
    """
    groups = text.split("\\")[0].split("=")
    ideographic = groups[1].strip("^ ") if len(groups) > 1 else ""
    chosen = ideographic or next((group for group in groups if group.strip("^ ")), "")
    family, *others = [component.strip() for component in chosen.split("^")]
    if chosen and _is_cjk(chosen.replace("^", "")):
        return "".join([family, *others])
    rest = " ".join(component for component in others[:2] if component)
    return ", ".join(part for part in (family, rest) if part)


def _is_cjk(text: str) -> bool:
    return all("\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in text)
