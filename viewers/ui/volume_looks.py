"""How the volume of a 3D view looks: presets, modes, light and crop box, each change an edit."""

from dataclasses import replace
from typing import TYPE_CHECKING

from core.history import Edit, History
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.settings import Settings
from core.volume import Volume
from render.fitted_range import shown_range
from render.look_options import in_mode
from render.volume_look import VolumeLook, VolumeMode
from viewers.crop_box import CropBox
from viewers.volume_presets import first_preset, preset_look
from viewers.volume_scene import Fusion, VolumeScene
from viewers.volume_sequence import same_grid

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView

_EDIT_BYTES = 4096


class VolumeLooks:
    """Changes the look of a view; every change can be undone while the view shows the same volume.

    Parameters
    ----------
    view : VolumeView
        Whose scene is changed.
    settings : Settings
        Hold the user's presets.
    history : History
        Takes the edits.
    """

    def __init__(self, view: "VolumeView", settings: Settings, history: History) -> None:
        self._view = view
        self._settings = settings
        self._history = history
        self._range = (0.0, 1.0)
        self._untouched: VolumeLook | None = None
        self._open = [True]
        is_open = self._open
        view.destroyed.connect(lambda: is_open.clear())

    # What a volume begins with

    def first(self, volume: Volume) -> tuple[VolumeLook, str]:
        """Give the look and the preset that a volume is first shown with."""
        modality = self._modality()
        self._range = shown_range(volume, modality)
        preset = first_preset(modality, self._range)
        look = preset_look(preset, self._range, self._settings)
        assert look is not None
        self._untouched = look
        return look, preset

    @property
    def untouched(self) -> bool:
        """Whether the volume is seen as it was first shown, but for the camera."""
        scene = self._view.scene
        if scene is None or scene.look is not self._untouched:
            return False
        return scene == VolumeScene(scene.camera, scene.look, scene.preset)

    def fit_to_filled(self) -> None:
        """Follow the values of a series that loads, until the user has changed the look."""
        scene, volume = self._view.scene, self._view.volume
        if scene is None or volume is None:
            return
        if scene.look is self._untouched:
            look, preset = self.first(volume)
            self._view.set_scene(replace(scene, look=look, preset=preset))
        else:
            self._range = shown_range(volume, self._modality())

    # Presets and modes

    def set_preset(self, preset: str) -> None:
        """Take the look of a preset; what cuts the volume stays."""
        scene = self._view.scene
        look = preset_look(preset, self._range, self._settings)
        if scene is not None and look is not None:
            cut = replace(look, crop=scene.look.crop, clip_planes=scene.look.clip_planes)
            self._edit(
                replace(scene, look=cut, preset=preset),
                message(QT_TRANSLATE_NOOP("Message", "Change 3D preset")),
            )

    def reset_all(self) -> None:
        """Show the volume as it was first shown: uncut, alone, in the preset that suits it."""
        scene, volume = self._view.scene, self._view.volume
        if scene is not None and volume is not None:
            look, preset = self.first(volume)
            changed = replace(scene, look=look, preset=preset, fusion=None, surfaces=())
            self._edit(changed, message(QT_TRANSLATE_NOOP("Message", "Reset 3D look")))

    def reset_preset(self) -> None:
        """Take the look of the preset again."""
        if self._view.scene is not None:
            self.set_preset(self._view.scene.preset or first_preset(self._modality(), self._range))

    def name_preset(self, preset: str) -> None:
        """Tell that the look of the moment belongs to this preset; "" for none."""
        if self._view.scene is not None:
            self._view.set_scene(replace(self._view.scene, preset=preset))

    def set_mode(self, mode: VolumeMode) -> None:
        """Choose between rendering and projections, which begin with the range of the colours."""
        scene = self._view.scene
        if scene is not None:
            title = message(QT_TRANSLATE_NOOP("Message", "Change 3D mode"))
            self.set(in_mode(scene.look, mode), title)

    def set_shaded(self, shaded: bool) -> None:
        """Turn the light on or off."""
        if self._view.scene is not None:
            title = message(QT_TRANSLATE_NOOP("Message", "Change 3D shading"))
            self.set(replace(self._view.scene.look, shaded=shaded), title)

    def toggle_shading(self) -> None:
        """Turn the light on where it is off, and off where it is on."""
        if self._view.scene is not None:
            self.set_shaded(not self._view.scene.look.shaded)

    # Crop box

    def set_crop(self, box: CropBox, stroke: str | None = None) -> None:
        """Show only what is inside a box."""
        scene, volume = self._view.scene, self._view.volume
        if scene is not None and volume is not None:
            title = message(QT_TRANSLATE_NOOP("Message", "Move crop box"))
            self.set(box.applied(scene.look, volume), title, stroke)

    def move_crop_face(self, face: int, steps: int) -> None:
        """Move a face of the crop box outwards by steps of a fiftieth of the volume (at least a voxel)."""
        scene, volume = self._view.scene, self._view.volume
        if scene is not None and volume is not None:
            box = CropBox.of(scene.look, volume)
            outward = 1 if face % 2 else -1
            voxels = steps * outward * max(1.0, volume.shape_ijk[face // 2] / 50)
            self.set_crop(
                box.with_face(face, box.face_value(face) + voxels, volume), stroke=f"crop-face-{face}"
            )

    def reset_crop(self) -> None:
        """Show the whole volume again."""
        if self._view.scene is not None:
            title = message(QT_TRANSLATE_NOOP("Message", "Reset crop box"))
            self.set(replace(self._view.scene.look, crop=None), title)

    # Fusion

    def set_fusion(self, fusion: Fusion | None, title: Message, stroke: str | None = None) -> None:
        """Show another volume with this one, show it more or less strongly, or none."""
        if self._view.scene is not None:
            self._edit(replace(self._view.scene, fusion=fusion), title, stroke)

    def set_surfaces(self, files: tuple[str, ...], title: Message) -> None:
        """Show surfaces of these files in the volume."""
        if self._view.scene is not None:
            self._edit(replace(self._view.scene, surfaces=files), title)

    # Edits

    def set(self, look: VolumeLook, title: Message, stroke: str | None = None) -> None:
        """Change the look; changes of the same stroke are undone together."""
        if self._view.scene is not None:
            self._edit(replace(self._view.scene, look=look), title, stroke)

    def drag(self, look: VolumeLook, stroke: str) -> None:
        """Take a look that was shifted with the mouse."""
        self.set(look, message(QT_TRANSLATE_NOOP("Message", "Shift transfer function")), stroke)

    def _edit(self, scene: VolumeScene, title: Message, stroke: str | None = None) -> None:
        """Change all but camera and background, so that undo does not turn the view back."""
        before, volume = self._view.scene, self._view.volume

        def apply(target: VolumeScene | None) -> None:
            now = self._view.scene if self._open else None
            if now is not None and target is not None and same_grid(volume, self._view.volume):
                self._view.set_scene(replace(target, camera=now.camera, background=now.background))

        edit = Edit(title, lambda: apply(scene), lambda: apply(before), _EDIT_BYTES, stroke)
        self._history.push(edit)

    def _modality(self) -> str:
        return self._view.series.modality if self._view.series is not None else ""
