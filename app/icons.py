"""Icons of our own, drawn in the colours of the theme, and drawn again when it changes."""

import weakref
from functools import cache
from typing import Protocol

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from assets import asset_path

# A QIconEngine in Python would follow the palette by itself, but crashes when Qt clones it (PySide 6.11).
_SIZES = (24, 48, 96)


class HasIcon(Protocol):
    """An action, a button, a list item."""

    def setIcon(self, icon: QIcon) -> None:
        """Show `icon`."""


@cache
def _drawing(name: str) -> str:
    return asset_path("icons", f"{name}.svg").read_text("utf-8")


def picture(name: str, colour: QColor, side: int) -> QPixmap:
    """Draw one icon in one colour, `side` device pixels wide and high."""
    return QPixmap.fromImage(_images(name, colour.name(), (side,))[0])


@cache
def _images(name: str, colour: str, sides: tuple[int, ...]) -> tuple[QImage, ...]:
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    return tuple(_drawn(renderer, side) for side in sides)


def _drawn(renderer: QSvgRenderer, side: int) -> QImage:
    # Nothing may raise while the painter is at work: Qt crashes on a picture that goes before its painter.
    drawn = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer.render(painter)
    painter.end()
    return drawn


@cache
def _icon_in(name: str, normal: str, disabled: str, on: str) -> QIcon:
    made = QIcon()
    for colour, mode, state in (
        (normal, QIcon.Mode.Normal, QIcon.State.Off),
        (disabled, QIcon.Mode.Disabled, QIcon.State.Off),
        (on, QIcon.Mode.Normal, QIcon.State.On),
    ):
        for image in _images(name, colour, _SIZES):
            made.addPixmap(QPixmap.fromImage(image), mode, state)
    return made


def icon_colours() -> tuple[str, str, str]:
    """Give the colours of normal, disabled and checked icons in the theme of now."""
    palette = QGuiApplication.palette()
    colours = (
        palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText),
        palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText),
        palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Accent),
    )
    normal, disabled, on = (colour.name() for colour in colours)
    return normal, disabled, on


def draw_ahead(colours: tuple[str, str, str]) -> None:
    """Draw all icons in `colours`, so that a workspace full of them is made quickly; for any thread."""
    for file in sorted(asset_path("icons").glob("*.svg")):
        for colour in colours:
            _images(file.stem, colour, _SIZES)


def icon(name: str) -> QIcon:
    """Give `assets/icons/NAME.svg` in the colours of now; raises `FileNotFoundError` when there is none."""
    return _icon_in(name, *icon_colours())


_shown: dict[int, tuple["weakref.ref[HasIcon]", str]] = {}


def set_icon(target: HasIcon, name: str) -> None:
    """Show an icon on `target`, now and after every change of the theme."""
    target.setIcon(icon(name))
    key = id(target)
    _shown[key] = (weakref.ref(target, lambda _: _shown.pop(key, None)), name)


def redraw_icons() -> None:
    """Show all icons again in the colours of the new palette."""
    for reference, name in list(_shown.values()):
        target = reference()
        if target is not None:
            try:
                target.setIcon(icon(name))
            except RuntimeError:  # Qt has deleted the widget, Python has not yet
                _shown.pop(id(target), None)


def program_icon() -> QIcon:
    """Give the program's own mark, in its own colours."""
    mark = QIcon()
    renderer = QSvgRenderer(str(asset_path("icons", "sense.svg")))
    for side in (16, 24, 32, 48, 64, 128, 256):
        mark.addPixmap(QPixmap.fromImage(_drawn(renderer, side)))
    return mark
