"""How English words are pronounced, told by the program espeak-ng, in the letters that the voices take.

espeak-ng is under the GPL and therefore never a part of this program: it is run as a program of its own.
"""

import re
import shutil
import subprocess

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message

_PROGRAM = "espeak-ng"
_SECONDS = 30.0
_SIGNS = re.compile(r"([.,!?;:]+)(?:\s+|$)")

# From what espeak-ng writes to the letters of Kokoro's voices, as misaki (hexgrad, Apache-2.0) has them:
# diphthongs and affricates are one letter, and sounds that English lacks become the nearest. The longest
# come first.
_LETTERS = {
    **{"ʔˌn\u0329": "tᵊn", "ʔn\u0329": "tᵊn", "ɜːɹ": "ɜɹ", "a^ɪ": "I", "a^ʊ": "W", "d^ʒ": "ʤ", "e^ɪ": "A"},
    **{"t^ʃ": "ʧ", "ɔ^ɪ": "Y", "ə^l": "ᵊl", "o^ʊ": "O", "ʔn": "tᵊn", "ʲo": "jo", "ʲə": "jə", "ɚɹ": "əɹ"},
    **{"ɜː": "ɜɹ", "ɪə": "iə", "e": "A", "ʔ": "t", "ʲ": "", "ɚ": "əɹ", "r": "ɹ", "x": "k", "ç": "k"},
    **{"ɐ": "ə", "ɬ": "l", "\u0303": "", "ː": "", "ɾ": "T", "^": ""},
}


def phonemes(text: str) -> str:
    """Give the phonemes of an English text, with its punctuation.

    Raises
    ------
    SenseError
        When espeak-ng is not installed or fails.
    """
    pieces = _SIGNS.split(" ".join(text.split()))
    lines = _pronounced([piece.strip() for piece in pieces[::2]])
    joined = ""
    for place, line in enumerate(lines):
        signs = pieces[2 * place + 1] + " " if 2 * place + 1 < len(pieces) else ""
        joined += line + signs
    return joined.strip()


def _pronounced(pieces: list[str]) -> list[str]:
    """Ask espeak-ng for each piece."""
    program = shutil.which(_PROGRAM)
    if program is None:
        text = QT_TRANSLATE_NOOP(
            "Message", "The program {name}, which knows how words sound, is not installed."
        )
        hint = QT_TRANSLATE_NOOP("Message", "Install it from your system's packages or its web site.")
        raise SenseError(message(text, name=_PROGRAM), message(hint))
    words = [program, "-q", "--ipa", "--tie=^", "-v", "en-us", "--stdin"]
    lines: list[str] = []
    for piece in pieces:
        if not piece:
            lines.append("")
            continue
        try:
            done = subprocess.run(
                words, input=piece.encode(), capture_output=True, timeout=_SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            text = QT_TRANSLATE_NOOP("Message", "The program {name} failed.")
            raise SenseError(message(text, name=_PROGRAM)) from error
        lines.append(_in_letters(" ".join(done.stdout.decode("utf-8", "replace").split())))
    return lines


def _in_letters(ipa: str) -> str:
    for written, letters in _LETTERS.items():
        ipa = ipa.replace(written, letters)
    return ipa
