"""The dark theme for a reading room, and the light one: palette and style sheet from one table of colours."""

import json
import re
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from assets import asset_path

_GROUP, _ROLE = QPalette.ColorGroup, QPalette.ColorRole
_ROLES = {
    _ROLE.Window: "window",
    _ROLE.Base: "surface",
    _ROLE.AlternateBase: "raised",
    _ROLE.Button: "raised",
    _ROLE.ToolTipBase: "raised",
    _ROLE.Light: "hover",
    _ROLE.Midlight: "hover",
    _ROLE.Mid: "border",
    _ROLE.Dark: "border",
    _ROLE.Shadow: "shadow",
    _ROLE.WindowText: "text",
    _ROLE.Text: "text",
    _ROLE.ButtonText: "text",
    _ROLE.ToolTipText: "text",
    _ROLE.PlaceholderText: "dim",
    _ROLE.BrightText: "error",
    _ROLE.Link: "accent",
    _ROLE.Accent: "accent",
    _ROLE.Highlight: "selection",
    _ROLE.HighlightedText: "on-selection",
}


_WINDOWS = (Qt.WindowType.Window, Qt.WindowType.Dialog)


class Theme(StrEnum):
    """The themes, by the name that the settings store."""

    DARK = "dark"
    LIGHT = "light"


def theme_colours(theme: Theme) -> dict[str, str]:
    """Give the theme's colours as `#rrggbb` by what they are for."""
    colours: dict[str, str] = json.loads(asset_path("themes", f"{theme}.json").read_text("utf-8"))
    return colours


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Give the whole program the colours of `theme`, but for its icons.

    Windows that are made later need `style_window`.
    """
    application.setPalette(_palette(theme_colours(theme)))
    for window in application.topLevelWidgets():
        if window.parentWidget() is None and window.windowType() in _WINDOWS:
            style_window(window, theme)


def style_window(window: QWidget, theme: Theme) -> None:
    """Style a window without a parent, and whatever is in it or over it.

    Of a style sheet of the application Qt would work out the rules of each widget again for every widget
    around it: seven times in all, for longer than the window may be silent.
    """
    places = {"theme": theme.value, "folder": asset_path("themes").as_posix()}
    window.setStyleSheet(_style_sheet(theme_colours(theme) | places))


def _palette(colours: dict[str, str]) -> QPalette:
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(colours[name]))
    for role in (_ROLE.WindowText, _ROLE.Text, _ROLE.ButtonText):
        palette.setColor(_GROUP.Disabled, role, QColor(colours["disabled"]))
    return palette


def _style_sheet(names: dict[str, str]) -> str:
    template = asset_path("themes", "style.qss").read_text("utf-8")
    return re.sub(r"@([a-z-]+)", lambda match: names[match[1]], template)
