"""The language of the window: Qt's translation files, switchable while the program runs."""

import logging
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from assets import asset_path
from core.message import QT_TRANSLATE_NOOP, Message

_log = logging.getLogger(__name__)

# What Qt's own translation leaves in English or says oddly; the program's translation is asked first.
TEXTS_OF_QT = (
    QT_TRANSLATE_NOOP("QFileDialog", "&Look in:"),
    QT_TRANSLATE_NOOP("QFileDialog", "Files of &type:"),
    QT_TRANSLATE_NOOP("QFileSystemModel", "Size"),
    QT_TRANSLATE_NOOP("QKeySequenceEdit", "Press shortcut"),
)


class Language(StrEnum):
    """The languages, by the name that the settings store."""

    ENGLISH = "en"
    CHINESE = "zh_CN"

    @property
    def own_name(self) -> str:
        """The language's name in itself."""
        return {Language.ENGLISH: "English", Language.CHINESE: "简体中文"}[self]


def system_language() -> Language:
    """Give the language nearest to what the system asks for."""
    chinese = QLocale.system().language() == QLocale.Language.Chinese
    return Language.CHINESE if chinese else Language.ENGLISH


def translate_message(text: Message) -> str:
    """Give a message in the language of the window, with its values filled in."""
    values = {
        name: translate_message(value) if isinstance(value, Message) else value
        for name, value in text.values.items()
    }
    return QCoreApplication.translate("Message", text.text).format(**values)


def translate_title(title: str) -> str:
    """Give the title of a command, workspace or submenu in the language of the window."""
    return QCoreApplication.translate("Command", title)


class LanguageSwitch:
    """Installs the translators of one language at a time; widgets are told by a LanguageChange event.

    Parameters
    ----------
    cache_folder : Path
        Where a translation is compiled to when the source tree has only its `.ts` file.
    """

    def __init__(self, cache_folder: Path) -> None:
        self._cache_folder = cache_folder
        self._installed: list[QTranslator] = []

    def switch(self, language: Language) -> None:
        """Show every text in `language` from now on."""
        self.remove()
        QLocale.setDefault(QLocale(language.value))
        if language is not Language.ENGLISH:
            qt_folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
            self._install(qt_folder / f"qtbase_{language}.qm")
            self._install(compiled_translation(language, self._cache_folder))

    def remove(self) -> None:
        """Show the texts as they are in the source."""
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed = []

    def _install(self, path: Path | None) -> None:
        translator = QTranslator()
        if path is not None and translator.load(str(path)):
            QCoreApplication.installTranslator(translator)
            self._installed.append(translator)
        else:
            _log.error("a translation could not be loaded: %s", path.name if path else "not compiled")


def compiled_translation(language: Language, cache_folder: Path) -> Path | None:
    """Give the `.qm` file of a language: the shipped one, or one compiled from the source tree's `.ts`."""
    source = asset_path("translations", f"sense_{language}.ts")
    shipped = source.with_suffix(".qm")
    if shipped.exists() and not (source.exists() and source.stat().st_mtime > shipped.stat().st_mtime):
        return shipped
    if not source.exists():
        return None
    compiled = cache_folder / "translations" / f"{source.stem}-{source.stat().st_mtime_ns}.qm"
    if not compiled.exists():
        compiled.parent.mkdir(parents=True, exist_ok=True)
        _compile(source, compiled)
    return compiled if compiled.exists() else None


def _compile(source: Path, compiled: Path) -> None:
    import PySide6

    program = Path(PySide6.__file__).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
    command = [str(program), "-silent", str(source), "-qm", str(compiled)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        _log.exception("the translation could not be compiled")
