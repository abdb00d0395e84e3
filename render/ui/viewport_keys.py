"""The keys of a viewport."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_Key = Qt.Key

TURNS: dict[int, tuple[float, float]] = {
    _Key.Key_Left: (-1, 0),
    _Key.Key_Right: (1, 0),
    _Key.Key_Up: (0, -1),
    _Key.Key_Down: (0, 1),
}
ZOOMS: dict[int, float] = {_Key.Key_Plus: 1.1, _Key.Key_Equal: 1.1, _Key.Key_Minus: 1 / 1.1}
SIDES: dict[int, str] = {
    _Key.Key_A: "A",
    _Key.Key_P: "P",
    _Key.Key_L: "L",
    _Key.Key_R: "R",
    _Key.Key_S: "S",
    _Key.Key_I: "I",
}
# On the number pad as the sides lie around the patient: 8 head, 2 feet, 4 right (on the left of the screen).
PAD_SIDES: dict[int, str] = {
    _Key.Key_8: "S",
    _Key.Key_2: "I",
    _Key.Key_4: "R",
    _Key.Key_6: "L",
    _Key.Key_5: "A",
    _Key.Key_0: "P",
}
HOME = _Key.Key_Home


def side_of(event: QKeyEvent) -> str | None:
    """Give the side of the patient that a key asks for."""
    if event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        return PAD_SIDES.get(event.key())
    return None if event.modifiers() else SIDES.get(event.key())


def turn_of(event: QKeyEvent) -> tuple[float, float] | None:
    """Give the degrees to the right and down by which an arrow key turns; fewer with Shift."""
    turn = TURNS.get(event.key())
    if turn is None:
        return None
    degrees = 1.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 5.0
    return turn[0] * degrees, turn[1] * degrees


def is_viewport_key(event: QKeyEvent) -> bool:
    """Tell whether a viewport answers this key itself, before the shortcuts of the window."""
    if is_command(event):
        return False
    return event.key() in {*TURNS, *ZOOMS, HOME} or side_of(event) is not None


def is_command(event: QKeyEvent) -> bool:
    """Tell whether a key belongs to the menus: it is held with Ctrl or Alt."""
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return bool(event.modifiers() & held)
