import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.icons import icon, redraw_icons, set_icon
from app.themes import Theme, apply_theme, theme_colours
from app.translator import Language, LanguageSwitch, compiled_translation, translate_message
from app.window_session import WindowSession
from assets import asset_path
from core.message import message

ROLE = QPalette.ColorRole


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [value / 255 for value in QColor(colour).toTuple()[:3]]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", list(Theme))
def test_texts_can_be_read(theme: Theme) -> None:
    colours = theme_colours(theme)
    for text in ("text", "dim", "accent", "error", "warning"):
        for ground in ("window", "surface", "raised"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["on-selection"], colours["selection"]) >= 4.5
    assert contrast(colours["error"], colours["error-surface"]) >= 4.5
    assert contrast(colours["warning"], colours["warning-surface"]) >= 4.5


def test_the_dark_theme_is_dark_enough_for_a_reading_room() -> None:
    colours = theme_colours(Theme.DARK)
    assert max(luminance(colours[name]) for name in ("window", "surface", "raised")) < 0.02
    assert luminance(colours["text"]) < 0.75  # no glaring white


@pytest.mark.parametrize("theme", list(Theme))
def test_the_style_sheet_names_only_colours_and_files_that_there_are(
    theme: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    apply_theme(qapp, theme)
    sheet = window.styleSheet()
    assert "@" not in sheet
    for part in sheet.split('url("')[1:]:
        assert Path(part.partition('"')[0]).is_file()
    assert qapp.palette().color(ROLE.Window) == QColor(theme_colours(theme)["window"])


def test_icons_follow_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    seen = []
    for theme in Theme:
        apply_theme(qapp, theme)
        redraw_icons()
        if not seen:
            set_icon(button, "layout-1x1")
        image = button.icon().pixmap(48, 48).toImage()
        seen.append(max((image.pixelColor(x, 24) for x in range(48)), key=QColor.alpha).lightness())
    assert seen[0] > 150
    assert seen[1] < 100


def test_every_icon_can_be_drawn(qapp: QApplication) -> None:
    for path in asset_path("icons").glob("*.svg"):
        image = icon(path.stem).pixmap(24, 24).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), path.stem


def test_an_icon_that_is_not_there_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


TRANSLATION = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS><TS version="2.1" language="zh_CN">
<context><name>Message</name>
<message><source>{path} exists already.</source><translation>{path} 已存在。</translation></message></context>
</TS>"""


def test_a_translation_without_its_compiled_form_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    source = tmp_path / "assets" / "sense_zh_CN.ts"
    source.parent.mkdir()
    source.write_text(TRANSLATION, "utf-8")
    monkeypatch.setattr("app.translator.asset_path", lambda *parts: source)
    compiled = compiled_translation(Language.CHINESE, tmp_path / "cache")
    assert compiled is not None
    assert compiled.parent == tmp_path / "cache" / "translations"
    translator = QTranslator()
    assert translator.load(str(compiled))
    QCoreApplication.installTranslator(translator)
    try:
        assert translate_message(message("{path} exists already.", path="a")) == "a 已存在。"
    finally:
        QCoreApplication.removeTranslator(translator)


def test_qts_own_texts_change_with_the_language(tmp_path: Path, qapp: QApplication) -> None:
    languages = LanguageSwitch(tmp_path)
    try:
        languages.switch(Language.CHINESE)
        assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
        languages.switch(Language.ENGLISH)
        assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
    finally:
        languages.remove()


def test_theme_and_language_are_chosen_in_the_menu(session: WindowSession) -> None:
    actions = session.window.actions_.actions
    assert actions["app.dark-theme"].isChecked()
    actions["app.light-theme"].trigger()
    assert session.application.palette().color(ROLE.Window) == QColor(theme_colours(Theme.LIGHT)["window"])
    assert (actions["app.dark-theme"].isChecked(), actions["app.light-theme"].isChecked()) == (False, True)
    actions["app.dark-theme"].trigger()
    assert actions["app.english"].isChecked()
    actions["app.chinese"].trigger()
    assert session.library.settings.get("ui.language", "") == "zh_CN"
    assert actions["app.chinese"].isChecked()
    actions["app.english"].trigger()


def test_every_text_of_the_window_comes_back_after_a_change_of_language(session: WindowSession) -> None:
    window = session.window

    def texts() -> list[str]:
        return [
            widget.text()
            for kind in (QLabel, QPushButton, QToolButton)
            for widget in window.findChildren(kind)
        ]

    before = texts()
    window.run_command("app.chinese")
    window.run_command("app.english")
    assert texts() == before


def test_programs_of_the_wheel_are_there() -> None:
    import PySide6

    program = Path(PySide6.__file__).parent / "lrelease"
    assert subprocess.run([str(program), "-version"], capture_output=True, check=False).returncode == 0
