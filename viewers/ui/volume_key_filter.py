"""Gives the keys of the 3D view to the view before the shortcuts of the window see them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from viewers.ui import volume_keys

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView


class VolumeKeyFilter(QObject):
    """An event filter on the canvas of a view."""

    def __init__(self, view: "VolumeView") -> None:
        super().__init__(view)
        self._view = view

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and volume_keys.is_view_key(event, cropping=self._view.cropping):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._key(event)
                return True
        return False

    def _key(self, event: QKeyEvent) -> None:
        key, view = event.key(), self._view
        letter = volume_keys.face_of(event)
        if letter is not None:
            view.look_from(letter)
        elif key in volume_keys.TURNS:
            degrees = 1.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 5.0
            right, down = volume_keys.TURNS[key]
            view.orbit(right * degrees, down * degrees)
        elif key in volume_keys.ZOOMS:
            view.zoom(volume_keys.ZOOMS[key])
        elif key == volume_keys.RESET:
            view.reset_view()
        elif key == volume_keys.NEXT_CROP_FACE:
            view.canvas.select_crop_face(view.canvas.crop_face + 1)
        else:
            view.looks.move_crop_face(view.canvas.crop_face, volume_keys.CROP_STEPS[key])
