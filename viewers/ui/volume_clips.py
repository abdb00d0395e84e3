"""Adding, moving, flipping and removing the clip planes of a 3D view, each an edit."""

from dataclasses import replace
from typing import TYPE_CHECKING

from core.message import QT_TRANSLATE_NOOP, Message, message
from render.clip_plane import ClipPlane, section_plane
from viewers import clip_planes
from viewers.ui.clip_overlay import ClipOverlay

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView

_MOST_PLANES = 6


class VolumeClips:
    """Changes the clip planes of a view's look.

    Parameters
    ----------
    view : VolumeView
        Whose look is changed.
    """

    def __init__(self, view: "VolumeView") -> None:
        self._view = view
        self.overlay = ClipOverlay(view)

    @property
    def planes(self) -> tuple[ClipPlane, ...]:
        """The planes of the look."""
        return () if self._view.scene is None else self._view.scene.look.clip_planes

    @property
    def can_add(self) -> bool:
        """Whether there may be one more."""
        return self._view.scene is not None and len(self.planes) < _MOST_PLANES

    def set_shown(self, shown: bool) -> None:
        """Show or hide the handles; what is cut stays cut."""
        self.overlay.shown = shown and self._view.scene is not None
        self._view.handles_changed()

    def add_facing(self) -> None:
        """Cut away the half that is nearest to the viewer."""
        if self._view.scene is not None and self._view.volume is not None:
            self._add(clip_planes.facing(self._view.scene.camera, self._view.volume))

    def add_section(self, section: str) -> None:
        """Cut along a section through the middle: "coronal", "sagittal" or "axial"."""
        if self._view.volume is not None:
            self._add(section_plane(section, self._view.volume))

    def flip(self) -> None:
        """Show what the chosen plane cuts away, and cut away what it shows."""
        number = self.overlay.chosen_plane()
        if number is not None:
            title = message(QT_TRANSLATE_NOOP("Message", "Flip clip plane"))
            self._change(number, clip_planes.flipped(self.planes[number]), title)

    def step(self, steps: int) -> None:
        """Move the chosen plane by fiftieths of the volume, towards what it shows."""
        number, volume = self.overlay.chosen_plane(), self._view.volume
        if number is not None and volume is not None:
            plane = self.planes[number]
            mm = steps * clip_planes.step_mm(plane, volume)
            self.put(number, clip_planes.moved(plane, mm, volume), f"clip-step-{number}")

    def put(self, number: int, plane: ClipPlane, stroke: str) -> None:
        """Move or turn a plane, as a part of a stroke."""
        title = message(QT_TRANSLATE_NOOP("Message", "Move clip plane"))
        self._change(number, plane, title, stroke)

    def remove(self) -> None:
        """Take the chosen plane away."""
        number = self.overlay.chosen_plane()
        if number is not None:
            planes = (*self.planes[:number], *self.planes[number + 1 :])
            self._set(planes, message(QT_TRANSLATE_NOOP("Message", "Remove clip plane")))

    def remove_all(self) -> None:
        """Take all planes away."""
        if self.planes:
            self._set((), message(QT_TRANSLATE_NOOP("Message", "Remove clip planes")))

    def _add(self, plane: ClipPlane) -> None:
        if not self.can_add:
            return
        self.overlay.chosen = len(self.planes)
        self._set((*self.planes, plane), message(QT_TRANSLATE_NOOP("Message", "Add clip plane")))
        self.set_shown(True)

    def _change(self, number: int, plane: ClipPlane, title: Message, stroke: str | None = None) -> None:
        planes = (*self.planes[:number], plane, *self.planes[number + 1 :])
        self._set(planes, title, stroke)

    def _set(self, planes: tuple[ClipPlane, ...], title: Message, stroke: str | None = None) -> None:
        if self._view.scene is not None:
            self._view.looks.set(replace(self._view.scene.look, clip_planes=planes), title, stroke)
