"""The keys of the 3D view."""

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
FACES: dict[int, str] = {
    _Key.Key_A: "A",
    _Key.Key_P: "P",
    _Key.Key_L: "L",
    _Key.Key_R: "R",
    _Key.Key_S: "S",
    _Key.Key_I: "I",
}
# On the number pad as the sides lie around the patient: 8 head, 2 feet, 4 right (on the left of the screen).
PAD_FACES: dict[int, str] = {
    _Key.Key_8: "S",
    _Key.Key_2: "I",
    _Key.Key_4: "R",
    _Key.Key_6: "L",
    _Key.Key_5: "A",
    _Key.Key_0: "P",
}
RESET = _Key.Key_Home
NEXT_CROP_FACE = _Key.Key_C
CROP_STEPS: dict[int, int] = {_Key.Key_BracketLeft: -1, _Key.Key_BracketRight: 1}


def face_of(event: QKeyEvent) -> str | None:
    """Give the side of the patient that a key asks for."""
    if event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        return PAD_FACES.get(event.key())
    return None if event.modifiers() else FACES.get(event.key())


def is_view_key(event: QKeyEvent, *, cropping: bool) -> bool:
    """Tell whether the 3D view answers this key itself, before the shortcuts of the window."""
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return False
    if event.key() in CROP_STEPS or event.key() == NEXT_CROP_FACE:
        return cropping
    return event.key() in {*TURNS, *ZOOMS, RESET} or face_of(event) is not None
