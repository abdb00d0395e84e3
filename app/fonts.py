"""Fonts that have the glyphs of a language."""

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from app.translator import Language

# Chinese and Japanese share code points but write many of them differently. Left alone, Qt may take glyphs
# from a Japanese font; the first of these that is installed has the mainland's.
_SIMPLIFIED_CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei UI",
    "WenQuanYi Micro Hei",
)


def font_families(language: Language) -> list[str]:
    """Name the families in the order in which glyphs are looked for: the language's, then the system's."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).families()
    if language is not Language.CHINESE:
        return system
    return [*(family for family in _SIMPLIFIED_CHINESE if QFontDatabase.hasFamily(family)), *system]


def apply_font(application: QApplication, language: Language) -> None:
    """Write everything with the system's font, or with one made for the language."""
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    font.setFamilies(font_families(language))
    application.setFont(font)
