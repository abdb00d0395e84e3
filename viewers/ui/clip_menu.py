"""The menu of the clip planes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from viewers.ui.volume_clips import VolumeClips


def fill_clip_menu(menu: QMenu, clips: "VolumeClips") -> None:
    """Offer to add planes, and what can be done with those that are there."""
    translate = QCoreApplication.translate
    adds = (
        (translate("ClipMenu", "Cut open from here"), clips.add_facing),
        (translate("ClipMenu", "Cut coronally"), lambda: clips.add_section("coronal")),
        (translate("ClipMenu", "Cut sagittally"), lambda: clips.add_section("sagittal")),
        (translate("ClipMenu", "Cut axially"), lambda: clips.add_section("axial")),
    )
    for title, act in adds:
        menu.addAction(title, act).setEnabled(clips.can_add)
    menu.addSeparator()
    some = bool(clips.planes)
    shown = menu.addAction(translate("ClipMenu", "Handles"))
    shown.setCheckable(True)
    shown.setChecked(clips.overlay.shown)
    shown.triggered.connect(clips.set_shown)
    shown.setEnabled(some)
    for title, act in (
        (translate("ClipMenu", "Flip"), clips.flip),
        (translate("ClipMenu", "Remove"), clips.remove),
        (translate("ClipMenu", "Remove all"), clips.remove_all),
    ):
        menu.addAction(title, act).setEnabled(some)
